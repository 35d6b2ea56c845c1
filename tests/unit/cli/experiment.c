// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program over an experiment, with real files, processes and signals. All
 * that it has are plans, which need neither machine nor daemon; runs are tested
 * in a machine.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "suite.h"

#define OUTPUT_MAX 65536
#define DEADLINE_S 60

static char directory[64];
static char out[OUTPUT_MAX], err[OUTPUT_MAX];

static void slurp(const char *path, char *buffer)
{
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(buffer, 1, OUTPUT_MAX - 1, file) : 0;

	buffer[n] = '\0';
	if (file)
		fclose(file);
}

static pid_t start(const char *words)
{
	char line[512], *argv[16] = { (char *)TIERSCOPE_PROGRAM, (char *)"experiment" };
	char *rest = line, *word;
	int n = 2;
	pid_t pid;

	snprintf(line, sizeof(line), "%s", words);
	while ((word = strsep(&rest, " ")) && n < 15)
		argv[n++] = word;
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	if (pid)
		return pid;
	alarm(DEADLINE_S);
	if (chdir(directory) ||
	    dup2(open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO) < 0 ||
	    dup2(open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO) < 0)
		_exit(99);
	execv(argv[0], argv);
	_exit(99);
}

static int finish(pid_t pid)
{
	char path[96];
	int status;

	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	snprintf(path, sizeof(path), "%s/out", directory);
	slurp(path, out);
	snprintf(path, sizeof(path), "%s/err", directory);
	slurp(path, err);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int experiment(const char *words)
{
	return finish(start(words));
}

static void write_file(const char *name, const char *text)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static bool exists(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return !access(path, F_OK);
}

/* How often the plans of a row were made: they leave a letter each time. */
static size_t times(const char *name)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return stat(path, &st) ? 0 : (size_t)st.st_size;
}

static void begin(void)
{
	strcpy(directory, "/tmp/tierscope-cli-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
}

static void end(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* Row 2 fails until there is a file "good"; row 3 takes forever until there is
 * one. */
#define TEXT								\
	"name: x\n"							\
	"matrix: {n: [1, 2, 3, 4]}\n"					\
	"plan:\n"							\
	"  command: [sh, -c, 'printf x >>made.$0; [ $0 != 2 ] || [ -e good ] || { echo no good >&2; exit 5; };"	\
	" [ $0 != 3 ] || [ -e good ] || sleep 1000; echo {\\\"n_bytes\\\":$0}', \"${n}\"]\n"	\
	"  show: [n_bytes]\n"

static void wait_for(const char *name)
{
	for (int tries = 0; tries < 10 * DEADLINE_S && !exists(name); tries++)
		usleep(100000);
	CU_ASSERT_TRUE(exists(name));
}

/* Killed in the third row: the first two are kept, the failed one is tried again. */
static void stop_by(int number, int status)
{
	pid_t pid;

	begin();
	write_file("x.yaml", TEXT);
	pid = start("run x.yaml");
	wait_for("made.3");
	CU_ASSERT_EQUAL(kill(pid, number), 0);
	CU_ASSERT_EQUAL(finish(pid), status);
	CU_ASSERT_TRUE(exists("x.results/plan/n=1.json"));
	CU_ASSERT_TRUE(exists("x.results/plan/n=2.json"));
	CU_ASSERT_FALSE(exists("x.results/plan/n=3.json"));
	CU_ASSERT_FALSE(exists("made.4"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "'plan/n=2' failed: the plan ended with status 5: no good"));
	if (number == SIGTERM)
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "stopped, and the same command goes on: 1 cells done, 1 failed, 2 not run"));
	CU_ASSERT_EQUAL(experiment("status x.yaml --format csv"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "experiment,,done,1,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "experiment,,failed,1,"));
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "experiment,,not_run,2,"));
	write_file("good", "");
	CU_ASSERT_EQUAL(experiment("run x.yaml"), 0);
	CU_ASSERT_EQUAL(times("made.1"), 1);
	CU_ASSERT_EQUAL(times("made.2"), 2);
	CU_ASSERT_EQUAL(times("made.3"), 2);
	CU_ASSERT_EQUAL(times("made.4"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "4 cells done, 0 failed, 0 not run"));
	/* And once more there is nothing to do. */
	CU_ASSERT_EQUAL(experiment("run x.yaml"), 0);
	CU_ASSERT_EQUAL(times("made.4"), 1);
	end();
}

static void what_was_killed_goes_on(void)
{
	stop_by(SIGKILL, 128 + SIGKILL);
}

static void what_was_stopped_goes_on(void)
{
	stop_by(SIGTERM, 1);
}

static void a_failed_cell_is_told_at_the_end(void)
{
	begin();
	write_file("x.yaml", TEXT "limit: 300ms\n");
	CU_ASSERT_EQUAL(experiment("run x.yaml --output a/b/c"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "failed: 'plan/n=2': the plan ended with status 5"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "failed: 'plan/n=3': the plan reached its time limit of 0.3 s"));
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "2 cells done, 2 failed, 0 not run"));
	CU_ASSERT_TRUE(exists("a/b/c/plan/n=4.json"));
	/* As they are, if asked. */
	CU_ASSERT_EQUAL(experiment("run x.yaml --output a/b/c --skip-failed"), 1);
	CU_ASSERT_EQUAL(times("made.2"), 1);
	end();
}

static void the_table_has_what_the_plans_said(void)
{
	json_object *root, *plans, *value;

	begin();
	write_file("good", "");
	write_file("x.yaml", TEXT);
	CU_ASSERT_EQUAL(experiment("table x.yaml --format json"), 0);
	root = json_tokener_parse(out);
	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "plans", &plans));
	CU_ASSERT_EQUAL_FATAL(json_object_array_length(plans), 4);
	CU_ASSERT_TRUE(json_object_object_get_ex(json_object_array_get_idx(plans, 2), "n_bytes", &value));
	CU_ASSERT_PTR_NULL(value);
	json_object_put(root);
	CU_ASSERT_EQUAL(experiment("run x.yaml"), 0);
	CU_ASSERT_EQUAL(experiment("table x.yaml --format json"), 0);
	root = json_tokener_parse(out);
	CU_ASSERT_TRUE_FATAL(json_object_object_get_ex(root, "plans", &plans));
	CU_ASSERT_TRUE(json_object_object_get_ex(json_object_array_get_idx(plans, 2), "n_bytes", &value));
	CU_ASSERT_EQUAL(json_object_get_int(value), 3);
	json_object_put(root);
	CU_ASSERT_EQUAL(experiment("table x.yaml --format csv"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "3,done,0,3,"));
	CU_ASSERT_EQUAL(experiment("table x.yaml"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "3 B"));
	end();
}

/* A sentence, and nothing has run. */
static void refused(const char *text, const char *words, const char *about)
{
	write_file("x.yaml", text);
	CU_ASSERT_EQUAL(experiment(words), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, about));
	if (!strstr(err, about))
		fprintf(stderr, "'%s' says '%s'\n", words, err);
	CU_ASSERT_PTR_EQUAL(strchr(err, '\n'), err + strlen(err) - 1);
	CU_ASSERT_FALSE(exists("made"));
}

static void what_cannot_end_well_is_not_begun(void)
{
	begin();
	refused("name: x\nplan: [touch, made]\nmatrix: {n: []}\n", "run x.yaml",
		"x.yaml:3:13: 'n' has no value, so the matrix expands to nothing");
	refused("name: x\nplan: [touch, made, \"${y}\"]\n", "run x.yaml",
		"x.yaml:2:21: there is no variable 'y'");
	refused("name: x\nplan: [touch, made]\ncommand: [no-program-of-that-name]\n", "run x.yaml",
		"x.yaml:3:11: 'no-program-of-that-name' is in none of the directories of PATH");
	refused("name: x\nplan: [touch, made]\ncommand: [./x.yaml]\n", "run x.yaml",
		"'./x.yaml' cannot be executed: Permission denied");
	refused("name: x\nplan: [touch, made]\ncommand: [touch]\nrecord: {interval: 1ms}\n",
		"run x.yaml", "x.yaml:4:20: interval '1ms' is no duration from");
	refused("name: x\nplan: [touch, made]\ncommand: [touch]\nrecord: {group: dimm}\n",
		"run x.yaml", "x.yaml:4:17: there is no group 'dimm'");
	refused("name: x\nplan: [touch, made]\ncommand: [touch]\n", "run --simulate x.yaml",
		"machine 'here' has no 'simulate'");
	refused("name: x\nplan: [touch, made]\n", "run --machine there x.yaml",
		"there is no machine 'there'");
	refused("name: x\nplan: [touch, made]\n", "run x.yaml --output x.yaml/y",
		"Not a directory");
	refused("name: x\nplan: [touch, made]\n", "run x.yaml --output /proc/x",
		"cannot make '/proc/x'");
	refused("name: x\nplan: [touch, made]\nmatrix: {path: 1}\n", "run x.yaml", "'path'");
	end();
}

static void a_result_of_another_command_is_not_taken(void)
{
	begin();
	write_file("x.yaml", "name: x\nplan: [echo, 1]\n");
	CU_ASSERT_EQUAL(experiment("run x.yaml"), 0);
	refused("name: x\nplan: [echo, 2]\n", "run x.yaml",
		"'plan/all' was made by another command");
	CU_ASSERT_EQUAL(experiment("run x.yaml --output other"), 0);
	CU_ASSERT_EQUAL(experiment("status x.yaml --format csv"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "experiment,,foreign,1,"));
	end();
}

static void two_do_not_run_in_one_place(void)
{
	pid_t pid;

	begin();
	write_file("x.yaml", TEXT);
	pid = start("run x.yaml");
	wait_for("made.3");
	CU_ASSERT_EQUAL(experiment("run x.yaml"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "an experiment is being run there"));
	CU_ASSERT_EQUAL(experiment("status x.yaml --format csv"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(out, "experiment,,running,plan/n=3,"));
	kill(pid, SIGTERM);
	CU_ASSERT_EQUAL(finish(pid), 1);
	end();
}

static const struct suite_test tests[] = {
	{ "what was killed goes on", what_was_killed_goes_on },
	{ "what was stopped goes on", what_was_stopped_goes_on },
	{ "a failed cell is told at the end", a_failed_cell_is_told_at_the_end },
	{ "the table has what the plans said", the_table_has_what_the_plans_said },
	{ "what cannot end well is not begun", what_cannot_end_well_is_not_begun },
	{ "a result of another command is not taken", a_result_of_another_command_is_not_taken },
	{ "two do not run in one place", two_do_not_run_in_one_place },
};

SUITE_MAIN("cli experiment", tests)
