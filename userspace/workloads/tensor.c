// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/tensor.h"

#include <errno.h>
#include <stdlib.h>

#include "workloads/footprint.h"

_Static_assert(sizeof(struct pool_cipher *) == FOOTPRINT_REFERENCE_BYTES,
	       "the plan counts the references of each tensor");

static int tensor_new(struct pool *pool, const struct graph_node *node,
		      struct tensor **ret)
{
	struct tensor *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	t->pool = pool;
	t->shape = node->shape;
	t->layout = node->layout;
	t->n = network_elements(&node->shape);
	*ret = t;
	return 0;
}

static int with_references(struct pool *pool, const struct graph_node *node,
			   struct tensor **ret)
{
	struct tensor *t;
	int err;

	err = tensor_new(pool, node, &t);
	if (err)
		return err;
	t->elements = calloc(t->n, sizeof(*t->elements));
	if (!t->elements) {
		tensor_free(t);
		return -ENOMEM;
	}
	t->bytes = t->n * sizeof(*t->elements);
	pool_note(pool, t->bytes, 0);
	*ret = t;
	return 0;
}

int tensor_new_ciphers(struct pool *pool, const struct graph_node *node,
		       uint64_t words, struct tensor **ret)
{
	struct tensor *t;
	int err;

	err = with_references(pool, node, &t);
	for (size_t i = 0; !err && i < t->n; i++) {
		err = pool_get(pool, words, &t->elements[i]);
		if (err)
			tensor_free(t);
	}
	if (err)
		return err;
	*ret = t;
	return 0;
}

int tensor_new_numbers(struct pool *pool, const struct graph_node *node,
		       uint64_t batch, struct tensor **ret)
{
	struct tensor *t;
	int err;

	err = tensor_new(pool, node, &t);
	if (err)
		return err;
	t->numbers = calloc(t->n * batch, sizeof(*t->numbers));
	if (!t->numbers) {
		tensor_free(t);
		return -ENOMEM;
	}
	t->bytes = t->n * batch * sizeof(*t->numbers);
	pool_note(pool, t->bytes, 0);
	*ret = t;
	return 0;
}

static void refer(struct tensor *t, size_t index, struct pool_cipher *cipher)
{
	cipher->references++;
	t->elements[index] = cipher;
}

static void rearrange(const struct tensor *from, struct tensor *to)
{
	const struct network_shape *s = &to->shape;

	for (uint32_t y = 0; y < s->height; y++)
		for (uint32_t x = 0; x < s->width; x++)
			for (uint32_t c = 0; c < s->channels; c++)
				refer(to, tensor_index(s, to->layout, y, x, c),
				      from->elements[tensor_index(s, from->layout,
								  y, x, c)]);
}

int tensor_share(const struct tensor *from, const struct graph_node *node,
		 struct tensor **ret)
{
	struct tensor *t;
	int err;

	err = with_references(from->pool, node, &t);
	if (err)
		return err;
	if (t->layout != from->layout)
		rearrange(from, t);
	for (size_t i = 0; t->layout == from->layout && i < t->n; i++)
		refer(t, i, from->elements[i]);
	*ret = t;
	return 0;
}

void tensor_free(struct tensor *t)
{
	if (!t)
		return;
	for (size_t i = 0; t->elements && i < t->n; i++)
		pool_put(t->pool, t->elements[i]);
	pool_note(t->pool, 0, t->bytes);
	free(t->elements);
	free(t->numbers);
	free(t);
}
