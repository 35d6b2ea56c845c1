// SPDX-License-Identifier: GPL-2.0-or-later
#include "daemon/policy.h"

#include <errno.h>
#include <numaif.h>
#include <stdio.h>
#include <string.h>

/* linux/mempolicy.h; libnuma's header is behind it. */
#define PREFERRED_MANY		5
#define WEIGHTED_INTERLEAVE	6

#define LONG_BITS	(8 * sizeof(unsigned long))
#define MASK_LONGS	(TIERSCOPE_BUS_NODES_MAX / LONG_BITS)
/* One more than there are bits: set_mempolicy(2). */
#define MASK_BITS	(TIERSCOPE_BUS_NODES_MAX + 1)

static int kernel_mode(const struct policy *policy)
{
	switch (policy->mode) {
	case POLICY_NONE:
		break;
	case POLICY_BIND:
		return MPOL_BIND;
	case POLICY_PREFER:
		return policy->n_nodes > 1 ? PREFERRED_MANY : MPOL_PREFERRED;
	case POLICY_INTERLEAVE:
		return MPOL_INTERLEAVE;
	case POLICY_WEIGHTED:
		return WEIGHTED_INTERLEAVE;
	}
	return MPOL_DEFAULT;
}

int policy_set_memory(const struct policy *policy)
{
	unsigned long wanted[MASK_LONGS] = { 0 }, got[MASK_LONGS] = { 0 };
	int mode;

	if (policy->mode == POLICY_NONE)
		return 0;
	for (size_t i = 0; i < policy->n_nodes; i++) {
		unsigned long node = (unsigned long)policy->nodes[i];

		wanted[node / LONG_BITS] |= 1UL << node % LONG_BITS;
	}
	if (set_mempolicy(kernel_mode(policy), wanted, MASK_BITS))
		return errno == EINVAL ? -ENODEV : -errno;
	/* Nodes without memory are left out without a word. */
	if (get_mempolicy(&mode, got, MASK_BITS, NULL, 0))
		return -errno;
	return memcmp(wanted, got, sizeof(wanted)) ? -ENODEV : 0;
}

int policy_set_cpus(const struct policy *policy)
{
	cpu_set_t wanted, got;

	if (!policy->n_cpus)
		return 0;
	CPU_ZERO(&wanted);
	for (size_t i = 0; i < policy->n_cpus; i++)
		CPU_SET((size_t)policy->cpus[i], &wanted);
	if (sched_setaffinity(0, sizeof(wanted), &wanted))
		return errno == EINVAL ? -ENODEV : -errno;
	if (sched_getaffinity(0, sizeof(got), &got))
		return -errno;
	return CPU_EQUAL(&wanted, &got) ? 0 : -ENODEV;
}

void policy_format(const int *ids, size_t n, char *text, size_t bytes)
{
	size_t at = 0;

	*text = '\0';
	for (size_t i = 0; i < n && at < bytes; i++) {
		size_t last = i;

		while (last + 1 < n && ids[last + 1] == ids[last] + 1)
			last++;
		at += (size_t)snprintf(text + at, bytes - at, last > i ? "%s%d-%d" : "%s%d",
				       i ? "," : "", ids[i], ids[last]);
		i = last;
	}
}

void policy_describe(const struct policy *policy, struct policy_text *text,
		     struct store_policy *ret)
{
	static const char *const names[] = {
		[POLICY_NONE] = "",
		[POLICY_BIND] = "bind",
		[POLICY_PREFER] = "prefer",
		[POLICY_INTERLEAVE] = "interleave",
		[POLICY_WEIGHTED] = "weighted-interleave",
	};
	size_t at = 0;

	policy_format(policy->nodes, policy->n_nodes, text->nodes, sizeof(text->nodes));
	policy_format(policy->cpus, policy->n_cpus, text->cpus, sizeof(text->cpus));
	text->weights[0] = '\0';
	for (size_t i = 0; i < policy->n_weights; i++)
		at += (size_t)snprintf(text->weights + at, sizeof(text->weights) - at,
				       "%s%d", i ? "," : "", policy->weights[i]);
	*ret = (struct store_policy){
		.mode = names[policy->mode],
		.tier = policy->tier ? policy->tier : "",
		.rule = policy->rule ? policy->rule : "",
		.nodes = text->nodes,
		.weights = text->weights,
		.cpus = text->cpus,
	};
}
