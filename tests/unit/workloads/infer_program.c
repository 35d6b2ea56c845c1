// SPDX-License-Identifier: GPL-2.0-or-later
/* tierscope-infer as a user meets it; its path is in TIERSCOPE_INFER. */
#include <string.h>

#include "program.h"
#include "suite.h"

static struct outcome now;	/* too large for a stack under sanitizers */

static void run(const char *arguments)
{
	program_run("TIERSCOPE_INFER", arguments, &now);
}

static struct json_object *run_json(const char *arguments)
{
	return program_run_json("TIERSCOPE_INFER", arguments);
}

static void check_refused(const char *arguments, int status, const char *says)
{
	program_check_refused("TIERSCOPE_INFER", arguments, status, says);
}

#define TINY "--width 0.35 --resolution 96 "

static void test_infer_result(void)
{
	struct json_object *a, *b, *other, *rows;

	a = run_json(TINY "--batch 2 --repeat 4 --seed 9 --format json --threads 1");
	b = run_json(TINY "--batch 2 --repeat 1 --seed 9 --format json --threads 3");
	other = run_json(TINY "--batch 2 --repeat 1 --seed 8 --format json");
	CU_ASSERT_STRING_EQUAL(program_text(a, "schema"), "tierscope-infer.result");
	CU_ASSERT_STRING_EQUAL(program_text(a, "width"), "0.35");
	CU_ASSERT_EQUAL(program_number(a, "macs_per_image") / 1000000, 11);
	CU_ASSERT_EQUAL(program_number(a, "parameters") / 10000, 166);
	CU_ASSERT_EQUAL(program_number(a, "threads"), 1);
	CU_ASSERT_EQUAL(program_number(b, "threads"), 3);
	CU_ASSERT_EQUAL(strlen(program_text(a, "logits_checksum")), 16);
	CU_ASSERT_STRING_EQUAL(program_text(a, "logits_checksum"),
			       program_text(b, "logits_checksum"));
	CU_ASSERT_STRING_EQUAL(program_text(a, "classes_checksum"),
			       program_text(b, "classes_checksum"));
	CU_ASSERT_STRING_NOT_EQUAL(program_text(a, "logits_checksum"),
				   program_text(other, "logits_checksum"));
	CU_ASSERT_TRUE(program_number(a, "min_ns") > 0);
	CU_ASSERT_TRUE(program_number(a, "min_ns") <= program_number(a, "median_ns"));
	rows = json_object_object_get(a, "inferences");
	CU_ASSERT_EQUAL(json_object_array_length(rows), 4);
	json_object_put(a);
	json_object_put(b);
	json_object_put(other);
}

static void test_infer_resnet50(void)
{
	struct json_object *root;

	root = run_json("--network resnet50 --resolution 32 --repeat 1 --warmup 0 --format json");
	CU_ASSERT_STRING_EQUAL(program_text(root, "network"), "resnet50");
	CU_ASSERT_EQUAL(program_number(root, "resolution"), 32);
	CU_ASSERT_EQUAL(program_number(root, "parameters") / 100000, 255);
	CU_ASSERT_EQUAL(program_number(root, "logit_bytes"), 4 * 1000);
	json_object_put(root);
}

/* Weights that were saved are those of the seed; what is no such file is
 * refused before anything is run. */
static void test_infer_weights(void)
{
	char path[] = "/tmp/test-programs-weights-XXXXXX", arguments[256];
	struct json_object *a, *b;

	CU_ASSERT_EQUAL_FATAL(close(mkstemp(path)), 0);
	snprintf(arguments, sizeof(arguments), TINY "--seed 3 --save-weights %s",
		 path);
	run(arguments);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_STRING_EQUAL(now.out, "");
	a = run_json(TINY "--repeat 1 --warmup 0 --seed 3 --format json");
	snprintf(arguments, sizeof(arguments), TINY "--repeat 1 --warmup 0 --seed 3 --format json --weights %s",
		 path);
	b = run_json(arguments);
	CU_ASSERT_STRING_EQUAL(program_text(a, "weights"), "seed");
	CU_ASSERT_STRING_EQUAL(program_text(b, "weights"), path);
	CU_ASSERT_STRING_EQUAL(program_text(a, "logits_checksum"),
			       program_text(b, "logits_checksum"));
	json_object_put(a);
	json_object_put(b);
	CU_ASSERT_EQUAL(truncate(path, 1000), 0);
	run(arguments);
	CU_ASSERT_EQUAL(now.status, 1);
	CU_ASSERT_STRING_EQUAL(now.out, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "not whole"));
	unlink(path);
}

static void test_infer_csv_and_table(void)
{
	run(TINY "--repeat 2 --format csv");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_EQUAL(program_count_lines(now.out), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "network,width,resolution,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "\r\nmobilenetv2,0.35,96,1,"));
	run(TINY "--repeat 2 --unfused --verbose");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "11.94 M MACs"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "inference 2 of 2"));
	CU_ASSERT_PTR_NULL(strstr(now.out, "preparing"));
}

static void test_infer_list_and_description(void)
{
	struct json_object *root;

	root = run_json("--list --format json");
	CU_ASSERT_EQUAL(json_object_array_length(
				json_object_object_get(root, "networks")), 23);
	json_object_put(root);
	root = run_json(TINY "--describe --format json");
	CU_ASSERT_EQUAL(json_object_array_length(
				json_object_object_get(root, "nodes")), 100);
	json_object_put(root);
	run("--list");
	CU_ASSERT_EQUAL(program_count_lines(now.out), 24);
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
		{ "--plan --ring-degree 12", "--ring-degree wants a power of two from 4 to 16384, not '12'" },
		{ "--plan --ring-degree 32768", "--ring-degree wants" },
		{ "--plan --batch 2049", "slots for 2048 images, not 2049" },
		{ "--batch 9 --ring-degree 16 --plan", "slots for 8 images, not 9" },
		{ "--plan --alloc loose", "--alloc wants pool or tight" },
		{ "--alloc tight", "--alloc is for encrypted inference" },
		{ "--backend seal", "--backend wants dnnl or ckks, not 'seal'" },
		{ "--kernel fast", "--kernel wants accumulate or product" },
		{ "--kernel product --plan", "--kernel is for encrypted inference" },
		{ "--key-seed 1", "--key-seed is for encrypted inference" },
		{ "--backend ckks --key-seed x", "--key-seed wants" },
		{ "--backend ckks --unfused", "--unfused is for --backend dnnl" },
		{ "--backend ckks --ring-degree 8192", "ring degrees up to 4096, not for 8192" },
		{ "--backend ckks --ring-degree 16 --batch 9", "slots for 8 images, not 9" },
		{ "--list --ring-degree 16", "--ring-degree is for encrypted inference" },
		{ "--batch", "--batch wants a value" },
		{ "--nonsense", "'--nonsense'" },
		{ "-x", "'-x'" },
		{ "something", "'something'" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check_refused(wrong[i].arguments, 2,
			      wrong[i].says);
}

/* By default the experiment's ring, full of images. */
static void test_plan(void)
{
	struct json_object *pool, *tight, *small, *rows, *row;

	pool = run_json("--width 0.75 --resolution 96 --plan --format json");
	tight = run_json("--width 0.75 --resolution 96 --plan --alloc tight --format json");
	small = run_json("--width 0.75 --resolution 96 --plan --ring-degree 16 --format json");
	CU_ASSERT_STRING_EQUAL(program_text(pool, "schema"),
			       "tierscope-infer.plan");
	CU_ASSERT_EQUAL(program_number(pool, "ring_degree"), 4096);
	CU_ASSERT_EQUAL(program_number(pool, "batch"), 2048);
	CU_ASSERT_STRING_EQUAL(program_text(pool, "alloc"), "pool");
	CU_ASSERT_EQUAL(program_number(pool, "input_bytes"),
			96 * 96 * 3 * 196608ll);
	CU_ASSERT_EQUAL(program_number(pool, "total_bytes") / 1000000000, 129);
	CU_ASSERT_EQUAL(program_number(tight, "total_bytes"),
			program_number(pool, "tight_bytes"));
	CU_ASSERT_EQUAL(program_number(small, "batch"), 8);
	CU_ASSERT_EQUAL(program_number(small, "ciphertext_bytes") * 256,
			program_number(pool, "ciphertext_bytes"));
	rows = json_object_object_get(pool, "classes");
	CU_ASSERT_EQUAL(json_object_array_length(rows), 2);
	row = json_object_array_get_idx(rows, 0);
	CU_ASSERT_EQUAL(program_number(row, "primes"), 3);
	CU_ASSERT_EQUAL(program_number(row, "buffer_bytes"), 196608);
	json_object_put(pool);
	json_object_put(tight);
	json_object_put(small);
	pool = run_json(TINY "--operations --format json");
	rows = json_object_object_get(pool, "operations");
	CU_ASSERT_EQUAL(json_object_array_length(rows), 372);
	row = json_object_array_get_idx(rows, 371);
	CU_ASSERT_STRING_EQUAL(program_text(row, "operation"), "Result");
	json_object_put(pool);
	run(TINY "--operations");
	CU_ASSERT_EQUAL(program_count_lines(now.out), 373);
	run("--network resnet50 --plan");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "total       791.71 GB"));
	check_refused("--plan >/dev/full", 1, "cannot write the result");
}

/* Keys of the same seed give the same ciphertexts, others the same classes; and
 * what gives no security says so. */
static void test_encrypted(void)
{
	struct json_object *a, *plain, *rows, *row;

	a = run_json(TINY "--backend ckks --ring-degree 4 --key-seed 1 --format json");
	CU_ASSERT_STRING_EQUAL(program_text(a, "schema"),
			       "tierscope-infer.encrypted");
	CU_ASSERT_EQUAL(program_number(a, "batch"), 2);
	CU_ASSERT_EQUAL(program_number(a, "repeat"), 1);
	CU_ASSERT_EQUAL(program_number(a, "warmup"), 0);
	CU_ASSERT_STRING_EQUAL(program_text(a, "kernel"), "accumulate");
	CU_ASSERT_PTR_NOT_NULL(strstr(program_text(a, "security"), "no security"));
	CU_ASSERT_PTR_NOT_NULL(strstr(program_text(a, "configuration"),
				      "nothing is hidden"));
	CU_ASSERT_PTR_NOT_NULL(strstr(program_text(a, "randomness"),
				      "for tests only"));
	CU_ASSERT_EQUAL(program_number(a, "total_bytes"),
			program_number(a, "planned_bytes"));
	CU_ASSERT_EQUAL(program_number(a, "buffers_of_3_primes") * 192 +
			program_number(a, "buffers_of_2_primes") * 128,
			program_number(a, "ciphertext_bytes"));
	CU_ASSERT_EQUAL(program_number(a, "buffers_of_1_primes"), 0);
	rows = json_object_object_get(a, "inferences");
	CU_ASSERT_EQUAL(json_object_array_length(rows), 1);
	row = json_object_array_get_idx(rows, 0);
	CU_ASSERT_TRUE(program_number(row, "convolution_ns") > 0);
	CU_ASSERT_TRUE(program_number(row, "boundedrelu_ns") > 0);
	CU_ASSERT_EQUAL(program_number(row, "maxpool_ns"), 0);
	CU_ASSERT_TRUE(program_number(row, "convolution_ns") <
		       program_number(row, "inference_ns"));
	plain = run_json(TINY "--batch 2 --repeat 1 --format json");
	CU_ASSERT_STRING_EQUAL(program_text(a, "classes_checksum"),
			       program_text(plain, "classes_checksum"));
	run(TINY "--backend ckks --ring-degree 4 --key-seed 1 --alloc tight --threads 1 --verbose");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, program_text(a, "logits_checksum")));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "nothing is hidden from it"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "no security"));
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, "inference 1 of 1"));
	json_object_put(a);
	json_object_put(plain);
	check_refused("--network resnet50 --resolution 1024 --backend ckks", 1,
		      "smaller --ring-degree takes less");
}

/* A result that could not be written is not a success. */
static void test_full_disk(void)
{
	check_refused(TINY "--repeat 1 >/dev/full", 1,
		      "cannot write the result");
	check_refused("--list --format csv >/dev/full", 1,
		      "cannot write the result");
}

static void test_help(void)
{
	run("--help");
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.out, "--resolution"));
}

static const struct suite_test tests[] = {
	{ "times, counts, checksum", test_infer_result },
	{ "resnet50 by its name", test_infer_resnet50 },
	{ "weights from a file", test_infer_weights },
	{ "csv and table", test_infer_csv_and_table },
	{ "list and description", test_infer_list_and_description },
	{ "bad input is one sentence and 2", test_infer_refusals },
	{ "plan and operations of an encrypted inference", test_plan },
	{ "an encrypted inference", test_encrypted },
	{ "a full disk is a failure", test_full_disk },
	{ "help", test_help },
};

SUITE_MAIN("workloads/infer_program", tests)
