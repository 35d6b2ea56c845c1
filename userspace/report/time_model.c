/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources, and why it is these: Documentation/design/modelled-time.md. A
 * number here changes for a reason with a source, never to come nearer to the
 * result of somebody's experiment.
 *
 * OptaneStudy is github.com/NVSL/OptaneStudy, the data behind Yang et al., "An
 * Empirical Guide to the Behavior and Use of Scalable Persistent Memory" (FAST
 * 2020): two Xeon Platinum 8260 with six DDR4-2666 and six 256 GB Optane DIMMs
 * a socket.
 */
#include "report/time_model.h"

#include <errno.h>
#include <math.h>

/* Intel ARK: Xeon Platinum 8260L, 24 cores of 2.4 GHz. */
#define SOCKET_CORES	24
#define CYCLES_PER_NS	2.4

/* The core retires up to four instructions a cycle (Intel's optimization
 * manual, Skylake); 0.5 cycles an instruction is what Intel's engineers see in
 * well-tuned programs that do not wait for memory (Intel Community, forum
 * Analyzers, "CPI, architecture, port concepts"). */
#define IPC		2.0

/* Little's law, bandwidth x latency / line, of one thread that reads in
 * sequence (OptaneStudy, 04-bandwidth_thcount_*, 02-best_case_latency): DRAM
 * 7.38 GB/s x 81.4 ns / 64 = 9.4, Optane 2.88 GB/s x 169.4 ns / 64 = 7.6. This
 * is their geometric mean. */
#define OVERLAP		8.5

/* OptaneStudy, 02-best_case_latency: 81.4 ns in sequence, 101.5 at random. No
 * counter tells one from the other, so this is the middle. */
#define DRAM_NS		91.45
/* The same: 169.4 in sequence, where a quarter of the requests reads the
 * medium, and 305.0 at random, where each does. */
#define PMM_SEQUENCE_NS	169.4
#define PMM_RANDOM_NS	305.0
#define PMM_SEQUENCE_MEDIA 0.25
/* What a load pays that misses near memory before it goes to Optane (Moon, Oh,
 * Ahn, Journal of KIISE 47(10), 2020, doi 10.5626/JOK.2020.47.10.893). */
#define NEAR_MISS_NS	70.0
/* The weights of perf's and Intel's tma_pmm_bound: local and remote DRAM 10 and
 * 19, local and remote Optane 25 and 33. */
#define REMOTE_DRAM	(19.0 / 10)
#define REMOTE_PMM	(33.0 / 25)

/* Bytes a nanosecond, of a socket: the largest of OptaneStudy, 04- and
 * 05-bandwidth_accesssize_*, reads and non-temporal stores. */
#define DRAM_READ	105.56
#define DRAM_WRITE	76.81
#define MEDIA_READ	37.93
#define MEDIA_WRITE	12.65

#define LINE_BYTES	64
#define MEDIA_LINE_BYTES 256

const char *report_time_bound_name(enum report_time_bound bound)
{
	switch (bound) {
	case REPORT_TIME_CORE:
		return "core";
	case REPORT_TIME_DRAM:
		return "dram";
	case REPORT_TIME_PMM_READ:
		return "pmm read";
	case REPORT_TIME_PMM_WRITE:
		return "pmm write";
	}
	return "unknown";
}

static bool is_count(double count)
{
	return isfinite(count) && count >= 0;
}

static int check_core(const struct report_time_core *core)
{
	return is_count(core->instructions) && is_count(core->local_dram) &&
	       is_count(core->remote_dram) && is_count(core->local_pmm) &&
	       is_count(core->remote_pmm) ? 0 : -EINVAL;
}

static int check_socket(const struct report_time_socket *s, bool media)
{
	double dram = s->dram_read_lines + s->dram_write_lines;
	double pmm = s->pmm_read_lines + s->pmm_write_lines;
	double lines = media ? s->media_read_lines + s->media_write_lines : 0;

	if (!is_count(s->dram_read_lines) || !is_count(s->dram_write_lines) ||
	    !is_count(s->pmm_read_lines) || !is_count(s->pmm_write_lines) ||
	    (media && (!is_count(s->media_read_lines) ||
		       !is_count(s->media_write_lines))))
		return -EINVAL;
	if (dram + pmm + lines > 0 && !s->n_cores)
		return -EINVAL;
	return pmm > 0 && !media ? -ENODATA : 0;
}

static int check(const struct report_time_counts *counts)
{
	int error = 0;

	for (size_t i = 0; !error && i < counts->n_cores; i++)
		error = check_core(&counts->cores[i]);
	for (size_t i = 0; !error && i < counts->n_sockets; i++)
		error = check_socket(&counts->sockets[i], counts->media);
	return error;
}

/*
 * Between in sequence and at random, by the media lines that a request took. Of
 * all sockets together: what a load found is not known by socket, and who read
 * little weighs little. Without a request there is nothing to go by: at random.
 */
static double pmm_latency(const struct report_time_counts *counts)
{
	double requests = 0, lines = 0, media = 1;

	for (size_t i = 0; i < counts->n_sockets && counts->media; i++) {
		requests += counts->sockets[i].pmm_read_lines;
		lines += counts->sockets[i].media_read_lines;
	}
	if (requests > 0)
		media = fmin(fmax(lines / requests, PMM_SEQUENCE_MEDIA), 1);
	return PMM_SEQUENCE_NS + (PMM_RANDOM_NS - PMM_SEQUENCE_NS) *
	       (media - PMM_SEQUENCE_MEDIA) / (1 - PMM_SEQUENCE_MEDIA);
}

static void add_cores(const struct report_time_counts *counts,
		      struct report_time *time)
{
	double miss = counts->near_memory ? NEAR_MISS_NS : 0;
	double pmm = pmm_latency(counts), loads = 0;

	for (size_t i = 0; i < counts->n_cores; i++) {
		const struct report_time_core *core = &counts->cores[i];
		double compute = core->instructions / (IPC * CYCLES_PER_NS);
		double latency = core->local_dram * DRAM_NS +
				 core->remote_dram * DRAM_NS * REMOTE_DRAM +
				 core->local_pmm * (pmm + miss) +
				 core->remote_pmm * (pmm * REMOTE_PMM + miss);

		latency /= OVERLAP;
		loads += core->local_pmm + core->remote_pmm;
		if (compute + latency > time->compute_ns + time->latency_ns) {
			time->compute_ns = compute;
			time->latency_ns = latency;
		}
	}
	if (loads > 0)
		time->pmm_latency_ns = pmm + miss;
}

/* Reads and writes do not pass each other, on the bus of a channel as in a
 * DIMM, so their times are added up. */
static void add_socket(const struct report_time_socket *s, bool media,
		       struct report_time *time)
{
	double share = (double)s->n_cores / SOCKET_CORES;
	double dram, read, write;

	/* Nothing then, by check_socket(). */
	if (!s->n_cores)
		return;
	dram = (s->dram_read_lines / DRAM_READ +
		s->dram_write_lines / DRAM_WRITE) * LINE_BYTES / share;
	time->dram_ns = fmax(time->dram_ns, dram);
	if (!media)
		return;
	read = s->media_read_lines * MEDIA_LINE_BYTES / MEDIA_READ / share;
	write = s->media_write_lines * MEDIA_LINE_BYTES / MEDIA_WRITE / share;
	if (read + write > time->pmm_read_ns + time->pmm_write_ns) {
		time->pmm_read_ns = read;
		time->pmm_write_ns = write;
	}
}

static void choose(struct report_time *time)
{
	double pmm = time->pmm_read_ns + time->pmm_write_ns;

	time->ns = time->compute_ns + time->latency_ns;
	time->bound = REPORT_TIME_CORE;
	if (time->dram_ns > time->ns) {
		time->ns = time->dram_ns;
		time->bound = REPORT_TIME_DRAM;
	}
	if (pmm > time->ns) {
		time->ns = pmm;
		time->bound = time->pmm_write_ns > time->pmm_read_ns ?
			REPORT_TIME_PMM_WRITE : REPORT_TIME_PMM_READ;
	}
}

int report_time_model(const struct report_time_counts *counts,
		      struct report_time *ret)
{
	struct report_time time = { 0 };
	int error = check(counts);

	if (error)
		return error;
	add_cores(counts, &time);
	for (size_t i = 0; i < counts->n_sockets; i++)
		add_socket(&counts->sockets[i], counts->media, &time);
	choose(&time);
	*ret = time;
	return 0;
}
