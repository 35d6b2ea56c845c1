/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the memory of a command is to be, and where it is to run: numbers from
 * the caller, which the kernel takes from the child as the caller's own wish.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "store/store.h"
#include "tierscope/bus.h"

enum policy_mode {
	POLICY_NONE,
	POLICY_BIND,
	POLICY_PREFER,
	POLICY_INTERLEAVE,
	POLICY_WEIGHTED,
};

/* Strings belong to the message that they were read from. */
struct policy {
	enum policy_mode mode;
	size_t n_nodes;
	int nodes[TIERSCOPE_BUS_NODES_MAX];	/* ascending */
	size_t n_weights;
	int weights[TIERSCOPE_BUS_NODES_MAX];	/* of each of the nodes */
	size_t n_cpus;
	int cpus[TIERSCOPE_BUS_CPUS_MAX];	/* ascending */
	const char *tier;			/* for the record */
	const char *rule;
};

/* policy_request.c: the options of Run, the variant of each is next in
 * @message. Sets @error and returns its errno, or returns 0 or -errno. */
int policy_read_mode(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error);
int policy_read_nodes(sd_bus_message *message, struct policy *policy,
		      sd_bus_error *error);
int policy_read_weights(sd_bus_message *message, struct policy *policy,
			sd_bus_error *error);
int policy_read_cpus(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error);
int policy_read_tier(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error);
int policy_read_rule(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error);
/* Once all are read: whether they go together, and with this kernel. */
int policy_check(const struct policy *policy, sd_bus_error *error);

/* Of the calling process, and so of what it executes and forks. They take all
 * that was asked for or fail: -ENODEV if the kernel would have left some out. */
int policy_set_memory(const struct policy *policy);
int policy_set_cpus(const struct policy *policy);

/* As text for the record. */
struct policy_text {
	char nodes[TIERSCOPE_BUS_NODES_MAX * 5];
	char weights[TIERSCOPE_BUS_NODES_MAX * 4];
	char cpus[TIERSCOPE_BUS_CPUS_MAX * 5];
};
void policy_describe(const struct policy *policy, struct policy_text *text,
		     struct store_policy *ret);
/* "0-3,8" */
void policy_format(const int *ids, size_t n, char *text, size_t bytes);
