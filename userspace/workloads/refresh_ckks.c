// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is not made of additions and multiplications is asked of the data owner,
 * who decrypts, operates, encrypts; here is what he needs for it.
 */
#include "workloads/operation_ckks.h"

/* What is over an edge is left out: it never wins. */
static size_t window_sources(const struct operation_ckks *op, size_t index,
			     const uint64_t **ret)
{
	const struct graph_window *window = &op->node->window;
	const struct network_shape *s = &op->output->shape;
	const struct tensor *in = op->inputs[0];
	uint32_t c = (uint32_t)(index / s->width / s->height);
	int64_t top = (int64_t)(index / s->width % s->height) *
		      window->stride - window->pad_before;
	int64_t left = (int64_t)(index % s->width) * window->stride -
		       window->pad_before;
	size_t n = 0;

	for (int64_t y = top; y < top + window->height; y++)
		for (int64_t x = left; x < left + window->width; x++) {
			size_t i;

			if (y < 0 || x < 0 || y >= in->shape.height ||
			    x >= in->shape.width)
				continue;
			i = tensor_index(&in->shape, in->layout, (uint32_t)y,
					 (uint32_t)x, c);
			ret[n++] = in->elements[i]->words;
		}
	return n;
}

size_t operation_ckks_sources(const struct operation_ckks *op, size_t index,
			      const uint64_t **ret)
{
	if (op->node->op == GRAPH_MAX_POOL)
		return window_sources(op, index, ret);
	ret[0] = op->inputs[0]->elements[index]->words;
	return 1;
}
