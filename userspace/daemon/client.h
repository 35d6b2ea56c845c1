/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who asks: the process at the other end of the bus, and everything that a
 * command which is launched for it must have of it, no more and no less.
 *
 * What decides about rights comes from the kernel: uid and groups as the bus
 * daemon had them from the socket, and those of the process itself. The command
 * gets what both of them have. A process in another namespace or root directory, under seccomp
 * or in another security domain is refused: launched by us, its command would
 * be outside of it.
 */
#pragma once

#include <sched.h>
#include <sys/resource.h>

#include <systemd/sd-bus.h>

#include "daemon/process.h"

struct client {
	uid_t uid;
	gid_t gid;
	gid_t groups[PROCESS_GROUPS_MAX];
	size_t n_groups;
	pid_t pid;
	mode_t umask;
	bool no_new_privs;
	uint64_t cap_bounding;
	struct rlimit limits[RLIM_NLIMITS];
	cpu_set_t cpus;
	bool has_cpus;		/* false: more CPUs than a cpu_set_t holds */
	int nice;
};

/* The uid that the bus vouches for. Returns 0 or sets @error and returns what
 * sd_bus_error_set() does. */
int client_uid(sd_bus_message *message, uid_t *ret, sd_bus_error *error);

/* The sender of @message, as above. */
int client_identify(sd_bus_message *message, struct client *ret,
		    sd_bus_error *error);
