/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the memory of a command is to be, as `run --tier` and rules have it.
 */
#pragma once

#include "cli/machine.h"

/**
 * struct cli_policy - what is asked of the daemon
 * @mode: "bind", "prefer", "interleave", "weighted-interleave", or NULL
 * @text: what was asked for
 * @rule: that asked, or NULL
 * @nodes: what that became
 * @weights: for each of @nodes, or NULL
 * @cpus: none for the caller's
 */
struct cli_policy {
	const char *mode;
	char *text;
	char *rule;
	struct tierscope_nodes nodes;
	int *weights;
	struct tierscope_cpus cpus;
};

/**
 * cli_policy_parse() - "pmem", "prefer:dram", "interleave:dram=3,pmem=1"
 * @ret: cli_policy_clear() it
 *
 * Says on stderr what names became. Returns 0, or -errno after a sentence on
 * stderr: as cli_nodes(), -ERANGE for a weight that cannot be.
 */
int cli_policy_parse(const struct cli_machine *machine, const char *text,
		     struct cli_policy *ret);

/**
 * cli_policy_find() - what holds for a command
 * @tier: NULL: what a rule of the configuration says, if one is for @command
 * @cpus: NULL for the caller's
 *
 * The machine is read only if there is something to find. Says on stderr which
 * rule it was. Returns 0, or -errno after a sentence on stderr.
 */
int cli_policy_find(const char *tier, const char *cpus, const char *command,
		    struct cli_policy *ret);

void cli_policy_clear(struct cli_policy *policy);
