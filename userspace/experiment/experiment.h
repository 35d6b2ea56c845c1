/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An experiment: a command, the values that its variables take, the machines
 * that it runs on. Read from a YAML file (Documentation/experiments.md) and
 * expanded into cells: one command, once, on one machine. Nothing here runs
 * anything or prints.
 */
#pragma once

#include <stdint.h>

#include "experiment/text.h"

#define EXPERIMENT_VARIABLES_MAX	32
#define EXPERIMENT_ROWS_MAX		10000
#define EXPERIMENT_CELLS_MAX		20000
#define EXPERIMENT_MACHINES_MAX		64
#define EXPERIMENT_REPEATS_MAX		1000
#define EXPERIMENT_WARMUPS_MAX		100
#define EXPERIMENT_WORDS_MAX		4096
/* Of a name that becomes one of a file, with what is put behind it. */
#define EXPERIMENT_NAME_BYTES_MAX	200
#define EXPERIMENT_LIMIT_NS		3600000000000ULL
#define EXPERIMENT_LIMIT_MAX_NS		(7 * 86400 * 1000000000ULL)

/**
 * struct experiment_machine - where cells run
 * @mode: that the machine must be in, "memory-mode"; NULL for any
 * @simulated: the machine file that stands for it under --simulate, or NULL
 * @kernel: of that, or NULL
 * @set: keys of that
 */
struct experiment_machine {
	char *name;
	char *mode;
	char *simulated;
	char *kernel;
	struct experiment_pairs set;
};

/**
 * struct experiment_row - one value for each variable
 * @name: "width=0.35,resolution=96", fit for a file
 * @runs: it is not only planned
 */
struct experiment_row {
	char *name;
	struct experiment_pairs variables;
	bool runs;
};

/**
 * struct experiment - what the file says
 * @command: templates; none if all is only planned
 * @show: of the JSON on the command's standard output, paths such as "median_ns"
 * @plan: the command whose JSON says what a row would take; templates
 * @plan_show: likewise of that
 * @environment, @labels: values are templates
 * @record: options of `tierscope run`
 * @limit: as it is written, for `tierscope run --limit`
 * @variables: all names, in the order of the file; no values
 */
struct experiment {
	char *path;
	char *name;
	char *description;
	struct experiment_words command;
	struct experiment_words show;
	struct experiment_words plan;
	struct experiment_words plan_show;
	struct experiment_pairs environment;
	struct experiment_pairs labels;
	struct experiment_words record;
	uint64_t limit_ns;
	unsigned int repeats;
	unsigned int warmups;
	size_t n_machines;
	struct experiment_machine *machines;
	struct experiment_pairs variables;
	size_t n_rows;
	struct experiment_row *rows;
};

/**
 * struct experiment_cell - one command, once, on one machine
 * @machine: NULL: a plan, which is the same on all of them
 * @repeat: from 1; 0 for a plan
 * @name: its files below the directory, without suffix:
 *	"memory-mode/width=0.35.1", "plan/width=0.35"
 */
struct experiment_cell {
	const struct experiment_row *row;
	const struct experiment_machine *machine;
	unsigned int repeat;
	char *name;
	struct experiment_words command;
	struct experiment_pairs environment;
	struct experiment_pairs labels;
};

/**
 * struct experiment_cells - the experiment expanded
 *
 * Plans first, then machine by machine, each repeat through all rows: what
 * drifts with time then meets all rows alike.
 */
struct experiment_cells {
	size_t n;
	struct experiment_cell *cells;
};

/* Reads, checks, and makes the rows. Returns 0, or -EINVAL, -ENOMEM or -errno of
 * the file with a sentence in @error. */
int experiment_read(const char *path, char *error, size_t error_bytes,
		    struct experiment **ret);
void experiment_free(struct experiment *experiment);

/* Puts the values into the templates. Returns as experiment_read(). Cells point
 * into @experiment. */
int experiment_expand(const struct experiment *experiment, char *error,
		      size_t error_bytes, struct experiment_cells *ret);
void experiment_cells_clear(struct experiment_cells *cells);

const struct experiment_machine *
experiment_machine_find(const struct experiment *experiment, const char *name);
