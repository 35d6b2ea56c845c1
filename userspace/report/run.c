/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"
#include "report/ratio.h"

static void scope_run(struct report_run *const *run)
{
	report_run_free(*run);
}

enum tierscope_tier report_run_tier(const struct report_run *run,
				    const struct tierscope_cell *cell)
{
	const struct tierscope_topology *topology = run->run->topology;

	return topology ? tierscope_topology_tier(topology, cell) :
			  TIERSCOPE_TIER_UNKNOWN;
}

struct report_value report_run_duration(const struct report_run *run)
{
	const struct store_run *of = run->run;

	if (of->end_mono_ns < of->start_mono_ns)
		return report_not_measured("nothing was recorded after the start");
	return report_number(of->end_mono_ns - of->start_mono_ns);
}

static struct report_value no_method(const struct store_run *run)
{
	return report_not_measured(run->state == STORE_COMPLETE ?
				   "no method was at hand" : REPORT_RUN_UNFINISHED);
}

struct report_value report_run_peak(const struct report_run *run)
{
	return *run->run->peak_method ? report_number(run->run->peak_bytes) :
					no_method(run->run);
}

struct report_value report_run_cpu_time(const struct report_run *run, uint64_t ns)
{
	return run->run->has_cpu_time ? report_number(ns) : no_method(run->run);
}

struct report_value report_run_of_looks(const struct report_run *run, uint64_t value)
{
	const char *note = run->run->note;

	if (run->n_looks)
		return report_number(value);
	return report_not_measured(*note ? note :
				   "the command ended before its first snapshot");
}

struct report_value report_run_known(const struct report_run *run,
				     struct report_value value)
{
	if (!run->run->n_counters && value.state != REPORT_VALUE)
		return report_not_measured(*run->run->note ? run->run->note :
					   "no counter was recorded");
	return value;
}

enum tierscope_mode report_run_mode(const struct report_run *run)
{
	return run->run->topology ? run->run->topology->mode :
				    TIERSCOPE_MODE_UNKNOWN;
}

struct report_value report_run_hit_ratio(const struct report_run *run)
{
	struct report_value value = report_hit_ratio(&run->total);
	const struct tierscope_topology *topology = run->run->topology;

	if (!run->run->n_counters)
		return report_not_measured(*run->run->note ? run->run->note :
					   "no counter was recorded");
	if (value.state != REPORT_NOT_AVAILABLE || !topology ||
	    (run->total.measured & REPORT_TAGS) != REPORT_TAGS)
		return value;
	switch (topology->mode) {
	case TIERSCOPE_MODE_DRAM_ONLY:
		return report_not_available("no tag check was counted, and in DRAM Only there is none: DRAM is no cache there");
	case TIERSCOPE_MODE_APP_DIRECT:
		return report_not_available("no tag check was counted, and in App Direct there is none: DRAM is no cache there");
	case TIERSCOPE_MODE_MEMORY_MODE:
	case TIERSCOPE_MODE_UNKNOWN:
		break;
	}
	return value;
}

/* ---- placement ----------------------------------------------------------- */

static int resident_find(struct report_run *run, const struct tierscope_cell *cell,
			 struct report_resident **ret)
{
	struct report_resident *residents;

	for (size_t i = 0; i < run->n_residents; i++) {
		struct report_resident *at = &run->residents[i];

		if (at->node == cell->node && at->page_bytes == cell->page_bytes &&
		    at->kind == cell->kind) {
			*ret = at;
			return 0;
		}
	}
	residents = reallocarray(run->residents, run->n_residents + 1,
				 sizeof(*residents));
	if (!residents)
		return -ENOMEM;
	run->residents = residents;
	residents[run->n_residents] = (struct report_resident){
		.node = cell->node,
		.page_bytes = cell->page_bytes,
		.kind = cell->kind,
	};
	*ret = &residents[run->n_residents++];
	return 0;
}

static int add_look(uint64_t mono_ns, size_t n_processes,
		    const struct tierscope_cell *cells, size_t n_cells, void *data)
{
	struct report_run *run = data;
	uint64_t all = 0;
	bool peak;

	(void)n_processes;
	for (size_t i = 0; i < n_cells; i++)
		all += cells[i].pages * cells[i].page_bytes;
	peak = !run->n_looks || all > run->peak_bytes;
	run->n_looks++;
	if (peak) {
		run->peak_bytes = all;
		run->peak_mono_ns = mono_ns;
	}
	for (size_t i = 0; i < run->n_residents; i++) {
		run->residents[i].last_bytes = 0;
		if (peak)
			run->residents[i].peak_bytes = 0;
	}
	memset(run->tier_last_bytes, 0, sizeof(run->tier_last_bytes));
	for (size_t i = 0; i < n_cells; i++) {
		uint64_t bytes = cells[i].pages * cells[i].page_bytes;
		struct report_resident *at;
		int r = resident_find(run, &cells[i], &at);

		if (r < 0)
			return r;
		at->last_bytes += bytes;
		if (peak)
			at->peak_bytes += bytes;
		run->tier_last_bytes[report_run_tier(run, &cells[i])] += bytes;
	}
	for (int tier = 0; tier < REPORT_TIERS; tier++)
		if (run->tier_last_bytes[tier] > run->tier_peak_bytes[tier])
			run->tier_peak_bytes[tier] = run->tier_last_bytes[tier];
	return 0;
}

/* The reader has seen to it that no cell is there twice. */
static int add_exit(struct report_run *run)
{
	const struct store_last_looks *looks = &run->run->last_looks;

	for (size_t i = 0; i < looks->n_cells; i++) {
		const struct tierscope_cell *cell = &looks->cells[i];
		uint64_t bytes = cell->pages * cell->page_bytes;
		struct report_resident *at;
		int r = resident_find(run, cell, &at);

		if (r < 0)
			return r;
		at->exit_bytes += bytes;
		run->exit_bytes += bytes;
		run->tier_exit_bytes[report_run_tier(run, cell)] += bytes;
	}
	return 0;
}

static int by_cell(const void *a, const void *b)
{
	const struct report_resident *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->page_bytes != y->page_bytes)
		return x->page_bytes < y->page_bytes ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

/* ---- all of it ----------------------------------------------------------- */

void report_run_free(struct report_run *run)
{
	if (!run)
		return;
	free(run->sockets);
	free(run->bins);
	free(run->residents);
	if (run->reader)
		store_close(run->reader);
	free(run);
}

static int bins_make(struct report_run *run, size_t n_bins)
{
	struct report_value duration = report_run_duration(run);

	if (!n_bins || duration.state != REPORT_VALUE)
		return 0;
	run->bins = calloc(n_bins, sizeof(*run->bins));
	if (!run->bins)
		return -ENOMEM;
	run->n_bins = n_bins;
	run->bin_ns = duration.number / n_bins;
	for (size_t i = 0; i < n_bins; i++)
		run->bins[i].socket = REPORT_ALL_SOCKETS;
	return 0;
}

int report_run_load(const char *path, size_t n_bins, char *error,
		    size_t error_bytes, struct report_run **ret)
{
	struct report_run *run __attribute__((cleanup(scope_run))) = calloc(1, sizeof(*run));
	int r;

	snprintf(error, error_bytes, "cannot read run file '%s': out of memory",
		 path);
	if (!run)
		return -ENOMEM;
	r = store_open(path, error, error_bytes, &run->reader);
	if (r < 0)
		return r;
	run->run = store_reader_run(run->reader);
	r = bins_make(run, n_bins);
	if (!r)
		r = report_run_load_samples(run);
	if (!r)
		r = store_read_placements(run->reader, add_look, run);
	if (!r)
		r = add_exit(run);
	if (r < 0) {
		snprintf(error, error_bytes, "cannot read run file '%s': %s", path,
			 r == -EBADMSG ? "it is damaged" : strerror(-r));
		return r;
	}
	if (run->n_residents)
		qsort(run->residents, run->n_residents, sizeof(*run->residents),
		      by_cell);
	*ret = run;
	run = NULL;
	return 0;
}
