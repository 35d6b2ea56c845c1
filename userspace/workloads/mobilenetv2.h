/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MobileNetV2 (Sandler et al., "MobileNetV2: Inverted Residuals and Linear
 * Bottlenecks", CVPR 2018, arXiv 1801.04381, table 2) at the widths and
 * resolutions that were published with TensorFlow's model garden
 * (research/slim/nets/mobilenet/README.md).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/network.h"

/* A width multiplier in hundredths, so that 0.35 is a number to compare. */
struct mobilenetv2_configuration {
	uint32_t width_hundredths;
	uint32_t resolution;
};

#define MOBILENETV2_CONFIGURATIONS	22
#define MOBILENETV2_CLASSES		1001	/* ImageNet's 1000 and background */

/* All that were published, widest first, then by falling resolution. */
extern const struct mobilenetv2_configuration
	mobilenetv2_configurations[MOBILENETV2_CONFIGURATIONS];

/* The published configuration that is nearest, by the ratios of width and
 * resolution; the same one if it was published. Neither may be 0. */
const struct mobilenetv2_configuration *
mobilenetv2_nearest(uint32_t width_hundredths, uint32_t resolution);

/**
 * mobilenetv2_new() - the network of a configuration
 * Returns 0, -ENOENT (not published), -ENOMEM.
 */
int mobilenetv2_new(uint32_t width_hundredths, uint32_t resolution,
		    struct network **ret);

/* The same network of any width and resolution above 0, for whoever has no room
 * for a published one. 0 or -ENOMEM. */
int mobilenetv2_of_size(uint32_t width_hundredths, uint32_t resolution,
			struct network **ret);
