/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a backend that computes in one arena runs a network: the steps, and
 * where each tensor lives. A tensor has its place from the step that makes it
 * to the last step that reads it, then another may take it, so the arena is
 * about as large as the most that is alive at one time.
 *
 * The input of the network and its output are the caller's and not in the
 * arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/network.h"

#define PLAN_NONE	SIZE_MAX

/* One call of the backend: a node, and the activation that is applied to its
 * result on the way out (PLAN_NONE if there is none). */
struct plan_step {
	size_t node;
	size_t activation;
};

/**
 * struct plan_tensor - the result of a node
 * @bytes: 0 if it never exists, as its activation is applied on the way out
 * @offset: in the arena; PLAN_NONE for the input and the output of the network
 * @first, @last: steps between which it is alive, both included
 */
struct plan_tensor {
	uint64_t bytes;
	size_t offset;
	size_t first;
	size_t last;
};

struct plan {
	struct plan_step *steps;
	size_t n_steps;
	struct plan_tensor *tensors;	/* one a node */
	size_t n_tensors;
	uint64_t arena_bytes;
	uint64_t live_bytes;	/* the most alive at one step: no arena is smaller */
};

/* Where every tensor begins: a cache line. */
#define PLAN_ALIGNMENT	64

/**
 * plan_new() - lay out a run of @net over @batch images
 * @fuse: let a node apply the activation that is its only reader
 *
 * Returns 0, -EINVAL (batch 0), -EOVERFLOW (a size that no memory holds),
 * -ENOMEM.
 */
int plan_new(const struct network *net, uint64_t batch, bool fuse,
	     struct plan **ret);
void plan_free(struct plan *plan);
void plan_freep(struct plan **plan);
