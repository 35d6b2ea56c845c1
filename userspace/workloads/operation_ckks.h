/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One operation of a graph on ciphertexts. Its elements are computed by all
 * threads of the engine; what comes out does not depend on how many there are.
 *
 * Functions that return an error leave the output's ciphertexts undefined:
 * 0, -ERANGE (a number too large for a ciphertext), -EINVAL (one that is
 * infinite or none; primes and scales that levels_of() would not have given),
 * -ENOMEM; what the data owner does has errors of its own (owner_ckks.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "workloads/engine_ckks.h"
#include "workloads/graph.h"
#include "workloads/levels.h"
#include "workloads/owner_ckks.h"
#include "workloads/tensor.h"
#include "workloads/weights.h"

/* How a Convolution adds up. */
enum operation_ckks_kernel {
	OPERATION_CKKS_ACCUMULATE,	/* in registers, over the whole window */
	/* into a temporary ciphertext a product, as HE-Transformer does */
	OPERATION_CKKS_PRODUCT,
};

/**
 * struct operation_ckks - an operation and what it works on
 * @owner: who encrypts and refreshes
 * @level: of its result
 * @batch: images in each ciphertext
 * @images: for a Parameter, in the order of weights_fill_image(), where they
 *	are not with an owner elsewhere
 * @inputs: as many as @node has
 * @output: with buffers for what is to be computed
 */
struct operation_ckks {
	struct engine_ckks *engine;
	struct owner_ckks *owner;
	const struct graph *graph;
	const struct graph_node *node;
	const struct level *level;
	const struct weights *weights;
	enum operation_ckks_kernel kernel;
	uint64_t batch;
	const float *images;
	const struct tensor *inputs[GRAPH_INPUTS_MAX];
	struct tensor *output;
};

/* Any operation that makes a storage. */
int operation_ckks_run(const struct operation_ckks *op);

/* What computes one element. */
typedef int (*operation_ckks_element)(const struct operation_ckks *op,
				      struct worker_ckks *w, size_t index);

/* All elements of the output, by all threads. The first failure that is seen
 * is returned, and nothing is begun after it. */
int operation_ckks_each(const struct operation_ckks *op,
			operation_ckks_element element);

/* Where to compute an element that is to be rescaled: its buffer, or, where
 * that is as small as what is left, the worker's. */
uint64_t *operation_ckks_target(const struct operation_ckks *op,
				struct worker_ckks *w, size_t index);

/* Rescales @c if the level says so, and puts it into its buffer. */
int operation_ckks_finish(const struct operation_ckks *op,
			  struct worker_ckks *w, struct ckks_ciphertext *c,
			  size_t index);

/* The elements of Convolution and AvgPool: window_ckks.c. */
int operation_ckks_window(const struct operation_ckks *op,
			  struct worker_ckks *w, size_t index);

/* Taps of the largest window that any operation of a graph adds up, or finds
 * the maximum of. */
size_t operation_ckks_taps(const struct graph *graph);

/* What element @index of a refresh is made of: the words of as many ciphertexts
 * to @ret, which has room for operation_ckks_taps(). How many: refresh_ckks.c. */
size_t operation_ckks_sources(const struct operation_ckks *op, size_t index,
			      const uint64_t **ret);
