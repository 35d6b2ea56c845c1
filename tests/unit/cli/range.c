/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/placement_pages.h"
#include "suite.h"

static void ranges_are_read(void)
{
	static const struct {
		const char *text;
		uint64_t start, end;
	} good[] = {
		{ "1000-2000", 0x1000, 0x2000 },
		{ "0x1000-2000", 0x1000, 0x2000 },
		{ "0X1000-0x2000", 0x1000, 0x2000 },
		{ "0-1000", 0, 0x1000 },
		{ "7f00DEADB000-7f00deadc000", 0x7f00deadb000, 0x7f00deadc000 },
		{ "00000000000000001000-0x0000000000000000002000", 0x1000, 0x2000 },
		{ "0-fffffffffffff000", 0, 0xfffffffffffff000 },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct placement_range range = { 1, 1 };

		CU_ASSERT_EQUAL(placement_range(&cli_placement, good[i].text, &range), 0);
		CU_ASSERT_EQUAL(range.start, good[i].start);
		CU_ASSERT_EQUAL(range.end, good[i].end);
	}
}

static void others_are_refused(void)
{
	static const char *const bad[] = {
		"", "-", "1000", "1000-", "-1000", "1000-2000-3000", "1000-0x",
		"0x-1000", "g000-h000", " 1000-2000", "1000 -2000", "1000-+2000",
		"1000-2000 ", "10000000000000000-20000000000000000",
		/* wrapped, empty, not of whole pages */
		"2000-1000", "fffffffffffff000-1000", "1000-0x1000", "0-0",
		"1000-2004", "1-2000", "0-ffffffffffffffff",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct placement_range range = { 1, 1 };

		CU_ASSERT_EQUAL(placement_range(&cli_placement, bad[i], &range),
				CLI_USAGE);
		CU_ASSERT_EQUAL(range.start, 1);
		CU_ASSERT_EQUAL(range.end, 1);
	}
}

static const struct suite_test tests[] = {
	{ "ranges are read", ranges_are_read },
	{ "others are refused", others_are_refused },
};

SUITE_MAIN("range", tests)
