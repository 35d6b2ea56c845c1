// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernels for any prime of up to 61 bits. Between the stages of a
 * transform residues stay unreduced, below four times the modulus on the way
 * forward and below twice on the way back (Harvey 2014, algorithms 3 and 4).
 */
#include "ckks/kernels.h"
#include "ckks/ring.h"

/* Coefficients that are summed at a time: their sums stay in registers. */
#define BLOCK	4

/* From below four times the modulus. */
static inline uint64_t reduce_fully(const struct ckks_modulus *q, uint64_t x)
{
	return ckks_modulus_below(ckks_modulus_below(x, 2 * q->value),
				  q->value);
}

static void forward_block(const struct ckks_modulus *q, struct ckks_factor w,
			  uint64_t *x, size_t n)
{
	uint64_t *y = x + n;

	for (size_t i = 0; i < n; i++) {
		uint64_t a = ckks_modulus_below(x[i], 2 * q->value);
		uint64_t b = ckks_factor_multiply_lazily(q, w, y[i]);

		x[i] = a + b;
		y[i] = a - b + 2 * q->value;
	}
}

static void forward(const struct ckks_ring *r, uint64_t *row)
{
	const struct ckks_modulus *q = &r->modulus;

	for (size_t m = 1, n = r->degree / 2; n; m *= 2, n /= 2)
		for (size_t i = 0; i < m; i++) {
			struct ckks_factor w = {
				r->roots[m + i], r->root_quotients[m + i],
			};

			forward_block(q, w, row + 2 * i * n, n);
		}
	for (size_t i = 0; i < r->degree; i++)
		row[i] = reduce_fully(q, row[i]);
}

static void inverse_block(const struct ckks_modulus *q, struct ckks_factor w,
			  uint64_t *x, size_t n)
{
	uint64_t *y = x + n;

	for (size_t i = 0; i < n; i++) {
		uint64_t a = x[i], b = y[i];

		x[i] = ckks_modulus_below(a + b, 2 * q->value);
		y[i] = ckks_factor_multiply_lazily(q, w, a - b + 2 * q->value);
	}
}

static void inverse(const struct ckks_ring *r, uint64_t *row)
{
	const struct ckks_modulus *q = &r->modulus;

	for (size_t m = r->degree / 2, n = 1; m; m /= 2, n *= 2)
		for (size_t i = 0; i < m; i++) {
			struct ckks_factor w = {
				r->inverse_roots[m + i],
				r->inverse_quotients[m + i],
			};

			inverse_block(q, w, row + 2 * i * n, n);
		}
	for (size_t i = 0; i < r->degree; i++)
		row[i] = ckks_factor_multiply(q, r->inverse_degree, row[i]);
}

static void reduce(const struct ckks_ring *r, const int64_t *numbers,
		   uint64_t *ret)
{
	for (size_t i = 0; i < r->degree; i++)
		ret[i] = ckks_modulus_reduce_signed(&r->modulus, numbers[i]);
}

static void multiply_add(const struct ckks_ring *r, const uint64_t *a,
			 const uint64_t *b, const uint64_t *c, uint64_t *ret)
{
	const struct ckks_modulus *q = &r->modulus;

	for (size_t i = 0; i < r->degree; i++)
		ret[i] = ckks_modulus_add(q,
				ckks_modulus_multiply(q, a[i], b[i]),
				c ? c[i] : 0);
}

static void scale_add(const struct ckks_ring *r, const uint64_t *a,
		      struct ckks_factor w, const uint64_t *c, uint64_t *ret)
{
	const struct ckks_modulus *q = &r->modulus;

	for (size_t i = 0; i < r->degree; i++)
		ret[i] = ckks_modulus_add(q, ckks_factor_multiply(q, w, a[i]),
					  c ? c[i] : 0);
}

static void scale_difference(const struct ckks_ring *r, const uint64_t *a,
			     const uint64_t *b, struct ckks_factor w,
			     uint64_t *ret)
{
	const struct ckks_modulus *q = &r->modulus;

	for (size_t i = 0; i < r->degree; i++)
		ret[i] = ckks_factor_multiply(q, w,
				ckks_modulus_subtract(q, a[i], b[i]));
}

/* Congruent to @sum, and below four times the modulus. */
static uint64_t fold(const struct ckks_ring *r, unsigned __int128 sum)
{
	return ckks_factor_multiply_lazily(&r->modulus, r->high,
					   (uint64_t)(sum >> 64)) +
	       ckks_factor_multiply_lazily(&r->modulus, r->modulus.one,
					   (uint64_t)sum);
}

static void accumulate(const struct ckks_ring *r,
		       const uint64_t *const *sources, size_t offset,
		       const uint64_t *scalars, size_t n, uint64_t *ret)
{
	for (size_t at = 0; at < r->degree; at += BLOCK) {
		unsigned __int128 sums[BLOCK] = { 0 };
		size_t until_fold = r->terms;

		for (size_t k = 0; k < n; k++) {
			const uint64_t *x = sources[k] + offset + at;

			for (size_t i = 0; i < BLOCK; i++)
				sums[i] += (unsigned __int128)x[i] * scalars[k];
			if (--until_fold)
				continue;
			for (size_t i = 0; i < BLOCK; i++)
				sums[i] = fold(r, sums[i]);
			until_fold = r->terms;
		}
		for (size_t i = 0; i < BLOCK; i++)
			ret[at + i] = reduce_fully(&r->modulus,
						   fold(r, sums[i]));
	}
}

const struct ckks_kernels ckks_kernels_wide = {
	.name = "wide",
	.word_bits = 64,
	.prime_bits = CKKS_MODULUS_BITS_MAX,
	.degree_min = BLOCK,
	.forward = forward,
	.inverse = inverse,
	.reduce = reduce,
	.multiply_add = multiply_add,
	.scale_add = scale_add,
	.scale_difference = scale_difference,
	.accumulate = accumulate,
};
