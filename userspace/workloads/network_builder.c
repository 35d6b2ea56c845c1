// SPDX-License-Identifier: GPL-2.0-or-later
/* How a network comes to be, node by node. */
#include "workloads/network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct network_node *node_append(struct network *net, const char *name,
					enum network_op op)
{
	struct network_node *node;

	if (net->n_nodes == net->capacity) {
		size_t capacity = net->capacity ? 2 * net->capacity : 64;

		node = reallocarray(net->nodes, capacity, sizeof(*node));
		if (!node) {
			net->error = -ENOMEM;
			return NULL;
		}
		net->nodes = node;
		net->capacity = capacity;
	}
	node = &net->nodes[net->n_nodes++];
	*node = (struct network_node){ .op = op, .kernel = 1, .stride = 1 };
	snprintf(node->name, sizeof(node->name), "%s", name);
	return node;
}

/* A node with one input whose shape it keeps until told otherwise. */
static struct network_node *node_after(struct network *net, const char *name,
				       enum network_op op, size_t input)
{
	struct network_node *node;

	if (net->error)
		return NULL;
	if (input >= net->n_nodes) {
		net->error = -EINVAL;
		return NULL;
	}
	node = node_append(net, name, op);
	if (!node)
		return NULL;
	node->inputs[node->n_inputs++] = input;
	node->in = net->nodes[input].out;
	node->out = node->in;
	return node;
}

static size_t last(const struct network *net)
{
	return net->n_nodes - 1;
}

int network_new(const char *name, struct network_shape input,
		struct network **ret)
{
	struct network_node *node;
	struct network *net;

	if (!network_elements(&input))
		return -EINVAL;
	net = calloc(1, sizeof(*net));
	if (!net)
		return -ENOMEM;
	snprintf(net->name, sizeof(net->name), "%s", name);
	node = node_append(net, "input", NETWORK_INPUT);
	if (!node) {
		network_free(net);
		return -ENOMEM;
	}
	node->in = input;
	node->out = input;
	*ret = net;
	return 0;
}

void network_free(struct network *net)
{
	if (!net)
		return;
	free(net->nodes);
	free(net);
}

void network_freep(struct network **net)
{
	network_free(*net);
}

/*
 * The window, and the shape that it leaves: ceil(in / stride) rows however it
 * is padded. Shapes here are square (every published network's are), so one
 * number does.
 */
static int set_window(const struct network *net, struct network_node *node,
		      uint32_t kernel, uint32_t stride)
{
	uint32_t in = node->in.height;
	uint32_t pad = 0, out, span;

	if (!kernel || !stride || node->in.width != in)
		return -EINVAL;
	out = (in - 1) / stride + 1;
	switch (net->padding) {
	case NETWORK_PADDING_SAME:
		span = (out - 1) * stride + kernel;
		pad = span > in ? span - in : 0;
		break;
	case NETWORK_PADDING_CENTRED:
		pad = kernel - 1;
		break;
	}
	node->kernel = kernel;
	node->stride = stride;
	node->pad_before = pad / 2;
	node->pad_after = pad - pad / 2;
	node->out.height = out;
	node->out.width = out;
	return 0;
}

static void count(struct network_node *node, uint32_t inputs_per_output)
{
	uint64_t taps = (uint64_t)node->kernel * node->kernel *
			inputs_per_output;

	node->weights = taps * node->out.channels;
	node->biases = node->out.channels;
	node->macs = taps * network_elements(&node->out);
}

size_t network_add_convolution(struct network *net, const char *name,
			       size_t input, uint32_t channels, uint32_t kernel,
			       uint32_t stride)
{
	struct network_node *node =
		node_after(net, name, NETWORK_CONVOLUTION, input);

	if (!node)
		return 0;
	node->out.channels = channels;
	node->normalised = true;
	if (!channels || set_window(net, node, kernel, stride))
		net->error = -EINVAL;
	else
		count(node, node->in.channels);
	return last(net);
}

size_t network_add_depthwise(struct network *net, const char *name,
			     size_t input, uint32_t kernel, uint32_t stride)
{
	struct network_node *node =
		node_after(net, name, NETWORK_DEPTHWISE, input);

	if (!node)
		return 0;
	node->normalised = true;
	if (set_window(net, node, kernel, stride))
		net->error = -EINVAL;
	else
		count(node, 1);
	return last(net);
}

size_t network_add_relu(struct network *net, const char *name, size_t input)
{
	return node_after(net, name, NETWORK_RELU, input) ? last(net) : 0;
}

size_t network_add_relu6(struct network *net, const char *name, size_t input)
{
	return node_after(net, name, NETWORK_RELU6, input) ? last(net) : 0;
}

size_t network_add_add(struct network *net, const char *name, size_t branch,
		       size_t shortcut)
{
	struct network_node *node = node_after(net, name, NETWORK_ADD, branch);

	if (!node)
		return 0;
	if (shortcut >= last(net) ||
	    memcmp(&net->nodes[shortcut].out, &node->in, sizeof(node->in)))
		net->error = -EINVAL;
	else
		node->inputs[node->n_inputs++] = shortcut;
	return last(net);
}

size_t network_add_max_pool(struct network *net, const char *name, size_t input,
			    uint32_t kernel, uint32_t stride)
{
	struct network_node *node =
		node_after(net, name, NETWORK_MAX_POOL, input);

	if (!node)
		return 0;
	if (set_window(net, node, kernel, stride))
		net->error = -EINVAL;
	return last(net);
}

size_t network_add_average_pool(struct network *net, const char *name,
				size_t input)
{
	struct network_node *node =
		node_after(net, name, NETWORK_AVERAGE_POOL, input);

	if (!node)
		return 0;
	node->out.height = 1;
	node->out.width = 1;
	return last(net);
}

size_t network_add_fully_connected(struct network *net, const char *name,
				   size_t input, uint32_t channels)
{
	struct network_node *node =
		node_after(net, name, NETWORK_FULLY_CONNECTED, input);
	uint64_t inputs;

	if (!node)
		return 0;
	inputs = network_elements(&node->in);
	node->out = (struct network_shape){ 1, 1, channels };
	if (!channels || inputs > UINT32_MAX)
		net->error = -EINVAL;
	else
		count(node, (uint32_t)inputs);
	return last(net);
}
