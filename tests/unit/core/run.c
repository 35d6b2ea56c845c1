/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "suite.h"

#define N	64
#define MASK	0xff00ULL

static size_t naive(const __u64 *entry, size_t n, __u64 mask)
{
	size_t i = 1;

	while (i < n && (entry[i] & mask) == (entry[0] & mask))
		i++;
	return i;
}

/* A run may end anywhere, and nothing past the end may be read. */
static void every_length_and_every_end(void)
{
	for (size_t n = 1; n <= N; n++) {
		__u64 *entry = malloc(n * sizeof(*entry));

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		for (size_t differs = 1; differs <= n; differs++) {
			for (size_t i = 0; i < n; i++)
				entry[i] = 0x1200 + i;
			if (differs < n)
				entry[differs] = 0x1300;
			CU_ASSERT_EQUAL(tierscope_run_length(entry, n, entry[0], MASK),
					differs);
		}
		free(entry);
	}
}

static void agrees_with_the_naive_one(void)
{
	__u64 entry[N], state = 7;

	for (int round = 0; round < 2000; round++) {
		for (size_t i = 0; i < N; i++) {
			state = state * 6364136223846793005ULL + 1442695040888963407ULL;
			/* Mostly alike, so that runs come in all lengths. */
			entry[i] = (state >> 40 & 0xff) | (state >> 60 ? 0x4200 : 0x4300);
		}
		for (size_t at = 0; at < N; at++)
			CU_ASSERT_EQUAL(tierscope_run_length(entry + at, N - at,
							     entry[at], MASK),
					naive(entry + at, N - at, MASK));
	}
}

/* A run of nothing, too, may end anywhere, at any bit, and at the table's end. */
static void nothing_ends_at_something(void)
{
	for (size_t n = 1; n <= N; n++) {
		__u64 *entry = calloc(n, sizeof(*entry));

		CU_ASSERT_PTR_NOT_NULL_FATAL(entry);
		CU_ASSERT_EQUAL(tierscope_run_none(entry, n), n);
		for (size_t at = 1; at < n; at++) {
			entry[at] = 1ULL << at % 64;
			CU_ASSERT_EQUAL(tierscope_run_none(entry, n), at);
			entry[at] = 0;
		}
		free(entry);
	}
}

/* What was read of the first entry counts, not what stands there now. */
static void first_is_what_was_read(void)
{
	__u64 entry[] = { 0x1200, 0x1300, 0x1300 };

	CU_ASSERT_EQUAL(tierscope_run_length(entry, 3, 0x1300, MASK), 3);
}

static const struct suite_test tests[] = {
	{ "every length and every end", every_length_and_every_end },
	{ "agrees with the naive one", agrees_with_the_naive_one },
	{ "nothing ends at something", nothing_ends_at_something },
	{ "the first is what was read", first_is_what_was_read },
};

SUITE_MAIN("run", tests)
