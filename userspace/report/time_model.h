/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modelled time: how long what was counted would have taken on a Xeon Platinum
 * 8260L with six Optane DIMMs a socket. Counts in, nanoseconds out; nothing
 * here knows a clock. What it is for, where each number comes from and by how
 * much it errs: Documentation/design/modelled-time.md. Whoever shows a time
 * that was made here says that it is modelled.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What a core did. Loads are those that missed its last-level cache, by where
 * the data came from: in Memory Mode a hit of near memory is DRAM. Counts that
 * took turns are estimates, hence no whole numbers. */
struct report_time_core {
	double instructions;
	double local_dram;
	double remote_dram;
	double local_pmm;
	double remote_pmm;
};

/**
 * struct report_time_socket - what the memory controllers of a socket did
 * @n_cores: of it that are simulated; the ceilings are their share
 * @dram_read_lines, @dram_write_lines: 64-byte requests to DRAM, what tag checks
 *	and fills of near memory cost included (CAS_COUNT)
 * @pmm_read_lines, @pmm_write_lines: 64-byte requests to Optane
 * @media_read_lines, @media_write_lines: 256-byte lines of its medium that they
 *	cost
 */
struct report_time_socket {
	unsigned int n_cores;
	double dram_read_lines;
	double dram_write_lines;
	double pmm_read_lines;
	double pmm_write_lines;
	double media_read_lines;
	double media_write_lines;
};

/**
 * struct report_time_counts - what was counted over a phase
 * @n_cores, @cores: all that took part
 * @n_sockets, @sockets: all of the machine
 * @near_memory: the machine is in Memory Mode
 * @media: media lines were counted
 */
struct report_time_counts {
	size_t n_cores;
	const struct report_time_core *cores;
	size_t n_sockets;
	const struct report_time_socket *sockets;
	bool near_memory;
	bool media;
};

/* What it was that took longest. */
enum report_time_bound {
	REPORT_TIME_CORE,		/* instructions and their loads */
	REPORT_TIME_DRAM,		/* bandwidth of DRAM */
	REPORT_TIME_PMM_READ,		/* of Optane, most of it for reads */
	REPORT_TIME_PMM_WRITE,		/* or for writes */
};

/**
 * struct report_time - modelled time, and what it is made of
 * @ns: the largest of @compute_ns + @latency_ns, @dram_ns and @pmm_read_ns +
 *	@pmm_write_ns
 * @bound: and which it is
 * @compute_ns, @latency_ns: instructions and loads of the core that took longest
 * @dram_ns: of the socket whose DRAM took longest
 * @pmm_read_ns, @pmm_write_ns: of the socket whose Optane took longest
 * @pmm_latency_ns: of a local load from Optane, by how many media lines a
 *	request to Optane took; 0 if none was read
 */
struct report_time {
	double ns;
	enum report_time_bound bound;
	double compute_ns;
	double latency_ns;
	double dram_ns;
	double pmm_read_ns;
	double pmm_write_ns;
	double pmm_latency_ns;
};

/**
 * report_time_model() - how long it would have taken
 *
 * Returns 0, -ENODATA if Optane was read or written and media lines were not
 * counted, or -EINVAL for a count that is negative or no number, or a socket
 * with traffic and without cores.
 */
int report_time_model(const struct report_time_counts *counts,
		      struct report_time *ret);

/* "core", "dram", "pmm read", "pmm write". */
const char *report_time_bound_name(enum report_time_bound bound);
