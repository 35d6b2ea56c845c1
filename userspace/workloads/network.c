// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *network_op_name(enum network_op op)
{
	switch (op) {
	case NETWORK_INPUT:
		return "input";
	case NETWORK_CONVOLUTION:
		return "convolution";
	case NETWORK_DEPTHWISE:
		return "depthwise";
	case NETWORK_ADD:
		return "add";
	case NETWORK_RELU6:
		return "relu6";
	case NETWORK_AVERAGE_POOL:
		return "average-pool";
	case NETWORK_FULLY_CONNECTED:
		return "fully-connected";
	}
	return "unknown";
}

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
 * TensorFlow's SAME: the output has ceil(in / stride) rows, the padding is
 * what the last window lacks, and the odd row of it stands at the end. Shapes
 * here are square (every published network's are), so one number does.
 */
static int pad_same(struct network_node *node, uint32_t kernel, uint32_t stride)
{
	uint32_t in = node->in.height;
	uint32_t out, span, pad;

	if (!kernel || !stride || node->in.width != in)
		return -EINVAL;
	out = (in + stride - 1) / stride;
	span = (out - 1) * stride + kernel;
	pad = span > in ? span - in : 0;
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
	if (!channels || pad_same(node, kernel, stride))
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
	if (pad_same(node, kernel, stride))
		net->error = -EINVAL;
	else
		count(node, 1);
	return last(net);
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

int network_finish(const struct network *net)
{
	if (net->error)
		return net->error;
	for (size_t i = 0; i + 1 < net->n_nodes; i++) {
		bool used = false;

		for (size_t j = i + 1; j < net->n_nodes && !used; j++)
			for (size_t k = 0; k < net->nodes[j].n_inputs; k++)
				used |= net->nodes[j].inputs[k] == i;
		if (!used)
			return -EINVAL;
	}
	return 0;
}

uint64_t network_macs(const struct network *net)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < net->n_nodes; i++)
		sum += net->nodes[i].macs;
	return sum;
}

uint64_t network_parameters(const struct network *net)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];

		sum += node->weights;
		if (!node->normalised)
			sum += node->biases;
	}
	return sum;
}

uint64_t network_stored(const struct network *net)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < net->n_nodes; i++)
		sum += net->nodes[i].weights + net->nodes[i].biases;
	return sum;
}
