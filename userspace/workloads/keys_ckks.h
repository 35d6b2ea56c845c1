/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the data owner alone has: keys, and what is done with them to the
 * ciphertexts of an inference. In the experiment configuration it is in the
 * server's process; in the real one in a process of its own, and then no
 * object of this type is in the server's.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "ckks/decryptor.h"
#include "ckks/encoder.h"
#include "ckks/encryptor.h"
#include "ckks/key.h"
#include "ckks/random.h"
#include "workloads/graph.h"

/**
 * struct keys_ckks_worker - what one thread works in
 * @values: of the slots of a ciphertext; @other_values: of another one
 * @coefficients, @decrypted: of a polynomial, N each
 */
struct keys_ckks_worker {
	struct ckks_encoder *encoder;
	struct ckks_encryptor *encryptor;
	struct ckks_decryptor *decryptor;
	double *values;
	double *other_values;
	int64_t *coefficients;
	double *decrypted;
};

/**
 * struct keys_ckks - keys, and what is shared
 * @scale: of everything that is encoded
 * @seed: of all randomness
 * @next_stream: the number of the next ciphertext's random stream, which
 *	whoever encrypts counts on; no number is ever used twice
 */
struct keys_ckks {
	const struct ckks_context *context;
	struct ckks_secret_key *secret;
	struct ckks_public_key *public;
	double scale;
	struct ckks_seed seed;
	uint64_t next_stream;
	struct keys_ckks_worker *workers;
	size_t n_workers;
};

/* Makes keys, and @n_workers workers. @context must live as long. 0 or
 * -ENOMEM. */
int keys_ckks_new(const struct ckks_context *context,
		  const struct ckks_seed *seed, size_t n_workers,
		  struct keys_ckks **ret);
/* Accepts NULL. */
void keys_ckks_free(struct keys_ckks *k);

/* The slots of @cipher to the first @n of @ret. 0 or -EINVAL. */
int keys_ckks_decrypt(struct keys_ckks_worker *w,
		      const struct ckks_ciphertext *cipher, size_t n,
		      double *ret);

/* @n values to the slots of @ret, whose words have room for all primes, with
 * the randomness of @stream. 0, -EINVAL (infinite or no number), -ERANGE (too
 * large for a ciphertext). */
int keys_ckks_encrypt(const struct keys_ckks *k, struct keys_ckks_worker *w,
		      uint64_t stream, const double *values, size_t n,
		      struct ckks_ciphertext *ret);

/**
 * keys_ckks_refresh() - what is not made of additions and multiplications:
 * decrypt, operate, encrypt
 * @op: BoundedRelu, Relu (of one ciphertext) or MaxPool (of a window of them)
 * @sources: the words of @n > 0 ciphertexts
 * @like: their primes and scale
 * @batch: images in each
 *
 * Errors as of keys_ckks_encrypt(), and -EINVAL for another operation.
 */
int keys_ckks_refresh(const struct keys_ckks *k, struct keys_ckks_worker *w,
		      enum graph_op op, const uint64_t *const *sources, size_t n,
		      const struct ckks_ciphertext *like, size_t batch,
		      uint64_t stream, struct ckks_ciphertext *ret);
