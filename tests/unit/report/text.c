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

static void a_cut_is_between_characters(void)
{
	char whole[] = "a\xc3\xa9", cut[] = "a\xe2\x82", first[] = "\xf0", none[] = "";

	report_text_trim(whole);
	CU_ASSERT_STRING_EQUAL(whole, "a\xc3\xa9");
	report_text_trim(cut);
	CU_ASSERT_STRING_EQUAL(cut, "a");
	report_text_trim(first);
	CU_ASSERT_STRING_EQUAL(first, "");
	report_text_trim(none);
	CU_ASSERT_STRING_EQUAL(none, "");
}

static void a_bus_refuses_noncharacters(void)
{
	CU_ASSERT_TRUE(report_text_for_bus("plain \xc3\xa9 \xef\xbf\xbd"));
	CU_ASSERT_FALSE(report_text_for_bus("\xff"));
	CU_ASSERT_FALSE(report_text_for_bus("\xef\xb7\x90"));	/* U+FDD0 */
	CU_ASSERT_FALSE(report_text_for_bus("\xef\xbf\xbe"));	/* U+FFFE */
	CU_ASSERT_FALSE(report_text_for_bus("\xf0\x9f\xbf\xbf"));	/* U+1FFFF */
}

static const struct suite_test tests[] = {
	{ "UTF-8 is kept and the rest replaced", utf8_is_kept_and_the_rest_replaced },
	{ "commands are quoted", commands_are_quoted },
	{ "endings have names", endings_have_names },
	{ "times are UTC", times_are_utc },
	{ "a cut is between characters", a_cut_is_between_characters },
	{ "a bus refuses noncharacters", a_bus_refuses_noncharacters },
};

SUITE_MAIN("report text", tests)
