/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tensor of an encrypted inference: references to ciphertexts, one an
 * element, in the order of its layout; or, of a Constant, plain numbers. What
 * it takes is told to the pool.
 *
 * Tensors are made and freed by one thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/graph.h"
#include "workloads/pool.h"

/**
 * struct tensor - the result of one operation
 * @elements: NULL for plain numbers
 * @numbers: NULL for ciphertexts; [elements][batch]
 * @bytes: of either array
 */
struct tensor {
	struct pool *pool;	/* must live as long */
	struct network_shape shape;
	enum graph_layout layout;
	size_t n;
	struct pool_cipher **elements;
	float *numbers;
	uint64_t bytes;
};

/* With room for a ciphertext of @words words in each element. 0 or an error of
 * the pool. */
int tensor_new_ciphers(struct pool *pool, const struct graph_node *node,
		       uint64_t words, struct tensor **ret);

/* For plain numbers. 0 or -ENOMEM. */
int tensor_new_numbers(struct pool *pool, const struct graph_node *node,
		       uint64_t batch, struct tensor **ret);

/* The ciphertexts of @from, which has as many, in the order of @node's layout:
 * none is copied. 0 or -ENOMEM. */
int tensor_share(const struct tensor *from, const struct graph_node *node,
		 struct tensor **ret);

/* Gives up the ciphertexts. Accepts NULL. */
void tensor_free(struct tensor *t);

/* The place of an element. */
static inline size_t tensor_index(const struct network_shape *s,
				  enum graph_layout layout, uint32_t y,
				  uint32_t x, uint32_t c)
{
	return layout == GRAPH_CHANNELS_FIRST ?
	       ((size_t)c * s->height + y) * s->width + x :
	       ((size_t)y * s->width + x) * s->channels + c;
}

/* Which channel stands at a place. */
static inline uint32_t tensor_channel(const struct network_shape *s,
				      enum graph_layout layout, size_t index)
{
	size_t plane = (size_t)s->height * s->width;

	return (uint32_t)(layout == GRAPH_CHANNELS_FIRST ? index / plane :
							   index % s->channels);
}
