/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/pin.h"
#include "cli/selection.h"
#include "lib/scope.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_DRY_RUN = 'n',
	OPTION_RATE = 'r',
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct pin_order *order = data;

	switch (id) {
	case OPTION_RATE:
		return pin_rate(command, argument, &order->rate);
	case OPTION_DRY_RUN:
		order->dry_run = true;
		break;
	case OPTION_FORMAT:
		return cli_format(command, argument, &order->format);
	}
	return 0;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct pin_order order = { 0 };
	char *path scope_free = NULL;
	struct process process;
	int first, status;
	pid_t pid;

	if (!cli_options(command, argc, argv, false, option, &order, &first, &status))
		return status;
	if (first + 1 != argc)
		return cli_usage(command, first < argc ? "one process id, please" :
				 "a process id is missing");
	if (selection_parse_pid(argv[first], &pid) < 0)
		return cli_usage(command, "'%s' is not a process id", argv[first]);
	if (process_read(pid, &process) < 0) {
		cli_error("there is no process %d", pid);
		return CLI_FAILURE;
	}
	status = ledger_find(&process, &path);
	return status ? status : pin_undo(&order, path);
}

static const struct cli_option options_list[] = {
	{ OPTION_RATE, "rate", "RATE", "no faster than so much a second, such as 500MB/s" },
	{ OPTION_DRY_RUN, "dry-run", NULL, "show what would be done and change nothing" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_unpin = {
	.name = "unpin",
	.arguments = "PID",
	.summary = "take the latest pin of a process back",
	.details =
		"Pages that the latest ledger of the process has, and that are still where they\n"
		"were moved to, go back to where they were, and so does its cpuset. What has come\n"
		"since stays. Another unpin takes the pin before that one back.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
