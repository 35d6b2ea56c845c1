// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/network.h"

#include <errno.h>

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
	case NETWORK_RELU:
		return "relu";
	case NETWORK_RELU6:
		return "relu6";
	case NETWORK_MAX_POOL:
		return "max-pool";
	case NETWORK_AVERAGE_POOL:
		return "average-pool";
	case NETWORK_FULLY_CONNECTED:
		return "fully-connected";
	}
	return "unknown";
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
