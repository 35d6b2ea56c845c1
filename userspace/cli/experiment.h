/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the subcommands of `tierscope experiment` share.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "cli/command.h"
#include "experiment/experiment.h"
#include "experiment/result.h"
#include "report/document.h"

/**
 * struct cli_lab - an experiment, its cells, and what came of them
 * @directory: where results are, absolute if it is there
 * @lock: held while cells run; -1
 * @results: one for each cell
 * @only: run what this machine of the experiment has, or NULL
 * @selected: one for each cell: it is this command's to run
 * @simulate: boot machines
 * @vm: the program that boots them
 * @skip_failed: leave what failed as it is
 * @program: this program's path
 * @let_in: of stop_catch()
 */
struct cli_lab {
	struct experiment *experiment;
	struct experiment_cells cells;
	char *directory;
	int lock;
	struct experiment_result *results;
	const struct experiment_machine *only;
	bool *selected;
	bool simulate;
	const char *vm;
	bool skip_failed;
	char *program;
	sigset_t let_in;
	enum report_format format;
};

/* Of all cells, or of @cell. Says what failed; returns the exit status. */
int cli_experiment_results(struct cli_lab *lab);
int cli_experiment_result(struct cli_lab *lab, size_t cell);

/* Each says what failed and returns the exit status. */
int cli_experiment_run(struct cli_lab *lab);
int cli_experiment_status(struct cli_lab *lab);
int cli_experiment_table(struct cli_lab *lab);

/* Before anything runs: which cells are this machine's, and whether they can
 * run. */
int cli_experiment_select(struct cli_lab *lab);
int cli_experiment_check(struct cli_lab *lab);
/* Whether it will have a table: names that it gives are columns too. */
int cli_experiment_check_table(struct cli_lab *lab);
/* Whether there is room for another cell. */
int cli_experiment_room(const struct cli_lab *lab);

/* Whether the daemon is there to record one. */
int cli_experiment_daemon(const struct cli_lab *lab);

/* True if @cell is still to be run. */
bool cli_experiment_wanted(const struct cli_lab *lab, size_t cell);

/**
 * cli_experiment_cell() - run one, and keep how it ended
 *
 * Returns 0, also if the cell failed; -EINTR if it was stopped, and -ENOSPC if
 * the disk is full (of either nothing is kept); other -errno if how it ended
 * cannot be kept.
 */
int cli_experiment_cell(struct cli_lab *lab, size_t cell);

/* Boots @machine and has its cells run in there. Returns 0, also if cells
 * failed, or -EINTR. */
int cli_experiment_boot(struct cli_lab *lab,
			const struct experiment_machine *machine);

/* What is left takes so long, by those that are done; 0: nobody knows. */
uint64_t cli_experiment_left_ns(const struct cli_lab *lab);
/* "about 12 min left" */
const char *cli_experiment_left(const struct cli_lab *lab, char *buffer,
				size_t size);
