/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <stdint.h>

#include "report/derive.h"
#include "suite.h"

static void difference_subtracts(void)
{
	struct tierscope_reading from = { 100, 1000, 50, 25 };
	struct tierscope_reading to = { 300, 1500, 150, 75 };
	struct report_delta delta;

	CU_ASSERT_EQUAL(report_difference(&from, &to, &delta), 0);
	CU_ASSERT_EQUAL(delta.value, 500);
	CU_ASSERT_EQUAL(delta.enabled_ns, 100);
	CU_ASSERT_EQUAL(delta.running_ns, 50);
	CU_ASSERT_EQUAL(delta.span_ns, 200);
}

static void difference_survives_the_wrap(void)
{
	struct tierscope_reading from = { 0, UINT64_MAX - 9, 0, 0 };
	struct tierscope_reading to = { 1, 10, 1, 1 };
	struct report_delta delta;

	CU_ASSERT_EQUAL(report_difference(&from, &to, &delta), 0);
	CU_ASSERT_EQUAL(delta.value, 20);
}

static void difference_refuses_going_back(void)
{
	struct tierscope_reading at = { 100, 1000, 50, 25 };
	struct tierscope_reading back[] = {
		{ 100, 999, 50, 25 }, { 99, 1000, 50, 25 },
		{ 100, 1000, 49, 25 }, { 100, 1000, 50, 24 },
	};
	struct report_delta delta = { .value = 7 };

	for (size_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(report_difference(&at, &back[i], &delta), -ERANGE);
	/* Outputs are untouched on failure. */
	CU_ASSERT_EQUAL(delta.value, 7);
}

static void scale_makes_up_for_turns(void)
{
	double count = -1;

	CU_ASSERT_EQUAL(report_scale(&(struct report_delta){ .value = 30,
			.enabled_ns = 100, .running_ns = 25 }, &count), 0);
	CU_ASSERT_DOUBLE_EQUAL(count, 120, 0);
	CU_ASSERT_EQUAL(report_scale(&(struct report_delta){ .value = 30,
			.enabled_ns = 100, .running_ns = 100 }, &count), 0);
	CU_ASSERT_DOUBLE_EQUAL(count, 30, 0);
	/* A clock that is a little ahead takes nothing away. */
	CU_ASSERT_EQUAL(report_scale(&(struct report_delta){ .value = 30,
			.enabled_ns = 100, .running_ns = 101 }, &count), 0);
	CU_ASSERT_DOUBLE_EQUAL(count, 30, 0);
	count = -1;
	CU_ASSERT_EQUAL(report_scale(&(struct report_delta){ .value = 30,
			.enabled_ns = 100 }, &count), -ENODATA);
	CU_ASSERT_DOUBLE_EQUAL(count, -1, 0);
}

static void nothing_is_divided_by_zero(void)
{
	double x = 5;

	CU_ASSERT_EQUAL(report_quotient(1, 0, &x), -ENODATA);
	CU_ASSERT_EQUAL(report_per_second(1, 0, &x), -ENODATA);
	CU_ASSERT_DOUBLE_EQUAL(x, 5, 0);
	CU_ASSERT_EQUAL(report_quotient(1, 4, &x), 0);
	CU_ASSERT_DOUBLE_EQUAL(x, 0.25, 0);
	CU_ASSERT_EQUAL(report_per_second(64, 500000000, &x), 0);
	CU_ASSERT_DOUBLE_EQUAL(x, 128, 1e-9);
}

static void residual_has_a_sign(void)
{
	CU_ASSERT_DOUBLE_EQUAL(report_residual(0, 0), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(report_residual(100, 100), 0, 0);
	CU_ASSERT_DOUBLE_EQUAL(report_residual(100, 75), 0.25, 0);
	CU_ASSERT_DOUBLE_EQUAL(report_residual(75, 100), -0.25, 0);
	CU_ASSERT_DOUBLE_EQUAL(report_residual(0, 10), -1, 0);
}

static void round_stays_in_range(void)
{
	CU_ASSERT_EQUAL(report_round(-3), 0);
	CU_ASSERT_EQUAL(report_round(NAN), 0);
	CU_ASSERT_EQUAL(report_round(2.5), 3);
	CU_ASSERT_EQUAL(report_round(1e30), UINT64_MAX);
}

static const struct suite_test tests[] = {
	{ "difference subtracts", difference_subtracts },
	{ "difference survives the wrap", difference_survives_the_wrap },
	{ "difference refuses going back", difference_refuses_going_back },
	{ "scale makes up for turns", scale_makes_up_for_turns },
	{ "nothing is divided by zero", nothing_is_divided_by_zero },
	{ "residual has a sign", residual_has_a_sign },
	{ "round stays in range", round_stays_in_range },
};

SUITE_MAIN("report derive", tests)
