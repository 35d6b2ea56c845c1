/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ResNet-50 (He et al., "Deep Residual Learning for Image Recognition", CVPR
 * 2016, arXiv 1512.03385, table 1) in the variant that is known as v1.5: a
 * block that halves its size does so in its 3x3 convolution and not in the 1x1
 * before it, as fb.resnet.torch and torchvision have it
 * (https://pytorch.org/vision/stable/models/generated/torchvision.models.resnet50.html).
 * Padding is Torch's too: centred.
 */
#pragma once

#include <stdint.h>

#include "workloads/network.h"

#define RESNET50_CLASSES	1000
#define RESNET50_RESOLUTION	224	/* that it was published at */

/* What resnet50_new() takes: five halvings leave something of the least, and
 * the greatest is a limit of ours. */
#define RESNET50_RESOLUTION_MIN	32
#define RESNET50_RESOLUTION_MAX	1024

/**
 * resnet50_new() - the network for images of @resolution rows and columns
 * Returns 0, -ENOENT (out of the limits), -ENOMEM.
 */
int resnet50_new(uint32_t resolution, struct network **ret);
