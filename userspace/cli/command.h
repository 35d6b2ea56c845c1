/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A subcommand is a const struct at the end of its own file; main.c lists
 * them. Help, the parsing of options and the shell's completion all come from
 * its one list of options.
 */
#pragma once

#include <stddef.h>

enum cli_status {
	CLI_OK = 0,
	CLI_FAILURE = 1,
	CLI_USAGE = 2,
	/* Of `run` alone: everything else is the command's own status. */
	CLI_RUN_LIMIT = 124,
	CLI_RUN_FAILURE = 125,
	CLI_RUN_NOT_EXECUTABLE = 126,
	CLI_RUN_NOT_FOUND = 127,
};

/**
 * struct cli_option - one option
 * @id: a letter is its short form too
 * @name: long form, without the dashes
 * @argument: what it takes, for the help; NULL for nothing
 * @help: one line
 */
struct cli_option {
	int id;
	const char *name;
	const char *argument;
	const char *help;
};

/* What every command that prints data has. */
#define CLI_OPTION_FORMAT						\
	{ 'f', "format", "table|json|csv",				\
	  "table for people (the default), raw base units in the others" }

/**
 * struct cli_command - one subcommand
 * @name: what it is called by
 * @arguments: for its synopsis, after the options
 * @summary: one line
 * @details: paragraphs for --help, or NULL
 * @options: besides --help
 * @usage_status: exit status for a wrong command line
 * @run: gets argv from the command's name on; returns the exit status
 */
struct cli_command {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *details;
	const struct cli_option *options;
	size_t n_options;
	int usage_status;
	int (*run)(const struct cli_command *command, int argc, char **argv);
};

extern const struct cli_command cli_topology;
extern const struct cli_command cli_placement;
extern const struct cli_command cli_pin;
extern const struct cli_command cli_unpin;
extern const struct cli_command cli_counters;
extern const struct cli_command cli_events;
extern const struct cli_command cli_doctor;
extern const struct cli_command cli_run;
extern const struct cli_command cli_runs;
extern const struct cli_command cli_report;
extern const struct cli_command cli_phase;
extern const struct cli_command cli_experiment;
extern const struct cli_command cli_compare;
