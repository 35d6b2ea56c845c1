/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/client.h"
#include "cli/copy.h"
#include "cli/duration.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/policy.h"
#include "cli/symbol.h"
#include "report/text.h"
#include "tierscope/bus.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_GROUP = 'g',
	OPTION_INTERVAL = 'i',
	OPTION_LABEL = 'l',
	OPTION_OUTPUT = 'o',
	OPTION_QUIET = 'q',
	OPTION_TIER = 't',
	OPTION_BUS = 0x100,
	OPTION_CPUS,
	OPTION_LIMIT,
	OPTION_PHASE_SYMBOL,
};

/* As the daemon has it where nothing is asked for. */
#define INTERVAL_NS 100000000ULL

struct run_options {
	const char *output;
	const char *group;
	const char *bus_address;
	const char *tier;
	const char *cpus;
	bool quiet;
	bool formatted;		/* --format was given */
	enum report_format format;
	uint64_t interval_ns;
	uint64_t limit_ns;
	size_t n_labels;
	struct client_label labels[TIERSCOPE_BUS_LABELS_MAX];
	struct symbols symbols;
};

static void options_clear(struct run_options *options)
{
	for (size_t i = 0; i < options->n_labels; i++)
		free(options->labels[i].key);
	symbols_clear(&options->symbols);
}

/* Key and value share one copy. */
static int add_label(const struct cli_command *command, const char *argument,
		     struct run_options *options)
{
	const char *equals = strchr(argument, '=');
	struct client_label *label;

	if (!equals || equals == argument)
		return cli_usage(command, "label '%s' is not KEY=VALUE", argument);
	/* Without the '='. */
	if (strlen(argument) - 1 > TIERSCOPE_BUS_LABEL_BYTES_MAX)
		return cli_usage(command, "name and value of a label have at most %d bytes, those of '%.20s...' %zu",
				 TIERSCOPE_BUS_LABEL_BYTES_MAX, argument,
				 strlen(argument) - 1);
	if (!report_text_for_bus(argument))
		return cli_usage(command, "label '%s' is not UTF-8 that D-Bus can carry",
				 argument);
	for (size_t i = 0; i < options->n_labels; i++)
		if (!strncmp(options->labels[i].key, argument, (size_t)(equals - argument)) &&
		    !options->labels[i].key[equals - argument])
			return cli_usage(command, "label '%s' is given twice",
					 options->labels[i].key);
	if (options->n_labels == TIERSCOPE_BUS_LABELS_MAX)
		return cli_usage(command, "more than %d labels", TIERSCOPE_BUS_LABELS_MAX);
	label = &options->labels[options->n_labels];
	label->key = strdup(argument);
	if (!label->key) {
		cli_oom();
		return CLI_RUN_FAILURE;
	}
	label->key[equals - argument] = '\0';
	label->value = label->key + (equals - argument) + 1;
	options->n_labels++;
	return 0;
}

static int set_group(const struct cli_command *command, const char *argument,
		     struct run_options *options)
{
	uint32_t roles;

	if (tierscope_roles_of_group(argument, &roles) < 0)
		return cli_usage(command, "there is no group '%s', only bandwidth, tags and all",
				 argument);
	options->group = argument;
	return 0;
}

static int set_limit(const struct cli_command *command, const char *argument,
		     struct run_options *options)
{
	uint64_t ns;

	if (cli_duration(argument, &ns) < 0 || ns < 1000000)
		return cli_usage(command, "limit '%s' is not a duration of 1ms or more, such as 90s or 2h",
				 argument);
	options->limit_ns = ns;
	return 0;
}

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct run_options *options = data;

	switch (id) {
	case OPTION_FORMAT:
		options->formatted = true;
		return cli_format(command, argument, &options->format);
	case OPTION_GROUP:
		return set_group(command, argument, options);
	case OPTION_INTERVAL:
		return cli_interval(command, argument, &options->interval_ns);
	case OPTION_LABEL:
		return add_label(command, argument, options);
	case OPTION_OUTPUT:
		options->output = argument;
		break;
	case OPTION_QUIET:
		options->quiet = true;
		break;
	case OPTION_TIER:
		options->tier = argument;
		break;
	case OPTION_CPUS:
		options->cpus = argument;
		break;
	case OPTION_LIMIT:
		return set_limit(command, argument, options);
	case OPTION_PHASE_SYMBOL:
		return symbols_add(&options->symbols, argument) ? CLI_RUN_FAILURE : 0;
	case OPTION_BUS:
		options->bus_address = argument;
		break;
	}
	return 0;
}

/* The run as a row on stdout, after whatever its command wrote there. Returns
 * the exit status. */
static int print_result(const struct client_result *result,
			enum report_format format)
{
	static const struct report_column columns[] = {
		{ "name", "name", REPORT_STRING, 0 },
		{ "path", "path", REPORT_STRING, 0 },
		{ "ending", "ending", REPORT_STRING, 0 },
		{ "status", "status", REPORT_INTEGER, 0 },
		{ "note", "note", REPORT_STRING, 0 },
	};
	const struct report_value values[] = {
		report_string(result->name),
		report_string(result->path),
		report_string(result->killed ? "killed" : "exited"),
		report_number((uint64_t)result->status),
		report_string(result->note),
	};
	struct report_document *document;
	struct report_section *section;
	int r;

	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(columns) / sizeof(columns[0]), "a value a column");
	if (report_document_new("tierscope.run", 1, &document) < 0)
		return cli_oom();
	r = report_document_section(document, "run", NULL, false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (!r)
		r = report_section_row(section, values);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, format);
}

static int launch(const struct run_options *options, char **argv)
{
	struct client_result result __attribute__((cleanup(client_result_clear))) = { 0 };
	struct copy copy __attribute__((cleanup(copy_clear))) = COPY_NONE;
	struct cli_policy policy __attribute__((cleanup(cli_policy_clear))) = { 0 };
	const struct client_request request = {
		.bus_address = options->bus_address,
		.interval_ns = options->interval_ns,
		.group = options->group,
		.n_labels = options->n_labels,
		.labels = options->labels,
		.policy = &policy,
		.limit_ns = options->limit_ns,
		.symbols = &options->symbols,
		.argv = argv,
	};
	int r, status;

	r = cli_policy_find(options->tier, options->cpus, argv[0], &policy);
	if (r < 0)
		return CLI_RUN_FAILURE;
	/* Before the run: it may take hours to find out otherwise. */
	if (options->output) {
		r = copy_begin(options->output, &copy);
		if (r < 0) {
			cli_error("cannot write '%s': %s", options->output, strerror(-r));
			return CLI_RUN_FAILURE;
		}
	}
	status = client_run(&request, &result);
	if (status)
		return status;
	if (result.note && *result.note)
		cli_error("%s", result.note);
	if (options->formatted) {
		if (print_result(&result, options->format))
			return CLI_RUN_FAILURE;
	} else if (!options->quiet) {
		cli_error("recorded as '%s', see: tierscope report %s", result.name,
			  result.name);
	}
	if (options->output) {
		r = copy_finish(&copy, result.path);
		if (r < 0) {
			cli_error("cannot copy run '%s' to '%s': %s", result.path,
				  options->output, strerror(-r));
			return CLI_RUN_FAILURE;
		}
	}
	if (result.limited) {
		cli_error("'%s' was ended at its time limit", argv[0]);
		return CLI_RUN_LIMIT;
	}
	return result.killed ? 128 + result.status : result.status;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct run_options options __attribute__((cleanup(options_clear))) = {
		.interval_ns = INTERVAL_NS,
	};
	int first, status;

	if (!cli_options(command, argc, argv, true, option, &options, &first,
			 &status))
		return status;
	if (first == argc)
		return cli_usage(command, "a command is missing");
	if (argc - first > TIERSCOPE_BUS_ARGV_MAX)
		return cli_usage(command, "more than %d arguments", TIERSCOPE_BUS_ARGV_MAX);
	return launch(&options, argv + first);
}

static const struct cli_option options_list[] = {
	{ OPTION_INTERVAL, "interval", "DURATION", "between samples, 10ms to 60s; 100ms if not given" },
	{ OPTION_GROUP, "group", "NAME", "count bandwidth or tags, which take no turns, or all (the default)" },
	{ OPTION_LABEL, "label", "KEY=VALUE", "kept with the run; may be given again" },
	{ OPTION_TIER, "tier", "TIER", "where its memory is to be: pmem, prefer:dram, interleave, ..." },
	{ OPTION_CPUS, "cpus", "LIST", "where it is to run: 0-3,8" },
	{ OPTION_LIMIT, "limit", "DURATION", "SIGTERM to the command after that, and SIGKILL 10 s later" },
	{ OPTION_PHASE_SYMBOL, "phase-symbol", "BINARY:FUNCTION", "calls of that function are phases; may be given again" },
	{ OPTION_OUTPUT, "output", "FILE", "copy the finished run file there" },
	{ OPTION_QUIET, "quiet", NULL, "do not say what the run is called" },
	CLI_OPTION_FORMAT,
	{ OPTION_BUS, "bus-address", "ADDRESS", "of the daemon's bus, instead of the system bus" },
};

const struct cli_command cli_run = {
	.name = "run",
	.arguments = "[--] COMMAND [ARGUMENT]...",
	.summary = "launch a command by way of the daemon and record it",
	.details =
		"The command runs as the caller, in the caller's directory, with its environment\n"
		"and standard streams. SIGINT, SIGTERM and SIGHUP are passed on to it. The exit\n"
		"status is the command's own, or 128 + the signal that killed it; 124 if it reached\n"
		"its --limit; 127 if it does not exist, 126 if it may not be executed, 125 if tierscope or its daemon failed\n"
		"or the command line was wrong. What the run is called is said on stderr; with\n"
		"--format it is a row on stdout instead, after the command's own output.\n\n"
		"TIER is one of\n"
		"  NODES                       nowhere else than there\n"
		"  prefer:NODES                there, as long as there is room\n"
		"  interleave[:NODES]          page by page in turn, on all nodes if none are given\n"
		"  interleave:NODES=N,...      N pages in turn on each of these nodes; the weights are\n"
		"                              the machine's, and must be set so (Linux 6.9 and later)\n"
		"and NODES dram, pmem or memory-mode, dram@0 for those of a socket, or as numactl has\n"
		"them: 0-1, 0,2, !2, +0, all. What that became is said on stderr. Children of the\n"
		"command inherit it; where there are cpusets, NODES and LIST hold for all of them, also\n"
		"if they change their own policy. Without --tier a rule of " TIERSCOPE_CONFIG "\n"
		"for the program or our cgroup holds.\n\n"
		"BINARY is a program, by its path or as PATH has it, or a library by its path, which\n"
		"need not be changed for --phase-symbol, and must not be stripped of FUNCTION's name.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_RUN_FAILURE,
	.run = run,
};
