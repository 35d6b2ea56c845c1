// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers on a command line. */
#include <errno.h>

#include "suite.h"
#include "workloads/argument.h"

#define UNTOUCHED 4711

static void check_count(const char *text, uint64_t min, uint64_t max, int err,
			uint64_t want)
{
	uint64_t value = UNTOUCHED;

	CU_ASSERT_EQUAL(argument_count(text, min, max, &value), err);
	CU_ASSERT_EQUAL(value, err ? UNTOUCHED : want);
}

static void test_count(void)
{
	check_count("0", 0, 9, 0, 0);
	check_count("007", 0, 9, 0, 7);
	check_count("18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX);
	check_count("18446744073709551616", 0, UINT64_MAX, -ERANGE, 0);
	check_count("99999999999999999999999999", 0, UINT64_MAX, -ERANGE, 0);
	check_count("0", 1, 9, -ERANGE, 0);
	check_count("10", 1, 9, -ERANGE, 0);
	check_count("", 0, 9, -EINVAL, 0);
	check_count("-1", 0, 9, -EINVAL, 0);
	check_count("+1", 0, 9, -EINVAL, 0);
	check_count(" 1", 0, 9, -EINVAL, 0);
	check_count("1 ", 0, 9, -EINVAL, 0);
	check_count("0x1", 0, 9, -EINVAL, 0);
	check_count("99999999999999999999999999x", 0, 9, -EINVAL, 0);
}

static void check_fraction(const char *text, unsigned int decimals, int err,
			   uint64_t want)
{
	uint64_t value = UNTOUCHED;

	CU_ASSERT_EQUAL(argument_fraction(text, decimals, &value), err);
	CU_ASSERT_EQUAL(value, err ? UNTOUCHED : want);
}

static void test_fraction(void)
{
	check_fraction("0.75", 2, 0, 75);
	check_fraction("1", 2, 0, 100);
	check_fraction("1.4", 2, 0, 140);
	check_fraction("0.3500000", 2, 0, 35);
	check_fraction("0.355", 2, -EINVAL, 0);
	check_fraction("1.", 2, -EINVAL, 0);
	check_fraction(".5", 2, -EINVAL, 0);
	check_fraction("1.2.3", 2, -EINVAL, 0);
	check_fraction("1e2", 2, -EINVAL, 0);
	check_fraction("nan", 2, -EINVAL, 0);
	check_fraction("18446744073709551615", 1, -ERANGE, 0);
	check_fraction("18446744073709551615", 0, 0, UINT64_MAX);
}

static void check_size(const char *text, int err, uint64_t want)
{
	uint64_t value = UNTOUCHED;

	CU_ASSERT_EQUAL(argument_size(text, &value), err);
	CU_ASSERT_EQUAL(value, err ? UNTOUCHED : want);
}

static void test_size(void)
{
	check_size("64", 0, 64);
	check_size("1K", 0, 1024);
	check_size("64M", 0, 64ull << 20);
	check_size("3G", 0, 3ull << 30);
	check_size("2T", 0, 2ull << 40);
	check_size("16777215T", 0, 16777215ull << 40);
	check_size("16777216T", -ERANGE, 0);
	check_size("1k", -EINVAL, 0);
	check_size("1MB", -EINVAL, 0);
	check_size("M", -EINVAL, 0);
	check_size("1.5M", -EINVAL, 0);
}

static void check_duration(const char *text, int err, uint64_t want)
{
	uint64_t value = UNTOUCHED;

	CU_ASSERT_EQUAL(argument_duration(text, &value), err);
	CU_ASSERT_EQUAL(value, err ? UNTOUCHED : want);
}

static void test_duration(void)
{
	check_duration("2", 0, 2000000000);
	check_duration("0.5", 0, 500000000);
	check_duration("500ms", 0, 500000000);
	check_duration("1.5s", 0, 1500000000);
	check_duration("10us", 0, 10000);
	check_duration("7ns", 0, 7);
	check_duration("7.5ns", -EINVAL, 0);
	check_duration("ms", -EINVAL, 0);
	check_duration("", -EINVAL, 0);
	check_duration("1 s", -EINVAL, 0);
	check_duration("1.s", -EINVAL, 0);
	check_duration("1h", -EINVAL, 0);
	check_duration("18446744074", -ERANGE, 0);
}

static const struct suite_test tests[] = {
	{ "whole numbers", test_count },
	{ "fractions", test_fraction },
	{ "sizes", test_size },
	{ "durations", test_duration },
};

SUITE_MAIN("workloads/argument", tests)
