// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/experiment.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/parse.h"
#include "experiment/rows.h"

static void scope_experiment(struct experiment **experiment)
{
	experiment_free(*experiment);
}

static void scope_file(struct yaml_file *file)
{
	if (file->path)
		yaml_file_clear(file);
}

static void scope_grid(struct experiment_grid *grid)
{
	experiment_grid_clear(grid);
}

void experiment_free(struct experiment *experiment)
{
	if (!experiment)
		return;
	free(experiment->path);
	free(experiment->name);
	free(experiment->description);
	experiment_words_clear(&experiment->command);
	experiment_words_clear(&experiment->show);
	experiment_words_clear(&experiment->plan);
	experiment_words_clear(&experiment->plan_show);
	experiment_pairs_clear(&experiment->environment);
	experiment_pairs_clear(&experiment->labels);
	experiment_words_clear(&experiment->record);
	for (size_t i = 0; i < experiment->n_machines; i++) {
		struct experiment_machine *machine = &experiment->machines[i];

		free(machine->name);
		free(machine->mode);
		free(machine->simulated);
		free(machine->kernel);
		experiment_pairs_clear(&machine->set);
	}
	free(experiment->machines);
	experiment_pairs_clear(&experiment->variables);
	for (size_t i = 0; i < experiment->n_rows; i++) {
		free(experiment->rows[i].name);
		experiment_pairs_clear(&experiment->rows[i].variables);
	}
	free(experiment->rows);
	free(experiment);
}

const struct experiment_machine *
experiment_machine_find(const struct experiment *experiment, const char *name)
{
	for (size_t i = 0; i < experiment->n_machines; i++)
		if (!strcmp(experiment->machines[i].name, name))
			return &experiment->machines[i];
	return NULL;
}

int experiment_read(const char *path, char *error, size_t error_bytes,
		    struct experiment **ret)
{
	struct experiment *experiment __attribute__((cleanup(scope_experiment))) =
		calloc(1, sizeof(*experiment));
	struct yaml_file file __attribute__((cleanup(scope_file))) = { 0 };
	struct experiment_grid grid __attribute__((cleanup(scope_grid))) = { 0 };
	int r;

	snprintf(error, error_bytes, "out of memory");
	if (!experiment)
		return -ENOMEM;
	experiment->path = strdup(path);
	if (!experiment->path)
		return -ENOMEM;
	r = yaml_file_read(path, error, error_bytes, &file);
	if (!r)
		r = experiment_parse(&file, experiment, &grid);
	if (!r)
		r = experiment_rows(&file, &grid, experiment);
	if (r == -ENOMEM)
		snprintf(error, error_bytes, "out of memory");
	if (r < 0)
		return r;
	*ret = experiment;
	experiment = NULL;
	return 0;
}
