// SPDX-License-Identifier: GPL-2.0-or-later
/* Edges of phases become phases. */
#include "suite.h"

#include <string.h>

#include "daemon/phase_pairs.h"

#define COUNTERS 2

static struct phase_pairs pairs;

static struct kept {
	char name[TIERSCOPE_PHASE_NAME_BYTES];
	struct store_phase phase;
	struct store_phase_value values[COUNTERS];
} kept[64];
static size_t n_kept;
static int64_t n_ids;

static void keep(const struct store_phase *phase, int64_t *id, void *data)
{
	struct kept *to = &kept[n_kept++ % 64];

	CU_ASSERT_PTR_EQUAL(data, &pairs);
	if (!*id)
		*id = ++n_ids;
	strcpy(to->name, phase->name);
	to->phase = *phase;
	memcpy(to->values, phase->values, sizeof(to->values));
}

static void start(void)
{
	n_kept = 0;
	n_ids = 0;
	phase_pairs_init(&pairs, COUNTERS, keep, &pairs);
}

/* A counter that goes as the clock does, and one ten times as fast that is on
 * for half of the time. */
static void edge(bool begin, const char *name, uint32_t thread, uint64_t time)
{
	const struct phase_reading readings[COUNTERS] = {
		{ 1000 + time, time, time }, { 10 * time, time, time / 2 },
	};

	phase_pairs_edge(&pairs, begin, name, thread, time, readings);
}

static void check(const struct kept *phase, const char *name, uint32_t depth,
		  uint64_t time, uint64_t self)
{
	CU_ASSERT_STRING_EQUAL(phase->name, name);
	CU_ASSERT_EQUAL(phase->phase.depth, depth);
	CU_ASSERT_EQUAL(phase->phase.time_ns, time);
	CU_ASSERT_EQUAL(phase->phase.self_ns, self);
	CU_ASSERT_EQUAL(phase->values[0].total, time);
	CU_ASSERT_EQUAL(phase->values[0].self, self);
	CU_ASSERT_EQUAL(phase->values[1].total, 10 * time);
	CU_ASSERT_EQUAL(phase->values[1].self, 10 * self);
	CU_ASSERT_EQUAL(phase->values[1].enabled_ns, time);
	CU_ASSERT_EQUAL(phase->values[1].running_ns, time / 2);
}

static void test_nesting(void)
{
	start();
	edge(true, "layer", 1, 100);
	edge(true, "load", 1, 120);
	edge(true, "wait", 1, 130);
	edge(false, "wait", 1, 140);
	edge(false, "load", 1, 180);
	edge(true, "store", 1, 180);
	edge(false, "store", 1, 190);
	edge(false, "layer", 1, 300);
	CU_ASSERT_EQUAL_FATAL(n_kept, 4);
	check(&kept[0], "wait", 2, 10, 10);
	check(&kept[1], "load", 1, 60, 50);
	check(&kept[2], "store", 1, 10, 10);
	check(&kept[3], "layer", 0, 200, 130);
	phase_pairs_end(&pairs);
	CU_ASSERT_EQUAL(pairs.n_unended + pairs.n_stray + pairs.n_dropped, 0);
	phase_pairs_free(&pairs);
}

static void test_recursion(void)
{
	start();
	edge(true, "f", 1, 0);
	edge(true, "f", 1, 10);
	edge(false, "f", 1, 30);
	edge(false, "f", 1, 100);
	CU_ASSERT_EQUAL_FATAL(n_kept, 2);
	check(&kept[0], "f", 1, 20, 20);
	check(&kept[1], "f", 0, 100, 80);
	phase_pairs_free(&pairs);
}

/* What one thread does takes nothing off another's. */
static void test_threads(void)
{
	start();
	edge(true, "a", 1, 0);
	edge(true, "b", 2, 10);
	edge(false, "a", 1, 40);
	edge(false, "b", 2, 60);
	edge(true, "c", 1, 70);
	edge(false, "c", 2, 80);
	CU_ASSERT_EQUAL_FATAL(n_kept, 2);
	check(&kept[0], "a", 0, 40, 40);
	check(&kept[1], "b", 0, 50, 50);
	CU_ASSERT_EQUAL(pairs.n_stray, 1);
	phase_pairs_end(&pairs);
	CU_ASSERT_EQUAL(pairs.n_unended, 1);
	CU_ASSERT_EQUAL(n_kept, 2);
	phase_pairs_free(&pairs);
}

/* An end closes what is within. */
static void test_missing_end(void)
{
	start();
	edge(true, "outer", 1, 0);
	edge(true, "inner", 1, 10);
	edge(true, "innermost", 1, 20);
	edge(false, "outer", 1, 50);
	CU_ASSERT_EQUAL_FATAL(n_kept, 3);
	check(&kept[0], "innermost", 2, 30, 30);
	check(&kept[1], "inner", 1, 40, 10);
	check(&kept[2], "outer", 0, 50, 10);
	CU_ASSERT_EQUAL(pairs.n_unended, 2);
	phase_pairs_free(&pairs);
}

static void test_depth(void)
{
	start();
	for (uint64_t i = 0; i < PHASE_DEPTH_MAX + 3; i++)
		edge(true, "deep", 1, i);
	CU_ASSERT_EQUAL(pairs.n_dropped, 3);
	CU_ASSERT_EQUAL(pairs.n_open, PHASE_DEPTH_MAX);
	for (uint32_t thread = 2; pairs.n_open < PHASE_OPEN_MAX; thread++)
		edge(true, "many", thread, 100);
	edge(true, "too many", 1000000, 100);
	CU_ASSERT_EQUAL(pairs.n_dropped, 4);
	phase_pairs_free(&pairs);
}

/* Beyond the rows they are added up, and kept again with the same id. */
static void test_sums(void)
{
	start();
	for (uint64_t i = 0; i < PHASE_ROWS_MAX; i++) {
		edge(true, "row", 1, 10 * i);
		edge(false, "row", 1, 10 * i + 1);
	}
	CU_ASSERT_EQUAL(n_kept, PHASE_ROWS_MAX);
	for (uint64_t i = 0; i < 5; i++) {
		edge(true, "row", 1, 1000000 + 10 * i);
		edge(false, "row", 1, 1000000 + 10 * i + 4);
	}
	CU_ASSERT_EQUAL(n_kept, PHASE_ROWS_MAX);
	phase_pairs_flush(&pairs);
	CU_ASSERT_EQUAL(n_kept, PHASE_ROWS_MAX + 1);
	check(&kept[PHASE_ROWS_MAX % 64], "row", 0, 20, 20);
	CU_ASSERT_EQUAL(kept[PHASE_ROWS_MAX % 64].phase.calls, 5);
	phase_pairs_flush(&pairs);
	CU_ASSERT_EQUAL(n_kept, PHASE_ROWS_MAX + 1);
	edge(true, "row", 1, 2000000);
	edge(false, "row", 1, 2000004);
	phase_pairs_end(&pairs);
	CU_ASSERT_EQUAL(n_kept, PHASE_ROWS_MAX + 2);
	CU_ASSERT_EQUAL(n_ids, PHASE_ROWS_MAX + 1);
	CU_ASSERT_EQUAL(kept[(PHASE_ROWS_MAX + 1) % 64].phase.calls, 6);
	phase_pairs_free(&pairs);
}

/* A program can write what it likes: nothing of it goes below 0. */
static void test_backwards(void)
{
	start();
	edge(true, "back", 1, 1000);
	edge(false, "back", 1, 10);
	CU_ASSERT_EQUAL_FATAL(n_kept, 1);
	check(&kept[0], "back", 0, 0, 0);
	phase_pairs_free(&pairs);
}

/* After edges were lost: what was open is forgotten, and goes into nothing. */
static void test_forgotten(void)
{
	start();
	edge(true, "outer", 1, 0);
	edge(true, "inner", 1, 10);
	phase_pairs_forget(&pairs);
	CU_ASSERT_EQUAL(pairs.n_unended, 2);
	edge(false, "outer", 1, 20);
	CU_ASSERT_EQUAL(pairs.n_stray, 1);
	edge(true, "next", 1, 30);
	edge(false, "next", 1, 35);
	CU_ASSERT_EQUAL(n_kept, 1);
	check(&kept[0], "next", 0, 5, 5);
	phase_pairs_end(&pairs);
	CU_ASSERT_EQUAL(pairs.n_unended, 2);
	phase_pairs_free(&pairs);
}

static const struct suite_test tests[] = {
	{ "phases within phases", test_nesting },
	{ "a phase within itself", test_recursion },
	{ "threads", test_threads },
	{ "ends that are missing", test_missing_end },
	{ "limits", test_depth },
	{ "more phases than rows", test_sums },
	{ "time that runs backwards", test_backwards },
	{ "what is open when edges were lost", test_forgotten },
};

SUITE_MAIN("daemon: pairs of edges", tests)
