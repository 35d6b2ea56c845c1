/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cadence.h"
#include "suite.h"

#define INTERVAL 100ULL
#define START 1000ULL

static void on_time(void)
{
	struct tierscope_cadence c;

	tierscope_cadence_start(&c, START, INTERVAL);
	CU_ASSERT_EQUAL(c.next_ns, START + INTERVAL);
	for (unsigned int i = 1; i <= 1000; i++) {
		CU_ASSERT_TRUE(tierscope_cadence_take(&c, START + i * INTERVAL));
		CU_ASSERT_EQUAL(c.next_ns, START + (i + 1) * INTERVAL);
	}
	CU_ASSERT_EQUAL(c.lost, 0);
}

static void too_early(void)
{
	struct tierscope_cadence c;

	tierscope_cadence_start(&c, START, INTERVAL);
	CU_ASSERT_FALSE(tierscope_cadence_take(&c, START));
	CU_ASSERT_FALSE(tierscope_cadence_take(&c, START + INTERVAL - 1));
	CU_ASSERT_EQUAL(c.next_ns, START + INTERVAL);
	CU_ASSERT_EQUAL(c.lost, 0);
	CU_ASSERT_TRUE(tierscope_cadence_take(&c, START + INTERVAL));
}

/* Late by less than an interval costs nothing, and does not shift the next. */
static void late_without_loss(void)
{
	struct tierscope_cadence c;

	tierscope_cadence_start(&c, START, INTERVAL);
	CU_ASSERT_TRUE(tierscope_cadence_take(&c, START + 2 * INTERVAL - 1));
	CU_ASSERT_EQUAL(c.lost, 0);
	CU_ASSERT_EQUAL(c.next_ns, START + 2 * INTERVAL);
}

static void late_by_intervals(void)
{
	struct tierscope_cadence c;

	tierscope_cadence_start(&c, START, INTERVAL);
	CU_ASSERT_TRUE(tierscope_cadence_take(&c, START + 2 * INTERVAL));
	CU_ASSERT_EQUAL(c.lost, 1);
	CU_ASSERT_EQUAL(c.next_ns, START + 3 * INTERVAL);
	CU_ASSERT_TRUE(tierscope_cadence_take(&c, START + 10 * INTERVAL + 50));
	CU_ASSERT_EQUAL(c.lost, 8);
	CU_ASSERT_EQUAL(c.next_ns, START + 11 * INTERVAL);
}

/* Whenever somebody wakes: what was taken and what was lost is what was due. */
static void every_tick_is_accounted_for(void)
{
	struct tierscope_cadence c;
	unsigned long long now = START, taken = 0;
	unsigned int random = 1;

	tierscope_cadence_start(&c, START, INTERVAL);
	for (unsigned int i = 0; i < 10000; i++) {
		random = random * 1103515245 + 12345;
		now += (random >> 16) % (3 * INTERVAL);
		taken += tierscope_cadence_take(&c, now);
		CU_ASSERT_EQUAL(taken + c.lost, (now - START) / INTERVAL);
		CU_ASSERT_TRUE(c.next_ns > now);
	}
	CU_ASSERT_TRUE(c.lost > 0);
}

static const struct suite_test tests[] = {
	{ "on time", on_time },
	{ "too early", too_early },
	{ "late without loss", late_without_loss },
	{ "late by intervals", late_by_intervals },
	{ "every tick is accounted for", every_tick_is_accounted_for },
};

SUITE_MAIN("cadence", tests)
