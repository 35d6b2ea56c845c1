/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that is started, waited for, and ended if it takes too long or
 * nobody wants it any more. It does not outlive us.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "experiment/text.h"

/**
 * struct spawn - what to start
 * @argv: argv[0] is looked up by the PATH that it gets
 * @environment: besides ours
 * @out, @err: files that are made for its output; NULL for our standard error.
 *	Nothing is on its standard input.
 * @limit_ns: then SIGTERM, and SIGKILL 30 s later
 * @let_in: of stop_catch(): one of these signals is one to end it too
 */
struct spawn {
	char *const *argv;
	const struct experiment_pairs *environment;
	const char *out;
	const char *err;
	uint64_t limit_ns;
	const sigset_t *let_in;
};

/**
 * struct spawn_end - how it ended
 * @status: exit status, or 128 + signal
 * @limited: the limit was reached
 */
struct spawn_end {
	int status;
	bool limited;
	uint64_t wall_ns;
};

/* Returns 0; -EINTR if it was ended because stop_wanted(); or -errno: it did not
 * start. */
int spawn_run(const struct spawn *spawn, struct spawn_end *ret);
