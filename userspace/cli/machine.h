/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The handle and the topology that most commands start with.
 */
#pragma once

#include "tierscope/tierscope.h"

struct cli_machine {
	struct tierscope *ts;
	struct tierscope_topology *topology;
};

/* The handle alone. Says what failed. Returns the exit status. */
int cli_machine_open(struct cli_machine *machine);
/* And the topology. Says what failed. Returns the exit status. */
int cli_machine_read(struct cli_machine *machine);
void cli_machine_clear(struct cli_machine *machine);
