/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network as the operations that nGraph gives to a backend that computes on
 * ciphertexts (Boemer et al., "nGraph-HE2", WAHC 2019, arXiv 1908.04172): what
 * is done to a tensor whose elements are ciphertexts, in the order in which it
 * is done. Each node is one phase of a profile.
 *
 * A depthwise layer reaches nGraph as a Slice and a Convolution for each
 * channel and one Concat. Here all the Slices of a layer are one node and so
 * are its Convolutions, which say how many they stand for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/network.h"

enum graph_op {
	GRAPH_PARAMETER,	/* the encrypted images; node 0 and no other */
	GRAPH_CONSTANT,		/* plain numbers, one for each element and image */
	GRAPH_ADD,		/* of two tensors, or of one and a Constant */
	GRAPH_MULTIPLY,		/* of a tensor and a Constant */
	GRAPH_CONVOLUTION,
	GRAPH_AVERAGE_POOL,
	GRAPH_BOUNDED_RELU,	/* these three where the secret key is */
	GRAPH_RELU,
	GRAPH_MAX_POOL,
	GRAPH_SLICE,		/* these four move no ciphertext */
	GRAPH_CONCAT,
	GRAPH_RESHAPE,
	GRAPH_RESULT,
};
#define GRAPH_OPS (GRAPH_RESULT + 1)

/* TensorFlow's networks have channels last, nGraph's convolutions and pools
 * want them first. */
enum graph_layout {
	GRAPH_CHANNELS_LAST,
	GRAPH_CHANNELS_FIRST,
};

/* What a Constant holds of the network node it comes from. */
enum graph_constant {
	GRAPH_NO_CONSTANT,
	GRAPH_BIASES,
	GRAPH_SCALES,		/* of a depthwise layer, see unfold.h */
};

/* Of Convolution, AvgPool and MaxPool; elsewhere zeros. */
struct graph_window {
	uint32_t height;
	uint32_t width;
	uint32_t stride;
	uint32_t pad_before;
};

#define GRAPH_INPUTS_MAX	2

/**
 * struct graph_node - one operation and the tensor it makes
 * @inputs: indexes of earlier nodes; a Constant is the second
 * @shape: of the whole tensor, whatever its layout
 * @pieces: the operations of nGraph that this node stands for
 * @source: the node of the network that it is a part of, whose weights a
 *	Convolution or a Constant uses
 */
struct graph_node {
	char name[NETWORK_NAME_MAX];
	enum graph_op op;
	size_t n_inputs;
	size_t inputs[GRAPH_INPUTS_MAX];
	struct network_shape shape;
	enum graph_layout layout;
	struct graph_window window;
	enum graph_constant constant;
	uint32_t pieces;
	size_t source;
};

struct graph {
	const struct network *net;	/* must live as long */
	struct graph_node *nodes;
	size_t n_nodes;
	size_t capacity;
};

/* As nGraph has it: "AvgPool". */
const char *graph_op_name(enum graph_op op);

/* Whether the result refers to the ciphertexts of the first input and has none
 * of its own. */
bool graph_shares(enum graph_op op);

/* Whether the result was just encrypted: it is where the secret key is. */
bool graph_refreshes(enum graph_op op);

/* Whether ciphertexts are multiplied by plain numbers. */
bool graph_multiplies(enum graph_op op);

int graph_new(const struct network *net, struct graph **ret);
void graph_free(struct graph *graph);
void graph_freep(struct graph **graph);

/* Appends a copy of @node; 0 or -ENOMEM, @ret its index. */
int graph_append(struct graph *graph, const struct graph_node *node,
		 size_t *ret);
