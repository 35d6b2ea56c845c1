// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How far an experiment is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "cli/experiment.h"
#include "cli/message.h"
#include "experiment/file.h"
#include "lib/scope.h"

#define NAME_BYTES_MAX 512

/* The cell that runs; NULL if none does. A name that a machine left which was
 * killed says nothing without the lock. */
static char *running(const struct cli_lab *lab)
{
	int fd scope_close = open(lab->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *path scope_free = experiment_file_path(lab->directory, EXPERIMENT_RUNNING, "");
	char *name;

	if (fd < 0 || !path || !flock(fd, LOCK_SH | LOCK_NB) || errno != EWOULDBLOCK)
		return NULL;
	return experiment_file_read(path, NAME_BYTES_MAX, &name, NULL) < 0 ? NULL : name;
}

static int add_summary(const struct cli_lab *lab, const char *now,
		       struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "experiment", "experiment", REPORT_STRING, 0 },
		{ "directory", "results", REPORT_STRING, 0 },
		{ "cells", "cells", REPORT_INTEGER, 0 },
		{ "done", "  done", REPORT_INTEGER, 0 },
		{ "failed", "  failed", REPORT_INTEGER, 0 },
		{ "not_run", "  not run", REPORT_INTEGER, 0 },
		{ "foreign", "  of another experiment", REPORT_INTEGER, 0 },
		{ "running", "running", REPORT_STRING, 0 },
		{ "left_ns", "time left, by those that are done", REPORT_DURATION, 0 },
	};
	size_t states[EXPERIMENT_FOREIGN + 1] = { 0 };
	uint64_t left_ns = cli_experiment_left_ns(lab);
	struct report_section *section;
	int r;

	for (size_t i = 0; i < lab->cells.n; i++)
		states[lab->results[i].state]++;
	const struct report_value values[] = {
		report_string(lab->experiment->name),
		report_string(lab->directory),
		report_number(lab->cells.n),
		report_number(states[EXPERIMENT_DONE]),
		report_number(states[EXPERIMENT_FAILED]),
		report_number(states[EXPERIMENT_NOT_RUN]),
		report_number(states[EXPERIMENT_FOREIGN]),
		now ? report_string(now) : report_not_available("nothing runs"),
		left_ns || states[EXPERIMENT_DONE] == lab->cells.n ?
			report_number(left_ns) :
			report_not_measured("no run is done to tell it by"),
	};
	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(columns) / sizeof(columns[0]), "a value a column");
	r = report_document_section(document, "experiment", NULL, true, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	return r ? r : report_section_row(section, values);
}

static int add_cell(const struct cli_lab *lab, size_t i, const char *now,
		    struct report_section *section)
{
	const struct experiment_cell *cell = &lab->cells.cells[i];
	const struct experiment_result *result = &lab->results[i];
	char *path scope_free = experiment_file_path(lab->directory, cell->name,
		cell->machine ? EXPERIMENT_RUN : EXPERIMENT_STDOUT);
	bool runs = now && !strcmp(now, cell->name);
	struct report_value none = report_not_measured("it has not ended");

	if (!path)
		return -ENOMEM;
	const struct report_value values[] = {
		report_string(cell->name),
		cell->machine ? report_string(cell->machine->name) :
				report_not_available("a plan belongs to no machine"),
		report_string(cell->row->name),
		cell->machine ? report_number(cell->repeat) :
				report_not_available("a plan is made once"),
		report_string(runs ? "running" : experiment_state_name(result->state)),
		result->status < 0 ? none : report_number((uint64_t)result->status),
		result->wall_ns ? report_number(result->wall_ns) : none,
		report_string(result->reason ? result->reason : ""),
		result->state == EXPERIMENT_DONE ? report_string(path) :
			report_not_measured("it is not done"),
	};

	return report_section_row(section, values);
}

static int add_cells(const struct cli_lab *lab, const char *now,
		     struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "cell", "cell", REPORT_STRING, 0 },
		{ "machine", "machine", REPORT_STRING, REPORT_NO_TABLE },
		{ "row", "row", REPORT_STRING, REPORT_NO_TABLE },
		{ "repeat", "repeat", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "state", "state", REPORT_STRING, 0 },
		{ "status", "status", REPORT_INTEGER, 0 },
		{ "wall_ns", "took", REPORT_DURATION, 0 },
		{ "reason", "because", REPORT_STRING, 0 },
		{ "path", "path", REPORT_STRING, REPORT_NO_TABLE },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "cells", NULL, false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < lab->cells.n; i++)
		r = add_cell(lab, i, now, section);
	return r;
}

int cli_experiment_status(struct cli_lab *lab)
{
	struct report_document *document;
	char *now scope_free = NULL;
	int status = cli_experiment_results(lab), r;

	if (status)
		return status;
	/* All that is not done is still to be run, here or elsewhere. */
	for (size_t i = 0; i < lab->cells.n; i++)
		lab->selected[i] = true;
	now = running(lab);
	if (report_document_new("tierscope.experiment.status", 1, &document) < 0)
		return cli_oom();
	r = add_summary(lab, now, document);
	if (!r)
		r = add_cells(lab, now, document);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, lab->format);
}
