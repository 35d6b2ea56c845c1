/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One operation of a network as one oneDNN primitive, with its weights.
 * Used by the oneDNN backend only.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <oneapi/dnnl/dnnl.h>

#include "workloads/network.h"

struct operation_dnnl {
	dnnl_primitive_t primitive;
	dnnl_memory_t inputs[NETWORK_INPUTS_MAX];	/* bound at each run */
	dnnl_memory_t output;
	dnnl_memory_t scratch;
	dnnl_memory_t weights;		/* own their memory */
	dnnl_memory_t biases;
	size_t n_inputs;
	uint64_t weights_bytes;		/* of weights and biases */
	uint64_t scratch_bytes;
};

/* What to make; @weights and @biases NULL for a node without. */
struct operation_dnnl_want {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
	const struct network_node *node;
	int64_t batch;
	const struct network_node *activation;	/* on the way out, or NULL */
	const float *weights;
	const float *biases;
};

/* 0, -ENOMEM, -EIO (oneDNN refused). On failure @ret may hold some parts: give
 * it to operation_dnnl_release() all the same. @ret must be zeroed. */
int operation_dnnl_new(const struct operation_dnnl_want *want,
		       struct operation_dnnl *ret);
void operation_dnnl_release(struct operation_dnnl *op);

/* 0 or -EIO. */
int operation_dnnl_run(struct operation_dnnl *op, dnnl_stream_t stream,
		       const void *const inputs[NETWORK_INPUTS_MAX],
		       void *output, void *scratch);
