// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept of a cell, and when it counts. */
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "experiment/file.h"
#include "experiment/result.h"
#include "suite.h"
#include "written.h"

#define TEXT								\
	"name: a\ncommand: [b, \"${w}\"]\nplan: [p]\nmatrix: {w: [1, 2]}\n"	\
	"machines: {m: {simulate: {machine: x, set: {near_bytes: 1M}}}}\n"

static char directory[64];

static void make_directory(void)
{
	char path[96];

	strcpy(directory, "/tmp/tierscope-result-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/m", directory);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/plan", directory);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0700), 0);
}

static void remove_directory(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* The state that @cell has by @text. */
static enum experiment_state state_by(const char *text, size_t cell)
{
	struct experiment *experiment = written(text);
	struct experiment_result result = { 0 };
	struct experiment_cells cells = { 0 };
	enum experiment_state state;
	char error[512];

	CU_ASSERT_EQUAL_FATAL(experiment_expand(experiment, error, sizeof(error), &cells), 0);
	CU_ASSERT_EQUAL_FATAL(experiment_result_read(directory, experiment,
						     &cells.cells[cell], &result), 0);
	state = result.state;
	experiment_result_clear(&result);
	experiment_cells_clear(&cells);
	experiment_free(experiment);
	return state;
}

static int keep(size_t cell, const struct experiment_result *result)
{
	struct experiment *experiment = written(TEXT);
	struct experiment_cells cells = { 0 };
	char error[512];
	int r;

	CU_ASSERT_EQUAL_FATAL(experiment_expand(experiment, error, sizeof(error), &cells), 0);
	r = experiment_result_write(directory, experiment, &cells.cells[cell], result);
	experiment_cells_clear(&cells);
	experiment_free(experiment);
	return r;
}

static const struct experiment_result done = {
	.state = EXPERIMENT_DONE, .status = 0, .reason = (char *)"", .wall_ns = 12345,
};

static void a_result_comes_back(void)
{
	const struct experiment_result bad = {
		.state = EXPERIMENT_FAILED,
		.status = 3,
		.reason = (char *)"it ended with status 3: \"no\"\n\x01",
		.wall_ns = 1ULL << 62,
	};
	struct experiment *experiment = written(TEXT);
	struct experiment_result result = { 0 };
	struct experiment_cells cells = { 0 };
	char error[512];

	make_directory();
	/* Plans of both rows, then both rows on the machine. */
	CU_ASSERT_EQUAL(state_by(TEXT, 2), EXPERIMENT_NOT_RUN);
	CU_ASSERT_EQUAL_FATAL(keep(2, &done), 0);
	CU_ASSERT_EQUAL_FATAL(keep(3, &bad), 0);
	CU_ASSERT_EQUAL(state_by(TEXT, 0), EXPERIMENT_NOT_RUN);
	CU_ASSERT_EQUAL(state_by(TEXT, 2), EXPERIMENT_DONE);
	CU_ASSERT_EQUAL_FATAL(experiment_expand(experiment, error, sizeof(error), &cells), 0);
	CU_ASSERT_EQUAL_FATAL(experiment_result_read(directory, experiment,
						     &cells.cells[3], &result), 0);
	CU_ASSERT_EQUAL(result.state, EXPERIMENT_FAILED);
	CU_ASSERT_EQUAL(result.status, 3);
	CU_ASSERT_STRING_EQUAL(result.reason, bad.reason);
	CU_ASSERT_EQUAL(result.wall_ns, bad.wall_ns);
	experiment_result_clear(&result);
	experiment_cells_clear(&cells);
	experiment_free(experiment);
	remove_directory();
}

/* A result is of the command, environment, machine and so on that made it. */
static void another_definition_makes_it_foreign(void)
{
	static const char *const others[] = {
		"name: a\ncommand: [b, \"-${w}\"]\nplan: [p]\nmatrix: {w: [1, 2]}\nmachines: {m: {simulate: {machine: x, set: {near_bytes: 1M}}}}\n",
		TEXT "environment: {E: f}\n",
		TEXT "labels: {E: f}\n",
		TEXT "record: {interval: 1s}\n",
		TEXT "warmups: 1\n",
		"name: a\ncommand: [b, \"${w}\"]\nplan: [p]\nmatrix: {w: [1, 2]}\nmachines: {m: {simulate: {machine: x, set: {near_bytes: 2M}}}}\n",
		"name: a\ncommand: [b, \"${w}\"]\nplan: [p]\nmatrix: {w: [1, 2]}\nmachines: {m: {mode: dram-only, simulate: {machine: x, set: {near_bytes: 1M}}}}\n",
	};

	make_directory();
	CU_ASSERT_EQUAL_FATAL(keep(2, &done), 0);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_EQUAL(state_by(others[i], 2), EXPERIMENT_FOREIGN);
	/* More repeats, rows or time make nothing of it wrong. */
	CU_ASSERT_EQUAL(state_by(TEXT "repeats: 2\nlimit: 1m\ninclude: [{w: 7}]\n", 3),
			EXPERIMENT_DONE);
	remove_directory();
}

static void half_a_result_is_none(void)
{
	char path[128], *text = NULL;

	make_directory();
	CU_ASSERT_EQUAL_FATAL(keep(2, &done), 0);
	snprintf(path, sizeof(path), "%s/m/w=1.1.json", directory);
	CU_ASSERT_EQUAL_FATAL(experiment_file_read(path, 1 << 20, &text, NULL), 0);
	for (size_t size = 0; size < strlen(text) - 1; size += 7) {
		FILE *file = fopen(path, "w");

		CU_ASSERT_EQUAL_FATAL(fwrite(text, 1, size, file), size);
		fclose(file);
		CU_ASSERT_EQUAL(state_by(TEXT, 2), EXPERIMENT_NOT_RUN);
	}
	CU_ASSERT_EQUAL(experiment_file_write(path, "[1]", 3), 0);
	CU_ASSERT_EQUAL(state_by(TEXT, 2), EXPERIMENT_NOT_RUN);
	free(text);
	remove_directory();
}

static size_t files_in(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

/* The old file stays, and nothing beside it, when the new one cannot be put in
 * place. */
static void a_failed_write_leaves_what_was_there(void)
{
	char path[128], *text = NULL;

	make_directory();
	snprintf(path, sizeof(path), "%s/m/file", directory);
	CU_ASSERT_EQUAL(experiment_file_write(path, "old", 3), 0);
	CU_ASSERT_EQUAL(experiment_file_write("/dev/full/x", "new", 3), -ENOTDIR);
	/* A directory cannot be replaced by a file. */
	snprintf(path, sizeof(path), "%s/plan", directory);
	CU_ASSERT_EQUAL(experiment_file_write(path, "new", 3), -EISDIR);
	CU_ASSERT_EQUAL(files_in(directory), 2);
	snprintf(path, sizeof(path), "%s/m/file", directory);
	CU_ASSERT_EQUAL(experiment_file_write(path, "newer", 5), 0);
	CU_ASSERT_EQUAL_FATAL(experiment_file_read(path, 5, &text, NULL), 0);
	CU_ASSERT_STRING_EQUAL(text, "newer");
	free(text);
	text = NULL;
	CU_ASSERT_EQUAL(experiment_file_read(path, 4, &text, NULL), -EFBIG);
	CU_ASSERT_PTR_NULL(text);
	remove_directory();
}

/* Around where the room is doubled. */
static void a_file_comes_back_whole_whatever_its_size(void)
{
	static const size_t sizes[] = { 0, 1, 4094, 4095, 4096, 8191, 8192, 100000 };
	static char written[100000];
	char path[128];

	for (size_t i = 0; i < sizeof(written); i++)
		written[i] = (char)('a' + i % 23);
	make_directory();
	snprintf(path, sizeof(path), "%s/m/file", directory);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *text = NULL;
		size_t n = 1;

		CU_ASSERT_EQUAL(experiment_file_write(path, written, sizes[i]), 0);
		CU_ASSERT_EQUAL_FATAL(experiment_file_read(path, sizes[i], &text, &n), 0);
		CU_ASSERT_EQUAL(n, sizes[i]);
		CU_ASSERT_EQUAL(memcmp(text, written, n), 0);
		CU_ASSERT_EQUAL(text[n], '\0');
		free(text);
	}
	remove_directory();
}

static const struct suite_test tests[] = {
	{ "a result comes back", a_result_comes_back },
	{ "another definition makes it foreign", another_definition_makes_it_foreign },
	{ "half a result is none", half_a_result_is_none },
	{ "a failed write leaves what was there", a_failed_write_leaves_what_was_there },
	{ "a file comes back whole, whatever its size", a_file_comes_back_whole_whatever_its_size },
};

SUITE_MAIN("experiment result", tests)
