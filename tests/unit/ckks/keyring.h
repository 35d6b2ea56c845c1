/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that it takes to encrypt and decrypt, from a seed.
 */
#pragma once

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "ckks/decryptor.h"
#include "ckks/encoder.h"
#include "ckks/encryptor.h"
#include "ckks/key.h"
#include "ckks/random.h"
#include "suite.h"

struct keyring {
	struct ckks_seed seed;
	uint64_t encrypted;	/* so many ciphertexts */
	struct ckks_context *context;
	struct ckks_encoder *encoder;
	struct ckks_secret_key *secret;
	struct ckks_public_key *public;
	struct ckks_encryptor *encryptor;
	struct ckks_decryptor *decryptor;
};

static inline struct keyring keyring_new(const struct ckks_parameters *p,
					 uint64_t seed)
{
	struct keyring k = { 0 };
	struct ckks_random r;

	ckks_seed_number(seed, &k.seed);
	CU_ASSERT_EQUAL_FATAL(ckks_context_new(p, &k.context), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_encoder_new(k.context, &k.encoder), 0);
	ckks_random_init(&k.seed, CKKS_PURPOSE_SECRET_KEY, 0, &r);
	CU_ASSERT_EQUAL_FATAL(ckks_secret_key_new(k.context, &r, &k.secret), 0);
	ckks_random_init(&k.seed, CKKS_PURPOSE_PUBLIC_KEY, 0, &r);
	CU_ASSERT_EQUAL_FATAL(ckks_public_key_new(k.context, k.secret, &r,
						  &k.public), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_encryptor_new(k.context, k.public,
						 &k.encryptor), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_decryptor_new(k.context, k.secret,
						 &k.decryptor), 0);
	return k;
}

static inline struct keyring keyring_standard(size_t degree,
					      enum ckks_errors errors)
{
	struct ckks_parameters p;

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(degree, &p), 0);
	p.errors = errors;
	return keyring_new(&p, degree);
}

static inline void keyring_release(struct keyring *k)
{
	ckks_decryptor_free(k->decryptor);
	ckks_encryptor_free(k->encryptor);
	ckks_public_key_free(k->public);
	ckks_secret_key_free(k->secret);
	ckks_encoder_free(k->encoder);
	ckks_context_free(k->context);
}

/* A ciphertext with room for all primes; its words are the caller's. */
static inline struct ckks_ciphertext keyring_room(const struct keyring *k)
{
	size_t n_primes = k->context->parameters.n_primes;
	struct ckks_ciphertext a = {
		.words = calloc(ckks_ciphertext_words(k->context, n_primes),
				sizeof(*a.words)),
		.n_primes = n_primes,
		.scale = 1,
	};

	CU_ASSERT_PTR_NOT_NULL_FATAL(a.words);
	return a;
}

static inline struct ckks_ciphertext keyring_encrypt(struct keyring *k,
		const int64_t *coefficients, double scale)
{
	struct ckks_ciphertext a = keyring_room(k);
	struct ckks_random r;

	ckks_random_init(&k->seed, CKKS_PURPOSE_ENCRYPTION, k->encrypted++, &r);
	ckks_encryptor_encrypt(k->encryptor, &r, coefficients, scale, &a);
	CU_ASSERT_TRUE(ckks_ciphertext_valid(k->context, &a));
	return a;
}
