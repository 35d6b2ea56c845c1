// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/scope.h"

#define BAD_REQUEST	TIERSCOPE_BUS_ERROR_BAD_REQUEST
#define WEIGHTS		"/sys/kernel/mm/mempolicy/weighted_interleave"
#define WEIGHT_MAX	255	/* the kernel has bytes */

static int read_string(sd_bus_message *message, const char *key,
		       const char **ret, sd_bus_error *error)
{
	const char *text = "";

	if (sd_bus_message_read(message, "v", "s", &text) < 0)
		return sd_bus_error_setf(error, BAD_REQUEST,
					 "%s is not a string (s)", key);
	if (strlen(text) > TIERSCOPE_BUS_LABEL_BYTES_MAX)
		return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_LIMIT,
					 "%s is longer than %d bytes", key,
					 TIERSCOPE_BUS_LABEL_BYTES_MAX);
	*ret = text;
	return 0;
}

/* Numbers from @min to @max, at most @room of them; ascending if @ids. */
static int read_numbers(sd_bus_message *message, const char *key, bool ids,
			uint32_t min, uint32_t max, size_t room, int *ret,
			size_t *ret_n, sd_bus_error *error)
{
	const uint32_t *numbers;
	size_t bytes;
	int r;

	r = sd_bus_message_enter_container(message, 'v', "au");
	if (r >= 0)
		r = sd_bus_message_read_array(message, 'u', (const void **)&numbers,
					      &bytes);
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	if (r < 0)
		return sd_bus_error_setf(error, BAD_REQUEST,
					 "%s is not a list of numbers (au)", key);
	if (!bytes || bytes / sizeof(*numbers) > room)
		return sd_bus_error_setf(error, BAD_REQUEST,
					 "%s has %zu numbers, not 1 to %zu", key,
					 bytes / sizeof(*numbers), room);
	for (size_t i = 0; i < bytes / sizeof(*numbers); i++) {
		if (numbers[i] < min || numbers[i] > max)
			return sd_bus_error_setf(error, BAD_REQUEST,
						 "%u in %s is not between %u and %u",
						 numbers[i], key, min, max);
		if (ids && i && numbers[i] <= numbers[i - 1])
			return sd_bus_error_setf(error, BAD_REQUEST,
						 "%s is not ascending", key);
		ret[i] = (int)numbers[i];
	}
	*ret_n = bytes / sizeof(*numbers);
	return 0;
}

int policy_read_mode(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error)
{
	static const char *const names[] = {
		"", "bind", "prefer", "interleave", "weighted-interleave",
	};
	const char *name = "";
	int r = read_string(message, "policy", &name, error);

	if (r < 0)
		return r;
	for (int i = POLICY_BIND; i <= POLICY_WEIGHTED; i++) {
		if (strcmp(name, names[i]))
			continue;
		policy->mode = (enum policy_mode)i;
		return 0;
	}
	return sd_bus_error_setf(error, BAD_REQUEST,
		"there is no policy '%.40s', only bind, prefer, interleave and weighted-interleave",
		name);
}

int policy_read_nodes(sd_bus_message *message, struct policy *policy,
		      sd_bus_error *error)
{
	return read_numbers(message, "nodes", true, 0, TIERSCOPE_BUS_NODES_MAX - 1,
			    TIERSCOPE_BUS_NODES_MAX, policy->nodes,
			    &policy->n_nodes, error);
}

int policy_read_weights(sd_bus_message *message, struct policy *policy,
			sd_bus_error *error)
{
	return read_numbers(message, "weights", false, 1, WEIGHT_MAX,
			    TIERSCOPE_BUS_NODES_MAX, policy->weights,
			    &policy->n_weights, error);
}

int policy_read_cpus(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error)
{
	return read_numbers(message, "cpus", true, 0, TIERSCOPE_BUS_CPUS_MAX - 1,
			    TIERSCOPE_BUS_CPUS_MAX, policy->cpus, &policy->n_cpus,
			    error);
}

int policy_read_tier(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error)
{
	return read_string(message, "tier", &policy->tier, error);
}

int policy_read_rule(sd_bus_message *message, struct policy *policy,
		     sd_bus_error *error)
{
	return read_string(message, "rule", &policy->rule, error);
}

/* The weight that the machine has for @node, or -errno. */
static int weight_of(int node)
{
	FILE *file scope_fclose = NULL;
	char path[sizeof(WEIGHTS) + 32];
	int weight;

	snprintf(path, sizeof(path), WEIGHTS "/node%d", node);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	return fscanf(file, "%d", &weight) == 1 && weight >= 0 ? weight : -EIO;
}

/* Weights are the machine's, not a process's, and root's to change: another
 * workload may be under them. So they are compared and left alone. */
static int check_weights(const struct policy *policy, sd_bus_error *error)
{
	char wanted[256] = "";
	size_t at = 0;

	if (access(WEIGHTS, F_OK))
		return sd_bus_error_set(error, BAD_REQUEST,
			"this kernel has no weighted interleave (Linux has it from 6.9 on)");
	for (size_t i = 0; i < policy->n_nodes && at < sizeof(wanted); i++) {
		int weight = weight_of(policy->nodes[i]);

		if (weight == -ENOENT)
			return sd_bus_error_setf(error, BAD_REQUEST,
				"node %d has no weight in " WEIGHTS, policy->nodes[i]);
		if (weight < 0)
			return sd_bus_error_setf(error, TIERSCOPE_BUS_ERROR_FAILED,
				"cannot read " WEIGHTS "/node%d: %s",
				policy->nodes[i], strerror(-weight));
		if (weight != policy->weights[i])
			at += (size_t)snprintf(wanted + at, sizeof(wanted) - at,
				"%s%d (it is %d) to node%d", at ? ", " : "",
				policy->weights[i], weight, policy->nodes[i]);
	}
	return at ? sd_bus_error_setf(error, BAD_REQUEST,
		"weights are the whole machine's and these are not the ones asked for: as root, in "
		WEIGHTS ", write %s", wanted) : 0;
}

int policy_check(const struct policy *policy, sd_bus_error *error)
{
	if (!policy->n_nodes != (policy->mode == POLICY_NONE))
		return sd_bus_error_set(error, BAD_REQUEST,
					"policy and nodes go together");
	if (policy->n_weights != (policy->mode == POLICY_WEIGHTED ? policy->n_nodes : 0))
		return sd_bus_error_set(error, BAD_REQUEST,
			"weighted-interleave has a weight for each node, and no other policy has any");
	return policy->mode == POLICY_WEIGHTED ? check_weights(policy, error) : 0;
}
