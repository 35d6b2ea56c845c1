// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/experiment_columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void experiment_columns_clear(struct experiment_columns *columns)
{
	for (size_t i = 0; i < columns->n_names; i++)
		free(columns->names[i]);
	free(columns->names);
	free(columns->columns);
	free(columns->values);
}

int experiment_columns_add(struct experiment_columns *columns, const char *name,
			   const char *title, enum report_type type,
			   unsigned int flags)
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

const char *experiment_columns_keep(struct experiment_columns *columns,
				    const char *before, const char *middle,
				    const char *after)
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

int experiment_columns_variables(const struct experiment *experiment,
				 struct experiment_columns *columns)
{
	int r = 0;

	for (size_t i = 0; !r && i < experiment->variables.n; i++) {
		const char *name = experiment->variables.pairs[i].name;

		r = experiment_columns_add(columns, name, name, REPORT_STRING, 0);
	}
	return r;
}

size_t experiment_columns_row(const struct experiment *experiment,
			      const struct experiment_row *row,
			      struct report_value *values)
{
	for (size_t i = 0; i < experiment->variables.n; i++) {
		const char *value = experiment_pairs_find(&row->variables,
			experiment->variables.pairs[i].name);

		values[i] = value ? report_string(value) :
				    report_not_available("this row does not have it");
	}
	return experiment->variables.n;
}
