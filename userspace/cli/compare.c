/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/compare.h"

#include <string.h>

#include "cli/message.h"
#include "cli/options.h"
#include "cli/run_file.h"
#include "lib/scope.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_STATE_DIR = 's',
	OPTION_FORCE = 0x100,
};

struct compare_options {
	const char *state_dir;
	enum report_format format;
	bool force;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct compare_options *options = data;

	switch (id) {
	case OPTION_FORMAT:
		return cli_format(command, argument, &options->format);
	case OPTION_STATE_DIR:
		options->state_dir = argument;
		break;
	case OPTION_FORCE:
		options->force = true;
		break;
	}
	return 0;
}

static void scope_run(struct report_run **run)
{
	report_run_free(*run);
}

static int refuse(char **names, const struct report_differences *differences)
{
	char *text scope_free = NULL;

	if (report_differences_text(differences, &text) < 0)
		return cli_oom();
	cli_error("cannot compare run '%s' with run '%s': they differ in %s; --force compares them all the same",
		  names[0], names[1], text);
	return CLI_FAILURE;
}

static int compare(char **names, const struct compare_options *options)
{
	struct report_differences differences
		__attribute__((cleanup(report_differences_clear))) = { 0 };
	struct report_run *a __attribute__((cleanup(scope_run))) = NULL;
	struct report_run *b __attribute__((cleanup(scope_run))) = NULL;
	struct report_document *document;
	int status;

	status = cli_run_file_load(options->state_dir, names[0], 0, &a);
	if (!status)
		status = cli_run_file_load(options->state_dir, names[1], 0, &b);
	if (status)
		return status;
	if (report_differences_find(a, b, &differences) < 0)
		return cli_oom();
	if (differences.n_refused && !options->force)
		return refuse(names, &differences);
	if (report_compare_document(a, b, &differences, &document) < 0)
		return cli_oom();
	return cli_print(document, options->format);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct compare_options options = { .format = REPORT_TABLE };
	int first, status;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (argc - first < 2)
		return cli_usage(command, "two runs are compared, by name or path: %s",
				 first == argc ? "both are missing" :
						 "the second is missing");
	if (argc - first > 2)
		return cli_usage(command, "two runs are compared, '%s' is too much",
				 argv[first + 2]);
	return compare(argv + first, &options);
}

static const struct cli_option options_list[] = {
	{ OPTION_FORCE, "force", NULL, "also runs of different programs, labels or machines" },
	{ OPTION_STATE_DIR, "state-dir", "DIR", "where the daemon keeps its state; also TIERSCOPE_STATE_DIR" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_compare = {
	.name = "compare",
	.arguments = "A B",
	.summary = "two runs of one program side by side, and B's figures by A's",
	.details =
		"A and B are runs as in report. They are of one command, with the same labels,\n"
		"on one machine (host name, kernel, CPU, sockets, nodes with CPUs, simulated or\n"
		"not): others are refused. The mode, near memory, the memory of the nodes and\n"
		"the tier that was asked for may differ, and are told if they do. A run that\n"
		"failed or was not recorded to its end has a problem, and the latter no B/A of\n"
		"time, bytes and counts. csv is one row a field: section,row,field,value,reason.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
