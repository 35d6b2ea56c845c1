// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cell by cell, past those that fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/experiment.h"
#include "cli/message.h"
#include "cli/stop.h"
#include "experiment/file.h"
#include "lib/scope.h"

/* Failures that are told one by one; status has all of them. */
#define TOLD_MAX 10

bool cli_experiment_wanted(const struct cli_lab *lab, size_t i)
{
	enum experiment_state state = lab->results[i].state;

	return lab->selected[i] &&
	       (state == EXPERIMENT_NOT_RUN ||
		(state == EXPERIMENT_FAILED && !lab->skip_failed));
}

/* ---- how long ------------------------------------------------------------- */

struct mean {
	uint64_t sum_ns;
	uint64_t n;
};

static uint64_t mean_of(const struct mean *mean)
{
	return mean->n ? mean->sum_ns / mean->n : 0;
}

uint64_t cli_experiment_left_ns(const struct cli_lab *lab)
{
	size_t n_rows = lab->experiment->n_rows;
	struct mean *rows scope_free = calloc(n_rows, sizeof(*rows)), all = { 0 };
	uint64_t left_ns = 0;

	if (!rows)
		return 0;
	/* Plans take no time to speak of. */
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_cell *cell = &lab->cells.cells[i];
		struct mean *row = &rows[cell->row - lab->experiment->rows];

		if (!cell->machine || lab->results[i].state != EXPERIMENT_DONE)
			continue;
		row->sum_ns += lab->results[i].wall_ns;
		row->n++;
		all.sum_ns += lab->results[i].wall_ns;
		all.n++;
	}
	/* As its row took elsewhere, or as rows take. */
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_cell *cell = &lab->cells.cells[i];
		const struct mean *row = &rows[cell->row - lab->experiment->rows];

		if (cell->machine && cli_experiment_wanted(lab, i))
			left_ns += mean_of(row->n ? row : &all);
	}
	return left_ns;
}

const char *cli_experiment_left(const struct cli_lab *lab, char *buffer, size_t size)
{
	uint64_t s = (cli_experiment_left_ns(lab) + 500000000) / 1000000000;

	if (!s)
		snprintf(buffer, size, "time left unknown");
	else if (s < 120)
		snprintf(buffer, size, "about %" PRIu64 " s left", s);
	else if (s < 7200)
		snprintf(buffer, size, "about %" PRIu64 " min left", (s + 30) / 60);
	else
		snprintf(buffer, size, "about %.1f h left", (double)s / 3600);
	return buffer;
}

/* ---- one after the other -------------------------------------------------- */

/* Of all cells, as those of other machines have their place in it too. */
static void say_progress(const struct cli_lab *lab, size_t i)
{
	size_t done = 0, failed = 0;
	char left[64];

	for (size_t j = 0; j < lab->cells.n; j++) {
		done += lab->results[j].state == EXPERIMENT_DONE;
		failed += lab->results[j].state == EXPERIMENT_FAILED;
	}
	cli_error("%s (%zu of %zu cells done, %zu failed; %s)",
		  lab->cells.cells[i].name, done, lab->cells.n, failed,
		  cli_experiment_left(lab, left, sizeof(left)));
}

/* Returns 0, -EINTR, or another errno after it was told. */
static int run_cell(struct cli_lab *lab, size_t i)
{
	const char *name = lab->cells.cells[i].name;
	int r;

	if (stop_wanted())
		return -EINTR;
	say_progress(lab, i);
	if (cli_experiment_room(lab))
		return -ENOSPC;
	/* One that went away is no failure of all cells that are left. */
	if (lab->cells.cells[i].machine && cli_experiment_daemon(lab))
		return -ESRCH;
	r = cli_experiment_cell(lab, i);
	if (r < 0 && r != -EINTR)
		cli_error("cannot run '%s' or keep how it ended in '%s': %s; what is done is kept, and the same command goes on",
			  name, lab->directory, strerror(-r));
	if (!r && lab->results[i].state == EXPERIMENT_FAILED)
		cli_error("'%s' failed: %s", name, lab->results[i].reason);
	return r;
}

static int run_cells(struct cli_lab *lab, bool plans)
{
	for (size_t i = 0; i < lab->cells.n; i++) {
		int r;

		if (!lab->cells.cells[i].machine != plans || !cli_experiment_wanted(lab, i))
			continue;
		r = run_cell(lab, i);
		if (r < 0)
			return r;
	}
	return 0;
}

static int run_all(struct cli_lab *lab)
{
	int r = run_cells(lab, true);

	if (r < 0 || !lab->simulate)
		return r ? r : run_cells(lab, false);
	for (size_t i = 0; !r && i < lab->experiment->n_machines; i++)
		if (!lab->only || lab->only == &lab->experiment->machines[i])
			r = cli_experiment_boot(lab, &lab->experiment->machines[i]);
	return r;
}

/* What became of the cells that were ours. */
static int summarise(const struct cli_lab *lab, int r)
{
	size_t done = 0, failed = 0, missing = 0;

	for (size_t i = 0; i < lab->cells.n; i++) {
		if (!lab->selected[i])
			continue;
		done += lab->results[i].state == EXPERIMENT_DONE;
		missing += lab->results[i].state == EXPERIMENT_NOT_RUN;
		if (lab->results[i].state != EXPERIMENT_FAILED)
			continue;
		if (!r && failed < TOLD_MAX)
			cli_error("failed: '%s': %s", lab->cells.cells[i].name,
				  lab->results[i].reason);
		failed++;
	}
	cli_error("%s%zu cells done, %zu failed, %zu not run, in '%s'",
		  r == -EINTR ? "stopped, and the same command goes on: " : "",
		  done, failed, missing, lab->directory);
	return r || failed || missing ? CLI_FAILURE : CLI_OK;
}

/* All directories above it as well. */
static int make_directories(const char *path)
{
	char *copy scope_free = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(copy, 0777) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(copy, 0777) < 0 && errno != EEXIST ? -errno : 0;
}

static int prepare_directory(struct cli_lab *lab)
{
	char *absolute;
	int r = make_directories(lab->directory);

	absolute = r ? NULL : realpath(lab->directory, NULL);
	if (!r && !absolute)
		r = -errno;
	if (r < 0) {
		cli_error("cannot make '%s' for the results: %s", lab->directory,
			  strerror(-r));
		return CLI_FAILURE;
	}
	free(lab->directory);
	lab->directory = absolute;
	lab->lock = open(absolute, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lab->lock < 0) {
		cli_error("cannot open '%s': %s", absolute, strerror(errno));
		return CLI_FAILURE;
	}
	if (flock(lab->lock, LOCK_EX | LOCK_NB) < 0) {
		cli_error("cannot have '%s' for the results: %s", absolute,
			  errno == EWOULDBLOCK ? "an experiment is being run there" :
			  strerror(errno));
		return CLI_FAILURE;
	}
	/* Not found out by the first cell. */
	if (access(absolute, W_OK | X_OK) < 0) {
		cli_error("cannot write in '%s': %s", absolute, strerror(errno));
		return CLI_FAILURE;
	}
	return CLI_OK;
}

int cli_experiment_run(struct cli_lab *lab)
{
	int status = cli_experiment_select(lab);

	if (!status)
		status = prepare_directory(lab);
	if (!status)
		status = cli_experiment_results(lab);
	if (!status)
		status = cli_experiment_check(lab);
	if (status)
		return status;
	stop_catch(&lab->let_in);
	return summarise(lab, run_all(lab));
}
