/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run file, read and added up.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "report/identity.h"
#include "report/traffic.h"
#include "store/store.h"

#define REPORT_TIERS (TIERSCOPE_TIER_MAX + 1)

/**
 * struct report_resident - resident memory of one node, size and kind
 * @peak_bytes: when the whole run's was highest
 * @last_bytes: at the last look
 * @exit_bytes: summed over the last looks at processes that ended
 */
struct report_resident {
	int node;
	uint64_t page_bytes;
	enum tierscope_kind kind;
	uint64_t peak_bytes;
	uint64_t last_bytes;
	uint64_t exit_bytes;
};

/**
 * struct report_run - sums over a run file
 * @run: what the file says itself; owned by @reader
 * @total: all sockets
 * @sockets: each of them
 * @n_bins, @bins: the run's time cut into equal parts, all sockets
 * @bin_ns: how long a part is
 * @n_samples: that the file has
 * @n_broken: samples at which a counter went backwards; not counted
 * @ticks_lost: ticks at which the sampler came late
 * @samples_lost: samples that were taken and did not reach the recorder
 * @agreements: of the identities, over each socket's every interval
 * @n_looks: at the placement
 * @peak_bytes: highest resident memory that a look found, and its @peak_mono_ns
 * @residents: by node, size, kind
 * @tier_peak_bytes: highest of each tier by itself
 * @tier_last_bytes: at the last look
 * @exit_bytes: summed over the last looks at processes that ended
 * @tier_exit_bytes: and of each tier
 */
struct report_run {
	struct store_reader *reader;
	const struct store_run *run;

	struct report_traffic total;
	size_t n_sockets;
	struct report_traffic *sockets;
	size_t n_bins;
	struct report_traffic *bins;
	uint64_t bin_ns;
	uint64_t n_samples;
	uint64_t n_broken;
	uint64_t ticks_lost;
	uint64_t samples_lost;
	struct report_agreement agreements[REPORT_IDENTITIES];

	uint64_t n_looks;
	uint64_t peak_bytes;
	uint64_t peak_mono_ns;
	size_t n_residents;
	struct report_resident *residents;
	uint64_t tier_peak_bytes[REPORT_TIERS];
	uint64_t tier_last_bytes[REPORT_TIERS];
	uint64_t exit_bytes;
	uint64_t tier_exit_bytes[REPORT_TIERS];
};

/**
 * report_run_load() - read a run file to its end
 * @n_bins: parts of the time, 0 for none
 * @error: buffer for a sentence on failure
 *
 * Returns 0, what store_open() returns, or -ENOMEM.
 */
int report_run_load(const char *path, size_t n_bins, char *error,
		    size_t error_bytes, struct report_run **ret);
void report_run_free(struct report_run *run);

/**
 * typedef report_interval_fn - called for each socket of each sample
 * @mono_ns: when the interval ended
 * @interval_ns: how long it was
 */
typedef int (*report_interval_fn)(uint64_t mono_ns, uint64_t interval_ns,
				  const struct report_traffic *socket,
				  void *data);

/* The series behind the sums. Returns 0, -EIO, -ENOMEM, or what @fn did. */
int report_run_intervals(const struct report_run *run, report_interval_fn fn,
			 void *data);

/* The part of report_run_load() that reads the samples. */
int report_run_load_samples(struct report_run *run);

/* Figures of the whole run that know its mode as well. */
struct report_value report_run_hit_ratio(const struct report_run *run);
struct report_value report_run_duration(const struct report_run *run);
struct report_value report_run_peak(const struct report_run *run);
/* @ns, if CPU time was measured. */
struct report_value report_run_cpu_time(const struct report_run *run, uint64_t ns);
/* @value, if there was a snapshot for it to come from; a command that is over
 * within 100 ms may have none. */
struct report_value report_run_of_looks(const struct report_run *run, uint64_t value);
/* @value, with the reason that the recorder left where it recorded no counter
 * at all. */
struct report_value report_run_known(const struct report_run *run,
				     struct report_value value);
#define REPORT_RUN_UNFINISHED "the run was not finished by its recorder"
/* TIERSCOPE_MODE_UNKNOWN without a topology. */
enum tierscope_mode report_run_mode(const struct report_run *run);
/* Tier of a cell by the recorded topology. */
enum tierscope_tier report_run_tier(const struct report_run *run,
				    const struct tierscope_cell *cell);
