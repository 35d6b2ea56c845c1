/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run as a daemon on a two-socket machine would describe it, and samples
 * whose numbers wander like those of a machine at work. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"

#define RUN_COUNTERS	96
#define RUN_INTERVAL_NS	100000000ULL
#define RUN_START_NS	5000000000ULL

struct sample_run {
	struct store_run run;
	struct tierscope_topology topology;
	struct tierscope_node nodes[2];
	struct tierscope_socket sockets[2];
	struct tierscope_counter counters[RUN_COUNTERS];
};

static inline void sample_run_init(struct sample_run *s, size_t n_counters)
{
	static const char *const argv[] = { "sh", "-c", "", "caf\xc3\xa9 \xff" };
	static const struct store_label labels[] = {
		{ "model", "mobilenetv2" }, { "width", "0.75" },
	};

	memset(s, 0, sizeof(*s));
	for (int i = 0; i < 2; i++) {
		struct tierscope_node *node = &s->nodes[i];

		*node = (struct tierscope_node){
			.id = i, .socket = i, .has_cpus = true,
			.total_bytes = 1ULL << 40, .free_bytes = 12345678,
			.tier = TIERSCOPE_TIER_CACHED, .near_bytes = 96ULL << 30,
		};
		snprintf(node->evidence, sizeof(node->evidence), "node%d/memory_side_cache", i);
		s->sockets[i] = (struct tierscope_socket){ i, 24, 24U * (unsigned int)i };
	}
	s->topology = (struct tierscope_topology){
		.mode = TIERSCOPE_MODE_MEMORY_MODE, .mode_evidence = "because",
		.near_bytes = 192ULL << 30, .near_evidence = "sysfs",
		.cpu_model = "a processor", .family = 6, .model = 85, .stepping = 7,
		.simulated = true, .n_nodes = 2, .nodes = s->nodes,
		.n_sockets = 2, .sockets = s->sockets,
	};
	for (size_t i = 0; i < n_counters; i++) {
		struct tierscope_counter *counter = &s->counters[i];

		counter->role = (enum tierscope_role)(i % TIERSCOPE_ROLES);
		counter->unit = (unsigned int)(i / TIERSCOPE_ROLES % 6);
		counter->socket = (int)(i / 48);
		snprintf(counter->pmu, sizeof(counter->pmu), "uncore_imc_%u", counter->unit);
		counter->type = 14 + counter->unit;
		counter->config = 0xffffffff00000000ULL + i;
		counter->cpu = 24U * (unsigned int)counter->socket;
	}
	s->run = (struct store_run){
		.name = "20261123T120000Z-1", .n_argv = 4, .argv = argv,
		.directory = "/srv", .uid = 4000000000U, .user = "somebody",
		.n_labels = 2, .labels = labels, .interval_ns = RUN_INTERVAL_NS,
		.policy = {
			.mode = "bind", .tier = "pmem", .rule = "redis",
			.nodes = "2", .weights = "", .cpus = "0-3,8",
		},
		.start_utc_ns = 1795435200000000000ULL, .start_mono_ns = RUN_START_NS,
		.host = "host", .kernel = "6.1.0", .tierscope = "0.1.0",
		.topology = &s->topology,
		.n_counters = n_counters, .counters = s->counters,
	};
}

static inline void sample_run_end(struct store_run *run, uint64_t end_ns)
{
	static const struct tierscope_cell last[] = {
		{ .node = 1, .page_bytes = 4096, .kind = TIERSCOPE_KIND_FILE, .pages = 5 },
		{ .node = 0, .page_bytes = 2 << 20, .kind = TIERSCOPE_KIND_ANON, .pages = UINT64_MAX >> 21 },
	};

	static const struct store_task_count counts[] = {
		{ TIERSCOPE_TASK_LOAD_LOCAL_PMM, "", 0, 0, 0, "a reason" },
		{ TIERSCOPE_TASK_INSTRUCTIONS, "INST_RETIRED.ANY_P", UINT64_MAX, 9, 8, "" },
	};

	run->n_task_counts = 2;
	run->task_counts = counts;
	run->end_mono_ns = end_ns;
	run->ending = STORE_KILLED;
	run->status = 9;
	run->peak_bytes = 123456789;
	run->peak_method = "cgroup memory.peak";
	run->user_ns = 77;
	run->has_cpu_time = true;
	run->system_ns = 88;
	run->note = "a note";
	run->last_looks = (struct store_last_looks){
		.n_processes = 4, .n_reaped = 2, .n_partial = 1, .n_missed = 3,
		.n_cells = 2, .cells = last,
	};
}

/* ---- samples ---- */

struct sample_source {
	uint64_t random;
	struct tierscope_sample sample;
	struct tierscope_reading readings[RUN_COUNTERS];
	uint64_t lines;		/* per counter and sample, on average */
	bool multiplexed;
};

static inline uint64_t sample_random(struct sample_source *s)
{
	/* xorshift64, Marsaglia 2003 */
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

static inline void sample_source_init(struct sample_source *s, size_t n_readings,
				      uint64_t lines, bool multiplexed)
{
	memset(s, 0, sizeof(*s));
	s->random = 88172645463325252ULL;
	s->sample.n_readings = n_readings;
	s->sample.readings = s->readings;
	s->sample.seq = UINT64_MAX;
	s->sample.time_ns = RUN_START_NS;
	s->lines = lines;
	s->multiplexed = multiplexed;
}

/* Boxes are read one after the other, 2 us apart with some jitter; eight
 * events on four counters run half the time, rotated every 4 ms; counts vary by
 * 30 %, clock ticks hardly. */
static inline void sample_source_next(struct sample_source *s)
{
	s->sample.seq++;
	s->sample.time_ns += RUN_INTERVAL_NS + sample_random(s) % 20000;
	for (size_t i = 0; i < s->sample.n_readings; i++) {
		struct tierscope_reading *r = &s->readings[i];
		uint64_t before = r->enabled_ns, ran, lines = s->lines;

		r->time_ns = s->sample.time_ns + 2000 * (i / 8) +
			     sample_random(s) % 800;
		r->enabled_ns = r->time_ns - RUN_START_NS + sample_random(s) % 300;
		ran = r->enabled_ns - before;
		if (s->multiplexed)
			ran = ran / 2 - 4000000 + sample_random(s) % 8000000;
		r->running_ns = s->multiplexed ? r->running_ns + ran : r->enabled_ns;
		if (i % TIERSCOPE_ROLES == TIERSCOPE_ROLE_CLOCKTICKS)
			lines = 130000000;
		else if (lines)
			lines = lines * (85 + sample_random(s) % 31) / 100;
		r->value += (uint64_t)((double)lines * (double)ran / RUN_INTERVAL_NS);
	}
}

/* ---- files ---- */

static inline void temporary_directory(char *directory, size_t bytes)
{
	const char *top = getenv("TMPDIR");

	snprintf(directory, bytes, "%s/tierscope-test-XXXXXX", top ? top : "/tmp");
	if (!mkdtemp(directory))
		abort();
}
