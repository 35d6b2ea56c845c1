/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/copy.h"
#include "suite.h"

static char directory[] = "/tmp/tierscope-copy-XXXXXX";
static char source[64], target[64];

static void fill(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static void expect(const char *path, const char *text)
{
	char buffer[64] = "";
	FILE *file = fopen(path, "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fread(buffer, 1, sizeof(buffer) - 1, file), strlen(text));
	CU_ASSERT_STRING_EQUAL(buffer, text);
	fclose(file);
}

static void make_directory(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(source, sizeof(source), "%s/source", directory);
	snprintf(target, sizeof(target), "%s/target", directory);
	fill(source, "new");
}

static void a_copy_replaces_the_whole_file(void)
{
	struct copy copy = COPY_NONE;
	struct stat st;

	fill(target, "old and longer");
	CU_ASSERT_EQUAL_FATAL(copy_begin(target, &copy), 0);
	expect(target, "old and longer");
	CU_ASSERT_EQUAL(copy_finish(&copy, source), 0);
	copy_clear(&copy);
	expect(target, "new");
	CU_ASSERT_EQUAL(stat(target, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
}

static void a_failure_leaves_the_old_file(void)
{
	struct copy copy = COPY_NONE;

	CU_ASSERT_EQUAL_FATAL(copy_begin(target, &copy), 0);
	CU_ASSERT_EQUAL(copy_finish(&copy, "/nonexistent/file"), -ENOENT);
	copy_clear(&copy);
	expect(target, "new");
}

static void a_wrong_target_is_found_beforehand(void)
{
	struct copy copy = COPY_NONE;

	CU_ASSERT_EQUAL(copy_begin("/nonexistent/file", &copy), -ENOENT);
	CU_ASSERT_EQUAL(copy_begin(directory, &copy), -EISDIR);
	CU_ASSERT_EQUAL(copy_begin("/dev/null", &copy), -EEXIST);
	copy_clear(&copy);
}

/* Nothing but the two files: no temporary one was left. */
static void nothing_else_is_left(void)
{
	CU_ASSERT_EQUAL(unlink(source), 0);
	CU_ASSERT_EQUAL(unlink(target), 0);
	CU_ASSERT_EQUAL(rmdir(directory), 0);
}

static const struct suite_test tests[] = {
	{ "make a directory", make_directory },
	{ "a copy replaces the whole file", a_copy_replaces_the_whole_file },
	{ "a failure leaves the old file", a_failure_leaves_the_old_file },
	{ "a wrong target is found beforehand", a_wrong_target_is_found_beforehand },
	{ "nothing else is left", nothing_else_is_left },
};

SUITE_MAIN("cli copy", tests)
