// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The two programs as a user meets them: what they print, where, and with
 * which status. Their paths are in TIERSCOPE_INFER and TIERSCOPE_STREAM.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "suite.h"

struct outcome {
	int status;		/* of exit, or -1 */
	char out[65536];
	char err[4096];
};

static void slurp(FILE *file, char *text, size_t bytes)
{
	size_t n;

	rewind(file);
	n = fread(text, 1, bytes - 1, file);
	text[n] = '\0';
	fclose(file);
}

/* By the shell, so that a test can set limits and redirect; @program is the
 * name of the variable with the path. "timeout" is the deadline. */
static void run(const char *program, const char *arguments, struct outcome *ret)
{
	FILE *out = tmpfile(), *err = tmpfile();
	char command[1024];
	int status;
	pid_t pid;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(getenv(program));
	snprintf(command, sizeof(command), "exec timeout 120 \"$%s\" %s", program,
		 arguments);
	pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (!pid) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	slurp(out, ret->out, sizeof(ret->out));
	slurp(err, ret->err, sizeof(ret->err));
}

static struct outcome now;	/* too large for a stack under sanitizers */

static struct json_object *run_json(const char *program, const char *arguments)
{
	struct json_object *root;

	run(program, arguments, &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_STRING_EQUAL(now.err, "");
	root = json_tokener_parse(now.out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

static const char *text_of(struct json_object *root, const char *name)
{
	return json_object_get_string(json_object_object_get(root, name));
}

static int64_t number_of(struct json_object *root, const char *name)
{
	return json_object_get_int64(json_object_object_get(root, name));
}

#define TINY "--width 0.35 --resolution 96 "

static void test_infer_result(void)
{
	struct json_object *a, *b, *other, *rows;

	a = run_json("TIERSCOPE_INFER", TINY "--batch 2 --repeat 4 --seed 9 --format json --threads 1");
	b = run_json("TIERSCOPE_INFER", TINY "--batch 2 --repeat 1 --seed 9 --format json --threads 3");
	other = run_json("TIERSCOPE_INFER", TINY "--batch 2 --repeat 1 --seed 8 --format json");
	CU_ASSERT_STRING_EQUAL(text_of(a, "schema"), "tierscope-infer.result");
	CU_ASSERT_STRING_EQUAL(text_of(a, "width"), "0.35");
	CU_ASSERT_EQUAL(number_of(a, "macs_per_image") / 1000000, 11);
	CU_ASSERT_EQUAL(number_of(a, "parameters") / 10000, 166);
	CU_ASSERT_EQUAL(number_of(a, "threads"), 1);
	CU_ASSERT_EQUAL(number_of(b, "threads"), 3);
	CU_ASSERT_EQUAL(strlen(text_of(a, "logits_checksum")), 16);
	CU_ASSERT_STRING_EQUAL(text_of(a, "logits_checksum"),
			       text_of(b, "logits_checksum"));
	CU_ASSERT_STRING_EQUAL(text_of(a, "classes_checksum"),
			       text_of(b, "classes_checksum"));
	CU_ASSERT_STRING_NOT_EQUAL(text_of(a, "logits_checksum"),
				   text_of(other, "logits_checksum"));
	CU_ASSERT_TRUE(number_of(a, "min_ns") > 0);
	CU_ASSERT_TRUE(number_of(a, "min_ns") <= number_of(a, "median_ns"));
	rows = json_object_object_get(a, "inferences");
	CU_ASSERT_EQUAL(json_object_array_length(rows), 4);
	json_object_put(a);
	json_object_put(b);
	json_object_put(other);
}

static void test_infer_resnet50(void)
{
	struct json_object *root;

	root = run_json("TIERSCOPE_INFER", "--network resnet50 --resolution 32 --repeat 1 --warmup 0 --format json");
	CU_ASSERT_STRING_EQUAL(text_of(root, "network"), "resnet50");
	CU_ASSERT_EQUAL(number_of(root, "resolution"), 32);
	CU_ASSERT_EQUAL(number_of(root, "parameters") / 100000, 255);
	CU_ASSERT_EQUAL(number_of(root, "logit_bytes"), 4 * 1000);
	json_object_put(root);
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void test_infer_csv_and_table(void)
{
	run("TIERSCOPE_INFER", TINY "--repeat 2 --format csv", &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_EQUAL(count_lines(now.out), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "network,width,resolution,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "\r\nmobilenetv2,0.35,96,1,"));
	run("TIERSCOPE_INFER", TINY "--repeat 2 --unfused --verbose", &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "11.94 M MACs"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "inference 2 of 2"));
	CU_ASSERT_PTR_NULL(strstr(now.out, "preparing"));
}

static void test_infer_list_and_description(void)
{
	struct json_object *root;

	root = run_json("TIERSCOPE_INFER", "--list --format json");
	CU_ASSERT_EQUAL(json_object_array_length(
				json_object_object_get(root, "networks")), 23);
	json_object_put(root);
	root = run_json("TIERSCOPE_INFER", TINY "--describe --format json");
	CU_ASSERT_EQUAL(json_object_array_length(
				json_object_object_get(root, "nodes")), 100);
	json_object_put(root);
	run("TIERSCOPE_INFER", "--list", &now);
	CU_ASSERT_EQUAL(count_lines(now.out), 24);
}

/* One sentence on stderr, nothing on stdout. */
static void check_refused(const char *program, const char *arguments, int status,
			  const char *says)
{
	run(program, arguments, &now);
	CU_ASSERT_EQUAL(now.status, status);
	CU_ASSERT_STRING_EQUAL(now.out, "");
	CU_ASSERT_EQUAL(count_lines(now.err), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, says));
	if (now.status != status || !strstr(now.err, says))
		printf("%s: status %d: %s", arguments, now.status, now.err);
}

static void test_infer_refusals(void)
{
	static const struct {
		const char *arguments, *says;
	} wrong[] = {
		{ "--width 0.8 --resolution 100", "nearest is --width 0.75 --resolution 96" },
		{ "--width 0.751 --resolution 96", "nearest is --width 0.75 --resolution 96" },
		{ "--width 1.4 --resolution 96", "nearest is" },
		{ "--width 0", "--width wants" },
		{ "--width x", "--width wants" },
		{ "--resolution -1", "--resolution wants" },
		{ "--batch 0", "--batch wants" },
		{ "--batch 65537", "--batch wants" },
		{ "--repeat 0", "--repeat wants" },
		{ "--threads 0", "--threads wants" },
		{ "--seed 18446744073709551616", "--seed wants" },
		{ "--network resnet18", "there is no network 'resnet18'" },
		{ "--network resnet50 --resolution 31", "--resolution from 32 to 1024, not 31" },
		{ "--network resnet50 --resolution 1025", "not 1025" },
		{ "--network resnet50 --width 1", "resnet50 has no width" },
		{ "--format xml", "--format wants" },
		{ "--batch", "--batch wants a value" },
		{ "--nonsense", "'--nonsense'" },
		{ "-x", "'-x'" },
		{ "something", "'something'" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_refused("TIERSCOPE_INFER", wrong[i].arguments, 2,
			      wrong[i].says);
}

static void test_stream_result(void)
{
	struct json_object *root, *row;

	root = run_json("TIERSCOPE_STREAM", "--bytes 1M --passes 5 --read --write --random --threads 3 --hold 10ms --format json");
	row = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	CU_ASSERT_EQUAL(number_of(row, "elements"), 16384);
	CU_ASSERT_EQUAL(number_of(row, "loads"), 5 * 16384);
	CU_ASSERT_EQUAL(number_of(row, "stores"), 5 * 16384);
	CU_ASSERT_EQUAL(number_of(row, "touched_bytes"), 5 << 20);
	json_object_put(root);
	root = run_json("TIERSCOPE_STREAM", "--bytes 1M --passes 2 --uniform --format json");
	CU_ASSERT_STRING_EQUAL(text_of(root, "order"), "uniform");
	row = json_object_array_get_idx(json_object_object_get(root, "results"), 0);
	CU_ASSERT_EQUAL(number_of(row, "loads"), 2 * 16384);
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
		check_refused("TIERSCOPE_STREAM", wrong[i].arguments, 2,
			      wrong[i].says);
	check_refused("TIERSCOPE_STREAM", "--bytes 60T", 1,
		      "cannot get 65970697666560 bytes");
}

/* A result that could not be written is not a success. */
static void test_full_disk(void)
{
	check_refused("TIERSCOPE_INFER", TINY "--repeat 1 >/dev/full", 1,
		      "cannot write the result");
	check_refused("TIERSCOPE_INFER", "--list --format csv >/dev/full", 1,
		      "cannot write the result");
	check_refused("TIERSCOPE_STREAM", "--bytes 1M >/dev/full", 1,
		      "cannot write the result");
}

static void test_help(void)
{
	run("TIERSCOPE_INFER", "--help", &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "--resolution"));
	run("TIERSCOPE_STREAM", "--help", &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "--bytes"));
}

static const struct suite_test tests[] = {
	{ "infer: times, counts, checksum", test_infer_result },
	{ "infer: resnet50 by its name", test_infer_resnet50 },
	{ "infer: csv and table", test_infer_csv_and_table },
	{ "infer: list and description", test_infer_list_and_description },
	{ "infer: bad input is one sentence and 2", test_infer_refusals },
	{ "stream: counts", test_stream_result },
	{ "stream: bad input is one sentence and 2", test_stream_refusals },
	{ "a full disk is a failure", test_full_disk },
	{ "help", test_help },
};

SUITE_MAIN("workloads/programs", tests)
