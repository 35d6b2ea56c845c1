// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/owner_local.h"

#include <errno.h>
#include <stdlib.h>

#include "workloads/keys_ckks.h"
#include "workloads/operation_ckks.h"

/**
 * struct owner_local - keys beside the server
 * @first_stream: number of the random stream of the first element of the
 *	operation that is under way
 */
struct owner_local {
	struct owner_ckks base;
	struct keys_ckks *keys;
	uint64_t first_stream;
};

static struct owner_local *local(struct owner_ckks *owner)
{
	return (struct owner_local *)owner;
}

/* The keys' side of a thread of the engine. */
static struct keys_ckks_worker *beside(const struct operation_ckks *op,
				       const struct worker_ckks *w)
{
	return &local(op->owner)->keys->workers[w - op->engine->workers];
}

static void put(struct pool_cipher *cipher, const struct ckks_ciphertext *c)
{
	cipher->primes = (uint16_t)c->n_primes;
	cipher->scale = c->scale;
}

static int encrypt_element(const struct operation_ckks *op,
			   struct worker_ckks *w, size_t index)
{
	const struct owner_local *o = local(op->owner);
	struct keys_ckks_worker *mine = beside(op, w);
	struct pool_cipher *out = op->output->elements[index];
	struct ckks_ciphertext c = { .words = out->words };
	size_t pixels = op->output->n;
	int err;

	for (uint64_t i = 0; i < op->batch; i++)
		mine->values[i] = (double)op->images[i * pixels + index];
	err = keys_ckks_encrypt(o->keys, mine, o->first_stream + index,
				mine->values, op->batch, &c);
	if (!err)
		put(out, &c);
	return err;
}

/* Each window is decrypted by itself, though they overlap: so HE-Transformer
 * does it. */
static int refresh_element(const struct operation_ckks *op,
			   struct worker_ckks *w, size_t index)
{
	const struct owner_local *o = local(op->owner);
	struct pool_cipher *out = op->output->elements[index];
	struct ckks_ciphertext c = { .words = out->words }, like =
		engine_ckks_ciphertext(op->inputs[0]->elements[0]);
	size_t n = operation_ckks_sources(op, index, w->sources);
	int err;

	err = keys_ckks_refresh(o->keys, beside(op, w), op->node->op,
				w->sources, n, &like, op->batch,
				o->first_stream + index, &c);
	if (!err)
		put(out, &c);
	return err;
}

static int each(struct owner_ckks *owner, const struct operation_ckks *op,
		operation_ckks_element element)
{
	struct owner_local *o = local(owner);

	o->first_stream = o->keys->next_stream;
	o->keys->next_stream += op->output->n;
	return operation_ckks_each(op, element);
}

static int encrypt(struct owner_ckks *owner, const struct operation_ckks *op)
{
	return each(owner, op, encrypt_element);
}

static int refresh(struct owner_ckks *owner, const struct operation_ckks *op)
{
	return each(owner, op, refresh_element);
}

/* By one thread: it is little, and not the server's. */
static int finish(struct owner_ckks *owner, struct engine_ckks *engine,
		  const struct tensor *result, uint64_t batch, float *logits)
{
	struct keys_ckks_worker *w = &local(owner)->keys->workers[0];

	(void)engine;
	for (size_t i = 0; i < result->n; i++) {
		struct ckks_ciphertext c =
			engine_ckks_ciphertext(result->elements[i]);
		int err = keys_ckks_decrypt(w, &c, batch, w->values);

		if (err)
			return err;
		for (uint64_t image = 0; image < batch; image++)
			logits[image * result->n + i] = (float)w->values[image];
	}
	return 0;
}

static void free_local(struct owner_ckks *owner)
{
	keys_ckks_free(local(owner)->keys);
	free(owner);
}

static const struct owner_ckks_ops ops = {
	.encrypt = encrypt,
	.refresh = refresh,
	.finish = finish,
	.free = free_local,
};

int owner_local_new(const struct ckks_context *context,
		    const struct ckks_seed *seed, size_t n_workers,
		    struct owner_ckks **ret)
{
	struct owner_local *o = calloc(1, sizeof(*o));
	int err;

	if (!o)
		return -ENOMEM;
	o->base.ops = &ops;
	err = keys_ckks_new(context, seed, n_workers, &o->keys);
	if (err) {
		free(o);
		return err;
	}
	*ret = &o->base;
	return 0;
}
