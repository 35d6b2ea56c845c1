/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals to the command of a run. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-bus.h>

struct run;

/**
 * kill_command() - send @signal to a command that runs, as @uid may
 *
 * To the process that was launched, and to the others of its process group, as a
 * terminal and timeout(1) do. As kill(2) would have it for @uid: a command that has
 * become somebody else since (sudo) is not the caller's to signal, and others of
 * the group are passed over for that. A group of more than 4096 gets it in part.
 *
 * Returns 0, or -errno with @error set: then nobody has got it.
 */
int kill_command(const struct run *run, uid_t uid, int signal,
		 sd_bus_error *error);
