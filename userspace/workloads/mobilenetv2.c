// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/mobilenetv2.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

const struct mobilenetv2_configuration
mobilenetv2_configurations[MOBILENETV2_CONFIGURATIONS] = {
	{ 140, 224 },
	{ 130, 224 },
	{ 100, 224 }, { 100, 192 }, { 100, 160 }, { 100, 128 }, { 100, 96 },
	{ 75, 224 }, { 75, 192 }, { 75, 160 }, { 75, 128 }, { 75, 96 },
	{ 50, 224 }, { 50, 192 }, { 50, 160 }, { 50, 128 }, { 50, 96 },
	{ 35, 224 }, { 35, 192 }, { 35, 160 }, { 35, 128 }, { 35, 96 },
};

/* Table 2 of the paper: expansion t, channels c, repetitions n, stride s of
 * the first of them. */
static const struct group {
	uint32_t expansion, channels, repetitions, stride;
} groups[] = {
	{ 1,  16, 1, 1 },
	{ 6,  24, 2, 2 },
	{ 6,  32, 3, 2 },
	{ 6,  64, 4, 2 },
	{ 6,  96, 3, 1 },
	{ 6, 160, 3, 2 },
	{ 6, 320, 1, 1 },
};

#define STEM_CHANNELS	32
#define HEAD_CHANNELS	1280
#define CHANNEL_UNIT	8

const struct mobilenetv2_configuration *
mobilenetv2_nearest(uint32_t width_hundredths, uint32_t resolution)
{
	const struct mobilenetv2_configuration *best = NULL;
	double best_distance = INFINITY;

	for (size_t i = 0; i < MOBILENETV2_CONFIGURATIONS; i++) {
		const struct mobilenetv2_configuration *c =
			&mobilenetv2_configurations[i];
		double distance =
			fabs(log((double)width_hundredths / c->width_hundredths)) +
			fabs(log((double)resolution / c->resolution));

		if (distance < best_distance) {
			best = c;
			best_distance = distance;
		}
	}
	return best;
}

/*
 * The nearest multiple of eight (halves upwards), at least eight, and the next
 * one up where that would take away more than a tenth. Hundredths keep it in
 * whole numbers: 0.35 of 16 must not depend on how 0.35 rounds.
 */
static uint32_t scaled(uint32_t channels, uint32_t width_hundredths)
{
	uint64_t wanted = (uint64_t)channels * width_hundredths;
	uint64_t unit = CHANNEL_UNIT * 100;
	uint64_t units = (wanted + unit / 2) / unit;

	if (!units)
		units = 1;
	if (10 * units * unit < 9 * wanted)
		units++;
	return (uint32_t)(units * CHANNEL_UNIT);
}

/* Expand, filter each channel, project; a shortcut where the shapes allow. */
static size_t add_block(struct network *net, unsigned int number, size_t input,
			uint32_t expansion, uint32_t channels, uint32_t stride)
{
	uint32_t in = net->nodes[input].out.channels;
	char name[NETWORK_NAME_MAX];
	size_t node = input;

	if (expansion > 1) {
		snprintf(name, sizeof(name), "block%u/expand", number);
		node = network_add_convolution(net, name, node, in * expansion,
					       1, 1);
		snprintf(name, sizeof(name), "block%u/expand/relu6", number);
		node = network_add_relu6(net, name, node);
	}
	snprintf(name, sizeof(name), "block%u/depthwise", number);
	node = network_add_depthwise(net, name, node, 3, stride);
	snprintf(name, sizeof(name), "block%u/depthwise/relu6", number);
	node = network_add_relu6(net, name, node);
	snprintf(name, sizeof(name), "block%u/project", number);
	node = network_add_convolution(net, name, node, channels, 1, 1);
	if (stride == 1 && in == channels) {
		snprintf(name, sizeof(name), "block%u/add", number);
		node = network_add_add(net, name, node, input);
	}
	return node;
}

int mobilenetv2_new(uint32_t width_hundredths, uint32_t resolution,
		    struct network **ret)
{
	const struct mobilenetv2_configuration *nearest;

	if (!width_hundredths || !resolution)
		return -ENOENT;
	nearest = mobilenetv2_nearest(width_hundredths, resolution);
	if (nearest->width_hundredths != width_hundredths ||
	    nearest->resolution != resolution)
		return -ENOENT;
	return mobilenetv2_of_size(width_hundredths, resolution, ret);
}

int mobilenetv2_of_size(uint32_t width_hundredths, uint32_t resolution,
			struct network **ret)
{
	struct network *net;
	char name[NETWORK_NAME_MAX];
	unsigned int number = 0;
	uint32_t head;
	size_t node;
	int err;

	snprintf(name, sizeof(name), "mobilenetv2-%u.%02u-%u",
		 width_hundredths / 100, width_hundredths % 100, resolution);
	err = network_new(name, (struct network_shape){ resolution, resolution, 3 },
			  &net);
	if (err)
		return err;

	node = network_add_convolution(net, "stem", 0,
				       scaled(STEM_CHANNELS, width_hundredths),
				       3, 2);
	node = network_add_relu6(net, "stem/relu6", node);
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (uint32_t i = 0; i < groups[g].repetitions; i++)
			node = add_block(net, number++, node,
					 groups[g].expansion,
					 scaled(groups[g].channels,
						width_hundredths),
					 i ? 1 : groups[g].stride);

	/* Only widths above one scale the last convolution. */
	head = width_hundredths > 100 ? scaled(HEAD_CHANNELS, width_hundredths) :
					HEAD_CHANNELS;
	node = network_add_convolution(net, "head", node, head, 1, 1);
	node = network_add_relu6(net, "head/relu6", node);
	node = network_add_average_pool(net, "pool", node);
	network_add_fully_connected(net, "logits", node, MOBILENETV2_CLASSES);

	err = network_finish(net);
	if (err) {
		network_free(net);
		return err;
	}
	*ret = net;
	return 0;
}
