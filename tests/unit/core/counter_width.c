/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "counter_width.h"
#include "suite.h"

#define TURN(bits) (1ULL << (bits))

static void without_wrap(void)
{
	CU_ASSERT_EQUAL(tierscope_counter_delta(0, 0, 48), 0);
	CU_ASSERT_EQUAL(tierscope_counter_delta(5, 12, 48), 7);
	CU_ASSERT_EQUAL(tierscope_counter_delta(0, TURN(48) - 1, 48),
			TURN(48) - 1);
}

static void across_the_wrap(void)
{
	CU_ASSERT_EQUAL(tierscope_counter_delta(TURN(48) - 1, 0, 48), 1);
	CU_ASSERT_EQUAL(tierscope_counter_delta(TURN(48) - 1000, 234, 48), 1234);
	CU_ASSERT_EQUAL(tierscope_counter_delta(1, 0, 48), TURN(48) - 1);
}

/* What stands above the counter's bits does not matter. */
static void bits_above_are_cut(void)
{
	CU_ASSERT_EQUAL(tierscope_counter_delta(TURN(48) + 3, 10, 48), 7);
	CU_ASSERT_EQUAL(tierscope_counter_delta(TURN(48) - 5, TURN(48) + 5, 48),
			10);
}

static void other_widths(void)
{
	CU_ASSERT_EQUAL(tierscope_counter_delta(250, 4, 8), 10);
	CU_ASSERT_EQUAL(tierscope_counter_delta(~0ULL, 9, 64), 10);
	for (unsigned int bits = 8; bits < 64; bits++)
		CU_ASSERT_EQUAL(tierscope_counter_delta(TURN(bits) - 7, 13, bits),
				20);
}

static const struct suite_test tests[] = {
	{ "without wrap", without_wrap },
	{ "across the wrap", across_the_wrap },
	{ "bits above are cut", bits_above_are_cut },
	{ "other widths", other_widths },
};

SUITE_MAIN("counter-width", tests)
