/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cli/size.h"
#include "suite.h"

static void check(const char *text, int want, uint64_t bytes)
{
	uint64_t got = 42;

	CU_ASSERT_EQUAL(cli_size(text, &got), want);
	CU_ASSERT_EQUAL(got, want ? 42 : bytes);
}

static void sizes_are_read(void)
{
	check("0", 0, 0);
	check("4096", 0, 4096);
	check("4K", 0, 4096);
	check("64M", 0, 64ULL << 20);
	check("96G", 0, 96ULL << 30);
	check("1T", 0, 1ULL << 40);
	check("010", 0, 10);
	check("18446744073709551615", 0, UINT64_MAX);
	check("16777215T", 0, 16777215ULL << 40);
}

static void everything_else_is_refused(void)
{
	static const char *const texts[] = {
		"", "M", "-1", "+1", " 1", "1 ", "1.5G", "1k", "1GB", "1MM",
		"0x10", "1e9", "G1",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(texts[i], -EINVAL, 0);
}

static void what_does_not_fit_is_refused(void)
{
	check("18446744073709551616", -ERANGE, 0);
	check("16777216T", -ERANGE, 0);
	check("99999999999999999999999M", -ERANGE, 0);
}

static const struct suite_test tests[] = {
	{ "sizes are read", sizes_are_read },
	{ "everything else is refused", everything_else_is_refused },
	{ "what does not fit is refused", what_does_not_fit_is_refused },
};

SUITE_MAIN("cli size", tests)
