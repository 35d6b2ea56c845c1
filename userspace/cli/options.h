/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the command line.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "report/document.h"

/**
 * typedef cli_option_fn - one option was given
 * @argument: NULL if it takes none
 *
 * Says what is wrong with it by cli_usage() and returns what that returned;
 * otherwise 0.
 */
typedef int (*cli_option_fn)(const struct cli_command *command, int id,
			     const char *argument, void *data);

/**
 * cli_options() - hand the options to @fn
 * @stop: the first argument that is no option ends them (what follows belongs
 *	to another program)
 * @ret_first: index of the first argument left
 *
 * Returns true to go on; false if the command is over, with *@ret_status:
 * --help was printed, or a sentence about what was wrong.
 */
bool cli_options(const struct cli_command *command, int argc, char **argv,
		 bool stop, cli_option_fn fn, void *data, int *ret_first,
		 int *ret_status);

/* Prints the help of a command on stdout; returns the exit status. */
int cli_help(const struct cli_command *command);

/* "tierscope: NAME: ..." and where the help is, on stderr. Returns the
 * command's status for a wrong command line. */
__attribute__((format(printf, 2, 3)))
int cli_usage(const struct cli_command *command, const char *format, ...);

/* --format. Returns 0 or what cli_usage() returned. */
int cli_format(const struct cli_command *command, const char *argument,
	       enum report_format *ret);
/* A duration between two bounds, or a sentence that names them: the shorter
 * one is TIERSCOPE_RECORD_INTERVAL_MIN_NS, or @shortest_ns, whole milliseconds. */
int cli_interval(const struct cli_command *command, const char *argument,
		 uint64_t *ret_ns);
int cli_interval_from(const struct cli_command *command, const char *argument,
		      uint64_t shortest_ns, uint64_t *ret_ns);
/* How many: a whole number above 0, or a sentence. */
int cli_count(const struct cli_command *command, const char *argument,
	      uint64_t *ret);
