// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/operation_ckks.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <omp.h>

#include "ckks/ciphertext.h"
#include "ckks/encoder.h"
#include "workloads/unfold.h"

int operation_ckks_each(const struct operation_ckks *op,
			operation_ckks_element element)
{
	int (*busy)(struct owner_ckks *owner) = op->owner->ops->busy;
	struct engine_ckks *e = op->engine;
	int failure = 0;

	for (size_t i = 0; i < e->n_workers; i++)
		e->workers[i].channel = WORKER_NO_CHANNEL;
#pragma omp parallel for schedule(static) num_threads((int)e->n_workers)
	for (size_t i = 0; i < op->output->n; i++) {
		struct worker_ckks *w = &e->workers[omp_get_thread_num()];
		int err;

#pragma omp atomic read
		err = failure;
		if (err)
			continue;
		err = element(op, w, i);
		if (!err && busy && w == e->workers)
			err = busy(op->owner);
		if (err) {
#pragma omp atomic write
			failure = err;
		}
	}
	return failure;
}

/* Whether the output's buffers have no room for what comes before a rescale. */
static bool too_small(const struct operation_ckks *op)
{
	return op->engine->policy == SCHEDULE_TIGHT &&
	       op->level->computed != op->level->primes;
}

uint64_t *operation_ckks_target(const struct operation_ckks *op,
				struct worker_ckks *w, size_t index)
{
	return too_small(op) ? w->words : op->output->elements[index]->words;
}

int operation_ckks_finish(const struct operation_ckks *op,
			  struct worker_ckks *w, struct ckks_ciphertext *c,
			  size_t index)
{
	const struct ckks_context *context = op->engine->context;
	struct pool_cipher *out = op->output->elements[index];
	int err = 0;

	if (op->level->computed != op->level->primes)
		err = ckks_ciphertext_rescale(context, c, w->row);
	if (err || c->n_primes != op->level->primes)
		return -EINVAL;
	if (c->words != out->words)
		memcpy(out->words, c->words,
		       ckks_ciphertext_words(context, c->n_primes) *
		       sizeof(*c->words));
	out->primes = (uint16_t)c->n_primes;
	out->scale = c->scale;
	return 0;
}

/*
 * All images have the same number here, and one number for all slots costs
 * no encoding. But a Constant is held for each image, and one that did not
 * know would have to read them all; so all are read.
 */
static int same_number(const struct operation_ckks *op, size_t index,
		       double *ret)
{
	const float *numbers = op->inputs[1]->numbers + index * op->batch;
	float least = numbers[0], most = numbers[0];

	for (uint64_t i = 1; i < op->batch; i++) {
		least = fminf(least, numbers[i]);
		most = fmaxf(most, numbers[i]);
	}
	if (least < most)
		return -EINVAL;
	*ret = (double)least;
	return 0;
}

/* Adds it at the scale that the ciphertext has, or multiplies by it. */
static int with_constant(const struct operation_ckks *op, struct worker_ckks *w,
			 size_t index)
{
	const struct ckks_context *context = op->engine->context;
	struct ckks_ciphertext in, out = {
		.words = operation_ckks_target(op, w, index),
	};
	bool multiplies = op->node->op == GRAPH_MULTIPLY;
	uint64_t residues[LEVELS_FRESH_PRIMES];
	double number, scale;
	int err;

	in = engine_ckks_ciphertext(op->inputs[0]->elements[index]);
	scale = multiplies ? op->engine->scale : in.scale;
	err = same_number(op, index, &number);
	if (!err)
		err = ckks_scalar_encode(context, number, scale, in.n_primes, 1,
					 residues);
	if (!err && multiplies)
		err = ckks_ciphertext_multiply_scalar(context, &in, residues,
						      scale, &out);
	else if (!err)
		err = ckks_ciphertext_add_scalar(context, &in, residues, &out);
	return err ? err : operation_ckks_finish(op, w, &out, index);
}

/* Drops primes that the other side does not have, into the worker's memory. */
static int lower(const struct operation_ckks *op, struct worker_ckks *w,
		 struct ckks_ciphertext *c)
{
	struct ckks_ciphertext lowered = { .words = w->words };
	int err;

	if (c->n_primes == op->level->primes)
		return 0;
	err = ckks_ciphertext_drop(op->engine->context, c, op->level->primes,
				   &lowered);
	if (!err)
		*c = lowered;
	return err;
}

/* One side at most has to be lowered: the level is that of the other. */
static int add_tensors(const struct operation_ckks *op, struct worker_ckks *w,
		       size_t index)
{
	struct ckks_ciphertext a, b, out = {
		.words = op->output->elements[index]->words,
	};
	int err;

	a = engine_ckks_ciphertext(op->inputs[0]->elements[index]);
	b = engine_ckks_ciphertext(op->inputs[1]->elements[index]);
	err = lower(op, w, &a);
	if (!err)
		err = lower(op, w, &b);
	if (!err)
		err = ckks_ciphertext_add(op->engine->context, &a, &b, &out);
	return err ? err : operation_ckks_finish(op, w, &out, index);
}

static int constant(const struct operation_ckks *op, struct worker_ckks *w,
		    size_t index)
{
	const struct tensor *out = op->output;
	const struct network_node *source =
		&op->graph->net->nodes[op->node->source];
	uint32_t c = tensor_channel(&out->shape, out->layout, index);
	size_t taps = source->weights / source->out.channels;
	float number;

	(void)w;
	if (op->node->constant == GRAPH_SCALES)
		number = unfold_scale(weights_of(op->weights, op->node->source) +
				      c * taps, taps);
	else
		number = weights_biases_of(op->weights, op->node->source)[c];
	for (uint64_t i = 0; i < op->batch; i++)
		out->numbers[index * op->batch + i] = number;
	return 0;
}

int operation_ckks_run(const struct operation_ckks *op)
{
	switch (op->node->op) {
	case GRAPH_PARAMETER:
		return op->owner->ops->encrypt(op->owner, op);
	case GRAPH_CONSTANT:
		return operation_ckks_each(op, constant);
	case GRAPH_ADD:
		return operation_ckks_each(op, op->inputs[1]->numbers ?
						with_constant : add_tensors);
	case GRAPH_MULTIPLY:
		return operation_ckks_each(op, with_constant);
	case GRAPH_CONVOLUTION:
	case GRAPH_AVERAGE_POOL:
		return operation_ckks_each(op, operation_ckks_window);
	case GRAPH_BOUNDED_RELU:
	case GRAPH_RELU:
	case GRAPH_MAX_POOL:
		return op->owner->ops->refresh(op->owner, op);
	case GRAPH_SLICE:
	case GRAPH_CONCAT:
	case GRAPH_RESHAPE:
	case GRAPH_RESULT:
		break;
	}
	return -EINVAL;
}
