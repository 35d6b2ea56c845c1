/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the bus daemon had from the kernel when a connection was opened. */
#pragma once

#include <systemd/sd-bus.h>

#include "daemon/process.h"

struct credentials {
	uid_t uid;
	pid_t pid;
	bool has_groups;	/* old bus daemons do not tell them */
	gid_t groups[PROCESS_GROUPS_MAX];
	size_t n_groups;
};

/* Of the sender of @message; otherwise sets @error. */
int credentials_get(sd_bus_message *message, struct credentials *ret,
		    sd_bus_error *error);
