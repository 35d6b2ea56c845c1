/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Launching a command as somebody else. The child makes itself what the
 * caller is, waits to be released, and becomes the command; what fails on the
 * way comes back through a channel that exec closes.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/client.h"
#include "daemon/request.h"

/* Where a child failed. */
enum launch_stage {
	LAUNCH_SESSION,
	LAUNCH_STREAMS,
	LAUNCH_LIMITS,
	LAUNCH_CAPABILITIES,
	LAUNCH_USER,
	LAUNCH_DIRECTORY,
	LAUNCH_POLICY,
	LAUNCH_CPUS,
	LAUNCH_EXEC,
	LAUNCH_INTERPRETER,	/* a script's, or a program's dynamic linker */
};

struct launch_failure {
	enum launch_stage stage;
	int error;		/* errno */
};

struct launch {
	pid_t pid;		/* 0: there is none */
	int pidfd;
	int channel;
};

#define LAUNCH_NONE ((struct launch){ .pidfd = -1, .channel = -1 })

/* Makes the child, which waits. Returns 0 or -errno. */
int launch_start(const struct client *client, const struct request *request,
		 struct launch *ret);

/* Lets it go on to the command. */
int launch_release(struct launch *launch);

/* After the channel became readable: 0, the command runs (or died at once),
 * 1, *@ret says why it does not, or -errno. Closes the channel. */
int launch_result(struct launch *launch, struct launch_failure *ret);

/* Sets @error to the sentence and returns its errno. */
int launch_explain(const struct launch_failure *failure, const char *command,
		   sd_bus_error *error);

/* Kills a child that has not become the command yet. It is there until it is
 * collected: it may hang in the kernel, or be in the hands of a debugger. */
void launch_kill(struct launch *launch);
/* False if it has not ended. */
bool launch_collect(struct launch *launch);

void launch_close(struct launch *launch);

/* The child's side; does not return. */
_Noreturn void launch_child(const struct client *client,
			    const struct request *request, int channel);
