// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/keys_ckks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int worker_init(const struct keys_ckks *k, struct keys_ckks_worker *w)
{
	const struct ckks_parameters *p = &k->context->parameters;
	size_t slots = ckks_parameters_slots(p);

	w->values = calloc(slots, sizeof(*w->values));
	w->other_values = calloc(slots, sizeof(*w->other_values));
	w->coefficients = calloc(p->degree, sizeof(*w->coefficients));
	w->decrypted = calloc(p->degree, sizeof(*w->decrypted));
	if (!w->values || !w->other_values || !w->coefficients ||
	    !w->decrypted || ckks_encoder_new(k->context, &w->encoder) ||
	    ckks_encryptor_new(k->context, k->public, &w->encryptor) ||
	    ckks_decryptor_new(k->context, k->secret, &w->decryptor))
		return -ENOMEM;
	return 0;
}

static void worker_release(struct keys_ckks_worker *w)
{
	ckks_encoder_free(w->encoder);
	ckks_encryptor_free(w->encryptor);
	ckks_decryptor_free(w->decryptor);
	free(w->values);
	free(w->other_values);
	free(w->coefficients);
	free(w->decrypted);
}

static int make_keys(struct keys_ckks *k)
{
	struct ckks_random r;
	int err;

	ckks_random_init(&k->seed, CKKS_PURPOSE_SECRET_KEY, 0, &r);
	err = ckks_secret_key_new(k->context, &r, &k->secret);
	if (!err) {
		ckks_random_init(&k->seed, CKKS_PURPOSE_PUBLIC_KEY, 0, &r);
		err = ckks_public_key_new(k->context, k->secret, &r,
					  &k->public);
	}
	ckks_random_clear(&r);
	return err;
}

int keys_ckks_new(const struct ckks_context *context,
		  const struct ckks_seed *seed, size_t n_workers,
		  struct keys_ckks **ret)
{
	struct keys_ckks *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	k->context = context;
	k->seed = *seed;
	k->scale = ckks_parameters_scale(&context->parameters);
	err = make_keys(k);
	if (!err) {
		k->workers = calloc(n_workers, sizeof(*k->workers));
		k->n_workers = n_workers;
		err = k->workers ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < n_workers && !err; i++)
		err = worker_init(k, &k->workers[i]);
	if (err) {
		keys_ckks_free(k);
		return err;
	}
	*ret = k;
	return 0;
}

void keys_ckks_free(struct keys_ckks *k)
{
	if (!k)
		return;
	for (size_t i = 0; k->workers && i < k->n_workers; i++)
		worker_release(&k->workers[i]);
	free(k->workers);
	ckks_public_key_free(k->public);
	ckks_secret_key_free(k->secret);
	explicit_bzero(&k->seed, sizeof(k->seed));
	free(k);
}

int keys_ckks_decrypt(struct keys_ckks_worker *w,
		      const struct ckks_ciphertext *cipher, size_t n,
		      double *ret)
{
	int err = ckks_decryptor_decrypt(w->decryptor, cipher, w->decrypted);

	if (err)
		return err;
	return ckks_encoder_decode(w->encoder, w->decrypted, cipher->scale, n,
				   ret);
}

int keys_ckks_encrypt(const struct keys_ckks *k, struct keys_ckks_worker *w,
		      uint64_t stream, const double *values, size_t n,
		      struct ckks_ciphertext *ret)
{
	struct ckks_random r;
	int err;

	err = ckks_encoder_encode(w->encoder, values, n, k->scale,
				  w->coefficients);
	if (err)
		return err;
	ckks_random_init(&k->seed, CKKS_PURPOSE_ENCRYPTION, stream, &r);
	ckks_encryptor_encrypt(w->encryptor, &r, w->coefficients, k->scale,
			       ret);
	ckks_random_clear(&r);
	return 0;
}

/* The largest of each slot to @w->values. */
static int find_largest(struct keys_ckks_worker *w,
			const uint64_t *const *sources, size_t n,
			const struct ckks_ciphertext *like, size_t batch)
{
	int err = n ? 0 : -EINVAL;

	for (size_t i = 0; i < n && !err; i++) {
		struct ckks_ciphertext c = {
			.words = (uint64_t *)sources[i],	/* only read */
			.n_primes = like->n_primes,
			.scale = like->scale,
		};

		err = keys_ckks_decrypt(w, &c, batch,
					i ? w->other_values : w->values);
		for (size_t k = 0; k < batch && i && !err; k++)
			w->values[k] = fmax(w->values[k], w->other_values[k]);
	}
	return err;
}

int keys_ckks_refresh(const struct keys_ckks *k, struct keys_ckks_worker *w,
		      enum graph_op op, const uint64_t *const *sources, size_t n,
		      const struct ckks_ciphertext *like, size_t batch,
		      uint64_t stream, struct ckks_ciphertext *ret)
{
	double least = op == GRAPH_MAX_POOL ? -INFINITY : 0;
	double most = op == GRAPH_BOUNDED_RELU ? 6 : INFINITY;
	int err;

	if (!graph_refreshes(op) || op == GRAPH_PARAMETER ||
	    (op != GRAPH_MAX_POOL && n != 1))
		return -EINVAL;
	err = find_largest(w, sources, n, like, batch);
	if (err)
		return err;
	for (size_t i = 0; i < batch; i++)
		w->values[i] = fmin(fmax(w->values[i], least), most);
	return keys_ckks_encrypt(k, w, stream, w->values, batch, ret);
}
