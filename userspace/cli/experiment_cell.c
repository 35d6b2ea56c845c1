// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One cell: `tierscope run` around its command, or its plan by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "cli/command.h"
#include "cli/experiment.h"
#include "cli/message.h"
#include "cli/spawn.h"
#include "experiment/file.h"
#include "lib/scope.h"

/* What `tierscope run` may take besides its command: the launch, the end. */
#define RUN_NS 300000000000ULL
#define PLAN_BYTES_MAX (64U << 20)
#define TAIL_BYTES 512

/* The files of one cell, and what is made of them. */
struct trial {
	struct cli_lab *lab;
	const struct experiment_cell *cell;
	char *run;
	char *out;
	char *err;
	struct experiment_result result;
};

static void trial_clear(struct trial *trial)
{
	free(trial->run);
	free(trial->out);
	free(trial->err);
	experiment_result_clear(&trial->result);
}

/* The last line of a file, without control characters; "" if there is none. */
static void last_line(const char *path, char *line, size_t size)
{
	int fd scope_close = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char tail[TAIL_BYTES + 1];
	struct stat st;
	ssize_t n;
	char *start;

	*line = '\0';
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	n = pread(fd, tail, TAIL_BYTES,
		  st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0);
	while (n > 0 && (tail[n - 1] == '\n' || tail[n - 1] == ' '))
		n--;
	if (n <= 0)
		return;
	tail[n] = '\0';
	start = strrchr(tail, '\n');
	snprintf(line, size, "%s", start ? start + 1 : tail);
}

/* The state, and the sentence that goes with it. */
__attribute__((format(printf, 2, 3)))
static int failed(struct trial *trial, const char *format, ...)
{
	char text[256], line[TAIL_BYTES + 1];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	last_line(trial->err, line, sizeof(line));
	trial->result.state = EXPERIMENT_FAILED;
	free(trial->result.reason);
	if (asprintf(&trial->result.reason, "%s%s%s", text, *line ? ": " : "", line) < 0) {
		trial->result.reason = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int add(struct experiment_words *words, const char *text)
{
	return experiment_words_add(words, text, (struct experiment_place){ 0 });
}

static int add_printed(struct experiment_words *words, const char *before,
		       const char *between, const char *after)
{
	char *text scope_free = NULL;

	if (asprintf(&text, "%s%s%s", before, between, after) < 0) {
		text = NULL;
		return -ENOMEM;
	}
	return add(words, text);
}

/* @warmup: which one it is; 0: the run that is kept. */
static int run_words(const struct trial *trial, unsigned int warmup,
		     struct experiment_words *words)
{
	const struct experiment *experiment = trial->lab->experiment;
	const struct experiment_pairs *labels = &trial->cell->labels;
	char number[48];
	int r;

	snprintf(number, sizeof(number), "%" PRIu64 "ns", experiment->limit_ns);
	r = add(words, trial->lab->program);
	if (!r)
		r = add(words, "run");
	if (!r)
		r = add(words, "--quiet");
	if (!r)
		r = add_printed(words, "--limit", "=", number);
	for (size_t i = 0; !r && i < experiment->record.n; i++)
		r = add(words, experiment->record.words[i].text);
	for (size_t i = 0; !r && i < labels->n; i++) {
		r = add(words, "--label");
		if (!r)
			r = add_printed(words, labels->pairs[i].name, "=",
					labels->pairs[i].value);
	}
	if (!r && warmup) {
		snprintf(number, sizeof(number), "--label=warmup=%u", warmup);
		r = add(words, number);
	}
	if (!r && !warmup)
		r = add_printed(words, "--output", "=", trial->run);
	if (!r)
		r = add(words, "--");
	for (size_t i = 0; !r && i < trial->cell->command.n; i++)
		r = add(words, trial->cell->command.words[i].text);
	return r;
}

static int spawn_words(struct trial *trial, const struct experiment_words *words,
		       uint64_t limit_ns, struct spawn_end *ret)
{
	char **argv scope_free = calloc(words->n + 1, sizeof(*argv));
	const struct spawn spawn = {
		.argv = argv,
		.environment = &trial->cell->environment,
		.out = trial->out,
		.err = trial->err,
		.limit_ns = limit_ns,
		.let_in = &trial->lab->let_in,
	};
	int r;

	if (!argv)
		return -ENOMEM;
	for (size_t i = 0; i < words->n; i++)
		argv[i] = words->words[i].text;
	r = spawn_run(&spawn, ret);
	if (!r)
		trial->result.wall_ns += ret->wall_ns;
	return r;
}

static int judge_run(struct trial *trial, const struct spawn_end *end,
		     const char *what)
{
	trial->result.status = end->status;
	if (end->limited || end->status == CLI_RUN_LIMIT)
		return failed(trial, "%s reached its time limit of %g s", what,
			      (double)trial->lab->experiment->limit_ns / 1e9);
	if (end->status)
		return failed(trial, "%s ended with status %d", what, end->status);
	trial->result.state = EXPERIMENT_DONE;
	return 0;
}

/* All warm-ups and the run; the first that fails is the last. */
static int run(struct trial *trial)
{
	const struct experiment *experiment = trial->lab->experiment;

	for (unsigned int i = 0; i <= experiment->warmups; i++) {
		unsigned int warmup = i < experiment->warmups ? i + 1 : 0;
		struct experiment_words words = { 0 };
		struct spawn_end end = { 0 };
		int r = run_words(trial, warmup, &words);

		if (!r)
			r = spawn_words(trial, &words, experiment->limit_ns + RUN_NS, &end);
		experiment_words_clear(&words);
		if (r < 0)
			return r;
		r = judge_run(trial, &end, warmup ? "a warm-up" : "it");
		if (r < 0 || trial->result.state == EXPERIMENT_FAILED)
			return r;
	}
	if (access(trial->run, F_OK) < 0)
		return failed(trial, "nothing was recorded");
	return 0;
}

static int plan(struct trial *trial)
{
	const struct experiment *experiment = trial->lab->experiment;
	char *text scope_free = NULL;
	struct spawn_end end = { 0 };
	json_object *object;
	int r;

	r = spawn_words(trial, &trial->cell->command, experiment->limit_ns, &end);
	/* That it is there was checked; so this is the plan's own matter. */
	if (r < 0 && r != -EINTR)
		return failed(trial, "the plan cannot be made: %s", strerror(-r));
	if (r < 0)
		return r;
	r = judge_run(trial, &end, "the plan");
	if (r < 0 || trial->result.state == EXPERIMENT_FAILED)
		return r;
	r = experiment_file_read(trial->out, PLAN_BYTES_MAX, &text, NULL);
	if (r == -ENOMEM)
		return r;
	object = r < 0 ? NULL : json_tokener_parse(text);
	if (!object)
		return failed(trial, "what the plan printed is not JSON");
	json_object_put(object);
	return 0;
}

static int make_directory(const struct trial *trial)
{
	char *path scope_free = experiment_file_path(trial->lab->directory,
		trial->cell->machine ? trial->cell->machine->name : "plan", "");

	if (!path)
		return -ENOMEM;
	return mkdir(path, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

static int prepare(struct trial *trial)
{
	const char *directory = trial->lab->directory, *name = trial->cell->name;
	char *result scope_free = experiment_file_path(directory, name, EXPERIMENT_RESULT);

	trial->run = experiment_file_path(directory, name, EXPERIMENT_RUN);
	trial->out = experiment_file_path(directory, name, EXPERIMENT_STDOUT);
	trial->err = experiment_file_path(directory, name, EXPERIMENT_STDERR);
	if (!result || !trial->run || !trial->out || !trial->err)
		return -ENOMEM;
	/* What an attempt before this one left; the result first, as it vouches
	 * for the others. */
	if ((unlink(result) < 0 && errno != ENOENT) ||
	    (unlink(trial->run) < 0 && errno != ENOENT))
		return -errno;
	return 0;
}

int cli_experiment_cell(struct cli_lab *lab, size_t i)
{
	struct trial trial __attribute__((cleanup(trial_clear))) = {
		.lab = lab,
		.cell = &lab->cells.cells[i],
		.result = { .status = -1 },
	};
	char *running scope_free = experiment_file_path(lab->directory, EXPERIMENT_RUNNING, "");
	int r;

	if (!running)
		return -ENOMEM;
	r = make_directory(&trial);
	if (!r)
		r = experiment_file_write(running, trial.cell->name,
					  strlen(trial.cell->name));
	if (!r)
		r = prepare(&trial);
	if (!r)
		r = trial.cell->machine ? run(&trial) : plan(&trial);
	/* A full disk is no failure of the cell. */
	if (!r && trial.result.state == EXPERIMENT_FAILED && cli_experiment_room(lab))
		r = -ENOSPC;
	if (!r)
		r = experiment_result_write(lab->directory, lab->experiment,
					    trial.cell, &trial.result);
	unlink(running);
	if (r < 0)
		return r;
	experiment_result_clear(&lab->results[i]);
	lab->results[i] = trial.result;
	trial.result = (struct experiment_result){ 0 };
	return 0;
}
