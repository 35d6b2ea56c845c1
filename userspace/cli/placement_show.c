/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_show.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/placement_snapshot.h"
#include "cli/stop.h"
#include "lib/scope.h"
#include "report/stream.h"

#define SCHEMA "tierscope.placement"
#define SCHEMA_VERSION 1

struct of_process {
	struct placement_rows *rows;
	pid_t pid;
};

static int add_mapping(const struct tierscope_mapping *mapping, void *data)
{
	struct of_process *of = data;

	return placement_add_mapping(of->rows, of->pid, mapping);
}

static unsigned int flags_of(const struct placement_view *view)
{
	return view->sharing ? TIERSCOPE_WITH_SHARING : 0;
}

static int add_mappings(const struct cli_machine *machine,
			const struct placement_view *view,
			struct placement_rows *rows, pid_t pid)
{
	struct of_process of = { rows, pid };
	size_t first = rows->section->n_rows;
	bool interrupted = false;
	int r;

	r = tierscope_mapping_dump(machine->ts, pid, flags_of(view), add_mapping,
				   &of, &interrupted);
	if (r == -ENOMEM)
		return cli_oom();
	/* It ended, or changed hands, since it was listed. */
	if (view->selection.by != SELECTION_PIDS && (r == -ESRCH || r == -EPERM))
		return CLI_OK;
	if (r < 0) {
		cli_error("cannot look at process %d: %s", pid,
			  tierscope_error(machine->ts));
		return CLI_FAILURE;
	}
	if (interrupted) {
		placement_interrupted(rows, first);
		cli_error("process %d changed its mappings during each of three walks: they are not one moment's",
			  pid);
	}
	return CLI_OK;
}

static int add_all_mappings(const struct cli_machine *machine,
			    const struct placement_view *view,
			    struct placement_rows *rows)
{
	struct placement_snapshot snapshot __attribute__((cleanup(placement_snapshot_clear))) = { 0 };
	pid_t *pids scope_free = NULL;
	size_t n = 0;
	int status;

	if (view->selection.by != SELECTION_ALL) {
		status = placement_snapshot_pids(&view->selection, &pids, &n);
	} else {
		status = placement_snapshot_take(machine->ts, &view->selection, 0,
						 &snapshot);
		if (placement_snapshot_sort(&snapshot, machine->topology))
			return cli_oom();
		n = snapshot.n;
	}
	for (size_t i = 0; i < n; i++)
		if (add_mappings(machine, view, rows,
				 pids ? pids[i] : snapshot.placements[i].pid))
			status = CLI_FAILURE;
	return status;
}

static void tell_refused(const struct placement_snapshot *snapshot)
{
	if (snapshot->refused)
		cli_error("%zu of these processes are somebody else's, which needs CAP_SYS_PTRACE: they are left out",
			  snapshot->refused);
}

static int add_changes(const struct cli_machine *machine,
		       const struct placement_view *view,
		       const struct placement_snapshot *snapshot,
		       struct report_document *document)
{
	int r = placement_changes_add(document, machine->topology,
				      &view->selection, view->since, snapshot);

	if (r == -EINVAL) {
		cli_error("the snapshot is from later than now: the machine was started again since");
		return CLI_FAILURE;
	}
	return r < 0 ? cli_oom() : CLI_OK;
}

/* @rows lives as long as @document. */
static int add_placements(const struct cli_machine *machine,
			  const struct placement_view *view,
			  struct placement_rows *rows,
			  struct report_document *document)
{
	struct placement_snapshot snapshot __attribute__((cleanup(placement_snapshot_clear))) = { 0 };
	int status, r = 0;

	if (!view->since && placement_begin(rows, document) < 0)
		return cli_oom();
	if (!view->since && view->by == PLACEMENT_BY_MAPPING)
		return add_all_mappings(machine, view, rows);
	status = placement_snapshot_take(machine->ts, &view->selection,
					 flags_of(view), &snapshot);
	tell_refused(&snapshot);
	if (view->since)
		return status && !snapshot.n ? status :
		       add_changes(machine, view, &snapshot, document);
	if (view->selection.by != SELECTION_PIDS)
		r = placement_snapshot_sort(&snapshot, machine->topology);
	for (size_t i = 0; !r && i < snapshot.n; i++)
		r = placement_add(rows, &snapshot.placements[i]);
	return r < 0 ? cli_oom() : status;
}

struct rows_written {
	const struct report_stream *stream;
};

static int write_row(const struct report_value *values, void *data)
{
	const struct rows_written *to = data;

	return report_stream_row(to->stream, values);
}

/* One snapshot of many: on a terminal in place of the one before; for programs
 * row after row below one heading. */
static int write_again(const struct placement_view *view,
		       const struct report_document *document, bool first)
{
	const struct report_section *section = document->sections[0];
	const struct report_stream stream = {
		.file = stdout,
		.format = view->format,
		.schema = SCHEMA,
		.version = SCHEMA_VERSION,
		.columns = section->columns,
		.n_columns = section->n_columns,
	};
	struct rows_written to = { &stream };
	int r = 0;

	if (view->format == REPORT_TABLE) {
		/* ECMA-48: CUP to the top, ED of all that is below. */
		if (isatty(STDOUT_FILENO))
			fputs("\033[H\033[J", stdout);
		else if (!first)
			fputc('\n', stdout);
		return report_document_write(document, view->format, stdout);
	}
	if (first)
		r = report_stream_begin(&stream);
	return r < 0 ? r : report_section_rows(section, write_row, &to);
}

/* Returns the exit status; @ret_rows is how many there were to show. */
static int show_once(const struct cli_machine *machine,
		     const struct placement_view *view, bool first,
		     size_t *ret_rows)
{
	struct placement_rows rows = {
		.topology = machine->topology,
		.by = view->by,
		.sharing = view->sharing,
	};
	struct report_document *document;
	int status, printed;

	if (report_document_new(SCHEMA, SCHEMA_VERSION, &document) < 0)
		return cli_oom();
	status = add_placements(machine, view, &rows, document);
	*ret_rows = document->n_sections ? document->sections[0]->n_rows : 0;
	/* Nothing to show is no empty table. */
	if (status && !*ret_rows) {
		report_document_free(document);
		return status;
	}
	if (!view->watch_ns) {
		printed = cli_print(document, view->format);
	} else {
		printed = write_again(view, document, first);
		report_document_free(document);
		if (printed == -ENOMEM)
			printed = cli_oom();
		else if (printed < 0)
			printed = cli_output_failed(printed);
	}
	return status ? status : printed;
}

int placement_show(const struct cli_machine *machine,
		   const struct placement_view *view)
{
	uint64_t shown = 0;
	sigset_t let_in;
	size_t rows;
	int status;

	if (!view->watch_ns)
		return show_once(machine, view, true, &rows);
	stop_catch(&let_in);
	do {
		status = show_once(machine, view, !shown, &rows);
		/* Whom we watch may end: that is no failure once it was seen. */
		if (status && shown && !rows)
			return CLI_OK;
		shown++;
	} while (!status && (!view->count || shown < view->count) &&
		 stop_sleep(view->watch_ns, &let_in));
	return status;
}
