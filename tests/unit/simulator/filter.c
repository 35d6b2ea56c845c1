/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter may hide repeats only: a property, over random accesses. */
#include "filter.h"
#include "suite.h"

#define LINES 2048
#define BASE (0x7ffff0000000ULL >> 6)	/* high up: where stacks are */

enum seen {
	SEEN_NOT,
	SEEN_LOADED,
	SEEN_STORED,
};

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void hides_repeats_only(void)
{
	static enum seen seen[LINES];
	uint64_t state = 88172645463325252ULL, hidden = 0, wrong = 0;
	struct sim_filter filter;

	sim_filter_init(&filter);
	for (int i = 0; i < 400000; i++) {
		uint64_t random = next(&state);
		uint64_t line = random % 4 ? random / 4 % 300 : random / 4 % LINES;
		bool store = random >> 40 & 1;

		if (random >> 44 % 5000 == 0 || i % 9973 == 0) {
			sim_filter_flush(&filter);
			memset(seen, 0, sizeof(seen));
		}
		if (sim_filter_hides(&filter, BASE + line, store)) {
			hidden++;
			wrong += seen[line] < (store ? SEEN_STORED : SEEN_LOADED);
			continue;
		}
		sim_filter_remember(&filter, BASE + line, store);
		if (store)
			seen[line] = SEEN_STORED;
		else if (seen[line] == SEEN_NOT)
			seen[line] = SEEN_LOADED;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(hidden > 100000);
}

static void first_store_after_load(void)
{
	struct sim_filter filter;

	sim_filter_init(&filter);
	CU_ASSERT(!sim_filter_hides(&filter, BASE, false));
	sim_filter_remember(&filter, BASE, false);
	CU_ASSERT(sim_filter_hides(&filter, BASE, false));
	CU_ASSERT(!sim_filter_hides(&filter, BASE, true));
	sim_filter_remember(&filter, BASE, true);
	CU_ASSERT(sim_filter_hides(&filter, BASE, true));
	CU_ASSERT(sim_filter_hides(&filter, BASE, false));
	CU_ASSERT(!sim_filter_hides(&filter, BASE + 1, false));
}

static void empty_hides_nothing(void)
{
	struct sim_filter filter;

	sim_filter_init(&filter);
	for (uint64_t line = 0; line < 4 * SIM_FILTER_LINES; line++) {
		CU_ASSERT_FALSE(sim_filter_hides(&filter, line, false));
		CU_ASSERT_FALSE(sim_filter_hides(&filter, line, true));
	}
}

/* When the numbers of generations are used up, old entries must not revive. */
static void generations_wrap(void)
{
	struct sim_filter filter;

	sim_filter_init(&filter);
	sim_filter_remember(&filter, BASE, true);	/* in the first one */
	filter.generation = -SIM_FILTER_GENERATION;	/* the last one */
	sim_filter_flush(&filter);
	CU_ASSERT_EQUAL(filter.generation, SIM_FILTER_GENERATION);
	CU_ASSERT(!sim_filter_hides(&filter, BASE, false));
}

static const struct suite_test tests[] = {
	{ "only repeats are hidden", hides_repeats_only },
	{ "a first store after a load is not hidden", first_store_after_load },
	{ "an empty filter hides nothing", empty_hides_nothing },
	{ "generations wrap", generations_wrap },
};

SUITE_MAIN("simulator: filter", tests)
