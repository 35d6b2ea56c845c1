// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/encryptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/row.h"
#include "ckks/sampler.h"

/**
 * struct ckks_encryptor - working memory
 * @mask: values of u modulo one prime; with all that follows it in one piece
 * @bytes: of that piece
 * @remainders: e less the remainder of u k + e, for both halves of the key
 * @small: coefficients of u
 */
struct ckks_encryptor {
	const struct ckks_context *context;
	const struct ckks_public_key *key;
	size_t bytes;
	uint64_t *mask;
	int64_t *remainders[2];
	int8_t *small;
	int8_t *errors[2];
};

int ckks_encryptor_new(const struct ckks_context *c,
		       const struct ckks_public_key *k,
		       struct ckks_encryptor **ret)
{
	struct ckks_encryptor *e = calloc(1, sizeof(*e));
	size_t degree = c->parameters.degree;

	if (!e)
		return -ENOMEM;
	e->bytes = 3 * degree * (sizeof(*e->mask) + sizeof(*e->small));
	e->mask = calloc(1, e->bytes);
	if (!e->mask) {
		free(e);
		return -ENOMEM;
	}
	e->context = c;
	e->key = k;
	e->remainders[0] = (int64_t *)(e->mask + degree);
	e->remainders[1] = e->remainders[0] + degree;
	e->small = (int8_t *)(e->remainders[1] + degree);
	e->errors[0] = e->small + degree;
	e->errors[1] = e->errors[0] + degree;
	*ret = e;
	return 0;
}

void ckks_encryptor_free(struct ckks_encryptor *e)
{
	if (!e)
		return;
	explicit_bzero(e->mask, e->bytes);
	free(e->mask);
	free(e);
}

void ckks_encryptor_freep(struct ckks_encryptor **e)
{
	ckks_encryptor_free(*e);
}

/* The row of the public key's half for the ring at place @i. */
static const uint64_t *key_row(const struct ckks_encryptor *e, size_t half,
			       size_t i)
{
	size_t n_rings = e->context->parameters.n_primes + 1;

	return e->key->words +
	       (half * n_rings + i) * e->context->parameters.degree;
}

/*
 * What both divisions leave, less the error: with x = u k + e, an integer
 * modulo all primes and P, and r its remainder modulo P nearest to zero,
 *
 *	(x - r) / P = u k / P + (e - r) / P  modulo each prime
 *
 * and e - r is small enough for a word. @scratch is a row.
 */
static void fill_remainders(struct ckks_encryptor *e, uint64_t *scratch)
{
	size_t place = e->context->parameters.n_primes;
	const struct ckks_ring *ring = e->context->rings[place];
	const struct ckks_modulus *p = &ring->modulus;

	row_of_small(ring, e->small, e->mask);
	for (size_t half = 0; half < 2; half++) {
		ckks_ring_multiply_add(ring, e->mask, key_row(e, half, place),
				       NULL, scratch);
		ckks_ring_inverse(ring, scratch);
		for (size_t k = 0; k < ring->degree; k++) {
			int64_t error = e->errors[half][k];
			uint64_t x = ckks_modulus_add(p, scratch[k],
					ckks_modulus_reduce_signed(p, error));

			e->remainders[half][k] = error -
						 ckks_modulus_centre(p, x);
		}
	}
}

/* One row: the values of m + remainder / P, and those of u k / P, which the key
 * holds divided. */
static void fill_row(const struct ckks_encryptor *e, size_t half, size_t i,
		     const uint64_t *message, uint64_t *ret)
{
	const struct ckks_context *c = e->context;
	const struct ckks_ring *ring = c->rings[i];

	ckks_ring_reduce(ring, e->remainders[half], ret);
	ckks_ring_scale_add(ring, ret, c->inverses[c->parameters.n_primes][i],
			    message, ret);
	ckks_ring_forward(ring, ret);
	ckks_ring_multiply_add(ring, e->mask, key_row(e, half, i), ret, ret);
}

void ckks_encryptor_encrypt(struct ckks_encryptor *e, struct ckks_random *r,
			    const int64_t *coefficients, double scale,
			    struct ckks_ciphertext *ret)
{
	const struct ckks_context *c = e->context;
	size_t degree = c->parameters.degree, n_primes = c->parameters.n_primes;

	ckks_sample_ternary(r, degree, e->small);
	/* Without errors u k / P is an integer (see key.h), so that nothing
	 * remains and nothing is rounded: all of what would be written is 0
	 * from the start. */
	if (c->parameters.errors == CKKS_ERRORS_SAMPLED) {
		ckks_sample_error(r, degree, e->errors[0]);
		ckks_sample_error(r, degree, e->errors[1]);
		fill_remainders(e, ret->words);
	}
	for (size_t i = 0; i < n_primes; i++) {
		/* the second half's place is free until its turn */
		uint64_t *halves[2] = {
			ret->words + i * degree,
			ret->words + (n_primes + i) * degree,
		};

		row_of_small(c->rings[i], e->small, e->mask);
		ckks_ring_reduce(c->rings[i], coefficients, halves[1]);
		fill_row(e, 0, i, halves[1], halves[0]);
		fill_row(e, 1, i, NULL, halves[1]);
	}
	ret->n_primes = n_primes;
	ret->scale = scale;
}
