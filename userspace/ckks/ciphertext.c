// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/ciphertext.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Scales are equal but for the rounding of products and quotients of primes
 * beyond 53 bits. */
#define SCALE_TOLERANCE	1e-12

static bool same_scale(double a, double b)
{
	return fabs(a - b) <= SCALE_TOLERANCE * fabs(a);
}

static bool has_primes(const struct ckks_context *c, size_t n_primes)
{
	return n_primes && n_primes <= c->parameters.n_primes;
}

/* The row of polynomial @half for prime @i. */
static uint64_t *row_of(const struct ckks_context *c,
			const struct ckks_ciphertext *a, size_t half, size_t i)
{
	return a->words + (half * a->n_primes + i) * c->parameters.degree;
}

bool ckks_ciphertext_valid(const struct ckks_context *c,
			   const struct ckks_ciphertext *a)
{
	if (!has_primes(c, a->n_primes) || !isfinite(a->scale) || a->scale <= 0)
		return false;
	for (size_t i = 0; i < 2 * a->n_primes; i++) {
		uint64_t q = c->parameters.primes[i % a->n_primes];
		const uint64_t *row = row_of(c, a, 0, i);

		for (size_t k = 0; k < c->parameters.degree; k++)
			if (row[k] >= q)
				return false;
	}
	return true;
}

int ckks_ciphertext_add(const struct ckks_context *c,
			const struct ckks_ciphertext *a,
			const struct ckks_ciphertext *b,
			struct ckks_ciphertext *ret)
{
	if (!has_primes(c, a->n_primes) || a->n_primes != b->n_primes ||
	    !same_scale(a->scale, b->scale))
		return -EINVAL;
	ret->n_primes = a->n_primes;
	ret->scale = a->scale;
	for (size_t i = 0; i < 2 * a->n_primes; i++) {
		const struct ckks_modulus *q =
			&c->rings[i % a->n_primes]->modulus;
		const uint64_t *x = row_of(c, a, 0, i), *y = row_of(c, b, 0, i);
		uint64_t *sum = row_of(c, ret, 0, i);

		for (size_t k = 0; k < c->parameters.degree; k++)
			sum[k] = ckks_modulus_add(q, x[k], y[k]);
	}
	return 0;
}

/* The values of a constant polynomial are all the constant; only c0 has it. */
int ckks_ciphertext_add_scalar(const struct ckks_context *c,
			       const struct ckks_ciphertext *a,
			       const uint64_t *residues,
			       struct ckks_ciphertext *ret)
{
	if (!has_primes(c, a->n_primes))
		return -EINVAL;
	ret->n_primes = a->n_primes;
	ret->scale = a->scale;
	for (size_t i = 0; i < a->n_primes; i++) {
		const struct ckks_modulus *q = &c->rings[i]->modulus;
		const uint64_t *x = row_of(c, a, 0, i);
		uint64_t *sum = row_of(c, ret, 0, i);

		for (size_t k = 0; k < c->parameters.degree; k++)
			sum[k] = ckks_modulus_add(q, x[k], residues[i]);
	}
	if (ret->words != a->words)
		memcpy(row_of(c, ret, 1, 0), row_of(c, a, 1, 0),
		       ckks_ciphertext_words(c, a->n_primes) / 2 *
		       sizeof(*a->words));
	return 0;
}

int ckks_ciphertext_multiply_scalar(const struct ckks_context *c,
				    const struct ckks_ciphertext *a,
				    const uint64_t *residues, double scale,
				    struct ckks_ciphertext *ret)
{
	const uint64_t *source = a->words;

	if (!has_primes(c, a->n_primes))
		return -EINVAL;
	ret->n_primes = a->n_primes;
	ret->scale = a->scale * scale;
	for (size_t i = 0; i < 2 * a->n_primes; i++) {
		size_t prime = i % a->n_primes;

		ckks_ring_accumulate(c->rings[prime], &source,
				     i * c->parameters.degree,
				     &residues[prime], 1, row_of(c, ret, 0, i));
	}
	return 0;
}

int ckks_ciphertext_accumulate(const struct ckks_context *c,
			       const uint64_t *const *sources,
			       const uint64_t *scalars, size_t n,
			       struct ckks_ciphertext *ret)
{
	if (!has_primes(c, ret->n_primes))
		return -EINVAL;
	for (size_t i = 0; i < 2 * ret->n_primes; i++) {
		size_t prime = i % ret->n_primes;

		ckks_ring_accumulate(c->rings[prime], sources,
				     i * c->parameters.degree,
				     scalars + prime * n, n,
				     row_of(c, ret, 0, i));
	}
	return 0;
}

/*
 * (x - r) / p for the values @row of x modulo @to's prime, where p is the prime
 * that goes and r the remainder nearest to zero (Cheon, Han, Kim, Kim and Song,
 * "A Full RNS Variant of Approximate Homomorphic Encryption", SAC 2018, section
 * 3; rounded, not cut off).
 */
static void divide_row(const struct ckks_ring *to, struct ckks_factor inverse,
		       const int64_t *remainder, const uint64_t *row,
		       uint64_t *scratch, uint64_t *ret)
{
	ckks_ring_reduce(to, remainder, scratch);
	ckks_ring_forward(to, scratch);
	ckks_ring_scale_difference(to, row, scratch, inverse, ret);
}

/* Rows move to the front, each to where one was that is no longer needed. */
int ckks_ciphertext_rescale(const struct ckks_context *c,
			    struct ckks_ciphertext *a, uint64_t *scratch)
{
	struct ckks_ciphertext result = *a;
	const struct ckks_ring *last_ring;
	uint64_t p;

	if (!has_primes(c, a->n_primes) || a->n_primes == 1)
		return -EINVAL;
	result.n_primes--;
	last_ring = c->rings[result.n_primes];
	p = last_ring->modulus.value;
	for (size_t half = 0; half < 2; half++) {
		uint64_t *last = row_of(c, a, half, result.n_primes);
		int64_t *remainder = (int64_t *)last;

		ckks_ring_inverse(last_ring, last);
		for (size_t k = 0; k < last_ring->degree; k++)
			remainder[k] = ckks_modulus_centre(&last_ring->modulus,
							   last[k]);
		for (size_t i = 0; i < result.n_primes; i++)
			divide_row(c->rings[i], c->inverses[result.n_primes][i],
				   remainder, row_of(c, a, half, i), scratch,
				   row_of(c, &result, half, i));
	}
	result.scale /= (double)p;
	*a = result;
	return 0;
}

int ckks_ciphertext_drop(const struct ckks_context *c,
			 const struct ckks_ciphertext *a, size_t n_primes,
			 struct ckks_ciphertext *ret)
{
	size_t bytes = n_primes * c->parameters.degree * sizeof(*a->words);
	const uint64_t *halves[2];

	if (!has_primes(c, a->n_primes) || !n_primes || n_primes > a->n_primes)
		return -EINVAL;
	halves[0] = row_of(c, a, 0, 0);
	halves[1] = row_of(c, a, 1, 0);
	ret->scale = a->scale;
	ret->n_primes = n_primes;
	for (size_t half = 0; half < 2; half++)
		memmove(row_of(c, ret, half, 0), halves[half], bytes);
	return 0;
}
