// SPDX-License-Identifier: GPL-2.0-or-later
/* tierscope-stream as a user meets it; its path is in TIERSCOPE_STREAM. */
#include <string.h>

#include "program.h"
#include "suite.h"

static struct outcome now;	/* too large for a stack under sanitizers */

static void run(const char *arguments)
{
	program_run("TIERSCOPE_STREAM", arguments, &now);
}

static struct json_object *run_json(const char *arguments)
{
	return program_run_json("TIERSCOPE_STREAM", arguments);
}

static void check_refused(const char *arguments, int status, const char *says)
{
	program_check_refused("TIERSCOPE_STREAM", arguments, status, says);
}

static void test_stream_result(void)
{
	struct json_object *root, *row;

	root = run_json("--bytes 1M --passes 5 --read --write --random --threads 3 --hold 10ms --format json");
	row = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	CU_ASSERT_EQUAL(program_number(row, "elements"), 16384);
	CU_ASSERT_EQUAL(program_number(row, "loads"), 5 * 16384);
	CU_ASSERT_EQUAL(program_number(row, "stores"), 5 * 16384);
	CU_ASSERT_EQUAL(program_number(row, "touched_bytes"), 5 << 20);
	json_object_put(root);
	root = run_json("--bytes 1M --passes 2 --uniform --format json");
	CU_ASSERT_STRING_EQUAL(program_text(root, "order"), "uniform");
	row = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	CU_ASSERT_EQUAL(program_number(row, "loads"), 2 * 16384);
	json_object_put(root);
}

static void test_stream_refusals(void)
{
	static const struct {
		const char *arguments, *says;
	} wrong[] = {
		{ "", "--bytes is missing" },
		{ "--bytes 0", "--bytes wants" },
		{ "--bytes 1Q", "--bytes wants" },
		{ "--bytes 1M --stride 100", "--stride wants" },
		{ "--bytes 64 --threads 2", "too little" },
		{ "--bytes 1M --passes 0", "--passes wants" },
		{ "--bytes 1M --seconds 0", "--seconds wants" },
		{ "--bytes 1M --hold -1", "--hold wants" },
		{ "--bytes 1M --random --uniform", "exclude each other" },
		{ "--bytes 1M more", "'more'" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_refused(wrong[i].arguments, 2,
			      wrong[i].says);
	check_refused("--bytes 60T", 1,
		      "cannot get 65970697666560 bytes");
}

static void test_full_disk(void)
{
	check_refused("--bytes 1M >/dev/full", 1, "cannot write the result");
}

static void test_help(void)
{
	run("--help");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "--bytes"));
}

static const struct suite_test tests[] = {
	{ "counts", test_stream_result },
	{ "bad input is one sentence and 2", test_stream_refusals },
	{ "a full disk is a failure", test_full_disk },
	{ "help", test_help },
};

SUITE_MAIN("workloads/stream_program", tests)
