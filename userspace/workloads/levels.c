// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/levels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct sentence {
	char *text;
	size_t bytes;
};

static int multiply(const struct graph_node *node, const struct level *in,
		    const struct sentence *error, struct level *ret)
{
	if (in->multiplications >= LEVELS_MULTIPLICATIONS) {
		snprintf(error->text, error->bytes,
			 "%s (%s) is multiplication %u after the last activation and the primes allow %d: the network needs an activation before it",
			 node->name, graph_op_name(node->op),
			 in->multiplications + 1, LEVELS_MULTIPLICATIONS);
		return -EINVAL;
	}
	*ret = *in;
	ret->computed = in->primes;
	ret->multiplications++;
	if (in->multiplications)
		ret->scale++;
	else
		ret->primes--;
	return 0;
}

static int add(const struct graph_node *node, const struct level *a,
	       const struct level *b, const struct sentence *error,
	       struct level *ret)
{
	const struct level *lower = a->primes < b->primes ? a : b;

	if (a->scale != b->scale) {
		snprintf(error->text, error->bytes,
			 "%s (%s) would add values after %u and %u multiplications, whose scales differ: the network needs an activation before one of them",
			 node->name, graph_op_name(node->op),
			 a->multiplications, b->multiplications);
		return -EINVAL;
	}
	*ret = (struct level){
		.primes = lower->primes,
		.computed = lower->primes,
		.scale = a->scale,
		.multiplications = a->multiplications > b->multiplications ?
				   a->multiplications : b->multiplications,
	};
	return 0;
}

static int level_of(const struct graph *graph, size_t i,
		    const struct level *levels, const struct sentence *error,
		    struct level *ret)
{
	const struct graph_node *node = &graph->nodes[i];
	const struct level *a = &levels[node->inputs[0]];

	if (node->op == GRAPH_CONSTANT) {
		*ret = (struct level){ 0 };
		return 0;
	}
	if (graph_refreshes(node->op)) {
		*ret = (struct level){
			.primes = LEVELS_FRESH_PRIMES,
			.computed = LEVELS_FRESH_PRIMES,
			.scale = 1,
		};
		return 0;
	}
	if (graph_multiplies(node->op))
		return multiply(node, a, error, ret);
	if (node->op == GRAPH_ADD &&
	    graph->nodes[node->inputs[1]].op != GRAPH_CONSTANT)
		return add(node, a, &levels[node->inputs[1]], error, ret);
	/* a plain number is encoded at whatever scale its partner has */
	*ret = *a;
	ret->computed = a->primes;
	return 0;
}

int levels_of(const struct graph *graph, char *error, size_t error_bytes,
	      struct level **ret)
{
	const struct sentence sentence = { error, error_bytes };
	struct level *levels = calloc(graph->n_nodes, sizeof(*levels));
	int err = 0;

	if (!levels) {
		snprintf(error, error_bytes, "out of memory for the levels of %s",
			 graph->net->name);
		return -ENOMEM;
	}
	for (size_t i = 0; i < graph->n_nodes && !err; i++)
		err = level_of(graph, i, levels, &sentence, &levels[i]);
	if (err) {
		free(levels);
		return err;
	}
	*ret = levels;
	return 0;
}
