/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/placement_last_look.h"
#include "cli/placement_nearmem.h"
#include "cli/placement_pages.h"
#include "cli/placement_show.h"
#include "cli/size.h"
#include "lib/scope.h"

enum {
	OPTION_ALL = 'a',
	OPTION_CGROUP = 'c',
	OPTION_FORMAT = 'f',
	OPTION_MAPPINGS = 'm',
	OPTION_COUNT = 'n',
	OPTION_TREE = 't',
	OPTION_USER = 'u',
	OPTION_WATCH = 'w',
	OPTION_BY = 0x100,
	OPTION_INTERVAL = 'i',
	OPTION_SINCE = 0x110,
	OPTION_SHARING,
	OPTION_PAGES,
	OPTION_RANGE,
	OPTION_NEARMEM,
	OPTION_NEAR_MEMORY,
	OPTION_LAST_LOOK,
};

struct placement_options {
	bool all;		/* and not by default */
	bool mappings;
	const char *by;
	const char *since;
	bool pages;
	const struct placement_range *range;	/* NULL or &range_given */
	struct placement_range range_given;
	bool nearmem;
	uint64_t near_bytes;	/* of a socket; 0: what sysfs says */
	bool last_look;
	uint64_t interval_ns;	/* 0: not given */
	struct placement_view view;
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

static int select_by(const struct cli_command *command,
		     struct placement_options *options, enum selection_by by)
{
	struct selection *selection = &options->view.selection;

	if (selection->by != SELECTION_NONE)
		return cli_usage(command, "only one of --all, --tree, --user and --cgroup can be given");
	selection->by = by;
	return 0;
}

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct placement_options *options = data;
	struct selection *selection = &options->view.selection;

	switch (id) {
	case OPTION_ALL:
		options->all = true;
		return select_by(command, options, SELECTION_ALL);
	case OPTION_TREE:
		if (selection_parse_pid(argument, &selection->root) < 0)
			return cli_usage(command, "'%s' is not a process id", argument);
		return select_by(command, options, SELECTION_TREE);
	case OPTION_USER:
		if (selection_parse_user(argument, &selection->uid) < 0)
			return cli_usage(command, "there is no user '%s'", argument);
		return select_by(command, options, SELECTION_USER);
	case OPTION_CGROUP:
		selection->cgroup = argument;
		return select_by(command, options, SELECTION_CGROUP);
	case OPTION_MAPPINGS:
		options->mappings = true;
		break;
	case OPTION_BY:
		if (strcmp(argument, "process") && strcmp(argument, "cell"))
			return cli_usage(command, "there is no --by '%s', only process and cell",
					 argument);
		options->by = argument;
		break;
	case OPTION_SINCE:
		options->since = argument;
		break;
	case OPTION_SHARING:
		options->view.sharing = true;
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
	case OPTION_WATCH:
		return cli_interval(command, argument, &options->view.watch_ns);
	case OPTION_COUNT:
		return cli_count(command, argument, &options->view.count);
	case OPTION_LAST_LOOK:
		options->last_look = true;
		break;
	case OPTION_INTERVAL:
		return cli_interval(command, argument, &options->interval_ns);
	case OPTION_FORMAT:
		return cli_format(command, argument, &options->view.format);
	}
	return 0;
}

/* What the options may not say together. */
static int check(const struct cli_command *command,
		 const struct placement_options *options)
{
	const struct placement_view *view = &options->view;

	if (options->mappings && options->by)
		return cli_usage(command, "--mappings and --by exclude each other");
	if (options->since && (options->mappings || options->by))
		return cli_usage(command, "--since has a row for each process: no --mappings and no --by with it");
	if (view->count && !view->watch_ns)
		return cli_usage(command, "--count goes with --watch");
	return 0;
}

/* The same for the three that show something else. */
static int check_alone(const struct cli_command *command,
			const struct placement_options *options)
{
	const struct placement_view *view = &options->view;
	const char *what = options->pages ? "--pages" :
			   options->nearmem ? "--nearmem" : "--last-look";

	if (options->range && !options->pages)
		return cli_usage(command, "--range is for --pages");
	if (options->near_bytes && !options->nearmem)
		return cli_usage(command, "--near-memory is for --nearmem");
	if (options->interval_ns && !options->last_look)
		return cli_usage(command, "--interval is for --last-look");
	if (!options->pages && !options->nearmem && !options->last_look)
		return 0;
	if (options->mappings || options->by || options->since ||
	    view->sharing || view->watch_ns ||
	    options->pages + options->nearmem + options->last_look > 1)
		return cli_usage(command, "%s goes with none of --mappings, --by, --since, --sharing and --watch",
				 what);
	if (view->selection.by == SELECTION_PIDS ? view->selection.n > 1 :
	    !options->nearmem || !options->all)
		return cli_usage(command, options->nearmem ?
				 "%s takes one process id, or --all" :
				 "%s takes one process id", what);
	return 0;
}

static enum placement_by row_of(const struct placement_options *options)
{
	if (options->mappings)
		return PLACEMENT_BY_MAPPING;
	if (options->by ? !strcmp(options->by, "process") :
	    options->view.selection.by != SELECTION_PIDS)
		return PLACEMENT_BY_PROCESS;
	return PLACEMENT_BY_CELL;
}

static int show(struct placement_options *options)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct placement_saved *since = NULL;
	int status;

	if (options->since) {
		status = placement_saved_read(options->since, &since);
		if (status)
			return status;
		options->view.since = since;
	}
	options->view.by = row_of(options);
	status = cli_machine_read(&machine);
	if (!status)
		status = placement_show(&machine, &options->view);
	placement_saved_free(since);
	return status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct placement_options options = { .view.format = REPORT_TABLE };
	pid_t *pids scope_free = calloc((size_t)argc + 1, sizeof(*pids));
	struct selection *selection = &options.view.selection;
	int first, status;

	if (!pids)
		return cli_oom();
	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (selection->by != SELECTION_NONE && first < argc)
		return cli_usage(command, "give process ids or one of --all, --tree, --user and --cgroup, not both");
	if (selection->by == SELECTION_NONE)
		selection->by = first < argc ? SELECTION_PIDS : SELECTION_ALL;
	selection->pids = pids;
	for (; first < argc; first++)
		if (selection_parse_pid(argv[first], &pids[selection->n++]) < 0)
			return cli_usage(command, "'%s' is not a process id", argv[first]);
	status = check(command, &options);
	if (!status)
		status = check_alone(command, &options);
	if (status)
		return status;
	if (options.pages)
		return placement_pages(pids[0], options.range ? options.range :
				       &PLACEMENT_RANGE_ALL, options.view.format);
	if (options.nearmem)
		return placement_nearmem(selection->n ? pids[0] : 0,
					 options.near_bytes, options.view.format);
	if (options.last_look)
		return placement_last_look(pids[0], options.interval_ns ?
					   options.interval_ns : 1000000000,
					   options.view.format);
	return show(&options);
}

static const struct cli_option options_list[] = {
	{ OPTION_ALL, "all", NULL, "every process that the caller may see, most Optane first; so without any" },
	{ OPTION_TREE, "tree", "PID", "a process and its descendants" },
	{ OPTION_USER, "user", "NAME|UID", "the processes of a user, by real uid" },
	{ OPTION_CGROUP, "cgroup", "PATH", "those of a cgroup (v2) and the ones below it" },
	{ OPTION_MAPPINGS, "mappings", NULL, "one row for each mapping and what is resident of it" },
	{ OPTION_BY, "by", "process|cell", "a row is a process (default unless PIDs are given) or a node, size and kind of one" },
	{ OPTION_SINCE, "since", "FILE", "what changed since a snapshot: --by process --format json >FILE" },
	{ OPTION_WATCH, "watch", "DURATION", "again and again, 10ms to 60s apart, until SIGINT" },
	{ OPTION_COUNT, "count", "N", "with --watch: end after N times" },
	{ OPTION_SHARING, "sharing", NULL, "also tell what is mapped more than once; takes about ten times as long" },
	{ OPTION_PAGES, "pages", NULL, "one row for each page of one process; CAP_SYS_ADMIN" },
	{ OPTION_RANGE, "range", "A-B", "only pages from address A up to B, as in /proc/PID/maps" },
	{ OPTION_NEARMEM, "nearmem", NULL, "how the pages of a process, or with --all of the machine, share near memory" },
	{ OPTION_NEAR_MEMORY, "near-memory", "SIZE", "near memory of a socket, instead of what sysfs says" },
	{ OPTION_LAST_LOOK, "last-look", NULL, "follow one process: its highest snapshots, and where its memory was at its end" },
	{ OPTION_INTERVAL, "interval", "DURATION", "between the snapshots of --last-look, 10ms to 60s; 1s if not given" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_placement = {
	.name = "placement",
	.arguments = "[PID...]",
	.summary = "resident memory of processes by node, tier, page size and kind",
	.details =
		"Needs the kernel module; no privilege for one's own processes. Nothing is\n"
		"faulted in and nothing moves. With several process ids those that cannot be\n"
		"read are named on stderr and the status is 1; of a tree, a user or a cgroup\n"
		"those of others are counted there. In csv and json, what belongs to a process\n"
		"or mapping is repeated in each of its rows. With --watch a terminal is redrawn,\n"
		"csv has one header, and json is one document a row, as with --pages. A process\n"
		"is the same as in the snapshot of --since if its number, user and name are.\n"
		"What is shared is mapped by several processes or twice by one; without --sharing\n"
		"it is not measured. --nearmem needs CAP_SYS_ADMIN and is an estimate: it assumes\n"
		"which page goes where in near memory.\n\n"
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
