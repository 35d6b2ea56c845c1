/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/options.h"
#include "phase/client.h"
#include "tierscope/phase.h"

/* The daemon walks memory and writes to a disk in between. */
#define TAKEN_MS 5000

static int explain(int err)
{
	switch (err) {
	case -ENOENT:
		cli_error("nothing records phases here: this is for commands under 'tierscope run'");
		break;
	case -ECONNREFUSED:
		cli_error("cannot mark a phase: the run that recorded it has ended, or records as many programs as it can");
		break;
	case -EPROTO:
		cli_error("cannot mark a phase: tierscoped is of another version");
		break;
	default:
		cli_error("cannot mark a phase: %s", strerror(-err));
	}
	return CLI_FAILURE;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	const char *name;
	int first, status, err;
	bool begin;

	if (!cli_options(command, argc, argv, false, NULL, NULL, &first, &status))
		return status;
	if (argc - first != 2)
		return cli_usage(command, "begin or end and one name, please");
	begin = !strcmp(argv[first], "begin");
	if (!begin && strcmp(argv[first], "end"))
		return cli_usage(command, "'%s' is neither begin nor end", argv[first]);
	name = argv[first + 1];
	if (!*name || strlen(name) >= TIERSCOPE_PHASE_NAME_BYTES)
		return cli_usage(command, "a name has 1 to %d bytes",
				 TIERSCOPE_PHASE_NAME_BYTES - 1);
	/* Of the script: both are called by it. */
	err = phase_client_mark(begin, name, (uint32_t)getppid());
	if (!err)
		err = phase_client_close(TAKEN_MS);
	return err ? explain(err) : CLI_OK;
}

const struct cli_command cli_phase = {
	.name = "phase",
	.arguments = "begin|end NAME",
	.summary = "name a part of a script that tierscope run records",
	.details =
		"The part is in the profile of the run (tierscope report --profile): its time, and\n"
		"what all processes of the run loaded from DRAM and Optane meanwhile. Parts nest.\n"
		"Begin and end are called by one and the same shell. Programs in C use\n"
		"tierscope/phase.h, which is a thousand times faster.",
	.usage_status = CLI_USAGE,
	.run = run,
};
