/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a cell ended: a JSON file beside what it recorded, written when all else
 * is there. So a cell has ended if it has this file, whatever was killed when.
 *
 * Below the directory of the results:
 *
 *	running				the name of the cell that runs
 *	MACHINE/ROW.REPEAT.tsrun	what was recorded
 *	MACHINE/ROW.REPEAT.stdout	and .stderr
 *	MACHINE/ROW.REPEAT.json		how it ended
 *	plan/ROW.stdout			the JSON of a plan
 *	plan/ROW.json
 */
#pragma once

#include "experiment/experiment.h"

#define EXPERIMENT_RESULT	".json"
#define EXPERIMENT_RUN		".tsrun"
#define EXPERIMENT_STDOUT	".stdout"
#define EXPERIMENT_STDERR	".stderr"
#define EXPERIMENT_RUNNING	"running"

enum experiment_state {
	EXPERIMENT_NOT_RUN,
	EXPERIMENT_DONE,
	EXPERIMENT_FAILED,
	/* The file says that another command, environment, machine or record
	 * made it. */
	EXPERIMENT_FOREIGN,
};

/**
 * struct experiment_result - how a cell ended
 * @status: exit status of `tierscope run`, or the plan's; -1: unknown
 * @reason: why it failed; "" if it did not
 * @wall_ns: with warm-ups and whatever else went before and after the command
 */
struct experiment_result {
	enum experiment_state state;
	int status;
	char *reason;
	uint64_t wall_ns;
};

void experiment_result_clear(struct experiment_result *result);

/* What there is of @cell in @directory. No file is EXPERIMENT_NOT_RUN, and so is
 * one that cannot be understood, as nothing but a result has that name. Returns
 * 0, -ENOMEM or -errno of the file. */
int experiment_result_read(const char *directory,
			   const struct experiment *experiment,
			   const struct experiment_cell *cell,
			   struct experiment_result *ret);

/* Returns 0 or -errno; -ENOSPC leaves nothing. */
int experiment_result_write(const char *directory,
			    const struct experiment *experiment,
			    const struct experiment_cell *cell,
			    const struct experiment_result *result);

const char *experiment_state_name(enum experiment_state state);
