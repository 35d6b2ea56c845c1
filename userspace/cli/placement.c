/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/placement_last_look.h"
#include "lib/scope.h"

enum {
	OPTION_ALL = 'a',
	OPTION_FORMAT = 'f',
	OPTION_MAPPINGS = 'm',
	OPTION_BY = 0x100,
	OPTION_LAST_LOOK = 0x130,
	OPTION_INTERVAL = 'i',
};

struct placement_options {
	bool all;
	bool mappings;
	const char *by;
	bool last_look;
	uint64_t interval_ns;	/* 0: not given */
	enum report_format format;
};

struct ranked {
	pid_t pid;
	uint64_t slow_bytes;
	uint64_t bytes;
	struct tierscope_placement copy;
};

/* Everything that the caller may see, to be sorted. */
struct ranking {
	const struct tierscope_topology *topology;
	size_t n;
	struct ranked *processes;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct placement_options *options = data;

	switch (id) {
	case OPTION_ALL:
		options->all = true;
		break;
	case OPTION_MAPPINGS:
		options->mappings = true;
		break;
	case OPTION_BY:
		if (strcmp(argument, "process") && strcmp(argument, "cell"))
			return cli_usage(command, "there is no --by '%s', only process and cell",
					 argument);
		options->by = argument;
		break;
	case OPTION_LAST_LOOK:
		options->last_look = true;
		break;
	case OPTION_INTERVAL:
		return cli_interval(command, argument, &options->interval_ns);
	case OPTION_FORMAT:
		return cli_format(command, argument, &options->format);
	}
	return 0;
}

static int parse_pid(const char *text, pid_t *ret)
{
	char *end;
	long value;

	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL;
	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || value < 1 || value > INT_MAX)
		return -EINVAL;
	*ret = (pid_t)value;
	return 0;
}

static int rank(const struct tierscope_placement *placement, void *data)
{
	struct ranking *ranking = data;
	struct ranked *processes, *at;

	processes = reallocarray(ranking->processes, ranking->n + 1,
				 sizeof(*processes));
	if (!processes)
		return -ENOMEM;
	ranking->processes = processes;
	at = &processes[ranking->n];
	at->pid = placement->pid;
	at->slow_bytes = placement_slow_bytes(ranking->topology, placement);
	at->bytes = placement_bytes(placement);
	at->copy = *placement;
	at->copy.cells = calloc(placement->n_cells + 1, sizeof(*at->copy.cells));
	if (!at->copy.cells)
		return -ENOMEM;
	if (placement->n_cells)
		memcpy(at->copy.cells, placement->cells,
		       placement->n_cells * sizeof(*placement->cells));
	ranking->n++;
	return 0;
}

static void ranking_clear(struct ranking *ranking)
{
	for (size_t i = 0; i < ranking->n; i++)
		free(ranking->processes[i].copy.cells);
	free(ranking->processes);
}

static int by_slow_bytes(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->slow_bytes != y->slow_bytes)
		return x->slow_bytes < y->slow_bytes ? 1 : -1;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

struct of_process {
	struct placement_rows *rows;
	pid_t pid;
};

static int add_mapping(const struct tierscope_mapping *mapping, void *data)
{
	struct of_process *of = data;

	return placement_add_mapping(of->rows, of->pid, mapping);
}

static int add_mappings(struct tierscope *ts, struct placement_rows *rows,
			pid_t pid)
{
	struct of_process of = { rows, pid };
	bool interrupted = false;
	int r;

	r = tierscope_mapping_dump(ts, pid, add_mapping, &of, &interrupted);
	if (!r && interrupted)
		cli_error("process %d changed its mappings during the walk: they are not one moment's",
			  pid);
	return r;
}

static int all(struct tierscope *ts, struct placement_rows *rows)
{
	struct ranking ranking __attribute__((cleanup(ranking_clear))) = {
		.topology = rows->topology,
	};
	int r;

	r = tierscope_placement_dump(ts, rank, &ranking);
	if (r == -ENOMEM)
		return cli_oom();
	if (r < 0) {
		cli_error("%s", tierscope_error(ts));
		return CLI_FAILURE;
	}
	if (ranking.n)
		qsort(ranking.processes, ranking.n, sizeof(*ranking.processes),
		      by_slow_bytes);
	for (size_t i = 0; i < ranking.n; i++) {
		if (rows->by == PLACEMENT_BY_MAPPING)
			r = add_mappings(ts, rows, ranking.processes[i].pid);
		else
			r = placement_add(rows, &ranking.processes[i].copy);
		if (r == -ENOMEM)
			return cli_oom();
		/* It ended, or changed hands, between the two dumps: the list
		 * is of those that are there, as in ps(1). */
		if (r == -ESRCH || r == -EPERM)
			continue;
		if (r < 0) {
			cli_error("%s", tierscope_error(ts));
			return CLI_FAILURE;
		}
	}
	return CLI_OK;
}

static int one(struct tierscope *ts, struct placement_rows *rows, pid_t pid)
{
	struct tierscope_placement *placement;
	int r;

	if (rows->by == PLACEMENT_BY_MAPPING) {
		r = add_mappings(ts, rows, pid);
	} else {
		r = tierscope_placement_get(ts, pid, &placement);
		if (!r) {
			r = placement_add(rows, placement);
			tierscope_placement_free(placement);
		}
	}
	if (r == -ENOMEM)
		return cli_oom();
	/* The kernel's sentence names the attribute, not what was in it. */
	if (r < 0) {
		cli_error("cannot look at process %d: %s", pid, tierscope_error(ts));
		return CLI_FAILURE;
	}
	return CLI_OK;
}

static int show(const struct placement_options *options, const pid_t *pids,
		size_t n)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct placement_rows rows = { .by = PLACEMENT_BY_CELL };
	struct report_document *document;
	int status, printed;

	status = cli_machine_read(&machine);
	if (status)
		return status;
	rows.topology = machine.topology;
	if (options->mappings)
		rows.by = PLACEMENT_BY_MAPPING;
	else if (options->by ? !strcmp(options->by, "process") : options->all)
		rows.by = PLACEMENT_BY_PROCESS;
	if (report_document_new("tierscope.placement", 1, &document) < 0)
		return cli_oom();
	if (placement_begin(&rows, document) < 0) {
		report_document_free(document);
		return cli_oom();
	}
	if (options->all)
		status = all(machine.ts, &rows);
	for (size_t i = 0; i < n; i++)
		if (one(machine.ts, &rows, pids[i]))
			status = CLI_FAILURE;
	/* Nothing to show is no empty table. */
	if (status && !rows.section->n_rows) {
		report_document_free(document);
		return status;
	}
	printed = cli_print(document, options->format);
	return status ? status : printed;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct placement_options options = { .format = REPORT_TABLE };
	pid_t *pids scope_free = calloc((size_t)argc + 1, sizeof(*pids));
	int first, status;
	size_t n = 0;

	if (!pids)
		return cli_oom();
	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (options.all && first < argc)
		return cli_usage(command, "give process ids or --all, not both");
	if (!options.all && first == argc)
		return cli_usage(command, "a process id or --all is missing");
	if (options.mappings && options.by)
		return cli_usage(command, "--mappings and --by exclude each other");
	for (; first < argc; first++)
		if (parse_pid(argv[first], &pids[n++]) < 0)
			return cli_usage(command, "'%s' is not a process id", argv[first]);
	if (options.interval_ns && !options.last_look)
		return cli_usage(command, "--interval is for --last-look");
	if (!options.last_look)
		return show(&options, pids, n);
	if (n != 1 || options.mappings || options.by)
		return cli_usage(command, "--last-look takes one process id and neither --mappings nor --by");
	return placement_last_look(pids[0], options.interval_ns ?
				   options.interval_ns : 1000000000,
				   options.format);
}

static const struct cli_option options_list[] = {
	{ OPTION_ALL, "all", NULL, "every process that the caller may see, most Optane first" },
	{ OPTION_MAPPINGS, "mappings", NULL, "one row for each mapping and what is resident of it" },
	{ OPTION_BY, "by", "process|cell", "a row is a process (default with --all) or a node, size and kind of one" },
	{ OPTION_LAST_LOOK, "last-look", NULL, "follow one process: its highest snapshots, and where its memory was at its end" },
	{ OPTION_INTERVAL, "interval", "DURATION", "between the snapshots of --last-look, 10ms to 60s; 1s if not given" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_placement = {
	.name = "placement",
	.arguments = "PID... | --all",
	.summary = "resident memory of processes by node, tier, page size and kind",
	.details =
		"Needs the kernel module; no privilege for one's own processes. Nothing is\n"
		"faulted in and nothing moves. With several process ids those that cannot be\n"
		"read are named on stderr and the status is 1. In csv and json, what belongs to\n"
		"a process or mapping is repeated in each of its rows.\n\n"
		"With --last-look a row shows each snapshot that is higher on some tier than\n"
		"those before, and then the last look: exit, exec (another program; it is\n"
		"followed too) or reaped (the OOM reaper took some first). Peaks are the highest\n"
		"of the snapshots, the last look is exact. SIGINT ends it; json is one document\n"
		"a line.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
