/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/placement_pages.h"
#include "cli/rate.h"
#include "cli/selection.h"
#include "lib/scope.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_MAPPING = 'm',
	OPTION_DRY_RUN = 'n',
	OPTION_RATE = 'r',
	OPTION_TIER = 't',
	OPTION_TREE = 0x100,
	OPTION_RESIDENT_ONLY,
	OPTION_UNDO,
	OPTION_CHECK,
};

struct pin_options {
	struct pin_order order;
	bool tree;
	bool mapping;
	const char *undo;
	bool check;
};

int pin_rate(const struct cli_command *command, const char *argument,
	     uint64_t *ret)
{
	return rate_parse(argument, ret) < 0 ?
	       cli_usage(command, "'%s' is not a rate such as 500MB/s or 2GiB/s", argument) : 0;
}

/* A range begins with a digit or a letter and a file with a slash. */
static int choose(const struct cli_command *command, const char *argument,
		  struct pin_choice *ret)
{
	struct placement_range range;
	int status;

	*ret = (struct pin_choice){ .end = UINT64_MAX };
	if (!strcmp(argument, "heap")) {
		ret->by = PIN_MAPPINGS_HEAP;
	} else if (!strcmp(argument, "anon")) {
		ret->by = PIN_MAPPINGS_ANON;
	} else if (strchr(argument, '/')) {
		ret->by = PIN_MAPPINGS_FILE;
		ret->file = argument;
	} else if (!strchr(argument, '-')) {
		return cli_usage(command, "'%s' is none of heap, anon, a path and a range of addresses",
				 argument);
	} else {
		status = placement_range(command, argument, &range);
		if (status)
			return status;
		ret->by = PIN_MAPPINGS_RANGE;
		ret->start = range.start;
		ret->end = range.end;
	}
	return 0;
}

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct pin_options *options = data;
	struct pin_order *order = &options->order;

	switch (id) {
	case OPTION_TIER:
		order->target = argument;
		break;
	case OPTION_TREE:
		options->tree = true;
		break;
	case OPTION_MAPPING:
		options->mapping = true;
		return choose(command, argument, &order->choice);
	case OPTION_RESIDENT_ONLY:
		order->resident_only = true;
		break;
	case OPTION_RATE:
		return pin_rate(command, argument, &order->rate);
	case OPTION_DRY_RUN:
		order->dry_run = true;
		break;
	case OPTION_UNDO:
		options->undo = argument;
		break;
	case OPTION_CHECK:
		options->check = true;
		break;
	case OPTION_FORMAT:
		return cli_format(command, argument, &order->format);
	}
	return 0;
}

/* The root first, and never ourselves. */
static int pin_tree(const struct pin_order *order, pid_t root)
{
	const struct selection selection = { .by = SELECTION_TREE, .root = root };
	pid_t *pids scope_free = NULL, *all scope_free = NULL;
	size_t n = 0, n_all = 0;
	int r;

	r = selection_list(&selection, &all, &n_all);
	if (r == -ESRCH) {
		cli_error("there is no process %d", root);
		return CLI_FAILURE;
	}
	if (r < 0) {
		cli_error("cannot list the descendants of process %d: %s", root,
			  strerror(-r));
		return CLI_FAILURE;
	}
	pids = calloc(n_all + 1, sizeof(*pids));
	if (!pids)
		return cli_oom();
	pids[n++] = root;
	for (size_t i = 0; i < n_all; i++)
		if (all[i] != root && all[i] != getpid())
			pids[n++] = all[i];
	return pin_processes(order, pids, n);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct pin_options options = { .order.choice.end = UINT64_MAX };
	int first, status;
	pid_t pid;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if ((options.undo || options.check) &&
	    (options.order.target || options.tree || options.mapping ||
	     options.order.resident_only || (options.undo && options.check)))
		return cli_usage(command, "--%s goes with none of --tier, --tree, --mapping and --resident-only",
				 options.undo ? "undo" : "check");
	if (options.undo) {
		if (first < argc)
			return cli_usage(command, "--undo knows its process: no process id with it");
		return pin_undo(&options.order, options.undo);
	}
	if (first + 1 != argc)
		return cli_usage(command, first < argc ? "one process id, please: more with --tree" :
				 "a process id is missing");
	if (selection_parse_pid(argv[first], &pid) < 0)
		return cli_usage(command, "'%s' is not a process id", argv[first]);
	if (options.check)
		return pin_check(pid, options.order.format);
	if (!options.order.target)
		return cli_usage(command, "--tier is missing: where is it to go");
	return options.tree ? pin_tree(&options.order, pid) :
	       pin_processes(&options.order, &pid, 1);
}

static const struct cli_option options_list[] = {
	{ OPTION_TIER, "tier", "NODES", "where to: dram, pmem, pmem@0, 0-1,3 and so on" },
	{ OPTION_TREE, "tree", NULL, "its descendants too" },
	{ OPTION_MAPPING, "mapping", "WHICH", "only heap, anon, the FILE of that path, or addresses A-B" },
	{ OPTION_RESIDENT_ONLY, "resident-only", NULL, "leave new pages to the policy of the process" },
	{ OPTION_RATE, "rate", "RATE", "no faster than so much a second, such as 500MB/s" },
	{ OPTION_DRY_RUN, "dry-run", NULL, "show what would be done and change nothing" },
	{ OPTION_UNDO, "undo", "LEDGER", "take back what is in a ledger, instead" },
	{ OPTION_CHECK, "check", NULL, "show which rule of the configuration holds for PID, instead" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_pin = {
	.name = "pin",
	.arguments = "PID",
	.summary = "move the memory of a process to a tier, and keep it there",
	.details =
		"What is resident is moved in small batches, so that the process never waits\n"
		"long; huge pages stay whole. New pages go there too, by a cpuset cgroup (v2) of\n"
		"its own below the one that the process is in, where that may be written. If it\n"
		"may not, or with --mapping, only what is resident is moved, and stderr says so.\n\n"
		"First the plan, then the ledger: what became of each page. A target without\n"
		"room is refused before anything moves: free memory less 1/64 of the node, and, for\n"
		"small pages, half of the page cache that is clean and was used once. The\n"
		"move has the caller's rights: pages that are mapped more than once, those of\n"
		"libraries too, need CAP_SYS_NICE and then move for all. What has to be known to\n"
		"take it back is on the disk before anything moves, in /var/lib/tierscope/ledgers\n"
		"of root and ~/.local/state/tierscope/ledgers of others: see unpin.\n\n"
		"The status is 1 if the process ended, a signal came or room ran out half way;\n"
		"what was moved until then is in the ledger.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
