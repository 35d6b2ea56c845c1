/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a network with oneDNN (https://oneapi-src.github.io/oneDNN/v2.6/) on
 * the CPU, in single precision, on the threads that OpenMP is set to when the
 * backend is made.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/network.h"
#include "workloads/weights.h"

struct backend_dnnl;

/**
 * struct backend_dnnl_memory - what a backend holds, in bytes
 * @activations: the arena of all tensors between input and output
 * @weights: weights and biases in the layouts that the kernels want
 * @scratch: the kernels' own working memory
 */
struct backend_dnnl_memory {
	uint64_t activations;
	uint64_t weights;
	uint64_t scratch;
};

/**
 * backend_dnnl_new() - prepare a network for a batch
 * @w: copied; may be freed afterwards
 * @fuse: let convolutions apply the activation that follows them
 * @error: buffer for a sentence on failure, or NULL
 *
 * Returns 0, -ENOMEM, -EINVAL (batch 0), -EOVERFLOW (batch too large),
 * -EIO (oneDNN refused).
 */
int backend_dnnl_new(const struct network *net, const struct weights *w,
		     uint64_t batch, bool fuse, char *error, size_t error_bytes,
		     struct backend_dnnl **ret);
void backend_dnnl_free(struct backend_dnnl *b);
void backend_dnnl_freep(struct backend_dnnl **b);

/**
 * backend_dnnl_run() - one inference over the batch
 * @images: batch x row x column x channel, left as they are
 * @logits: batch x channel of the last node
 *
 * Returns 0 or -EIO.
 */
int backend_dnnl_run(struct backend_dnnl *b, const float *images, float *logits);

void backend_dnnl_memory(const struct backend_dnnl *b,
			 struct backend_dnnl_memory *ret);

/* The instruction set oneDNN makes its kernels for here: "AVX2". It decides
 * about the last bits of the logits; DNNL_MAX_CPU_ISA in the environment can
 * lower it. */
const char *backend_dnnl_instructions(void);
