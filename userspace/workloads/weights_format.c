// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/weights_format.h"

#include <string.h>

static uint32_t operation_number(enum network_op op)
{
	switch (op) {
	case NETWORK_CONVOLUTION:
		return 1;
	case NETWORK_DEPTHWISE:
		return 2;
	case NETWORK_FULLY_CONNECTED:
		return 3;
	case NETWORK_INPUT:
	case NETWORK_ADD:
	case NETWORK_RELU:
	case NETWORK_RELU6:
	case NETWORK_MAX_POOL:
	case NETWORK_AVERAGE_POOL:
		break;
	}
	return 0;
}

struct weights_layer weights_layer_of(const struct network_node *node)
{
	uint32_t inputs = node->in.channels;

	if (node->op == NETWORK_FULLY_CONNECTED)
		inputs = (uint32_t)network_elements(&node->in);
	return (struct weights_layer){
		.operation = htole32(operation_number(node->op)),
		.kernel = htole32(node->kernel),
		.inputs = htole32(inputs),
		.outputs = htole32(node->out.channels),
	};
}

struct weights_header weights_header_of(const struct network *net)
{
	struct weights_header header = {
		.magic = WEIGHTS_MAGIC,
		.version = htole32(WEIGHTS_VERSION),
	};
	uint64_t bytes = sizeof(header) + sizeof(uint32_t);
	uint32_t layers = 0;

	for (size_t i = 0; i < net->n_nodes; i++)
		if (net->nodes[i].weights) {
			layers++;
			bytes += sizeof(struct weights_layer);
		}
	bytes += network_stored(net) * sizeof(float);
	header.layers = htole32(layers);
	header.file_bytes = htole64(bytes);
	memcpy(header.network, net->name, sizeof(header.network));
	return header;
}
