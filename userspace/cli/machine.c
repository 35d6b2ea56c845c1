/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/message.h"

/* For tests, and for whoever tries a configuration. */
static int config_from_environment(struct tierscope *ts)
{
	const char *file = getenv("TIERSCOPE_CONFIG");

	return file && *file ? tierscope_config_from(ts, file) : 0;
}

int cli_machine_open(struct cli_machine *machine)
{
	int r;

	r = tierscope_new(NULL, &machine->ts);
	if (r < 0) {
		cli_error("cannot read sysfs: %s", strerror(-r));
		return CLI_FAILURE;
	}
	return config_from_environment(machine->ts) < 0 ? cli_oom() : CLI_OK;
}

int cli_machine_read(struct cli_machine *machine)
{
	int status = machine->ts ? CLI_OK : cli_machine_open(machine);

	if (status)
		return status;
	if (tierscope_topology_read(machine->ts, &machine->topology) < 0) {
		cli_error("%s", tierscope_error(machine->ts));
		return CLI_FAILURE;
	}
	return CLI_OK;
}

void cli_machine_clear(struct cli_machine *machine)
{
	if (machine->topology)
		tierscope_topology_free(machine->topology);
	if (machine->ts)
		tierscope_free(machine->ts);
}
