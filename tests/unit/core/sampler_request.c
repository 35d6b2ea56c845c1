/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/perf_event.h>
#include <linux/tierscope.h>

#include "sampler_request.h"
#include "suite.h"

static void interval(void)
{
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(0, 1),
			TIERSCOPE_SAMPLER_INTERVAL_SHORT);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(TIERSCOPE_INTERVAL_MIN_NS - 1, 1),
			TIERSCOPE_SAMPLER_INTERVAL_SHORT);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(TIERSCOPE_INTERVAL_MIN_NS, 1),
			TIERSCOPE_SAMPLER_OK);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(TIERSCOPE_INTERVAL_MAX_NS, 1),
			TIERSCOPE_SAMPLER_OK);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(TIERSCOPE_INTERVAL_MAX_NS + 1, 1),
			TIERSCOPE_SAMPLER_INTERVAL_LONG);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(~0ULL, 1),
			TIERSCOPE_SAMPLER_INTERVAL_LONG);
}

static void counters(void)
{
	const __u64 second = 1000000000;

	CU_ASSERT_EQUAL(tierscope_sampler_request_check(second, 0),
			TIERSCOPE_SAMPLER_NO_COUNTER);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(second, TIERSCOPE_COUNTERS_MAX),
			TIERSCOPE_SAMPLER_OK);
	CU_ASSERT_EQUAL(tierscope_sampler_request_check(second, TIERSCOPE_COUNTERS_MAX + 1),
			TIERSCOPE_SAMPLER_MANY_COUNTERS);
}

static enum tierscope_sampler_refusal of_type(__u32 type)
{
	struct tierscope_counter_request request = { .type = type };

	return tierscope_counter_request_check(&request);
}

static void types(void)
{
	CU_ASSERT_EQUAL(of_type(PERF_TYPE_TRACEPOINT), TIERSCOPE_SAMPLER_TRACEPOINT);
	CU_ASSERT_EQUAL(of_type(PERF_TYPE_BREAKPOINT), TIERSCOPE_SAMPLER_BREAKPOINT);
	CU_ASSERT_EQUAL(of_type(PERF_TYPE_HARDWARE), TIERSCOPE_SAMPLER_OK);
	CU_ASSERT_EQUAL(of_type(PERF_TYPE_RAW), TIERSCOPE_SAMPLER_OK);
	/* PMUs have numbers from PERF_TYPE_MAX on. */
	CU_ASSERT_EQUAL(of_type(PERF_TYPE_MAX + 12), TIERSCOPE_SAMPLER_OK);
}

static void same(void)
{
	const struct tierscope_counter_request a = {
		.type = 12, .cpu = 2, .config = 0x0304,
		.config1 = 1ULL << 63, .config2 = 5,
	};
	struct tierscope_counter_request b = a;

	CU_ASSERT_TRUE(tierscope_counter_request_same(&a, &b));
	b.type++;
	CU_ASSERT_FALSE(tierscope_counter_request_same(&a, &b));
	b = a;
	b.cpu = 0;
	CU_ASSERT_FALSE(tierscope_counter_request_same(&a, &b));
	b = a;
	b.config |= 1ULL << 40;
	CU_ASSERT_FALSE(tierscope_counter_request_same(&a, &b));
	b = a;
	b.config1 = 0;
	CU_ASSERT_FALSE(tierscope_counter_request_same(&a, &b));
	b = a;
	b.config2 = 0;
	CU_ASSERT_FALSE(tierscope_counter_request_same(&a, &b));
}

static void readings(void)
{
	CU_ASSERT_EQUAL(tierscope_sampler_request_readings(1000000000, 84), 84);
	CU_ASSERT_EQUAL(tierscope_sampler_request_readings(TIERSCOPE_INTERVAL_MIN_NS, 84), 84000);
	/* Less than one a second counts as one. */
	CU_ASSERT_EQUAL(tierscope_sampler_request_readings(TIERSCOPE_INTERVAL_MAX_NS, 1), 1);
	CU_ASSERT_EQUAL(tierscope_sampler_request_readings(3000000, 1), 334);
	/* Nothing that may be asked wraps around. */
	CU_ASSERT_EQUAL(tierscope_sampler_request_readings(1, ~0U), ~0U * 1000000000ULL);
}

static const struct suite_test tests[] = {
	{ "interval", interval },
	{ "counters", counters },
	{ "types", types },
	{ "same", same },
	{ "readings", readings },
};

SUITE_MAIN("sampler-request", tests)
