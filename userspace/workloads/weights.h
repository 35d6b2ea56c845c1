/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The numbers of a network: weights and biases for each node, and input
 * images. Here they come from a seed; weights_file.h has those from a file.
 *
 * Every node and every image draws from a splitmix64 stream of its own: image
 * 3 is the same in a batch of 4 and of 4000.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/network.h"

struct weights;

/* All of them 0, to be filled. 0 or -ENOMEM. */
int weights_new(const struct network *net, struct weights **ret);

/**
 * weights_from_seed() - weights and biases for every node of a network
 *
 * Weights are uniform with mean 0 and the variance of He et al. ("Delving Deep
 * into Rectifiers", ICCV 2015): 2 / fan-in where an activation follows that
 * takes away the negative half, directly or behind the addition that a
 * projected shortcut leads to; 1 / fan-in elsewhere. A branch that meets a
 * shortcut would add its variance to it each time; its last convolution has
 * 1 / (L x fan-in), L being the additions of the network, so that all of them
 * together multiply it by (1 + 1/L)^L < e. Batch normalisation, which is not
 * there to do it, makes a branch smaller by the order of sqrt(L) too (De and
 * Smith, "Batch Normalization Biases Residual Blocks Towards the Identity
 * Function in Deep Networks", NeurIPS 2020, arXiv 2002.10444). So values
 * neither fade nor grow on their way to the logits. Biases are uniform in
 * +-0.1.
 *
 * Returns 0 or -ENOMEM.
 */
int weights_from_seed(const struct network *net, uint64_t seed,
		      struct weights **ret);
void weights_free(struct weights *w);
void weights_freep(struct weights **w);

/* Weights of node @node in the order [output channel][row][column][input
 * channel]; for NETWORK_DEPTHWISE [channel][row][column]. NULL for a node that
 * has none. */
const float *weights_of(const struct weights *w, size_t node);
/* Biases of node @node, one an output channel, or NULL. */
const float *weights_biases_of(const struct weights *w, size_t node);

/* The same to write to. */
float *weights_at(struct weights *w, size_t node);
float *weights_biases_at(struct weights *w, size_t node);

/* Fills image number @image (0 is the first) of a batch: uniform in [-1, 1),
 * as pixels reach such a network, in the order [row][column][channel]. */
void weights_fill_image(uint64_t seed, uint64_t image, size_t n, float *pixels);
