// SPDX-License-Identifier: GPL-2.0-or-later
/* Blocks of samples: what goes in comes out, small, and never breaks. */
#include "suite.h"

#include <errno.h>

#include "sample_run.h"
#include "store/block.h"

static struct sample_source source;

static void fill(struct store_block *block, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sample_source_next(&source);
		store_block_add(block, &source.sample);
	}
}

static bool same(const struct store_block *a, const struct store_block *b, size_t k)
{
	struct tierscope_sample x = a->samples[k], y = b->samples[k];

	if (memcmp(x.readings, y.readings, x.n_readings * sizeof(*x.readings)))
		return false;
	x.readings = y.readings = NULL;
	return !memcmp(&x, &y, sizeof(x));
}

static void round_trip(size_t n_readings, size_t n, uint64_t lines, bool multiplexed)
{
	struct store_block in, out;
	struct store_pack pack = { 0 };

	CU_ASSERT_EQUAL_FATAL(store_block_init(&in, n_readings), 0);
	CU_ASSERT_EQUAL_FATAL(store_block_init(&out, n_readings), 0);
	sample_source_init(&source, n_readings, lines, multiplexed);
	fill(&in, n);
	store_block_encode(&in, 0, &pack);
	CU_ASSERT_EQUAL(store_block_decode(&out, pack.data, pack.n), 0);
	CU_ASSERT_EQUAL_FATAL(out.n, n);
	for (size_t k = 0; k < n; k++)
		CU_ASSERT(same(&in, &out, k));
	store_pack_free(&pack);
	store_block_free(&in);
	store_block_free(&out);
}

static void test_exact(void)
{
	round_trip(96, 1, 1000, true);
	round_trip(96, 2, 1000, false);
	round_trip(96, STORE_BLOCK_ROWS, 1000000, true);
	round_trip(1, 33, 0, false);
	round_trip(0, 10, 0, false);
}

/* Numbers that no machine counts: every one of 64 bits, in any order. */
static void test_any_number(void)
{
	struct store_block in, out;
	struct store_pack pack = { 0 };

	CU_ASSERT_EQUAL_FATAL(store_block_init(&in, 3), 0);
	CU_ASSERT_EQUAL_FATAL(store_block_init(&out, 3), 0);
	sample_source_init(&source, 3, 0, false);
	for (size_t n = 0; n < 100; n++) {
		uint64_t *words = (uint64_t *)source.readings;

		for (size_t i = 0; i < 12; i++)
			words[i] = sample_random(&source) >> sample_random(&source) % 64;
		source.sample.seq = sample_random(&source);
		source.sample.time_ns = sample_random(&source);
		source.sample.ticks_lost = sample_random(&source);
		source.sample.samples_lost = n ? 0 : UINT64_MAX;
		store_block_add(&in, &source.sample);
	}
	store_block_encode(&in, 0, &pack);
	CU_ASSERT_EQUAL(store_block_decode(&out, pack.data, pack.n), 0);
	CU_ASSERT_EQUAL_FATAL(out.n, in.n);
	for (size_t k = 0; k < in.n; k++)
		CU_ASSERT(same(&in, &out, k));
	store_pack_free(&pack);
	store_block_free(&in);
	store_block_free(&out);
}

static uint64_t off(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* Cut times: counts and both ends exact, the rest within the step; nothing
 * runs backwards or longer than it was enabled. */
static void test_cut(void)
{
	struct store_block in, out;
	struct store_pack pack = { 0 };
	const unsigned int shift = 16;

	CU_ASSERT_EQUAL_FATAL(store_block_init(&in, 96), 0);
	CU_ASSERT_EQUAL_FATAL(store_block_init(&out, 96), 0);
	sample_source_init(&source, 96, 100000, true);
	fill(&in, 100);
	store_block_encode(&in, shift, &pack);
	CU_ASSERT_EQUAL(store_block_decode(&out, pack.data, pack.n), 0);
	CU_ASSERT(same(&in, &out, 0));
	CU_ASSERT(same(&in, &out, 99));
	CU_ASSERT_FALSE(same(&in, &out, 50));
	for (size_t k = 1; k < 100; k++) {
		CU_ASSERT(off(in.samples[k].time_ns, out.samples[k].time_ns) < 1 << shift);
		CU_ASSERT(out.samples[k].time_ns > out.samples[k - 1].time_ns);
		for (size_t i = 0; i < 96; i++) {
			struct tierscope_reading *a = &in.readings[k * 96 + i];
			struct tierscope_reading *b = &out.readings[k * 96 + i];

			CU_ASSERT_EQUAL(a->value, b->value);
			CU_ASSERT(off(a->time_ns, b->time_ns) < 1 << shift);
			CU_ASSERT(off(a->enabled_ns, b->enabled_ns) < 1 << shift);
			CU_ASSERT(off(a->running_ns, b->running_ns) < 2 << shift);
			CU_ASSERT(b->running_ns <= b->enabled_ns);
			CU_ASSERT(b->running_ns >= b[-96].running_ns);
		}
	}
	store_pack_free(&pack);
	store_block_free(&in);
	store_block_free(&out);
}

static void test_budget(void)
{
	struct store_block block;
	struct store_pack pack = { 0 };
	unsigned int shift = 0;

	CU_ASSERT_EQUAL_FATAL(store_block_init(&block, 96), 0);
	sample_source_init(&source, 96, 100, false);
	for (size_t i = 0; i < 96; i++)
		source.readings[i].time_ns = 0;
	fill(&block, 1);
	store_block_encode_within(&block, RUN_INTERVAL_NS, &shift, &pack);
	fill(&block, STORE_BLOCK_ROWS - 1);
	store_block_encode_within(&block, RUN_INTERVAL_NS, &shift, &pack);
	CU_ASSERT(pack.n <= store_block_budget(block.n, 96));
	/* An interval of 10 ms allows no step above 10 us. */
	sample_source_init(&source, 96, 10000000, true);
	block.n = 0;
	shift = 0;
	fill(&block, STORE_BLOCK_ROWS);
	store_block_encode_within(&block, 10000000, &shift, &pack);
	CU_ASSERT_EQUAL(shift, 13);
	store_pack_free(&pack);
	store_block_free(&block);
}

/* The file is hostile: every cut and 20,000 random changes of a block are
 * refused or decoded, and never read or written outside (the sanitizers
 * watch). */
static void test_damaged(void)
{
	struct store_block in, out;
	struct store_pack pack = { 0 };
	size_t refused = 0;

	CU_ASSERT_EQUAL_FATAL(store_block_init(&in, 9), 0);
	CU_ASSERT_EQUAL_FATAL(store_block_init(&out, 9), 0);
	sample_source_init(&source, 9, 1000, true);
	fill(&in, 50);
	for (unsigned int shift = 0; shift <= 16; shift += 8) {
		uint8_t *copy;

		store_block_encode(&in, shift, &pack);
		for (size_t n = 0; n < pack.n; n++) {
			/* Of its exact size, so that a byte too far is seen. */
			copy = malloc(n + 1);
			memcpy(copy + 1, pack.data, n);
			CU_ASSERT_EQUAL(store_block_decode(&out, copy + 1, n), -EBADMSG);
			CU_ASSERT_EQUAL(out.n, 0);
			free(copy);
		}
		for (size_t n = 0; n < 20000; n++) {
			copy = malloc(pack.n);
			memcpy(copy, pack.data, pack.n);
			for (uint64_t i = sample_random(&source) % 4 + 1; i; i--)
				copy[sample_random(&source) % pack.n] = (uint8_t)sample_random(&source);
			if (store_block_decode(&out, copy, pack.n))
				refused++;
			else
				CU_ASSERT(out.n && out.n <= STORE_BLOCK_ROWS);
			free(copy);
		}
		store_block_encode(&in, shift, &pack);
		store_pack_byte(&pack, 0);
		CU_ASSERT_EQUAL(store_block_decode(&out, pack.data, pack.n), -EBADMSG);
	}
	CU_ASSERT(refused > 1000);
	store_pack_free(&pack);
	store_block_free(&in);
	store_block_free(&out);
}

static const struct suite_test tests[] = {
	{ "exact", test_exact },
	{ "any number", test_any_number },
	{ "cut times", test_cut },
	{ "budget", test_budget },
	{ "damaged blocks", test_damaged },
};

SUITE_MAIN("store: blocks", tests)
