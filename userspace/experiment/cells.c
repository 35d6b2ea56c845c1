// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From rows to cells: values in place of variables.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/experiment.h"
#include "experiment/template.h"
#include "lib/scope.h"

struct expansion {
	const struct experiment *experiment;
	char *error;
	size_t error_bytes;
};

static void cell_clear(struct experiment_cell *cell)
{
	free(cell->name);
	experiment_words_clear(&cell->command);
	experiment_pairs_clear(&cell->environment);
	experiment_pairs_clear(&cell->labels);
}

void experiment_cells_clear(struct experiment_cells *cells)
{
	for (size_t i = 0; i < cells->n; i++)
		cell_clear(&cells->cells[i]);
	free(cells->cells);
	*cells = (struct experiment_cells){ 0 };
}

/* @where it stands: "the command", "label 'x'". */
static int expand(const struct expansion *expansion, const char *text,
		  struct experiment_place place, const char *where,
		  const struct experiment_cell *cell,
		  const struct experiment_pairs *variables, char **ret)
{
	char *unknown scope_free = NULL;
	int r = experiment_template(text, variables, &unknown, ret);

	if (r == -EINVAL)
		return experiment_say(expansion->error, expansion->error_bytes,
			expansion->experiment->path, place,
			"'%s' in %s has a '${' without a name and a '}' ($${ is the text)",
			text, where);
	if (r != -ENOENT)
		return r;
	if (!cell->machine &&
	    (!strcmp(unknown, "machine") || !strcmp(unknown, "repeat")))
		return experiment_say(expansion->error, expansion->error_bytes,
			expansion->experiment->path, place,
			"'${%s}' in %s: a plan belongs to no machine and is made once",
			unknown, where);
	return experiment_say(expansion->error, expansion->error_bytes,
		expansion->experiment->path, place,
		"there is no variable '%s', which %s has, in row '%s'", unknown,
		where, cell->row->name);
}

static int expand_words(const struct expansion *expansion,
			const struct experiment_words *from,
			const struct experiment_cell *cell,
			const struct experiment_pairs *variables,
			struct experiment_words *into)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct experiment_word *word = &from->words[i];
		char *text scope_free = NULL;
		int r = expand(expansion, word->text, word->place,
			       cell->machine ? "the command" : "the plan", cell,
			       variables, &text);

		if (!r)
			r = experiment_words_add(into, text, word->place);
		if (r < 0)
			return r;
	}
	return 0;
}

static int expand_pairs(const struct expansion *expansion, const char *what,
			const struct experiment_pairs *from,
			const struct experiment_cell *cell,
			const struct experiment_pairs *variables,
			struct experiment_pairs *into)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct experiment_pair *pair = &from->pairs[i];
		char *value scope_free = NULL;
		char where[128];
		int r;

		snprintf(where, sizeof(where), "%s '%s'", what, pair->name);
		r = expand(expansion, pair->value, pair->place, where, cell,
			   variables, &value);
		if (!r)
			r = experiment_pairs_add(into, pair->name, value, pair->place);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The row's own, and those that every run has. */
static int variables_of(const struct experiment_cell *cell,
			struct experiment_pairs *ret)
{
	const struct experiment_place nowhere = { 0 };
	char repeat[16];
	int r = experiment_pairs_copy(&cell->row->variables, ret);

	if (r < 0 || !cell->machine)
		return r;
	snprintf(repeat, sizeof(repeat), "%u", cell->repeat);
	r = experiment_pairs_add(ret, "machine", cell->machine->name, nowhere);
	return r ? r : experiment_pairs_add(ret, "repeat", repeat, nowhere);
}

static int name_cell(struct experiment_cell *cell)
{
	int n;

	if (cell->machine)
		n = asprintf(&cell->name, "%s/%s.%u", cell->machine->name,
			     cell->row->name, cell->repeat);
	else
		n = asprintf(&cell->name, "plan/%s", cell->row->name);
	if (n < 0) {
		cell->name = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int fill(const struct expansion *expansion, struct experiment_cell *cell)
{
	const struct experiment *experiment = expansion->experiment;
	struct experiment_pairs variables = { 0 };
	int r;

	r = name_cell(cell);
	if (!r)
		r = variables_of(cell, &variables);
	if (!r)
		r = expand_words(expansion, cell->machine ? &experiment->command :
				 &experiment->plan, cell, &variables, &cell->command);
	if (!r)
		r = expand_pairs(expansion, "environment", &experiment->environment,
				 cell, &variables, &cell->environment);
	if (!r && cell->machine)
		r = expand_pairs(expansion, "label", &experiment->labels, cell,
				 &variables, &cell->labels);
	experiment_pairs_clear(&variables);
	return r;
}

static int add_cell(const struct expansion *expansion,
		    const struct experiment_cell *like,
		    struct experiment_cells *cells)
{
	struct experiment_cell cell = *like;
	int r;

	r = fill(expansion, &cell);
	if (r < 0) {
		cell_clear(&cell);
		return r;
	}
	cells->cells[cells->n++] = cell;
	return 0;
}

static int add_plans(const struct expansion *expansion,
		     struct experiment_cells *cells)
{
	const struct experiment *experiment = expansion->experiment;
	int r = 0;

	for (size_t i = 0; !r && experiment->plan.n && i < experiment->n_rows; i++) {
		const struct experiment_cell like = { .row = &experiment->rows[i] };

		r = add_cell(expansion, &like, cells);
	}
	return r;
}

static int add_runs(const struct expansion *expansion,
		    const struct experiment_machine *machine,
		    struct experiment_cells *cells)
{
	const struct experiment *experiment = expansion->experiment;

	for (unsigned int repeat = 1; repeat <= experiment->repeats; repeat++) {
		for (size_t i = 0; i < experiment->n_rows; i++) {
			const struct experiment_cell like = {
				.row = &experiment->rows[i],
				.machine = machine,
				.repeat = repeat,
			};
			int r;

			if (!like.row->runs)
				continue;
			r = add_cell(expansion, &like, cells);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static size_t count(const struct experiment *experiment)
{
	size_t runs = 0;

	for (size_t i = 0; i < experiment->n_rows; i++)
		runs += experiment->rows[i].runs;
	return (experiment->plan.n ? experiment->n_rows : 0) +
	       runs * experiment->n_machines * experiment->repeats;
}

int experiment_expand(const struct experiment *experiment, char *error,
		      size_t error_bytes, struct experiment_cells *ret)
{
	const struct expansion expansion = { experiment, error, error_bytes };
	const struct experiment_place whole = { 0 };
	struct experiment_cells cells = { 0 };
	size_t n = count(experiment);
	int r;

	if (n > EXPERIMENT_CELLS_MAX)
		return experiment_say(error, error_bytes, experiment->path, whole,
			"rows, machines and repeats make %zu cells, and %d is the most",
			n, EXPERIMENT_CELLS_MAX);
	cells.cells = calloc(n + 1, sizeof(*cells.cells));
	r = cells.cells ? 0 : -ENOMEM;
	if (!r)
		r = add_plans(&expansion, &cells);
	for (size_t i = 0; !r && i < experiment->n_machines; i++)
		r = add_runs(&expansion, &experiment->machines[i], &cells);
	if (r == -ENOMEM)
		snprintf(error, error_bytes, "out of memory");
	if (r < 0) {
		experiment_cells_clear(&cells);
		return r;
	}
	*ret = cells;
	return 0;
}
