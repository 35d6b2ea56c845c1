/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/duration.h"
#include "cli/message.h"
#include "lib/scope.h"
#include "tierscope/tierscope.h"

/* Options of one command, ours included; the tables are const, so this bounds
 * what a developer writes and not what a user gives. */
#define OPTIONS_MAX 24
#define ID_HELP 'h'

int cli_usage(const struct cli_command *command, const char *format, ...)
{
	char *text scope_free = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	cli_error("%s: %s (see tierscope %s --help)", command->name,
		  text ? text : "out of memory", command->name);
	return command->usage_status;
}

static void help_option(int id, const char *name, const char *argument,
			const char *help)
{
	char left[64];

	snprintf(left, sizeof(left), "--%s%s%s", name, argument ? " " : "",
		 argument ? argument : "");
	if (id < 0x80)
		printf("  -%c, %-26s %s\n", id, left, help);
	else
		printf("      %-26s %s\n", left, help);
}

int cli_help(const struct cli_command *command)
{
	printf("usage: tierscope %s [options]%s%s\n\n%s\n", command->name,
	       *command->arguments ? " " : "", command->arguments,
	       command->summary);
	if (command->details)
		printf("\n%s\n", command->details);
	printf("\noptions:\n");
	for (size_t i = 0; i < command->n_options; i++)
		help_option(command->options[i].id, command->options[i].name,
			    command->options[i].argument,
			    command->options[i].help);
	help_option(ID_HELP, "help", NULL, "print this");
	return cli_flush();
}

static void translate(const struct cli_command *command, bool stop,
		      struct option *longs, char *shorts)
{
	size_t n = 0;

	/* "+" ends at the first argument, ":" tells a missing argument from an
	 * unknown option. */
	if (stop)
		*shorts++ = '+';
	*shorts++ = ':';
	for (; n < command->n_options; n++) {
		const struct cli_option *option = &command->options[n];

		longs[n] = (struct option){
			option->name,
			option->argument ? required_argument : no_argument,
			NULL, option->id,
		};
		if (option->id < 0x80) {
			*shorts++ = (char)option->id;
			if (option->argument)
				*shorts++ = ':';
		}
	}
	longs[n++] = (struct option){ "help", no_argument, NULL, ID_HELP };
	longs[n] = (struct option){ 0 };
	*shorts++ = ID_HELP;
	*shorts = '\0';
}

/* getopt() leaves the id of an option that it knows in optopt, the letter of
 * one that it does not, and 0 for a long one that it does not. */
static int refused(const struct cli_command *command, char **argv, bool missing)
{
	for (size_t i = 0; i < command->n_options; i++)
		if (command->options[i].id == optopt)
			return cli_usage(command, missing ?
					 "option '--%s' needs a value" :
					 "option '--%s' takes no value",
					 command->options[i].name);
	if (optopt == ID_HELP)
		return cli_usage(command, "option '--help' takes no value");
	if (optopt)
		return cli_usage(command, "there is no option '-%c'", optopt);
	return cli_usage(command, "there is no option '%s'", argv[optind - 1]);
}

bool cli_options(const struct cli_command *command, int argc, char **argv,
		 bool stop, cli_option_fn fn, void *data, int *ret_first,
		 int *ret_status)
{
	struct option longs[OPTIONS_MAX];
	char shorts[2 * OPTIONS_MAX + 4];
	int id, status;

	if (command->n_options + 2 > OPTIONS_MAX)
		abort();
	translate(command, stop, longs, shorts);
	opterr = 0;
	optind = 0;
	while ((id = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (id == ID_HELP) {
			*ret_status = cli_help(command);
			return false;
		}
		if (id == '?' || id == ':')
			status = refused(command, argv, id == ':');
		else
			status = fn(command, id, optarg, data);
		if (status) {
			*ret_status = status;
			return false;
		}
	}
	*ret_first = optind;
	return true;
}

int cli_format(const struct cli_command *command, const char *argument,
	       enum report_format *ret)
{
	if (report_format_from_name(argument, ret) < 0)
		return cli_usage(command, "there is no format '%s', only table, json and csv",
				 argument);
	return 0;
}

int cli_interval_from(const struct cli_command *command, const char *argument,
		      uint64_t shortest_ns, uint64_t *ret_ns)
{
	uint64_t ns = 0;
	int r = cli_duration(argument, &ns);

	if (r == -EINVAL)
		return cli_usage(command, "'%s' is not a duration such as 250ms, 1s, 0.5 or 2m",
				 argument);
	if (r < 0 || ns < shortest_ns || ns > TIERSCOPE_INTERVAL_MAX_NS)
		return cli_usage(command, "interval '%s' is outside %" PRIu64 "ms to %llus",
				 argument, shortest_ns / 1000000,
				 TIERSCOPE_INTERVAL_MAX_NS / 1000000000);
	*ret_ns = ns;
	return 0;
}

int cli_interval(const struct cli_command *command, const char *argument,
		 uint64_t *ret_ns)
{
	return cli_interval_from(command, argument,
				 TIERSCOPE_RECORD_INTERVAL_MIN_NS, ret_ns);
}

int cli_count(const struct cli_command *command, const char *argument,
	      uint64_t *ret)
{
	unsigned long long n;

	errno = 0;
	n = strtoull(argument, NULL, 10);
	if (errno || !*argument || argument[strspn(argument, "0123456789")] || !n)
		return cli_usage(command, "'%s' is not a number above 0", argument);
	*ret = n;
	return 0;
}
