/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the operations of an encrypted inference share: parameters, keys, the
 * pool; and for each thread a worker with the memory that it works in.
 *
 * This is the experiment configuration: keys and ciphertexts are in one
 * process, and nothing is hidden from it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/context.h"
#include "ckks/decryptor.h"
#include "ckks/encoder.h"
#include "ckks/encryptor.h"
#include "ckks/key.h"
#include "ckks/random.h"
#include "workloads/pool.h"

#define WORKER_NO_CHANNEL	SIZE_MAX

/**
 * struct worker_ckks - what one thread works in
 * @values: of the slots of a ciphertext; @other_values: of another one
 * @coefficients, @decrypted: of a polynomial, N each
 * @words: of a fresh ciphertext
 * @row: N words
 * @channel: whose taps are in @scalars, or WORKER_NO_CHANNEL
 * @scalars: [primes][taps], encoded
 * @inside: those of them that are not over an edge
 * @sources: the words of as many ciphertexts
 */
struct worker_ckks {
	struct ckks_encoder *encoder;
	struct ckks_encryptor *encryptor;
	struct ckks_decryptor *decryptor;
	double *values;
	double *other_values;
	int64_t *coefficients;
	double *decrypted;
	uint64_t *words;
	uint64_t *row;
	size_t channel;
	uint64_t *scalars;
	uint64_t *inside;
	const uint64_t **sources;
};

/**
 * struct engine_ckks - what is shared
 * @scale: of everything that is encoded
 * @seed: of all randomness
 * @next_stream: the number of the next ciphertext's random stream; no number
 *	is ever used twice
 */
struct engine_ckks {
	struct ckks_context *context;
	struct ckks_secret_key *secret;
	struct ckks_public_key *public;
	double scale;
	struct ckks_seed seed;
	uint64_t next_stream;
	enum schedule_policy policy;
	struct pool *pool;
	struct worker_ckks *workers;
	size_t n_workers;
};

/**
 * engine_ckks_new() - make keys, and workers for as many threads as OpenMP is
 * set to
 * @taps: that the largest window has
 *
 * 0, -EINVAL (parameters that do not fit together), -ENOMEM.
 */
int engine_ckks_new(const struct ckks_parameters *parameters,
		    const struct ckks_seed *seed, enum schedule_policy policy,
		    size_t taps, struct engine_ckks **ret);
void engine_ckks_free(struct engine_ckks *e);

/* A ciphertext of the pool as the library wants it. */
static inline struct ckks_ciphertext
engine_ckks_ciphertext(const struct pool_cipher *cipher)
{
	return (struct ckks_ciphertext){
		.words = cipher->words,
		.n_primes = cipher->primes,
		.scale = cipher->scale,
	};
}

/* The slots of @cipher to the first @n of @ret. 0 or -EINVAL. */
int engine_ckks_decrypt(struct worker_ckks *w, const struct pool_cipher *cipher,
			size_t n, double *ret);

/* @n values to the slots of @cipher, whose buffer has room for all primes, with
 * the randomness of @stream. 0, -EINVAL (infinite or no number), -ERANGE (too
 * large for a ciphertext). */
int engine_ckks_encrypt(const struct engine_ckks *e, struct worker_ckks *w,
			uint64_t stream, const double *values, size_t n,
			struct pool_cipher *cipher);
