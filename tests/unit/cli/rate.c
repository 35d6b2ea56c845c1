/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cli/rate.h"
#include "suite.h"

static void check(const char *text, int want, uint64_t rate)
{
	uint64_t got = 42;

	CU_ASSERT_EQUAL(rate_parse(text, &got), want);
	CU_ASSERT_EQUAL(got, want ? 42 : rate);
}

static void rates_are_read(void)
{
	check("1", 0, 1);
	check("500MB/s", 0, 500000000);
	check("500MB", 0, 500000000);
	check("2GiB/s", 0, 2ULL << 30);
	check("64M", 0, 64ULL << 20);
	check("8kB/s", 0, 8000);
	check("7B/s", 0, 7);
}

static void everything_else_is_refused(void)
{
	static const char *const texts[] = {
		"", "0", "0MB/s", "-1", "1.5GB/s", "MB/s", "5 MB/s", "5mb/s",
		"5MB/h", "5MB/", "5/s/s",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(texts[i], -EINVAL, 0);
	check("99999999999999999999", -ERANGE, 0);
	check("9999999999TB/s", -ERANGE, 0);
}

static void what_is_due_when(void)
{
	CU_ASSERT_EQUAL(rate_due_ns(500000000, 500000000), 1000000000);
	CU_ASSERT_EQUAL(rate_due_ns(1, 0), 0);
	CU_ASSERT_EQUAL(rate_due_ns(1ULL << 30, 1ULL << 40), 1024000000000);
	CU_ASSERT_EQUAL(rate_due_ns(1, UINT64_MAX), INT64_MAX);
}

static void a_batch_is_a_twentieth(void)
{
	CU_ASSERT_EQUAL(rate_batch_bytes(0), 0);
	CU_ASSERT_EQUAL(rate_batch_bytes(20000000), 1000000);
	CU_ASSERT_EQUAL(rate_batch_bytes(1), 4096);
}

static const struct suite_test tests[] = {
	{ "rates are read", rates_are_read },
	{ "everything else is refused", everything_else_is_refused },
	{ "what is due when", what_is_due_when },
	{ "a batch is a twentieth of a second", a_batch_is_a_twentieth },
};

SUITE_MAIN("cli rate", tests)
