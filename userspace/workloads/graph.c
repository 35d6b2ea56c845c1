// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/graph.h"

#include <errno.h>
#include <stdlib.h>

const char *graph_op_name(enum graph_op op)
{
	switch (op) {
	case GRAPH_PARAMETER:
		return "Parameter";
	case GRAPH_CONSTANT:
		return "Constant";
	case GRAPH_ADD:
		return "Add";
	case GRAPH_MULTIPLY:
		return "Multiply";
	case GRAPH_CONVOLUTION:
		return "Convolution";
	case GRAPH_AVERAGE_POOL:
		return "AvgPool";
	case GRAPH_BOUNDED_RELU:
		return "BoundedRelu";
	case GRAPH_RELU:
		return "Relu";
	case GRAPH_MAX_POOL:
		return "MaxPool";
	case GRAPH_SLICE:
		return "Slice";
	case GRAPH_CONCAT:
		return "Concat";
	case GRAPH_RESHAPE:
		return "Reshape";
	case GRAPH_RESULT:
		return "Result";
	}
	return "unknown";
}

bool graph_shares(enum graph_op op)
{
	return op == GRAPH_SLICE || op == GRAPH_CONCAT || op == GRAPH_RESHAPE ||
	       op == GRAPH_RESULT;
}

bool graph_refreshes(enum graph_op op)
{
	return op == GRAPH_PARAMETER || op == GRAPH_BOUNDED_RELU ||
	       op == GRAPH_RELU || op == GRAPH_MAX_POOL;
}

bool graph_multiplies(enum graph_op op)
{
	return op == GRAPH_MULTIPLY || op == GRAPH_CONVOLUTION ||
	       op == GRAPH_AVERAGE_POOL;
}

int graph_new(const struct network *net, struct graph **ret)
{
	struct graph *graph = calloc(1, sizeof(*graph));

	if (!graph)
		return -ENOMEM;
	graph->net = net;
	*ret = graph;
	return 0;
}

void graph_free(struct graph *graph)
{
	if (!graph)
		return;
	free(graph->nodes);
	free(graph);
}

void graph_freep(struct graph **graph)
{
	graph_free(*graph);
}

int graph_append(struct graph *graph, const struct graph_node *node, size_t *ret)
{
	if (graph->n_nodes == graph->capacity) {
		size_t capacity = graph->capacity ? 2 * graph->capacity : 256;
		struct graph_node *nodes = reallocarray(graph->nodes, capacity,
							sizeof(*nodes));

		if (!nodes)
			return -ENOMEM;
		graph->nodes = nodes;
		graph->capacity = capacity;
	}
	graph->nodes[graph->n_nodes] = *node;
	*ret = graph->n_nodes++;
	return 0;
}
