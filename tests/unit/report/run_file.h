/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run file of known content, written by the store.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/run.h"
#include "suite.h"

#define SOCKETS 2
#define N (SOCKETS * TIERSCOPE_ROLES)
#define SAMPLES 10
#define INTERVAL_NS 100000000ULL
#define START_NS 5000000000ULL
#define MIB (1ULL << 20)

/* Between samples, as the run says; they come every INTERVAL_NS. */
static uint64_t asked_interval_ns = INTERVAL_NS;

static char directory[] = "/tmp/tierscope-report-XXXXXX";
static char path[64];

static struct tierscope_node nodes[] = {
	{ .id = 0, .tier = TIERSCOPE_TIER_CACHED, .has_cpus = true,
	  .total_bytes = 1 << 30, .near_bytes = 16 * MIB, .evidence = "why 0" },
	{ .id = 2, .tier = TIERSCOPE_TIER_PMEM, .socket = 1,
	  .total_bytes = 1 << 30, .evidence = "why 2" },
};
static struct tierscope_socket sockets[] = {
	{ .id = 0, .cpus = 2 }, { .id = 1, .cpus = 2, .first_cpu = 2 },
};
static struct tierscope_topology topology = {
	.mode = TIERSCOPE_MODE_MEMORY_MODE,
	.mode_evidence = "a memory-side cache",
	.near_bytes = 32 * MIB,
	.near_evidence = "its size",
	.cpu_model = "a CPU",
	.simulated = true,
	.n_nodes = 2, .nodes = nodes,
	.n_sockets = 2, .sockets = sockets,
};

/* What each interval really brings, by role: 80 hits, 15 clean and 5 dirty
 * misses, of which 10 are writes, by the cost table of model A. */
static const uint64_t truth[TIERSCOPE_ROLES] = {
	[TIERSCOPE_ROLE_CLOCKTICKS] = 1000,
	[TIERSCOPE_ROLE_DRAM_READ] = 100,
	[TIERSCOPE_ROLE_DRAM_WRITE] = 30,
	[TIERSCOPE_ROLE_PMM_READ] = 20,
	[TIERSCOPE_ROLE_PMM_WRITE] = 5,
	[TIERSCOPE_ROLE_TAG_HIT] = 80,
	[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = 15,
	[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = 5,
	[TIERSCOPE_ROLE_M2M_READ_HIT] = 72,
	[TIERSCOPE_ROLE_M2M_WRITE_NI] = 10,
};

static struct tierscope_counter counters[N];
static const char *const argv[] = { "infer", "--width", "0.75 x" };
static const struct store_label labels[] = { { "model", "mobilenetv2" } };

/* Node 2 had nothing any more, a kind was new. */
static const struct tierscope_cell last[] = {
	{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 768 },
	{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_SHMEM, .pages = 256 },
};

static struct store_task_count task_counts[] = {
	{ TIERSCOPE_TASK_LOAD_LOCAL_DRAM, "a", 70, 1000, 1000, "" },
	{ TIERSCOPE_TASK_LOAD_REMOTE_DRAM, "b", 20, 1000, 1000, "" },
	{ TIERSCOPE_TASK_LOAD_LOCAL_PMM, "c", 5, 1000, 500, "" },
	{ TIERSCOPE_TASK_LOAD_REMOTE_PMM, "d", 0, 1000, 1000, "" },
	{ TIERSCOPE_TASK_LOAD_L3_MISS, "e", 0, 0, 0, "see their sum" },
	{ TIERSCOPE_TASK_INSTRUCTIONS, "", 0, 0, 0, "no core PMU" },
};

static struct store_run run_make(size_t n_counters)
{
	struct store_run run = {
		.name = "infer-1", .n_argv = 3, .argv = argv, .directory = "/tmp",
		.uid = 1000, .user = "", .n_labels = 1, .labels = labels,
		.interval_ns = asked_interval_ns, .start_utc_ns = 1600000000000000000,
		.start_mono_ns = START_NS, .host = "box", .kernel = "6.1.0",
		.tierscope = "0", .topology = &topology,
		.n_counters = n_counters, .counters = counters,
		.end_mono_ns = START_NS + SAMPLES * INTERVAL_NS,
		.ending = STORE_EXITED, .status = 3, .peak_bytes = 99 * MIB,
		.peak_method = "cgroup memory.peak", .user_ns = 700000000,
		.has_cpu_time = true, .system_ns = 50000000,
		.last_looks = { .n_processes = n_counters ? 2 : 0, .n_missed = 1,
				.n_cells = n_counters ? 2 : 0, .cells = last },
		.note = n_counters ? "" : "no counters: no module",
		.n_task_counts = n_counters ? sizeof(task_counts) / sizeof(task_counts[0]) : 0,
		.task_counts = task_counts,
	};

	return run;
}

static void counters_make(void)
{
	for (size_t i = 0; i < N; i++) {
		counters[i] = (struct tierscope_counter){
			.role = i % TIERSCOPE_ROLES,
			.socket = (int)(i / TIERSCOPE_ROLES), .type = 10,
		};
		strcpy(counters[i].pmu, "uncore_imc_0");
	}
}

/* @share of the time each counter ran, and saw that share of the truth; the
 * sampler had @before counted before the run. */
static void samples_write(struct store_writer *writer, unsigned int percent,
			  unsigned int intervals_before)
{
	struct tierscope_reading readings[N] = { 0 };

	for (unsigned int k = 1; k <= SAMPLES + intervals_before; k++) {
		struct tierscope_sample sample = {
			.seq = k - 1,
			.time_ns = START_NS + k * INTERVAL_NS -
				   intervals_before * INTERVAL_NS,
			.ticks_lost = 2, .samples_lost = 1,
			.n_readings = N, .readings = readings,
		};

		for (size_t i = 0; i < N; i++) {
			readings[i].time_ns = sample.time_ns;
			readings[i].enabled_ns = k * INTERVAL_NS;
			readings[i].running_ns = k * INTERVAL_NS * percent / 100;
			readings[i].value = k * truth[counters[i].role] * 100 *
					    percent / 100;
		}
		/* What the daemon of this run saw begins with the last one
		 * before it. */
		if (k >= intervals_before)
			CU_ASSERT_EQUAL_FATAL(store_sample(writer, &sample), 0);
	}
}

static void placements_write(struct store_writer *writer)
{
	const struct tierscope_cell looks[][3] = {
		{ { .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 256 },
		  { .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_FILE, .pages = 256 },
		  { .node = 2, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 512 } },
		{ { .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 2560 },
		  { .node = 0, .page_bytes = 2 * MIB, .kind = TIERSCOPE_KIND_ANON, .pages = 4 },
		  { .node = 2, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 256 } },
		{ { .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 512 },
		  { .node = 2, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = 0 }, { 0 } },
	};
	static const size_t n_cells[] = { 3, 3, 1 };

	for (size_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL_FATAL(store_placement(writer, START_NS + i * INTERVAL_NS,
						      1, looks[i], n_cells[i]), 0);
}

/* What was written of @run to the file @to, and read again. */
static inline struct report_run *reread(const char *to, const struct store_run *run,
					unsigned int percent,
					unsigned int intervals_before, size_t n_bins)
{
	struct store_writer *writer;
	struct report_run *report;
	char error[256] = "";

	unlink(to);
	CU_ASSERT_EQUAL_FATAL(store_create(to, run, &writer), 0);
	if (run->n_counters)
		samples_write(writer, percent, intervals_before);
	placements_write(writer);
	CU_ASSERT_EQUAL_FATAL(store_finish(writer, run), 0);
	CU_ASSERT_EQUAL_FATAL(report_run_load(to, n_bins, error, sizeof(error),
					      &report), 0);
	return report;
}

static inline struct report_run *loaded(size_t n_counters, unsigned int percent,
					unsigned int intervals_before, size_t n_bins)
{
	struct store_run run = run_make(n_counters);

	return reread(path, &run, percent, intervals_before, n_bins);
}

static inline void make_directory(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/run.tsrun", directory);
	counters_make();
}

static inline void remove_directory(void)
{
	char line[128];

	snprintf(line, sizeof(line), "rm -r '%s'", directory);
	CU_ASSERT_EQUAL(system(line), 0);
}
