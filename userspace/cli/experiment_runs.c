// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The runs of an experiment in its table: mean and spread over the repeats.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/experiment_columns.h"
#include "cli/experiment_figures.h"
#include "cli/message.h"
#include "experiment/file.h"
#include "lib/scope.h"
#include "report/run_document.h"

/* ---- columns -------------------------------------------------------------- */

/* "wall_mean_ns" and "wall_spread_ns"; for people the mean has the title alone. */
static int add_figure(struct experiment_columns *columns, const struct experiment_figure *figure)
{
	const char *mean = experiment_columns_keep(columns, figure->name, "_mean", figure->unit);
	const char *spread = mean ? experiment_columns_keep(columns, figure->name, "_spread", figure->unit) : NULL;
	int r;

	if (!spread)
		return -ENOMEM;
	r = experiment_columns_add(columns, mean, figure->title, figure->type, figure->flags);
	return r ? r : experiment_columns_add(columns, spread, "+-", figure->type, figure->spread_flags);
}

/* Of what the command printed: a number has a mean, a text must be the same. */
static int add_shown(struct experiment_columns *columns, const char *path)
{
	enum report_type type = experiment_type_of(path);
	const char *spread;
	int r = experiment_columns_add(columns, path, path, type, 0);

	if (r < 0 || type == REPORT_STRING)
		return r;
	spread = experiment_columns_keep(columns, path, "_spread", "");
	return spread ? experiment_columns_add(columns, spread, "+-", type, 0) : -ENOMEM;
}

int experiment_runs_columns(const struct experiment *experiment,
			    struct experiment_columns *columns)
{
	int r = experiment_columns_variables(experiment, columns);

	if (!r)
		r = experiment_columns_add(columns, "machine", "machine", REPORT_STRING, 0);
	if (!r)
		r = experiment_columns_add(columns, "runs", "runs", REPORT_INTEGER, 0);
	if (!r)
		r = experiment_columns_add(columns, "runs_planned", "of", REPORT_INTEGER, 0);
	if (!r)
		r = experiment_columns_add(columns, "runs_failed", "failed", REPORT_INTEGER, 0);
	if (!r)
		r = experiment_columns_add(columns, "status", "status", REPORT_INTEGER, 0);
	for (size_t i = 0; !r && i < experiment_n_figures; i++)
		r = add_figure(columns, &experiment_figures[i]);
	for (size_t i = 0; !r && i < experiment->show.n; i++)
		r = add_shown(columns, experiment->show.words[i].text);
	if (!r)
		r = experiment_columns_add(columns, "method", "method", REPORT_STRING, 0);
	return r;
}

/* ---- the repeats of a row ------------------------------------------------- */

/**
 * struct group - the repeats of a row on a machine
 * @shown_text, @method: what all of them have alike so far
 */
struct group {
	size_t done;
	size_t planned;
	size_t failed;
	int status;
	struct experiment_mean *figures;
	struct experiment_mean *shown;
	char **shown_text;
	bool *shown_differs;
	char *method;
	bool methods_differ;
};

static void group_clear(struct group *group, size_t n_show)
{
	for (size_t i = 0; group->shown_text && i < n_show; i++)
		free(group->shown_text[i]);
	for (size_t i = 0; group->figures && i < experiment_n_figures; i++)
		experiment_mean_clear(&group->figures[i]);
	for (size_t i = 0; group->shown && i < n_show; i++)
		experiment_mean_clear(&group->shown[i]);
	free(group->figures);
	free(group->shown);
	free(group->shown_text);
	free(group->shown_differs);
	free(group->method);
}

/* Keeps @text, or notices that it is another. */
static int alike(const char *text, char **kept, bool *differs)
{
	if (*kept) {
		*differs |= strcmp(*kept, text) != 0;
		return 0;
	}
	*kept = strdup(text);
	return *kept ? 0 : -ENOMEM;
}

static int take_printed(const struct cli_lab *lab, const struct experiment_cell *cell,
			struct group *group)
{
	const struct experiment_words *show = &lab->experiment->show;
	char *path scope_free = experiment_file_path(lab->directory, cell->name,
						     EXPERIMENT_STDOUT);
	char *text scope_free = NULL;
	json_object *object = NULL;
	int r = 0;

	if (!path)
		return -ENOMEM;
	if (show->n && !experiment_file_read(path, EXPERIMENT_PRINTED_BYTES_MAX, &text, NULL))
		object = json_tokener_parse(text);
	for (size_t i = 0; !r && i < show->n; i++) {
		enum report_type type = experiment_type_of(show->words[i].text);
		struct report_value value = object ?
			experiment_json_find(object, show->words[i].text, type) :
			report_not_measured("what it printed is not JSON");

		if (type != REPORT_STRING)
			experiment_mean_add(&group->shown[i], type, value);
		else if (value.state == REPORT_VALUE)
			r = alike(value.string, &group->shown_text[i],
				  &group->shown_differs[i]);
	}
	json_object_put(object);
	return r;
}

static int take_run(struct cli_lab *lab, const struct experiment_cell *cell,
		    struct group *group)
{
	char *path scope_free = experiment_file_path(lab->directory, cell->name,
						     EXPERIMENT_RUN);
	struct report_value method;
	struct report_run *run;
	char error[512] = "";
	int r;

	if (!path)
		return -ENOMEM;
	r = report_run_load(path, 0, error, sizeof(error), &run);
	if (r == -ENOMEM)
		return r;
	if (r < 0) {
		/* One that is damaged takes nothing from the others. */
		cli_error("%s", *error ? error : strerror(-r));
		return 0;
	}
	group->done++;
	for (size_t i = 0; i < experiment_n_figures; i++)
		experiment_mean_add(&group->figures[i], experiment_figures[i].type,
				    experiment_figures[i].get(run));
	method = report_traffic_method(&run->total, REPORT_DRAM | REPORT_PMM,
				       report_run_simulated(run));
	r = method.state == REPORT_VALUE ?
		alike(method.string, &group->method, &group->methods_differ) : 0;
	report_run_free(run);
	return r ? r : take_printed(lab, cell, group);
}

static int fill_group(struct cli_lab *lab, const struct experiment_row *row,
		      const struct experiment_machine *machine, struct group *group)
{
	size_t n_show = lab->experiment->show.n + 1;

	group->figures = calloc(experiment_n_figures, sizeof(*group->figures));
	group->shown = calloc(n_show, sizeof(*group->shown));
	group->shown_text = calloc(n_show, sizeof(*group->shown_text));
	group->shown_differs = calloc(n_show, sizeof(*group->shown_differs));
	if (!group->figures || !group->shown || !group->shown_text || !group->shown_differs)
		return -ENOMEM;
	group->status = -1;
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_cell *cell = &lab->cells.cells[i];
		const struct experiment_result *result = &lab->results[i];
		int r = 0;

		if (cell->row != row || cell->machine != machine)
			continue;
		group->planned++;
		group->failed += result->state == EXPERIMENT_FAILED;
		/* The first that is not 0, if there is one. */
		if (group->status <= 0 && result->status >= 0 &&
		    result->state != EXPERIMENT_FOREIGN)
			group->status = result->status;
		if (result->state == EXPERIMENT_DONE)
			r = take_run(lab, cell, group);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- rows ----------------------------------------------------------------- */

static int add_group(const struct experiment *experiment,
		     struct report_value *values, const struct experiment_row *row,
		     const struct experiment_machine *machine,
		     const struct group *group, struct report_section *section)
{
	size_t n = experiment_columns_row(experiment, row, values);

	values[n++] = report_string(machine->name);
	values[n++] = report_number(group->done);
	values[n++] = report_number(group->planned);
	values[n++] = report_number(group->failed);
	values[n++] = group->status < 0 ? report_not_measured("no run has ended") :
					  report_number((uint64_t)group->status);
	for (size_t i = 0; i < experiment_n_figures; i++) {
		enum report_type type = experiment_figures[i].type;

		values[n++] = experiment_mean_value(&group->figures[i], type);
		values[n++] = experiment_mean_spread(&group->figures[i], type);
	}
	for (size_t i = 0; i < experiment->show.n; i++) {
		enum report_type type = experiment_type_of(experiment->show.words[i].text);

		if (type != REPORT_STRING) {
			values[n++] = experiment_mean_value(&group->shown[i], type);
			values[n++] = experiment_mean_spread(&group->shown[i], type);
		} else if (group->shown_differs[i]) {
			values[n++] = report_not_available("it differs from run to run");
		} else {
			values[n++] = group->shown_text[i] ?
				report_string(group->shown_text[i]) :
				report_not_measured("no run printed it");
		}
	}
	if (group->methods_differ)
		values[n++] = report_not_available("it differs from run to run");
	else
		values[n++] = group->method ? report_string(group->method) :
					      report_not_measured("no run is done");
	return report_section_row(section, values);
}

int experiment_runs_add(struct cli_lab *lab, struct experiment_columns *columns,
			struct report_document *document)
{
	const struct experiment *experiment = lab->experiment;
	struct report_section *section;
	int r;

	r = report_document_section(document, "runs", "Mean and spread (standard deviation) over the repeats",
				    false, columns->columns, columns->n, 0, &section);
	for (size_t i = 0; !r && i < experiment->n_rows; i++) {
		if (!experiment->rows[i].runs)
			continue;
		for (size_t j = 0; !r && j < experiment->n_machines; j++) {
			struct group group = { 0 };

			r = fill_group(lab, &experiment->rows[i],
				       &experiment->machines[j], &group);
			if (!r)
				r = add_group(experiment, columns->values, &experiment->rows[i],
					      &experiment->machines[j], &group, section);
			group_clear(&group, experiment->show.n);
		}
	}
	return r;
}
