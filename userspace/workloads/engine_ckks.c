// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/engine_ckks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "ckks/ciphertext.h"

static int worker_init(const struct engine_ckks *e, size_t taps,
		       struct worker_ckks *w)
{
	const struct ckks_parameters *p = &e->context->parameters;
	size_t slots = ckks_parameters_slots(p);
	size_t fresh = ckks_ciphertext_words(e->context, p->n_primes);

	w->channel = WORKER_NO_CHANNEL;
	w->values = calloc(slots, sizeof(*w->values));
	w->other_values = calloc(slots, sizeof(*w->other_values));
	w->coefficients = calloc(p->degree, sizeof(*w->coefficients));
	w->decrypted = calloc(p->degree, sizeof(*w->decrypted));
	w->words = calloc(fresh, sizeof(*w->words));
	w->row = calloc(p->degree, sizeof(*w->row));
	w->scalars = calloc(taps * p->n_primes, sizeof(*w->scalars));
	w->inside = calloc(taps * p->n_primes, sizeof(*w->inside));
	w->sources = calloc(taps, sizeof(*w->sources));
	if (!w->values || !w->other_values || !w->coefficients ||
	    !w->decrypted || !w->words || !w->row || !w->scalars ||
	    !w->inside || !w->sources ||
	    ckks_encoder_new(e->context, &w->encoder) ||
	    ckks_encryptor_new(e->context, e->public, &w->encryptor) ||
	    ckks_decryptor_new(e->context, e->secret, &w->decryptor))
		return -ENOMEM;
	return 0;
}

static void worker_release(struct worker_ckks *w)
{
	ckks_encoder_free(w->encoder);
	ckks_encryptor_free(w->encryptor);
	ckks_decryptor_free(w->decryptor);
	free(w->values);
	free(w->other_values);
	free(w->coefficients);
	free(w->decrypted);
	free(w->words);
	free(w->row);
	free(w->scalars);
	free(w->inside);
	free(w->sources);
}

static int make_keys(struct engine_ckks *e)
{
	struct ckks_random r;
	int err;

	ckks_random_init(&e->seed, CKKS_PURPOSE_SECRET_KEY, 0, &r);
	err = ckks_secret_key_new(e->context, &r, &e->secret);
	if (!err) {
		ckks_random_init(&e->seed, CKKS_PURPOSE_PUBLIC_KEY, 0, &r);
		err = ckks_public_key_new(e->context, e->secret, &r,
					  &e->public);
	}
	ckks_random_clear(&r);
	return err;
}

int engine_ckks_new(const struct ckks_parameters *parameters,
		    const struct ckks_seed *seed, enum schedule_policy policy,
		    size_t taps, struct engine_ckks **ret)
{
	struct engine_ckks *e = calloc(1, sizeof(*e));
	int err;

	if (!e)
		return -ENOMEM;
	e->seed = *seed;
	e->policy = policy;
	e->scale = ckks_parameters_scale(parameters);
	err = ckks_context_new(parameters, &e->context);
	if (!err)
		err = make_keys(e);
	if (!err)
		err = pool_new(policy, &e->pool);
	if (!err) {
		e->n_workers = (size_t)omp_get_max_threads();
		e->workers = calloc(e->n_workers, sizeof(*e->workers));
		err = e->workers ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < e->n_workers && !err; i++)
		err = worker_init(e, taps, &e->workers[i]);
	if (err) {
		engine_ckks_free(e);
		return err;
	}
	*ret = e;
	return 0;
}

void engine_ckks_free(struct engine_ckks *e)
{
	if (!e)
		return;
	for (size_t i = 0; e->workers && i < e->n_workers; i++)
		worker_release(&e->workers[i]);
	free(e->workers);
	pool_free(e->pool);
	ckks_public_key_free(e->public);
	ckks_secret_key_free(e->secret);
	ckks_context_free(e->context);
	explicit_bzero(&e->seed, sizeof(e->seed));
	free(e);
}

int engine_ckks_decrypt(struct worker_ckks *w, const struct pool_cipher *cipher,
			size_t n, double *ret)
{
	struct ckks_ciphertext c = engine_ckks_ciphertext(cipher);
	int err;

	err = ckks_decryptor_decrypt(w->decryptor, &c, w->decrypted);
	if (err)
		return err;
	return ckks_encoder_decode(w->encoder, w->decrypted, c.scale, n, ret);
}

int engine_ckks_encrypt(const struct engine_ckks *e, struct worker_ckks *w,
			uint64_t stream, const double *values, size_t n,
			struct pool_cipher *cipher)
{
	struct ckks_ciphertext c = { .words = cipher->words };
	struct ckks_random r;
	int err;

	err = ckks_encoder_encode(w->encoder, values, n, e->scale,
				  w->coefficients);
	if (err)
		return err;
	ckks_random_init(&e->seed, CKKS_PURPOSE_ENCRYPTION, stream, &r);
	ckks_encryptor_encrypt(w->encryptor, &r, w->coefficients, e->scale, &c);
	ckks_random_clear(&r);
	cipher->primes = (uint16_t)c.n_primes;
	cipher->scale = c.scale;
	return 0;
}
