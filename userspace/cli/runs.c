/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/options.h"
#include "cli/state.h"
#include "lib/scope.h"
#include "report/run.h"
#include "report/run_document.h"
#include "report/run_text.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_STATE_DIR = 's',
};

/* Characters of the command that a table shows. */
#define COMMAND_SHOWN 40

struct runs_options {
	const char *state_dir;
	enum report_format format;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct runs_options *options = data;

	if (id == OPTION_FORMAT)
		return cli_format(command, argument, &options->format);
	options->state_dir = argument;
	return 0;
}

static const struct report_column columns[] = {
	{ "name", "name", REPORT_STRING, 0 },
	{ "uid", "uid", REPORT_INTEGER, 0 },
	{ "start_utc", "start", REPORT_STRING, REPORT_NO_TABLE },
	{ "start", "start (UTC)", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "wall_ns", "duration", REPORT_DURATION, 0 },
	{ "state", "state", REPORT_STRING, 0 },
	{ "ending", "ending", REPORT_STRING, REPORT_NO_TABLE },
	{ "status", "status", REPORT_INTEGER, REPORT_NO_TABLE },
	{ "end", "end", REPORT_STRING, 0 },
	{ "mode", "mode", REPORT_STRING, 0 },
	{ "hit_ratio", "hit ratio (tag check)", REPORT_RATIO, 0 },
	{ "method", "method", REPORT_STRING, 0 },
	{ "command", "command", REPORT_STRING, REPORT_NO_TABLE },
	{ "command_shown", "command", REPORT_STRING, REPORT_TABLE_ONLY },
	{ "path", "path", REPORT_STRING, REPORT_NO_TABLE },
	{ "problem", "", REPORT_STRING, 0 },
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Cuts at a character's edge. */
static void shorten(char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return;
	n = width - 3;
	while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	strcpy(text + n, "...");
}

static int add_unreadable(struct report_section *section, uid_t uid,
			  const char *name, const char *path,
			  const char *state, const char *error)
{
	struct report_value values[COLUMNS];

	/* The reason is the same for all of them, and stands in "problem". */
	for (size_t i = 0; i < COLUMNS; i++)
		values[i] = report_not_available(NULL);
	values[0] = report_string(name);
	values[1] = report_number(uid);
	values[5] = report_string(state);
	values[COLUMNS - 2] = report_string(path);
	values[COLUMNS - 1] = report_string(error);
	return report_section_row(section, values);
}

static int add_readable(struct report_section *section, uid_t uid,
			const char *name, const char *path,
			const struct report_run *of)
{
	const struct store_run *run = of->run;
	char utc[REPORT_UTC_MAX], start[REPORT_UTC_MAX], ending[REPORT_ENDING_MAX];
	char *command scope_free = NULL, *shown scope_free = NULL;
	int r;

	r = report_run_command(run, &command);
	if (r < 0)
		return r;
	shown = strdup(command);
	if (!shown)
		return -ENOMEM;
	shorten(shown, COMMAND_SHOWN);
	report_utc(run->start_utc_ns, utc);
	snprintf(start, sizeof(start), "%.10s %.8s", utc, utc + 11);
	const struct report_value values[] = {
		report_string(name),
		report_number(uid),
		report_string(utc),
		report_string(start),
		report_run_duration(of),
		report_string(report_run_state(run)),
		report_string(report_run_how(run)),
		run->ending == STORE_ENDING_UNKNOWN ?
			report_not_measured("the run was not finished by its recorder") :
			report_number(run->status),
		report_string(report_run_ending(run, ending)),
		run->topology ?
			report_string(tierscope_mode_name(run->topology->mode)) :
			report_not_measured("the run file has no topology"),
		report_run_hit_ratio(of),
		report_traffic_method(&of->total, REPORT_TAGS,
				      report_run_simulated(of)),
		report_string(command),
		report_string(shown),
		report_string(path),
		report_string(""),
	};

	_Static_assert(sizeof(values) / sizeof(values[0]) == COLUMNS,
		       "a value a column");
	return report_section_row(section, values);
}

static int add(uid_t uid, const char *name, const char *path, void *data)
{
	struct report_run *run;
	char error[512] = "";
	int r;

	r = report_run_load(path, 0, error, sizeof(error), &run);
	if (r == -ENOMEM)
		return r;
	if (r == -EACCES && cli_state_is_daemons(path))
		return add_unreadable(data, uid, name, path, "recording",
				      CLI_STATE_DAEMONS);
	if (r < 0)
		return add_unreadable(data, uid, name, path, "unreadable",
				      *error ? error : strerror(-r));
	r = add_readable(data, uid, name, path, run);
	report_run_free(run);
	return r;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct runs_options options = { .format = REPORT_TABLE };
	struct report_document *document;
	struct report_section *section;
	char *unreadable scope_free = NULL;
	int first, status, r;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	if (report_document_new("tierscope.runs", 1, &document) < 0)
		return cli_oom();
	r = report_document_section(document, "runs", NULL, false, columns,
				    COLUMNS, 0, &section);
	if (!r)
		r = cli_state_walk(cli_state_dir(options.state_dir), add, section,
				   &unreadable);
	if (!r)
		return cli_print(document, options.format);
	report_document_free(document);
	if (r == -ENOMEM)
		return cli_oom();
	cli_error("cannot list the runs in '%s': %s",
		  unreadable ? unreadable : cli_state_dir(options.state_dir),
		  strerror(-r));
	return CLI_FAILURE;
}

static const struct cli_option options_list[] = {
	{ OPTION_STATE_DIR, "state-dir", "DIR", "where the daemon keeps its state; also TIERSCOPE_STATE_DIR" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_runs = {
	.name = "runs",
	.arguments = "",
	.summary = "the runs that were recorded",
	.details = "One's own; root sees everybody's. A file that is damaged or was written by a\n"
		   "newer version is a row that says so.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
