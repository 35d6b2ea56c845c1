/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tierscope: where memory lives, what the memory controllers do.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"

static const struct cli_command *const commands[] = {
	&cli_topology,
	&cli_placement,
	&cli_pin,
	&cli_unpin,
	&cli_counters,
	&cli_events,
	&cli_doctor,
	&cli_run,
	&cli_runs,
	&cli_report,
	&cli_phase,
	&cli_experiment,
	&cli_compare,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(void)
{
	printf("usage: tierscope COMMAND [options] [arguments]\n\n"
	       "where the memory of processes lives on a machine with DRAM and Optane, and\n"
	       "what the memory controllers did meanwhile\n\ncommands:\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-12s %s\n", commands[i]->name, commands[i]->summary);
	printf("  %-12s %s\n", "help", "this, or the help of a COMMAND");
	printf("  %-12s %s\n", "version", "print the version");
	printf("\ndata goes to stdout, everything else to stderr; the exit status is 0, 1 for a\n"
	       "failure, 2 for a wrong command line; `run` passes its command's on\n");
	return cli_flush();
}

static const struct cli_command *find(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(name, commands[i]->name))
			return commands[i];
	return NULL;
}

static int unknown(const char *name)
{
	cli_error("there is no command '%s' (see tierscope help)", name);
	return CLI_USAGE;
}

/* A file that is opened where a standard stream is closed would be written to
 * in its place. What stands there instead fails as the closed one would: data
 * that goes nowhere is to be told. */
static int keep_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	const struct cli_command *command;
	const char *name = argc > 1 ? argv[1] : "";

	if (keep_streams() < 0) {
		cli_error("cannot open /dev/null in place of a closed standard stream: %s",
			  strerror(errno));
		return CLI_FAILURE;
	}
	/* Characters as the user's terminal has them; numbers stay as they are
	 * for programs. */
	setlocale(LC_CTYPE, "");
	if (argc < 2) {
		cli_error("a command is missing (see tierscope help)");
		return CLI_USAGE;
	}
	if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
		if (argc < 3)
			return help();
		command = find(argv[2]);
		if (!command)
			return unknown(argv[2]);
		return command->run(command, 2, (char *[]){ argv[2], (char *)"--help", NULL });
	}
	if (!strcmp(name, "version") || !strcmp(name, "--version")) {
		printf("tierscope %s\n", TIERSCOPE_VERSION);
		return cli_flush();
	}
	command = find(name);
	return command ? command->run(command, argc - 1, argv + 1) : unknown(name);
}
