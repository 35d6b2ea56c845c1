// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/row.h"
#include "ckks/sampler.h"

static void free_secret(void *p, size_t bytes)
{
	if (p)
		explicit_bzero(p, bytes);
	free(p);
}

int ckks_secret_key_new(const struct ckks_context *c, struct ckks_random *r,
			struct ckks_secret_key **ret)
{
	size_t degree = c->parameters.degree;
	size_t n_rings = c->parameters.n_primes + 1;
	struct ckks_secret_key *k = calloc(1, sizeof(*k));
	int8_t *coefficients = malloc(degree);

	if (k) {
		k->n_words = n_rings * degree;
		k->words = calloc(k->n_words, sizeof(*k->words));
	}
	if (!k || !k->words || !coefficients) {
		ckks_secret_key_free(k);
		free(coefficients);
		return -ENOMEM;
	}
	ckks_sample_ternary(r, degree, coefficients);
	for (size_t i = 0; i < n_rings; i++)
		row_of_small(c->rings[i], coefficients, k->words + i * degree);
	free_secret(coefficients, degree);
	*ret = k;
	return 0;
}

void ckks_secret_key_free(struct ckks_secret_key *k)
{
	if (!k)
		return;
	free_secret(k->words, k->n_words * sizeof(*k->words));
	free(k);
}

void ckks_secret_key_freep(struct ckks_secret_key **k)
{
	ckks_secret_key_free(*k);
}

/* One row of each half. The values of a uniform polynomial are uniform, too. */
static void fill_rows(const struct ckks_ring *ring, struct ckks_random *r,
		      const int8_t *error, const uint64_t *secret,
		      uint64_t *half_0, uint64_t *half_1)
{
	const struct ckks_modulus *q = &ring->modulus;

	ckks_sample_uniform(r, q, ring->degree, half_1);
	row_of_small(ring, error, half_0);
	ckks_ring_multiply_add(ring, half_1, secret, half_0, half_0);
	for (size_t i = 0; i < ring->degree; i++)
		half_0[i] = ckks_modulus_negate(q, half_0[i]);
}

/* Divides the rows of a prime by the special one. */
static void divide_rows(const struct ckks_context *c, size_t i,
			uint64_t *half_0, uint64_t *half_1)
{
	struct ckks_factor inverse = c->inverses[c->parameters.n_primes][i];

	ckks_ring_scale_add(c->rings[i], half_0, inverse, NULL, half_0);
	ckks_ring_scale_add(c->rings[i], half_1, inverse, NULL, half_1);
}

int ckks_public_key_new(const struct ckks_context *c,
			const struct ckks_secret_key *s, struct ckks_random *r,
			struct ckks_public_key **ret)
{
	size_t degree = c->parameters.degree;
	size_t n_rings = c->parameters.n_primes + 1;
	bool errors = c->parameters.errors == CKKS_ERRORS_SAMPLED;
	struct ckks_public_key *k = calloc(1, sizeof(*k));
	int8_t *error = calloc(degree, 1);

	if (k) {
		k->n_words = 2 * n_rings * degree;
		k->words = calloc(k->n_words, sizeof(*k->words));
	}
	if (!k || !k->words || !error) {
		ckks_public_key_free(k);
		free(error);
		return -ENOMEM;
	}
	if (errors)
		ckks_sample_error(r, degree, error);
	for (size_t i = 0; i < n_rings; i++) {
		uint64_t *half_0 = k->words + i * degree;
		uint64_t *half_1 = half_0 + n_rings * degree;

		fill_rows(c->rings[i], r, error, s->words + i * degree, half_0,
			  half_1);
		if (errors && i < c->parameters.n_primes)
			divide_rows(c, i, half_0, half_1);
	}
	free_secret(error, degree);
	*ret = k;
	return 0;
}

void ckks_public_key_free(struct ckks_public_key *k)
{
	if (!k)
		return;
	free(k->words);
	free(k);
}

void ckks_public_key_freep(struct ckks_public_key **k)
{
	ckks_public_key_free(*k);
}
