// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of an experiment: its runs, and what was planned.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/experiment_columns.h"
#include "cli/experiment_figures.h"
#include "cli/message.h"
#include "experiment/file.h"
#include "lib/scope.h"

struct table {
	struct cli_lab *lab;
	struct experiment_columns runs;
	struct experiment_columns plans;
};

static void table_clear(struct table *table)
{
	experiment_columns_clear(&table->runs);
	experiment_columns_clear(&table->plans);
}

static int plan_columns(const struct experiment *experiment, struct experiment_columns *columns)
{
	int r = experiment_columns_variables(experiment, columns);

	if (!r)
		r = experiment_columns_add(columns, "state", "state", REPORT_STRING, 0);
	if (!r)
		r = experiment_columns_add(columns, "status", "status", REPORT_INTEGER, REPORT_NO_TABLE);
	for (size_t i = 0; !r && i < experiment->plan_show.n; i++) {
		const char *path = experiment->plan_show.words[i].text;

		r = experiment_columns_add(columns, path, path, experiment_type_of(path), 0);
	}
	if (!r)
		r = experiment_columns_add(columns, "path", "path", REPORT_STRING, REPORT_NO_TABLE);
	return r;
}

/* Two columns of one name would be one field. */
static int check_columns(const struct experiment *experiment,
			 const struct experiment_columns *columns)
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

static int add_plan(struct table *table, size_t i, struct report_section *section)
{
	struct cli_lab *lab = table->lab;
	const struct experiment_words *show = &lab->experiment->plan_show;
	const struct experiment_cell *cell = &lab->cells.cells[i];
	const struct experiment_result *result = &lab->results[i];
	char *path scope_free = experiment_file_path(lab->directory, cell->name,
						     EXPERIMENT_STDOUT);
	struct report_value *values = table->plans.values;
	size_t n = experiment_columns_row(lab->experiment, cell->row, values);
	char *text scope_free = NULL;
	json_object *object = NULL;
	int r;

	if (!path)
		return -ENOMEM;
	if (result->state == EXPERIMENT_DONE &&
	    !experiment_file_read(path, EXPERIMENT_PRINTED_BYTES_MAX, &text, NULL))
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
	int r = experiment_runs_columns(experiment, &table->runs), status;

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
		r = experiment_runs_add(lab, &table.runs, document);
	if (!r && experiment->plan.n)
		r = add_plans(&table, document);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, lab->format);
}
