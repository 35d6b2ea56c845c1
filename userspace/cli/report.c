/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/options.h"
#include "cli/run_file.h"
#include "report/chart.h"
#include "report/profile.h"
#include "report/run.h"
#include "report/run_document.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_STATE_DIR = 's',
	OPTION_ASCII = 0x100,
	OPTION_SERIES,
	OPTION_PROFILE,
	OPTION_SORT,
};

/* Columns of a terminal: when nothing says, and the bounds of what we use. */
#define WIDTH_DEFAULT 80
#define CHART_MIN 20
#define CHART_MAX 200

struct report_options {
	const char *state_dir;
	enum report_format format;
	struct report_run_options of_run;
	bool profile;
	bool sorted;
	enum report_profile_order order;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct report_options *options = data;

	switch (id) {
	case OPTION_FORMAT:
		return cli_format(command, argument, &options->format);
	case OPTION_STATE_DIR:
		options->state_dir = argument;
		break;
	case OPTION_ASCII:
		options->of_run.ascii = true;
		break;
	case OPTION_SERIES:
		options->of_run.series = true;
		break;
	case OPTION_PROFILE:
		options->profile = true;
		break;
	case OPTION_SORT:
		options->sorted = true;
		if (report_profile_order_from_name(argument, &options->order))
			return cli_usage(command, "--sort %s: it is time, dram, pmm, ratio, calls or name", argument);
		break;
	}
	return 0;
}

static size_t chart_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	long width = WIDTH_DEFAULT;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		width = size.ws_col;
	else if (columns && atol(columns) > 0)
		width = atol(columns);
	width -= REPORT_CHART_SCALE + 1;
	if (width < CHART_MIN)
		width = CHART_MIN;
	return width > CHART_MAX ? CHART_MAX : (size_t)width;
}

static int make_profile(const struct report_run *run,
			enum report_profile_order order,
			struct report_document **ret)
{
	struct report_profile profile;
	int r;

	r = report_profile_load(run, &profile);
	if (r < 0)
		return r;
	report_profile_sort(&profile, order);
	r = report_profile_document(run, &profile, ret);
	report_profile_free(&profile);
	return r;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct report_options options = { .format = REPORT_TABLE };
	struct report_document *document;
	struct report_run *run;
	int first, status, r;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first == argc)
		return cli_usage(command, "the name or path of a run is missing");
	if (first + 1 < argc)
		return cli_usage(command, "one run at a time, '%s' is too much", argv[first + 1]);
	if (options.of_run.series && options.format == REPORT_TABLE)
		return cli_usage(command, "--series is for json and csv");
	if (options.sorted && !options.profile)
		return cli_usage(command, "--sort is for --profile");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		options.of_run.ascii = true;
	status = cli_run_file_load(options.state_dir, argv[first],
		options.format == REPORT_TABLE ? chart_width() : 0, &run);
	if (status)
		return status;
	r = options.profile ? make_profile(run, options.order, &document) :
		report_run_document(run, &options.of_run, &document);
	if (r < 0) {
		cli_error("cannot report on run '%s': %s", argv[first], strerror(-r));
		status = CLI_FAILURE;
	} else {
		status = cli_print(document, options.format);
	}
	report_run_free(run);
	return status;
}

static const struct cli_option options_list[] = {
	{ OPTION_ASCII, "ascii", NULL, "charts without Unicode blocks" },
	{ OPTION_SERIES, "series", NULL, "every interval too, in json and csv" },
	{ OPTION_PROFILE, "profile", NULL, "by phase: time, loads from DRAM and Optane, their ratio" },
	{ OPTION_SORT, "sort", "time|dram|pmm|ratio|calls|name", "of the profile; by time if absent" },
	{ OPTION_STATE_DIR, "state-dir", "DIR", "where the daemon keeps its state; also TIERSCOPE_STATE_DIR" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_report = {
	.name = "report",
	.arguments = "RUN",
	.summary = "what happened during a run, by name or by path of its file",
	.details =
		"The hit ratio is hits / all tag checks. Figures whose counters took turns are\n"
		"scaled interval by interval and called estimated; those of a simulated machine\n"
		"are called simulated. csv is one row a field: section,row,field,value,reason.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
