// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sums over a window: Convolution and AvgPool. Both have channels first, so
 * the elements that a thread gets one after the other are mostly of one output
 * channel, whose taps are then encoded once.
 */
#include "workloads/operation_ckks.h"

#include <errno.h>
#include <string.h>

#include "ckks/ciphertext.h"
#include "ckks/encoder.h"
#include "workloads/unfold.h"

/* What an element is a sum of: rows and columns of the window that are not over
 * an edge, and input channels. */
struct field {
	uint32_t channel;	/* of the output */
	int64_t y;		/* where the window begins, maybe outside */
	int64_t x;
	uint32_t rows[2];	/* of the window, from and to */
	uint32_t columns[2];
	uint32_t first;		/* input channel */
	uint32_t depth;		/* input channels */
};

/* Whether every output channel sees all input channels, and not its own. */
static bool is_full(const struct graph_node *node)
{
	return node->op == GRAPH_CONVOLUTION && node->pieces == 1;
}

size_t operation_ckks_taps(const struct graph *graph)
{
	size_t most = 1;

	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];
		size_t taps = (size_t)node->window.height * node->window.width;

		if (node->op != GRAPH_CONVOLUTION &&
		    node->op != GRAPH_AVERAGE_POOL &&
		    node->op != GRAPH_MAX_POOL)
			continue;
		if (is_full(node))
			taps *= graph->nodes[node->inputs[0]].shape.channels;
		if (most < taps)
			most = taps;
	}
	return most;
}

static void clip(int64_t begin, uint32_t window, uint32_t size, uint32_t ret[2])
{
	ret[0] = begin < 0 ? (uint32_t)-begin : 0;
	ret[1] = begin + window > size ? (uint32_t)(size - begin) : window;
}

static struct field field_of(const struct operation_ckks *op, size_t index)
{
	const struct network_shape *in = &op->inputs[0]->shape;
	const struct network_shape *out = &op->output->shape;
	const struct graph_window *w = &op->node->window;
	struct field f = {
		.channel = tensor_channel(out, GRAPH_CHANNELS_FIRST, index),
		.y = (int64_t)(index / out->width % out->height) * w->stride -
		     w->pad_before,
		.x = (int64_t)(index % out->width) * w->stride - w->pad_before,
	};

	clip(f.y, w->height, in->height, f.rows);
	clip(f.x, w->width, in->width, f.columns);
	f.first = is_full(op->node) ? 0 : f.channel;
	f.depth = is_full(op->node) ? in->channels : 1;
	return f;
}

static size_t taps_of(const struct operation_ckks *op, const struct field *f)
{
	return (size_t)op->node->window.height * op->node->window.width *
	       f->depth;
}

static int encode_taps(const struct operation_ckks *op, struct worker_ckks *w,
		       const struct field *f)
{
	const struct graph_node *node = op->node;
	size_t n = taps_of(op, f);
	const float *taps = NULL;
	double divisor = (double)n;	/* of AvgPool, whose taps are 1 */
	int err = 0;

	if (w->channel == f->channel)
		return 0;
	if (node->op == GRAPH_CONVOLUTION) {
		taps = weights_of(op->weights, node->source) + f->channel * n;
		divisor = is_full(node) ? 1 : (double)unfold_scale(taps, n);
	}
	for (size_t i = 0; i < n && !err; i++)
		err = ckks_scalar_encode(op->engine->context,
					 (taps ? (double)taps[i] : 1) / divisor,
					 op->engine->scale, op->level->computed,
					 n, &w->scalars[i]);
	if (!err)
		w->channel = f->channel;
	return err;
}

/* The ciphertexts of the field, in the order of the taps. */
static int gather_sources(const struct operation_ckks *op,
			  struct worker_ckks *w, const struct field *f)
{
	const struct tensor *in = op->inputs[0];
	const uint64_t **source = w->sources;

	for (uint32_t ky = f->rows[0]; ky < f->rows[1]; ky++)
		for (uint32_t kx = f->columns[0]; kx < f->columns[1]; kx++)
			for (uint32_t c = 0; c < f->depth; c++) {
				const struct pool_cipher *cipher =
					in->elements[tensor_index(&in->shape,
						GRAPH_CHANNELS_FIRST,
						(uint32_t)(f->y + ky),
						(uint32_t)(f->x + kx),
						f->first + c)];

				if (cipher->primes != op->level->computed)
					return -EINVAL;
				*source++ = cipher->words;
			}
	return 0;
}

/* Their taps, for each prime; @n of them. */
static const uint64_t *gather_taps(const struct operation_ckks *op,
				   struct worker_ckks *w,
				   const struct field *f, size_t n)
{
	size_t all = taps_of(op, f);
	size_t columns = f->columns[1] - f->columns[0];
	uint64_t *tap = w->inside;

	if (n == all)
		return w->scalars;
	for (size_t prime = 0; prime < op->level->computed; prime++)
		for (uint32_t ky = f->rows[0]; ky < f->rows[1]; ky++) {
			const uint64_t *row = w->scalars + prime * all +
				((size_t)ky * op->node->window.width +
				 f->columns[0]) * f->depth;

			memcpy(tap, row, columns * f->depth * sizeof(*tap));
			tap += columns * f->depth;
		}
	return w->inside;
}

/* A product each into a ciphertext of its own, which is then added. */
static int add_products(const struct operation_ckks *op, struct worker_ckks *w,
			const uint64_t *taps, size_t n,
			struct ckks_ciphertext *ret)
{
	const struct ckks_context *context = op->engine->context;
	size_t words = ckks_ciphertext_words(context, ret->n_primes);
	double scale = ret->scale / op->engine->scale;
	int err = 0;

	memset(ret->words, 0, words * sizeof(*ret->words));
	for (size_t i = 0; i < n && !err; i++) {
		struct ckks_ciphertext source = {
			.words = (uint64_t *)w->sources[i],	/* only read */
			.n_primes = ret->n_primes,
			.scale = scale,
		};
		struct ckks_ciphertext product = { 0 };
		uint64_t residues[LEVELS_FRESH_PRIMES];
		struct pool_cipher *temporary;

		for (size_t prime = 0; prime < ret->n_primes; prime++)
			residues[prime] = taps[prime * n + i];
		err = pool_get(op->engine->pool, words, &temporary);
		if (err)
			return err;
		product.words = temporary->words;
		err = ckks_ciphertext_multiply_scalar(context, &source,
						      residues,
						      op->engine->scale,
						      &product);
		if (!err)
			err = ckks_ciphertext_add(context, ret, &product, ret);
		pool_put(op->engine->pool, temporary);
	}
	return err;
}

int operation_ckks_window(const struct operation_ckks *op,
			  struct worker_ckks *w, size_t index)
{
	struct field f = field_of(op, index);
	size_t n = (size_t)(f.rows[1] - f.rows[0]) *
		   (f.columns[1] - f.columns[0]) * f.depth;
	struct ckks_ciphertext sum = {
		.words = operation_ckks_target(op, w, index),
		.n_primes = op->level->computed,
		.scale = op->inputs[0]->elements[0]->scale * op->engine->scale,
	};
	const uint64_t *taps;
	int err;

	err = encode_taps(op, w, &f);
	if (!err)
		err = gather_sources(op, w, &f);
	if (err)
		return err;
	taps = gather_taps(op, w, &f, n);
	if (op->kernel == OPERATION_CKKS_PRODUCT &&
	    op->node->op == GRAPH_CONVOLUTION)
		err = add_products(op, w, taps, n, &sum);
	else
		err = ckks_ciphertext_accumulate(op->engine->context,
						 w->sources, taps, n, &sum);
	return err ? err : operation_ckks_finish(op, w, &sum, index);
}
