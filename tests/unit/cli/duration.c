/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cli/duration.h"
#include "suite.h"

static void durations_are_read(void)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "0", 0 }, { "1", 1000000000 }, { "0.5", 500000000 },
		{ "250ms", 250000000 }, { "1s", 1000000000 },
		{ "2m", 120000000000 }, { "1h", 3600000000000 },
		{ "1.5us", 1500 }, { "7ns", 7 }, { "0.000000001", 1 },
		{ "1.000000001s", 1000000001 }, { "0.9ns", 0 },
		{ "18446744073709551615ns", UINT64_MAX }, { "007ms", 7000000 },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t ns = 42;

		CU_ASSERT_EQUAL(cli_duration(good[i].text, &ns), 0);
		CU_ASSERT_EQUAL(ns, good[i].ns);
		if (ns != good[i].ns)
			fprintf(stderr, "'%s' is read as %ju\n", good[i].text,
				(uintmax_t)ns);
	}
}

static void everything_else_is_refused(void)
{
	static const char *const bad[] = {
		"", " 1s", "1s ", "1 s", "-1s", "+1s", "s", "ms", ".5", "5.",
		"1..5", "1e3", "0x10", "1S", "1sec", "1ms2", "1,5", "inf", "nan",
		"1.0000000001s",
	};
	static const char *const large[] = {
		"18446744073709551616ns", "18446744074s", "99999999999999999999h",
		"999999999999999999999", "5124096h",
	};
	uint64_t ns = 42;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(cli_duration(bad[i], &ns), -EINVAL);
		if (cli_duration(bad[i], &ns) != -EINVAL)
			fprintf(stderr, "'%s' is not refused\n", bad[i]);
	}
	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		CU_ASSERT_EQUAL(cli_duration(large[i], &ns), -ERANGE);
		if (cli_duration(large[i], &ns) != -ERANGE)
			fprintf(stderr, "'%s' is not refused\n", large[i]);
	}
	CU_ASSERT_EQUAL(ns, 42);
}

static const struct suite_test tests[] = {
	{ "durations are read", durations_are_read },
	{ "everything else is refused", everything_else_is_refused },
};

SUITE_MAIN("cli duration", tests)
