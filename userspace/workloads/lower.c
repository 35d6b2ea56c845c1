// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/lower.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE	SIZE_MAX

/* The result of a node of the network, in the layouts that it has so far. */
struct place {
	size_t at[2];		/* by enum graph_layout; NONE */
};

struct lowering {
	const struct network *net;
	struct graph *graph;
	struct place *places;	/* one a node of the network */
	size_t source;		/* the node of the network that is lowered */
	int error;		/* the first failure; then nothing is added */
};

/* A node over one input that keeps its shape, until told otherwise. Without a
 * @part it has the name of its source. */
static struct graph_node node_over(const struct lowering *l, enum graph_op op,
				   const char *part, size_t input)
{
	const struct network_node *source = &l->net->nodes[l->source];
	struct graph_node node = {
		.op = op,
		.layout = GRAPH_CHANNELS_LAST,
		.pieces = 1,
		.source = l->source,
		.shape = source->out,
	};

	snprintf(node.name, sizeof(node.name), "%.*s%s%s",
		 (int)(sizeof(node.name) - 16), source->name,
		 part ? "/" : "", part ? part : "");
	if (input != NONE) {
		node.inputs[node.n_inputs++] = input;
		node.shape = l->graph->nodes[input].shape;
		node.layout = l->graph->nodes[input].layout;
	}
	return node;
}

static size_t append(struct lowering *l, const struct graph_node *node)
{
	size_t index = 0;

	if (!l->error)
		l->error = graph_append(l->graph, node, &index);
	return index;
}

/* The result of node @i of the network in @layout; what is there in the other
 * one only is reshaped, once for all that want it. */
static size_t tensor(struct lowering *l, size_t i, enum graph_layout layout)
{
	size_t *at = &l->places[i].at[layout];
	size_t other = l->places[i].at[!layout];
	size_t source = l->source;
	struct graph_node node;

	if (*at != NONE || l->error)
		return *at == NONE ? 0 : *at;
	l->source = i;
	node = node_over(l, GRAPH_RESHAPE, layout == GRAPH_CHANNELS_FIRST ?
			 "channels-first" : "channels-last", other);
	node.layout = layout;
	*at = append(l, &node);
	l->source = source;
	return *at;
}

/* An operation on @input and a Constant of the source. */
static size_t with_constant(struct lowering *l, enum graph_op op,
			    enum graph_constant constant, size_t input)
{
	bool scales = constant == GRAPH_SCALES;
	struct graph_node node, numbers;

	if (l->error)
		return 0;
	numbers = node_over(l, GRAPH_CONSTANT, scales ? "scales" : "biases",
			    NONE);
	numbers.layout = l->graph->nodes[input].layout;
	numbers.constant = constant;
	node = node_over(l, op, scales ? "scale" : "bias", input);
	node.inputs[node.n_inputs++] = append(l, &numbers);
	return append(l, &node);
}

/* Convolution, AvgPool, MaxPool: from channels first to the source's shape. */
static size_t windowed(struct lowering *l, enum graph_op op, size_t input,
		       uint32_t pieces)
{
	const struct network_node *source = &l->net->nodes[l->source];
	struct graph_node node;

	if (l->error)
		return 0;
	node = node_over(l, op, NULL, input);
	node.shape = source->out;
	node.pieces = pieces;
	node.window = (struct graph_window){
		source->kernel, source->kernel, source->stride,
		source->pad_before,
	};
	if (source->op == NETWORK_FULLY_CONNECTED ||
	    source->op == NETWORK_AVERAGE_POOL) {
		node.window.height = source->in.height;
		node.window.width = source->in.width;
	}
	return append(l, &node);
}

static size_t simple(struct lowering *l, enum graph_op op, const char *part,
		     size_t input, uint32_t pieces)
{
	struct graph_node node;

	if (l->error)
		return 0;
	node = node_over(l, op, part, input);
	node.pieces = pieces;
	return append(l, &node);
}

static size_t lower_depthwise(struct lowering *l, size_t input)
{
	uint32_t channels = l->net->nodes[l->source].out.channels;
	size_t node;

	node = simple(l, GRAPH_SLICE, "slice", input, channels);
	node = windowed(l, GRAPH_CONVOLUTION, node, channels);
	node = simple(l, GRAPH_CONCAT, "concat", node, 1);
	node = with_constant(l, GRAPH_MULTIPLY, GRAPH_SCALES, node);
	return with_constant(l, GRAPH_ADD, GRAPH_BIASES, node);
}

static size_t lower_add(struct lowering *l, size_t branch, size_t shortcut)
{
	struct graph_node node;

	if (l->error)
		return 0;
	node = node_over(l, GRAPH_ADD, NULL, branch);
	node.inputs[node.n_inputs++] = shortcut;
	return append(l, &node);
}

/* The layout that an operation works in. */
static enum graph_layout layout_of(enum network_op op)
{
	switch (op) {
	case NETWORK_CONVOLUTION:
	case NETWORK_DEPTHWISE:
	case NETWORK_MAX_POOL:
	case NETWORK_AVERAGE_POOL:
	case NETWORK_FULLY_CONNECTED:
		return GRAPH_CHANNELS_FIRST;
	case NETWORK_INPUT:
	case NETWORK_ADD:
	case NETWORK_RELU:
	case NETWORK_RELU6:
		break;
	}
	return GRAPH_CHANNELS_LAST;
}

static size_t lower_node(struct lowering *l)
{
	const struct network_node *node = &l->net->nodes[l->source];
	enum graph_layout layout = layout_of(node->op);
	size_t inputs[NETWORK_INPUTS_MAX] = { NONE, NONE };

	for (size_t k = 0; k < node->n_inputs; k++)
		inputs[k] = tensor(l, node->inputs[k], layout);
	switch (node->op) {
	case NETWORK_INPUT:
		return simple(l, GRAPH_PARAMETER, NULL, NONE, 1);
	case NETWORK_CONVOLUTION:
	case NETWORK_FULLY_CONNECTED:
		return with_constant(l, GRAPH_ADD, GRAPH_BIASES,
				     windowed(l, GRAPH_CONVOLUTION, inputs[0], 1));
	case NETWORK_DEPTHWISE:
		return lower_depthwise(l, inputs[0]);
	case NETWORK_ADD:
		return lower_add(l, inputs[0], inputs[1]);
	case NETWORK_RELU:
		return simple(l, GRAPH_RELU, NULL, inputs[0], 1);
	case NETWORK_RELU6:
		return simple(l, GRAPH_BOUNDED_RELU, NULL, inputs[0], 1);
	case NETWORK_MAX_POOL:
		return windowed(l, GRAPH_MAX_POOL, inputs[0], 1);
	case NETWORK_AVERAGE_POOL:
		return windowed(l, GRAPH_AVERAGE_POOL, inputs[0], 1);
	}
	return 0;
}

static void lower_all(struct lowering *l)
{
	size_t last = l->net->n_nodes - 1;

	for (size_t i = 0; i <= last && !l->error; i++) {
		size_t node;

		l->source = i;
		l->places[i] = (struct place){ { NONE, NONE } };
		node = lower_node(l);
		if (!l->error)
			l->places[i].at[l->graph->nodes[node].layout] = node;
	}
	if (!l->error)
		simple(l, GRAPH_RESULT, "result",
		       tensor(l, last, GRAPH_CHANNELS_LAST), 1);
}

int lower_network(const struct network *net, struct graph **ret)
{
	struct lowering l = { .net = net };

	l.places = calloc(net->n_nodes, sizeof(*l.places));
	l.error = l.places ? graph_new(net, &l.graph) : -ENOMEM;
	lower_all(&l);
	free(l.places);
	if (l.error) {
		graph_free(l.graph);
		return l.error;
	}
	*ret = l.graph;
	return 0;
}
