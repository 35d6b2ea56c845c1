/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/placement_nearmem.h"
#include "cli/size.h"
#include "cli/placement_pages.h"
#include "lib/scope.h"

enum {
	OPTION_ALL = 'a',
	OPTION_FORMAT = 'f',
	OPTION_MAPPINGS = 'm',
	OPTION_BY = 0x100,
	OPTION_SHARING,
	OPTION_PAGES,
	OPTION_RANGE,
	OPTION_NEARMEM,
	OPTION_NEAR_MEMORY,
};

struct placement_options {
	bool all;
	bool mappings;
	bool sharing;
	bool pages;
	const struct placement_range *range;	/* NULL or &range_given */
	struct placement_range range_given;
	const char *by;
	bool nearmem;
	uint64_t near_bytes;	/* of a socket; 0: what sysfs says */
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

static int near_memory(const struct cli_command *command, const char *argument,
		       uint64_t *ret_bytes)
{
	uint64_t bytes;

	if (cli_size(argument, &bytes) < 0)
		return cli_usage(command, "'%s' is not a size such as 96G", argument);
	if (!bytes)
		return cli_usage(command, "a --near-memory of %s is none at all",
				 argument);
	if (bytes % TIERSCOPE_NEARMEM_GRAIN_BYTES)
		return cli_usage(command, "--near-memory %s is no multiple of %d bytes",
				 argument, TIERSCOPE_NEARMEM_GRAIN_BYTES);
	*ret_bytes = bytes;
	return 0;
}

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
	case OPTION_SHARING:
		options->sharing = true;
		break;
	case OPTION_BY:
		if (strcmp(argument, "process") && strcmp(argument, "cell"))
			return cli_usage(command, "there is no --by '%s', only process and cell",
					 argument);
		options->by = argument;
		break;
	case OPTION_PAGES:
		options->pages = true;
		break;
	case OPTION_RANGE:
		options->range = &options->range_given;
		return placement_range(command, argument, &options->range_given);
	case OPTION_NEARMEM:
		options->nearmem = true;
		break;
	case OPTION_NEAR_MEMORY:
		return near_memory(command, argument, &options->near_bytes);
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

static unsigned int placement_flags(const struct placement_rows *rows)
{
	return rows->sharing ? TIERSCOPE_WITH_SHARING : 0;
}

static int add_mappings(struct tierscope *ts, struct placement_rows *rows,
			pid_t pid)
{
	struct of_process of = { rows, pid };
	size_t first = rows->section->n_rows;
	bool interrupted = false;
	int r;

	r = tierscope_mapping_dump(ts, pid, placement_flags(rows), add_mapping,
				   &of, &interrupted);
	if (!r && interrupted) {
		placement_interrupted(rows, first);
		cli_error("process %d changed its mappings during each of three walks: they are not one moment's",
			  pid);
	}
	return r;
}

static int all(struct tierscope *ts, struct placement_rows *rows)
{
	struct ranking ranking __attribute__((cleanup(ranking_clear))) = {
		.topology = rows->topology,
	};
	int r;

	r = tierscope_placement_dump(ts, placement_flags(rows), rank, &ranking);
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
		r = tierscope_placement_get(ts, pid, placement_flags(rows),
					    &placement);
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
	rows.sharing = options->sharing;
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
	if (first == argc)
		options.all = true;
	if (options.mappings && options.by)
		return cli_usage(command, "--mappings and --by exclude each other");
	if (options.range && !options.pages)
		return cli_usage(command, "--range is for --pages");
	if (options.pages && (options.all || options.mappings || options.by))
		return cli_usage(command, "--pages excludes --all, --mappings and --by");
	if (options.pages && first + 1 < argc)
		return cli_usage(command, "--pages is for one process");
	if (options.near_bytes && !options.nearmem)
		return cli_usage(command, "--near-memory is for --nearmem");
	if (options.nearmem && (options.mappings || options.by || options.pages))
		return cli_usage(command, "--nearmem goes with neither --mappings nor --by nor --pages");
	if (options.nearmem && argc - first > 1)
		return cli_usage(command, "--nearmem takes one process id, or --all");
	for (; first < argc; first++)
		if (parse_pid(argv[first], &pids[n++]) < 0)
			return cli_usage(command, "'%s' is not a process id", argv[first]);
	if (options.pages)
		return placement_pages(pids[0], options.range ? options.range :
				       &PLACEMENT_RANGE_ALL, options.format);
	if (options.nearmem)
		return placement_nearmem(n ? pids[0] : 0, options.near_bytes,
					 options.format);
	return show(&options, pids, n);
}

static const struct cli_option options_list[] = {
	{ OPTION_ALL, "all", NULL, "every process that the caller may see, most Optane first; the default" },
	{ OPTION_MAPPINGS, "mappings", NULL, "one row for each mapping and what is resident of it" },
	{ OPTION_BY, "by", "process|cell", "a row is a process (default with --all) or a node, size and kind of one" },
	{ OPTION_SHARING, "sharing", NULL, "also tell what is mapped more than once; takes about ten times as long" },
	{ OPTION_PAGES, "pages", NULL, "one row for each page of one process; CAP_SYS_ADMIN" },
	{ OPTION_RANGE, "range", "A-B", "only pages from address A up to B, as in /proc/PID/maps" },
	{ OPTION_NEARMEM, "nearmem", NULL, "how the pages of a process, or with --all of the machine, share near memory" },
	{ OPTION_NEAR_MEMORY, "near-memory", "SIZE", "near memory of a socket, instead of what sysfs says" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_placement = {
	.name = "placement",
	.arguments = "[PID... | --all]",
	.summary = "resident memory of processes by node, tier, page size and kind",
	.details =
		"Needs the kernel module; no privilege for one's own processes. Nothing is\n"
		"faulted in and nothing moves. With several process ids those that cannot be\n"
		"read are named on stderr and the status is 1. In csv and json, what belongs to\n"
		"a process or mapping is repeated in each of its rows. What is shared is mapped\n"
		"by several processes or twice by one; without --sharing it is not measured.\n"
		"--pages is a stream: json is one document a line. --nearmem needs CAP_SYS_ADMIN\n"
		"and is an estimate: it assumes which page goes where in near memory.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
