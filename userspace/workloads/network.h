/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of a network for inference: nodes in the order in which
 * they run, their shapes, their cost. It knows no library that could run it,
 * so every backend reads the same description.
 *
 * Shapes are those of one image; the batch is the backend's. Batch
 * normalisation is folded: a convolution has a weight per tap and a bias per
 * output channel, and its activation is a node of its own, which a backend
 * may run together with its producer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum network_op {
	NETWORK_INPUT,		/* node 0 and no other */
	NETWORK_CONVOLUTION,	/* every input channel to every output channel */
	NETWORK_DEPTHWISE,	/* a convolution of each channel by itself */
	NETWORK_ADD,		/* two tensors of the same shape */
	NETWORK_RELU,		/* clamp to [0, ...) */
	NETWORK_RELU6,		/* clamp to [0, 6] */
	NETWORK_MAX_POOL,	/* largest of a window; padding never wins */
	NETWORK_AVERAGE_POOL,	/* over height and width, down to 1x1 */
	NETWORK_FULLY_CONNECTED,
};
#define NETWORK_OPS (NETWORK_FULLY_CONNECTED + 1)

/*
 * What a window lacks at the edges, for a kernel of k and a stride of s. What
 * is odd goes after in both.
 */
enum network_padding {
	/* TensorFlow's SAME: as much as makes ceil(in / s) rows, so that a
	 * stride of 2 over an even size pads 0 and 1 for a kernel of 3 */
	NETWORK_PADDING_SAME,
	/* k - 1 in all, whatever the size: 1 and 1 for a kernel of 3 */
	NETWORK_PADDING_CENTRED,
};

struct network_shape {
	uint32_t height;
	uint32_t width;
	uint32_t channels;
};

#define NETWORK_NAME_MAX	48
#define NETWORK_INPUTS_MAX	2

/**
 * struct network_node - one operation and the tensor it makes
 * @inputs: indexes of earlier nodes; for NETWORK_ADD the branch first, then
 *	the shortcut
 * @kernel, @stride, @pad_before, @pad_after: of both height and width, for
 *	convolutions and NETWORK_MAX_POOL; elsewhere 1, 1, 0, 0
 * @normalised: a batch normalisation was folded into weights and bias
 * @macs: multiplications with an addition, for one image
 * @weights, @biases: numbers the node keeps
 */
struct network_node {
	char name[NETWORK_NAME_MAX];
	enum network_op op;
	size_t n_inputs;
	size_t inputs[NETWORK_INPUTS_MAX];
	struct network_shape in;
	struct network_shape out;
	uint32_t kernel;
	uint32_t stride;
	uint32_t pad_before;
	uint32_t pad_after;
	bool normalised;
	uint64_t macs;
	uint64_t weights;
	uint64_t biases;
};

struct network {
	char name[NETWORK_NAME_MAX];
	struct network_node *nodes;
	size_t n_nodes;
	size_t capacity;
	enum network_padding padding;	/* of nodes that are added from now on */
	int error;		/* first failure of an addition, sticky */
};

/* An operation on each element by itself, which a backend may apply to the
 * result of another one on the way out. */
static inline bool network_is_activation(enum network_op op)
{
	return op == NETWORK_RELU || op == NETWORK_RELU6;
}

/* Elements of a tensor of one image. */
static inline uint64_t network_elements(const struct network_shape *s)
{
	return (uint64_t)s->height * s->width * s->channels;
}

/* "convolution", "relu6" and so on. */
const char *network_op_name(enum network_op op);

/**
 * network_new() - a network of one node, its input, that pads as TensorFlow
 * Returns 0, -EINVAL (a shape with a 0), -ENOMEM.
 */
int network_new(const char *name, struct network_shape input,
		struct network **ret);
void network_free(struct network *net);
void network_freep(struct network **net);

/*
 * Additions return the index of the new node. A failure is kept in the network
 * and turns the later additions into nothing, so that a builder asks once, by
 * network_finish(). @name is cut at NETWORK_NAME_MAX - 1.
 */
size_t network_add_convolution(struct network *net, const char *name,
			       size_t input, uint32_t channels, uint32_t kernel,
			       uint32_t stride);
size_t network_add_depthwise(struct network *net, const char *name,
			     size_t input, uint32_t kernel, uint32_t stride);
size_t network_add_relu(struct network *net, const char *name, size_t input);
size_t network_add_relu6(struct network *net, const char *name, size_t input);
size_t network_add_add(struct network *net, const char *name, size_t branch,
		       size_t shortcut);
size_t network_add_max_pool(struct network *net, const char *name, size_t input,
			    uint32_t kernel, uint32_t stride);
size_t network_add_average_pool(struct network *net, const char *name,
				size_t input);
size_t network_add_fully_connected(struct network *net, const char *name,
				   size_t input, uint32_t channels);

/* 0; -ENOMEM or -EINVAL if an addition failed (an input that does not exist,
 * shapes that do not fit); -EINVAL if a node but the last is used by none. */
int network_finish(const struct network *net);

/* Multiplications with an addition for one image: all convolutions and fully
 * connected layers. */
uint64_t network_macs(const struct network *net);

/* Parameters as networks are published by: weights, and biases where there was
 * no batch normalisation (whose four numbers a channel are not counted). */
uint64_t network_parameters(const struct network *net);

/* Numbers a run keeps: weights and all biases, folded ones too. */
uint64_t network_stored(const struct network *net);
