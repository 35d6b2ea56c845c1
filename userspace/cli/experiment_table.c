// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A row a row and machine, mean and spread over the repeats; and the plans.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/experiment.h"
#include "cli/experiment_figures.h"
#include "cli/message.h"
#include "experiment/file.h"
#include "lib/scope.h"
#include "report/run_document.h"

#define PRINTED_BYTES_MAX (64U << 20)

/**
 * struct columns - made as they are needed, and their names
 * @names: what of these is not the experiment's
 */
struct columns {
	size_t n;
	struct report_column *columns;
	struct report_value *values;	/* room for a row */
	size_t n_names;
	char **names;
};

struct table {
	struct cli_lab *lab;
	struct columns runs;
	struct columns plans;
};

static void columns_clear(struct columns *columns)
{
	for (size_t i = 0; i < columns->n_names; i++)
		free(columns->names[i]);
	free(columns->names);
	free(columns->columns);
	free(columns->values);
}

static void table_clear(struct table *table)
{
	columns_clear(&table->runs);
	columns_clear(&table->plans);
}

static int add_column(struct columns *columns, const char *name,
		      const char *title, enum report_type type, unsigned int flags)
{
	struct report_column *grown = reallocarray(columns->columns, columns->n + 1,
						   sizeof(*grown));
	struct report_value *values;

	if (!grown)
		return -ENOMEM;
	columns->columns = grown;
	values = reallocarray(columns->values, columns->n + 1, sizeof(*values));
	if (!values)
		return -ENOMEM;
	columns->values = values;
	grown[columns->n++] = (struct report_column){ name, title, type, flags };
	return 0;
}

/* @before, @middle and @after in one, which lives as long as the columns. */
static const char *keep(struct columns *columns, const char *before,
			const char *middle, const char *after)
{
	char **grown = reallocarray(columns->names, columns->n_names + 1, sizeof(*grown));
	char *name;

	if (!grown)
		return NULL;
	columns->names = grown;
	if (asprintf(&name, "%s%s%s", before, middle, after) < 0)
		return NULL;
	grown[columns->n_names++] = name;
	return name;
}

static int add_variables(const struct experiment *experiment, struct columns *columns)
{
	int r = 0;

	for (size_t i = 0; !r && i < experiment->variables.n; i++) {
		const char *name = experiment->variables.pairs[i].name;

		r = add_column(columns, name, name, REPORT_STRING, 0);
	}
	return r;
}

/* "wall_mean_ns" and "wall_spread_ns"; for people the mean has the title alone. */
static int add_figure(struct columns *columns, const struct experiment_figure *figure)
{
	const char *mean = keep(columns, figure->name, "_mean", figure->unit);
	const char *spread = mean ? keep(columns, figure->name, "_spread", figure->unit) : NULL;
	int r;

	if (!spread)
		return -ENOMEM;
	r = add_column(columns, mean, figure->title, figure->type, figure->flags);
	return r ? r : add_column(columns, spread, "+-", figure->type, figure->spread_flags);
}

/* Of what the command printed: a number has a mean, a text must be the same. */
static int add_shown(struct columns *columns, const char *path)
{
	enum report_type type = experiment_type_of(path);
	const char *spread;
	int r = add_column(columns, path, path, type, 0);

	if (r < 0 || type == REPORT_STRING)
		return r;
	spread = keep(columns, path, "_spread", "");
	return spread ? add_column(columns, spread, "+-", type, 0) : -ENOMEM;
}

static int run_columns(const struct experiment *experiment, struct columns *columns)
{
	int r = add_variables(experiment, columns);

	if (!r)
		r = add_column(columns, "machine", "machine", REPORT_STRING, 0);
	if (!r)
		r = add_column(columns, "runs", "runs", REPORT_INTEGER, 0);
	if (!r)
		r = add_column(columns, "runs_planned", "of", REPORT_INTEGER, 0);
	if (!r)
		r = add_column(columns, "runs_failed", "failed", REPORT_INTEGER, 0);
	if (!r)
		r = add_column(columns, "status", "status", REPORT_INTEGER, 0);
	for (size_t i = 0; !r && i < experiment_n_figures; i++)
		r = add_figure(columns, &experiment_figures[i]);
	for (size_t i = 0; !r && i < experiment->show.n; i++)
		r = add_shown(columns, experiment->show.words[i].text);
	if (!r)
		r = add_column(columns, "method", "method", REPORT_STRING, 0);
	return r;
}

static int plan_columns(const struct experiment *experiment, struct columns *columns)
{
	int r = add_variables(experiment, columns);

	if (!r)
		r = add_column(columns, "state", "state", REPORT_STRING, 0);
	if (!r)
		r = add_column(columns, "status", "status", REPORT_INTEGER, REPORT_NO_TABLE);
	for (size_t i = 0; !r && i < experiment->plan_show.n; i++) {
		const char *path = experiment->plan_show.words[i].text;

		r = add_column(columns, path, path, experiment_type_of(path), 0);
	}
	if (!r)
		r = add_column(columns, "path", "path", REPORT_STRING, REPORT_NO_TABLE);
	return r;
}

/* Two columns of one name would be one field. */
static int check_columns(const struct experiment *experiment, const struct columns *columns)
{
	for (size_t i = 0; i < columns->n; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(columns->columns[i].name, columns->columns[j].name)) {
				cli_error("%s: a variable or something to show is called '%s', as another column of the table is: call it otherwise",
					  experiment->path, columns->columns[i].name);
				return CLI_FAILURE;
			}
	return CLI_OK;
}

/* ---- rows of runs --------------------------------------------------------- */

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
	if (show->n && !experiment_file_read(path, PRINTED_BYTES_MAX, &text))
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
	/* Reasons may be the run's own, and it goes. */
	for (size_t i = 0; i < experiment_n_figures; i++)
		if (group->figures[i].none.reason == run->run->note)
			group->figures[i].none.reason = "its run says why, see: tierscope report";
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

static size_t put_variables(const struct experiment *experiment,
			    const struct experiment_row *row, struct report_value *values)
{
	for (size_t i = 0; i < experiment->variables.n; i++) {
		const char *value = experiment_pairs_find(&row->variables,
			experiment->variables.pairs[i].name);

		values[i] = value ? report_string(value) :
				    report_not_available("this row does not have it");
	}
	return experiment->variables.n;
}

static int add_group(struct table *table, const struct experiment_row *row,
		     const struct experiment_machine *machine,
		     const struct group *group, struct report_section *section)
{
	const struct experiment *experiment = table->lab->experiment;
	struct report_value *values = table->runs.values;
	size_t n = put_variables(experiment, row, values);

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

static int add_runs(struct table *table, struct report_document *document)
{
	struct cli_lab *lab = table->lab;
	const struct experiment *experiment = lab->experiment;
	struct report_section *section;
	int r;

	r = report_document_section(document, "runs", "Mean and spread (standard deviation) over the repeats",
				    false, table->runs.columns, table->runs.n, 0, &section);
	for (size_t i = 0; !r && i < experiment->n_rows; i++) {
		if (!experiment->rows[i].runs)
			continue;
		for (size_t j = 0; !r && j < experiment->n_machines; j++) {
			struct group group = { 0 };

			r = fill_group(lab, &experiment->rows[i],
				       &experiment->machines[j], &group);
			if (!r)
				r = add_group(table, &experiment->rows[i],
					      &experiment->machines[j], &group, section);
			group_clear(&group, experiment->show.n);
		}
	}
	return r;
}

/* ---- rows of plans -------------------------------------------------------- */

static int add_plan(struct table *table, size_t i, struct report_section *section)
{
	struct cli_lab *lab = table->lab;
	const struct experiment_words *show = &lab->experiment->plan_show;
	const struct experiment_cell *cell = &lab->cells.cells[i];
	const struct experiment_result *result = &lab->results[i];
	char *path scope_free = experiment_file_path(lab->directory, cell->name,
						     EXPERIMENT_STDOUT);
	struct report_value *values = table->plans.values;
	size_t n = put_variables(lab->experiment, cell->row, values);
	char *text scope_free = NULL;
	json_object *object = NULL;
	int r;

	if (!path)
		return -ENOMEM;
	if (result->state == EXPERIMENT_DONE &&
	    !experiment_file_read(path, PRINTED_BYTES_MAX, &text))
		object = json_tokener_parse(text);
	values[n++] = report_string(experiment_state_name(result->state));
	values[n++] = result->status < 0 ? report_not_measured("it was not made") :
					   report_number((uint64_t)result->status);
	for (size_t j = 0; j < show->n; j++)
		values[n++] = object ?
			experiment_json_find(object, show->words[j].text,
					     experiment_type_of(show->words[j].text)) :
			report_not_measured("there is no plan");
	values[n++] = object ? report_string(path) : report_not_measured("there is no plan");
	r = report_section_row(section, values);
	json_object_put(object);
	return r;
}

static int add_plans(struct table *table, struct report_document *document)
{
	const struct experiment_cells *cells = &table->lab->cells;
	struct report_section *section;
	int r;

	r = report_document_section(document, "plans", "Planned", false,
				    table->plans.columns, table->plans.n, 0, &section);
	for (size_t i = 0; !r && i < cells->n; i++)
		if (!cells->cells[i].machine)
			r = add_plan(table, i, section);
	return r;
}

/* The columns of both, if no two are of one name. Returns the exit status. */
static int make_columns(const struct experiment *experiment, struct table *table)
{
	int r = run_columns(experiment, &table->runs), status;

	if (!r)
		r = plan_columns(experiment, &table->plans);
	if (r < 0)
		return cli_oom();
	status = check_columns(experiment, &table->runs);
	return status ? status : check_columns(experiment, &table->plans);
}

int cli_experiment_check_table(struct cli_lab *lab)
{
	struct table table __attribute__((cleanup(table_clear))) = { .lab = lab };

	return make_columns(lab->experiment, &table);
}

int cli_experiment_table(struct cli_lab *lab)
{
	struct table table __attribute__((cleanup(table_clear))) = { .lab = lab };
	const struct experiment *experiment = lab->experiment;
	struct report_document *document;
	int status = make_columns(experiment, &table), r = 0;

	if (!status)
		status = cli_experiment_results(lab);
	if (status)
		return status;
	if (report_document_new("tierscope.experiment", 1, &document) < 0)
		return cli_oom();
	if (experiment->command.n)
		r = add_runs(&table, document);
	if (!r && experiment->plan.n)
		r = add_plans(&table, document);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, lab->format);
}
