// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is not made of additions and multiplications: decrypt, operate, encrypt.
 * The result is a fresh ciphertext, of all primes.
 */
#include "workloads/operation_ckks.h"

#include <math.h>

static int encrypt(const struct operation_ckks *op, struct worker_ckks *w,
		   size_t index)
{
	return engine_ckks_encrypt(op->engine, w, op->stream + index, w->values,
				   op->batch, op->output->elements[index]);
}

int operation_ckks_encrypt(const struct operation_ckks *op,
			   struct worker_ckks *w, size_t index)
{
	size_t pixels = op->output->n;

	for (uint64_t i = 0; i < op->batch; i++)
		w->values[i] = (double)op->images[i * pixels + index];
	return encrypt(op, w, index);
}

int operation_ckks_activate(const struct operation_ckks *op,
			    struct worker_ckks *w, size_t index)
{
	double most = op->node->op == GRAPH_BOUNDED_RELU ? 6 : INFINITY;
	int err;

	err = engine_ckks_decrypt(w, op->inputs[0]->elements[index], op->batch,
				  w->values);
	if (err)
		return err;
	for (uint64_t i = 0; i < op->batch; i++)
		w->values[i] = fmin(fmax(w->values[i], 0), most);
	return encrypt(op, w, index);
}

/* One more element of the window; what is over an edge never wins. */
static int enlarge(const struct operation_ckks *op, struct worker_ckks *w,
		   int64_t y, int64_t x, uint32_t c)
{
	const struct tensor *in = op->inputs[0];
	size_t index;
	int err;

	if (y < 0 || x < 0 || y >= in->shape.height || x >= in->shape.width)
		return 0;
	index = tensor_index(&in->shape, in->layout, (uint32_t)y, (uint32_t)x,
			     c);
	err = engine_ckks_decrypt(w, in->elements[index], op->batch,
				  w->other_values);
	for (uint64_t i = 0; i < op->batch && !err; i++)
		w->values[i] = fmax(w->values[i], w->other_values[i]);
	return err;
}

/* Each window is decrypted by itself, though they overlap: so HE-Transformer
 * does it. */
int operation_ckks_max_pool(const struct operation_ckks *op,
			    struct worker_ckks *w, size_t index)
{
	const struct graph_window *window = &op->node->window;
	const struct network_shape *s = &op->output->shape;
	uint32_t c = (uint32_t)(index / s->width / s->height);
	int64_t y = (int64_t)(index / s->width % s->height) * window->stride -
		    window->pad_before;
	int64_t x = (int64_t)(index % s->width) * window->stride -
		    window->pad_before;
	int err = 0;

	for (uint64_t i = 0; i < op->batch; i++)
		w->values[i] = -INFINITY;
	for (uint32_t ky = 0; ky < window->height && !err; ky++)
		for (uint32_t kx = 0; kx < window->width && !err; kx++)
			err = enlarge(op, w, y + ky, x + kx, c);
	return err ? err : encrypt(op, w, index);
}
