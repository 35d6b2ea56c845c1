// SPDX-License-Identifier: GPL-2.0-or-later
/* A day at 10 Hz with 96 counters, from an hour of it: below 300 MB. */
#include "suite.h"

#include <sys/stat.h>

#include "sample_run.h"

#define HOUR_SAMPLES	36000
#define HOURS		24
#define DAY_BYTES_MAX	300e6

static int count(const struct tierscope_sample *sample, void *data)
{
	(void)sample;
	++*(size_t *)data;
	return 0;
}

static double day_bytes(uint64_t lines, bool multiplexed)
{
	static struct sample_source source;
	static struct sample_run run;
	char directory[256], path[300];
	struct store_writer *w;
	struct store_reader *r;
	struct stat st = { 0 };
	size_t n = 0;

	temporary_directory(directory, sizeof(directory));
	snprintf(path, sizeof(path), "%s/hour.tsrun", directory);
	sample_run_init(&run, RUN_COUNTERS);
	sample_source_init(&source, RUN_COUNTERS, lines, multiplexed);
	CU_ASSERT_EQUAL_FATAL(store_create(path, &run.run, &w), 0);
	for (int i = 0; i < HOUR_SAMPLES; i++) {
		const struct tierscope_cell cells[] = {
			{ .node = 0, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = sample_random(&source) % 1000 + 1 },
			{ .node = 1, .page_bytes = 4096, .kind = TIERSCOPE_KIND_ANON, .pages = sample_random(&source) % 1000 + 1 },
			{ .node = 1, .page_bytes = 4096, .kind = TIERSCOPE_KIND_FILE, .pages = 100 },
		};

		sample_source_next(&source);
		CU_ASSERT_EQUAL_FATAL(store_sample(w, &source.sample), 0);
		if (i % 10 == 0)
			CU_ASSERT_EQUAL(store_placement(w, source.sample.time_ns, 2, cells, 3), 0);
		/* As often as a commit each second, in a fraction of it. */
		if (i % 100 == 9)
			CU_ASSERT_EQUAL(store_commit(w, true), 0);
	}
	sample_run_end(&run.run, source.sample.time_ns);
	CU_ASSERT_EQUAL(store_finish(w, &run.run), 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL_FATAL(store_open(path, NULL, 0, &r), 0);
	CU_ASSERT_EQUAL(store_read_samples(r, count, &n), 0);
	CU_ASSERT_EQUAL(n, HOUR_SAMPLES);
	store_close(r);
	unlink(path);
	rmdir(directory);
	printf("%.1f bytes a sample, %.0f MB a day ",
	       (double)st.st_size / HOUR_SAMPLES, (double)st.st_size * HOURS / 1e6);
	return (double)st.st_size * HOURS;
}

/* 64 MB/s on each channel and role: a machine that does something. */
static void test_busy(void)
{
	CU_ASSERT(day_bytes(100000, false) < DAY_BYTES_MAX);
}

/* The same with eight events on four counters, as they are on the real ones. */
static void test_multiplexed(void)
{
	CU_ASSERT(day_bytes(100000, true) < DAY_BYTES_MAX);
}

static void test_idle(void)
{
	CU_ASSERT(day_bytes(0, false) < DAY_BYTES_MAX);
}

static const struct suite_test tests[] = {
	{ "busy", test_busy },
	{ "multiplexed", test_multiplexed },
	{ "idle", test_idle },
};

SUITE_MAIN("store: size", tests)
