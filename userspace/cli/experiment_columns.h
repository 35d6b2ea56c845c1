/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sections of the table of an experiment: columns that depend on it.
 */
#pragma once

#include "cli/experiment.h"
#include "report/document.h"

/* Of what a command or a plan printed. */
#define EXPERIMENT_PRINTED_BYTES_MAX (64U << 20)

/**
 * struct experiment_columns - made as they are needed, and their names
 * @values: room for a row
 * @names: what of the names is not the experiment's
 */
struct experiment_columns {
	size_t n;
	struct report_column *columns;
	struct report_value *values;
	size_t n_names;
	char **names;
};

void experiment_columns_clear(struct experiment_columns *columns);

/* @name and @title must outlive them. Returns 0 or -ENOMEM. */
int experiment_columns_add(struct experiment_columns *columns, const char *name,
			   const char *title, enum report_type type,
			   unsigned int flags);
/* @before, @middle and @after in one, which lives as long as the columns. NULL if
 * there is no memory. */
const char *experiment_columns_keep(struct experiment_columns *columns,
				    const char *before, const char *middle,
				    const char *after);
/* One for each variable of the experiment. */
int experiment_columns_variables(const struct experiment *experiment,
				 struct experiment_columns *columns);
/* What @row has in them. Returns how many they are. */
size_t experiment_columns_row(const struct experiment *experiment,
			      const struct experiment_row *row,
			      struct report_value *values);

/* The section of runs: its columns, and its rows. Return 0 or -errno. */
int experiment_runs_columns(const struct experiment *experiment,
			    struct experiment_columns *columns);
int experiment_runs_add(struct cli_lab *lab, struct experiment_columns *columns,
			struct report_document *document);
