// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/resnet50.h"

#include <errno.h>
#include <stdio.h>

/* Table 1 of the paper: the channels of a block's inner convolutions, how many
 * blocks, and the stride of the first. */
static const struct stage {
	uint32_t channels, blocks, stride;
} stages[] = {
	{  64, 3, 1 },
	{ 128, 4, 2 },
	{ 256, 6, 2 },
	{ 512, 3, 2 },
};

#define STEM_CHANNELS	64
#define EXPANSION	4	/* of a block's last convolution */

/* Where in the network a node stands, for its name. */
struct place {
	struct network *net;
	unsigned int stage;
	unsigned int block;
};

static const char *name_of(const struct place *p, const char *part, char *name)
{
	snprintf(name, NETWORK_NAME_MAX, "stage%u/block%u/%s", p->stage,
		 p->block, part);
	return name;
}

static size_t add_convolution(const struct place *p, const char *part,
			      size_t input, uint32_t channels, uint32_t kernel,
			      uint32_t stride)
{
	char name[NETWORK_NAME_MAX];

	return network_add_convolution(p->net, name_of(p, part, name), input,
				       channels, kernel, stride);
}

static size_t add_relu(const struct place *p, const char *part, size_t input)
{
	char name[NETWORK_NAME_MAX];

	return network_add_relu(p->net, name_of(p, part, name), input);
}

/* Reduce, filter, expand. The shortcut is the input itself, or a projection of
 * it where the shape changes (option B of the paper). */
static size_t add_block(const struct place *p, size_t input, uint32_t channels,
			uint32_t stride)
{
	uint32_t wide = channels * EXPANSION;
	size_t node, shortcut = input;
	char name[NETWORK_NAME_MAX];

	node = add_convolution(p, "reduce", input, channels, 1, 1);
	node = add_relu(p, "reduce/relu", node);
	node = add_convolution(p, "filter", node, channels, 3, stride);
	node = add_relu(p, "filter/relu", node);
	node = add_convolution(p, "expand", node, wide, 1, 1);
	if (!p->block)
		shortcut = add_convolution(p, "project", input, wide, 1, stride);
	node = network_add_add(p->net, name_of(p, "add", name), node, shortcut);
	return add_relu(p, "add/relu", node);
}

int resnet50_new(uint32_t resolution, struct network **ret)
{
	struct network *net;
	char name[NETWORK_NAME_MAX];
	size_t node;
	int err;

	if (resolution < RESNET50_RESOLUTION_MIN ||
	    resolution > RESNET50_RESOLUTION_MAX)
		return -ENOENT;
	snprintf(name, sizeof(name), "resnet50-%u", resolution);
	err = network_new(name, (struct network_shape){ resolution, resolution, 3 },
			  &net);
	if (err)
		return err;
	net->padding = NETWORK_PADDING_CENTRED;

	node = network_add_convolution(net, "stem", 0, STEM_CHANNELS, 7, 2);
	node = network_add_relu(net, "stem/relu", node);
	node = network_add_max_pool(net, "stem/pool", node, 3, 2);
	for (unsigned int s = 0; s < sizeof(stages) / sizeof(stages[0]); s++)
		for (unsigned int b = 0; b < stages[s].blocks; b++) {
			struct place place = { net, s, b };

			node = add_block(&place, node, stages[s].channels,
					 b ? 1 : stages[s].stride);
		}
	node = network_add_average_pool(net, "pool", node);
	network_add_fully_connected(net, "logits", node, RESNET50_CLASSES);

	err = network_finish(net);
	if (err) {
		network_free(net);
		return err;
	}
	*ret = net;
	return 0;
}
