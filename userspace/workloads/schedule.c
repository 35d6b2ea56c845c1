// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/schedule.h"

#include <errno.h>
#include <stdlib.h>

static void add_storage(struct schedule *s, size_t i, const struct level *level,
			enum schedule_policy policy)
{
	const struct graph_node *node = &s->graph->nodes[i];
	bool constant = node->op == GRAPH_CONSTANT;
	size_t end = s->graph->n_nodes;
	bool stays = constant && policy == SCHEDULE_POOL;

	s->storage_of[i] = s->n_storages;
	s->storages[s->n_storages++] = (struct schedule_storage){
		.node = i,
		.last = stays ? end : i,
		.elements = network_elements(&node->shape),
		.primes = policy == SCHEDULE_POOL ? level->computed :
						    level->primes,
	};
}

static void read_by(struct schedule *s, size_t node, size_t reader)
{
	struct schedule_storage *storage = &s->storages[s->storage_of[node]];

	if (storage->last < reader)
		storage->last = reader;
	if (s->last_read[node] < reader)
		s->last_read[node] = reader;
}

int schedule_new(const struct graph *graph, const struct level *levels,
		 enum schedule_policy policy, struct schedule **ret)
{
	struct schedule *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->graph = graph;
	s->storages = calloc(graph->n_nodes, sizeof(*s->storages));
	s->storage_of = calloc(graph->n_nodes, sizeof(*s->storage_of));
	s->last_read = calloc(graph->n_nodes, sizeof(*s->last_read));
	if (!s->storages || !s->storage_of || !s->last_read) {
		schedule_free(s);
		return -ENOMEM;
	}
	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];

		if (graph_shares(node->op))
			s->storage_of[i] = s->storage_of[node->inputs[0]];
		else
			add_storage(s, i, &levels[i], policy);
		s->last_read[i] = i;
		for (size_t k = 0; k < node->n_inputs; k++)
			read_by(s, node->inputs[k], i);
		if (node->op == GRAPH_PARAMETER || node->op == GRAPH_RESULT)
			read_by(s, i, graph->n_nodes);
	}
	*ret = s;
	return 0;
}

void schedule_free(struct schedule *schedule)
{
	if (!schedule)
		return;
	free(schedule->storages);
	free(schedule->storage_of);
	free(schedule->last_read);
	free(schedule);
}

void schedule_freep(struct schedule **schedule)
{
	schedule_free(*schedule);
}

static void give_back_after(const struct schedule *s,
			    const struct schedule_visitor *visitor, void *data,
			    size_t node)
{
	for (size_t i = 0; i <= node && visitor->drop; i++)
		if (s->last_read[i] == node)
			visitor->drop(data, i);
	for (size_t k = 0; k < s->n_storages && visitor->release; k++)
		if (s->storages[k].last == node)
			visitor->release(data, k);
}

int schedule_walk(const struct schedule *s,
		  const struct schedule_visitor *visitor, void *data)
{
	size_t next = 0;	/* storage */
	int err = 0;

	for (size_t i = 0; i < s->graph->n_nodes; i++) {
		if (next < s->n_storages && s->storages[next].node == i) {
			if (visitor->acquire)
				err = visitor->acquire(data, next);
			next++;
		}
		if (!err && visitor->run)
			err = visitor->run(data, i);
		if (err)
			return err;
		give_back_after(s, visitor, data, i);
	}
	return 0;
}
