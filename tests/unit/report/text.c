/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/run_text.h"
#include "report/text.h"
#include "suite.h"

#define BAD "\xef\xbf\xbd"

static void check_utf8(const char *text, const char *golden)
{
	char *clean;

	CU_ASSERT_EQUAL_FATAL(report_text_utf8(text, &clean), 0);
	CU_ASSERT_STRING_EQUAL(clean, golden);
	free(clean);
}

static void utf8_is_kept_and_the_rest_replaced(void)
{
	check_utf8("", "");
	check_utf8("plain", "plain");
	check_utf8("é€😀", "é€😀");
	check_utf8("\xff", BAD);
	check_utf8("a\xc3", "a" BAD);
	/* Overlong slash, a surrogate, above U+10FFFF. */
	check_utf8("\xc0\xaf", BAD BAD);
	check_utf8("\xed\xa0\x80", BAD BAD BAD);
	check_utf8("\xf4\x90\x80\x80", BAD BAD BAD BAD);
	CU_ASSERT_EQUAL(report_text_width("é€😀x"), 4);
}

static void commands_are_quoted(void)
{
	const char *argv[] = { "/bin/echo", "a b", "it's", "", "--x=1" };
	struct store_run run = { .n_argv = 5, .argv = argv };
	char *text;

	CU_ASSERT_EQUAL_FATAL(report_run_command(&run, &text), 0);
	CU_ASSERT_STRING_EQUAL(text, "/bin/echo 'a b' 'it'\\''s' '' --x=1");
	free(text);
}

static void endings_have_names(void)
{
	char buffer[REPORT_ENDING_MAX];
	struct store_run run = { .ending = STORE_KILLED, .status = 9 };

	CU_ASSERT_STRING_EQUAL(report_run_ending(&run, buffer), "killed by SIGKILL");
	run.status = 40;
	CU_ASSERT_STRING_EQUAL(report_run_ending(&run, buffer), "killed by signal 40");
	run.ending = STORE_EXITED;
	run.status = 3;
	CU_ASSERT_STRING_EQUAL(report_run_ending(&run, buffer), "exited with 3");
}

static void times_are_utc(void)
{
	char buffer[REPORT_UTC_MAX];

	CU_ASSERT_STRING_EQUAL(report_utc(0, buffer), "1970-01-01T00:00:00.000000000Z");
	CU_ASSERT_STRING_EQUAL(report_utc(1600000000000000042, buffer),
			       "2020-09-13T12:26:40.000000042Z");
	CU_ASSERT(strlen(report_utc(UINT64_MAX, buffer)) < REPORT_UTC_MAX);
}

static const struct suite_test tests[] = {
	{ "UTF-8 is kept and the rest replaced", utf8_is_kept_and_the_rest_replaced },
	{ "commands are quoted", commands_are_quoted },
	{ "endings have names", endings_have_names },
	{ "times are UTC", times_are_utc },
};

SUITE_MAIN("report text", tests)
