// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/rows.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"

#define SAFE								\
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

struct rows {
	struct yaml_file *file;
	struct experiment *experiment;
};

__attribute__((format(printf, 3, 4)))
static int wrong(const struct rows *rows, struct experiment_place place,
		 const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return experiment_say(rows->file->error, rows->file->error_bytes,
			      rows->file->path, place, "%s", text);
}

/* Also the name of files: what might be something else there is a "_". */
static int name_of(const struct experiment_pairs *variables, char **ret)
{
	char *name scope_free = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&name, &size);

	if (!out)
		return -ENOMEM;
	for (size_t i = 0; i < variables->n; i++) {
		fprintf(out, "%s%s=", i ? "," : "", variables->pairs[i].name);
		for (const char *c = variables->pairs[i].value; *c; c++)
			fputc(strchr(SAFE, *c) ? *c : '_', out);
	}
	if (!variables->n)
		fputs("all", out);
	if (fclose(out) || !name)
		return -ENOMEM;
	*ret = scope_take(name);
	return 0;
}

/* Takes over @variables if it returns 0. */
static int add_row(const struct rows *rows, struct experiment_pairs *variables,
		   struct experiment_place place)
{
	struct experiment *experiment = rows->experiment;
	struct experiment_row *grown;
	char *name scope_free = NULL;
	int r;

	if (experiment->n_rows == EXPERIMENT_ROWS_MAX)
		return wrong(rows, place, "there are more than %d rows",
			     EXPERIMENT_ROWS_MAX);
	r = name_of(variables, &name);
	if (r < 0)
		return r;
	if (strlen(name) > EXPERIMENT_NAME_BYTES_MAX)
		return wrong(rows, place,
			"the row '%.40s...' has a name of %zu bytes, and %d is the most for a file: use shorter values",
			name, strlen(name), EXPERIMENT_NAME_BYTES_MAX);
	for (size_t i = 0; i < experiment->n_rows; i++) {
		struct experiment_row *other = &experiment->rows[i];

		if (strcmp(other->name, name))
			continue;
		if (other->variables.n == variables->n &&
		    experiment_pairs_within(&other->variables, variables))
			return wrong(rows, place, "the row '%s' is there twice", name);
		return wrong(rows, place,
			"two rows with different values would both be called '%s' as files",
			name);
	}
	grown = reallocarray(experiment->rows, experiment->n_rows + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	experiment->rows = grown;
	grown[experiment->n_rows++] = (struct experiment_row){
		.name = scope_take(name),
		.variables = *variables,
	};
	*variables = (struct experiment_pairs){ 0 };
	return 0;
}

/* One by one, the last variable fastest; @at are indices of values. */
static int combination(const struct experiment_grid *grid, const size_t *at,
		       struct experiment_pairs *ret)
{
	struct experiment_pairs pairs = { 0 };

	for (size_t i = 0; i < grid->n_axes; i++) {
		const struct experiment_word *value = &grid->axes[i].values.words[at[i]];
		int r = experiment_pairs_add(&pairs, grid->axes[i].name,
					     value->text, value->place);

		if (r < 0) {
			experiment_pairs_clear(&pairs);
			return r;
		}
	}
	*ret = pairs;
	return 0;
}

static bool next(const struct experiment_grid *grid, size_t *at)
{
	for (size_t i = grid->n_axes; i--;) {
		if (++at[i] < grid->axes[i].values.n)
			return true;
		at[i] = 0;
	}
	return false;
}

static bool chosen(const struct experiment_choices *choices,
		   const struct experiment_pairs *variables, bool *used)
{
	bool any = false;

	for (size_t i = 0; i < choices->n; i++) {
		if (experiment_pairs_within(&choices->choices[i].pairs, variables))
			any = used[i] = true;
	}
	return any;
}

/* An entry that no row has is a slip of the pen: 0.5 is not 0.50. */
static int all_used(const struct rows *rows, const struct experiment_choices *choices,
		    const bool *used, const char *what)
{
	for (size_t i = 0; i < choices->n; i++)
		if (!used[i])
			return wrong(rows, choices->choices[i].place,
				"no row has the values of this entry of %s (they are compared as they are written)",
				what);
	return 0;
}

static int from_matrix(const struct rows *rows, const struct experiment_grid *grid)
{
	size_t at[EXPERIMENT_VARIABLES_MAX] = { 0 }, combinations = 1;
	bool *used scope_free = calloc(grid->exclude.n + 1, sizeof(*used));
	int r;

	if (!used)
		return -ENOMEM;
	for (size_t i = 0; i < grid->n_axes; i++) {
		/* Each factor is below 2^20, as the file has no more bytes. */
		combinations *= grid->axes[i].values.n;
		if (combinations > EXPERIMENT_ROWS_MAX)
			return wrong(rows, grid->place,
				"the matrix expands to more than %d rows",
				EXPERIMENT_ROWS_MAX);
	}
	do {
		struct experiment_pairs variables = { 0 };

		r = combination(grid, at, &variables);
		if (!r && !chosen(&grid->exclude, &variables, used))
			r = add_row(rows, &variables, grid->place);
		experiment_pairs_clear(&variables);
	} while (!r && next(grid, at));
	return r ? r : all_used(rows, &grid->exclude, used, "exclude");
}

static int from_include(const struct rows *rows, const struct experiment_grid *grid)
{
	for (size_t i = 0; i < grid->include.n; i++) {
		const struct experiment_choice *choice = &grid->include.choices[i];
		struct experiment_pairs variables = { 0 };
		int r = experiment_pairs_copy(&choice->pairs, &variables);

		if (!r)
			r = add_row(rows, &variables, choice->place);
		experiment_pairs_clear(&variables);
		if (r < 0)
			return r;
	}
	return 0;
}

static int choose_run(const struct rows *rows, const struct experiment_grid *grid)
{
	struct experiment *experiment = rows->experiment;
	bool *used scope_free = calloc(grid->run.n + 1, sizeof(*used));

	if (!used)
		return -ENOMEM;
	for (size_t i = 0; i < experiment->n_rows; i++)
		experiment->rows[i].runs = experiment->command.n &&
			(!grid->run.n || chosen(&grid->run,
						&experiment->rows[i].variables, used));
	return all_used(rows, &grid->run, used, "run");
}

/* Of all rows: some may have variables that others lack. */
static int collect_variables(const struct rows *rows)
{
	struct experiment *experiment = rows->experiment;

	for (size_t i = 0; i < experiment->n_rows; i++) {
		const struct experiment_pairs *variables = &experiment->rows[i].variables;

		for (size_t j = 0; j < variables->n; j++) {
			const struct experiment_pair *pair = &variables->pairs[j];
			int r;

			if (experiment_pairs_find(&experiment->variables, pair->name))
				continue;
			if (experiment->variables.n == EXPERIMENT_VARIABLES_MAX)
				return wrong(rows, pair->place,
					"the rows have more than %d variables",
					EXPERIMENT_VARIABLES_MAX);
			r = experiment_pairs_add(&experiment->variables,
						 pair->name, "", pair->place);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int experiment_rows(struct yaml_file *file, const struct experiment_grid *grid,
		    struct experiment *experiment)
{
	const struct rows rows = { file, experiment };
	const struct experiment_place whole = { 0 };
	int r = 0;

	if (grid->exclude.n && !grid->n_axes)
		return wrong(&rows, grid->exclude.choices[0].place,
			     "there is no matrix to exclude anything from");
	if (grid->n_axes)
		r = from_matrix(&rows, grid);
	if (!r)
		r = from_include(&rows, grid);
	/* A command without variables is one row. */
	if (!r && !grid->n_axes && !grid->include.n) {
		struct experiment_pairs none = { 0 };

		r = add_row(&rows, &none, whole);
	}
	if (r < 0)
		return r;
	if (!experiment->n_rows)
		return wrong(&rows, grid->place,
			     "the matrix expands to nothing: every row of it is excluded");
	r = choose_run(&rows, grid);
	return r ? r : collect_variables(&rows);
}
