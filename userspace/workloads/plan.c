// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/plan.h"

#include <errno.h>
#include <stdlib.h>

static uint64_t align(uint64_t bytes)
{
	return (bytes + PLAN_ALIGNMENT - 1) & ~(uint64_t)(PLAN_ALIGNMENT - 1);
}

/* The node that applies itself to node @i's result on the way out. */
static size_t fusible(const struct network *net, size_t i)
{
	size_t reader = PLAN_NONE;

	switch (net->nodes[i].op) {
	case NETWORK_CONVOLUTION:
	case NETWORK_DEPTHWISE:
	case NETWORK_ADD:
	case NETWORK_FULLY_CONNECTED:
		break;
	case NETWORK_INPUT:
	case NETWORK_RELU:
	case NETWORK_RELU6:
	case NETWORK_MAX_POOL:
	case NETWORK_AVERAGE_POOL:
		return PLAN_NONE;
	}
	for (size_t j = i + 1; j < net->n_nodes; j++)
		for (size_t k = 0; k < net->nodes[j].n_inputs; k++) {
			if (net->nodes[j].inputs[k] != i)
				continue;
			if (reader != PLAN_NONE ||
			    !network_is_activation(net->nodes[j].op))
				return PLAN_NONE;
			reader = j;
		}
	return reader;
}

/* Steps in the order of the nodes; a node that was applied by an earlier step
 * has none. Its producer's tensor stays without bytes. */
static void lay_steps(const struct network *net, bool fuse, struct plan *plan)
{
	for (size_t i = 0; i < net->n_nodes; i++)
		plan->tensors[i].first = PLAN_NONE;
	plan->tensors[0].first = 0;
	for (size_t i = 1; i < net->n_nodes; i++) {
		struct plan_step *step;

		if (plan->tensors[i].first != PLAN_NONE)
			continue;
		step = &plan->steps[plan->n_steps];
		step->node = i;
		step->activation = fuse ? fusible(net, i) : PLAN_NONE;
		if (step->activation != PLAN_NONE)
			plan->tensors[step->activation].first = plan->n_steps;
		else
			plan->tensors[i].first = plan->n_steps;
		plan->n_steps++;
	}
}

static void lay_lives(const struct network *net, struct plan *plan)
{
	for (size_t i = 0; i < net->n_nodes; i++)
		plan->tensors[i].last = plan->tensors[i].first;
	for (size_t s = 0; s < plan->n_steps; s++) {
		const struct network_node *node =
			&net->nodes[plan->steps[s].node];

		for (size_t k = 0; k < node->n_inputs; k++)
			plan->tensors[node->inputs[k]].last = s;
	}
}

static int lay_sizes(const struct network *net, uint64_t batch,
		     struct plan *plan)
{
	for (size_t i = 0; i < net->n_nodes; i++) {
		struct plan_tensor *t = &plan->tensors[i];
		uint64_t bytes;

		t->offset = PLAN_NONE;
		if (t->first == PLAN_NONE)
			continue;
		if (__builtin_mul_overflow(network_elements(&net->nodes[i].out),
					   batch * sizeof(float), &bytes) ||
		    bytes > INT64_MAX / 4)
			return -EOVERFLOW;
		t->bytes = bytes;
	}
	return 0;
}

static bool in_arena(const struct plan *plan, size_t i)
{
	return i && i != plan->n_tensors - 1 && plan->tensors[i].bytes;
}

static bool alive_together(const struct plan_tensor *a,
			   const struct plan_tensor *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* The lowest place for @t among those placed already. Each pass either finds
 * no conflict or moves past one, so it ends. */
static size_t lowest_place(const struct plan *plan, const struct plan_tensor *t)
{
	size_t offset = 0;
	bool moved = true;

	while (moved) {
		moved = false;
		for (size_t i = 0; i < plan->n_tensors; i++) {
			const struct plan_tensor *u = &plan->tensors[i];

			if (u->offset == PLAN_NONE || !alive_together(t, u) ||
			    offset >= u->offset + align(u->bytes) ||
			    u->offset >= offset + align(t->bytes))
				continue;
			offset = u->offset + align(u->bytes);
			moved = true;
		}
	}
	return offset;
}

/* Largest first, each at the lowest free place: what is large leaves gaps that
 * what is small fills (Pisarchyk and Lee, "Efficient Memory Management for
 * Deep Neural Net Inference", arXiv 2001.03288: greedy by size). */
static void lay_places(struct plan *plan)
{
	for (;;) {
		struct plan_tensor *t = NULL;
		uint64_t end;

		for (size_t i = 0; i < plan->n_tensors; i++)
			if (in_arena(plan, i) &&
			    plan->tensors[i].offset == PLAN_NONE &&
			    (!t || plan->tensors[i].bytes > t->bytes))
				t = &plan->tensors[i];
		if (!t)
			return;
		t->offset = lowest_place(plan, t);
		end = t->offset + align(t->bytes);
		if (end > plan->arena_bytes)
			plan->arena_bytes = end;
	}
}

static void find_most_alive(struct plan *plan)
{
	for (size_t s = 0; s < plan->n_steps; s++) {
		uint64_t alive = 0;

		for (size_t i = 0; i < plan->n_tensors; i++)
			if (in_arena(plan, i) && plan->tensors[i].first <= s &&
			    s <= plan->tensors[i].last)
				alive += align(plan->tensors[i].bytes);
		if (alive > plan->live_bytes)
			plan->live_bytes = alive;
	}
}

int plan_new(const struct network *net, uint64_t batch, bool fuse,
	     struct plan **ret)
{
	struct plan *plan;
	int err;

	if (!batch)
		return -EINVAL;
	if (batch > UINT32_MAX)
		return -EOVERFLOW;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan->n_tensors = net->n_nodes;
	plan->steps = calloc(net->n_nodes, sizeof(*plan->steps));
	plan->tensors = calloc(net->n_nodes, sizeof(*plan->tensors));
	if (!plan->steps || !plan->tensors) {
		plan_free(plan);
		return -ENOMEM;
	}
	lay_steps(net, fuse, plan);
	lay_lives(net, plan);
	err = lay_sizes(net, batch, plan);
	if (err) {
		plan_free(plan);
		return err;
	}
	lay_places(plan);
	find_most_alive(plan);
	*ret = plan;
	return 0;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	free(plan->steps);
	free(plan->tensors);
	free(plan);
}

void plan_freep(struct plan **plan)
{
	plan_free(*plan);
}
