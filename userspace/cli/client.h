/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asking the daemon to launch and record a command, over D-Bus.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cli_policy;
struct symbols;

struct client_label {
	char *key;
	char *value;
};

/* What is asked for. */
struct client_request {
	const char *bus_address;	/* NULL for the system bus */
	uint64_t interval_ns;
	const char *group;	/* of counters, NULL for the daemon's own choice */
	size_t n_labels;
	const struct client_label *labels;
	const struct cli_policy *policy;
	uint64_t limit_ns;	/* SIGTERM after that, later SIGKILL; 0 for none */
	const struct symbols *symbols;	/* functions that are phases */
	char **argv;
};

/* What became of it; strings are the caller's to free. */
struct client_result {
	char *name;
	char *path;
	char *note;
	bool killed;		/* status is a signal number */
	bool limited;		/* the limit was reached */
	int status;
};

void client_result_clear(struct client_result *result);

/**
 * client_run() - launch, forward SIGINT, SIGTERM and SIGHUP, wait for the end
 *
 * Blocks these three signals. Returns 0, or the exit status for our own
 * failure after a sentence on stderr; @ret may then hold a name.
 */
int client_run(const struct client_request *request, struct client_result *ret);
