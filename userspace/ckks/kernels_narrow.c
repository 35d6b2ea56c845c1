// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernels for primes below 2^30 but for the transforms, compiled twice:
 * with and without AVX2.
 */
#include "ckks/kernels.h"
#include "ckks/narrow.h"

#ifdef __AVX2__
#define NAME		"narrow, AVX2"
#define KERNELS		ckks_kernels_narrow_avx2
#else
#define NAME		"narrow"
#define KERNELS		ckks_kernels_narrow
#endif

/* Registers of sums: as many as leave some of sixteen for the products. */
#define SUMS		8

/* What brings a number of 64 bits below four times the modulus. */
struct folding {
	struct factors high;
	struct factors one;
};

NARROW_INLINE struct folding folding_of(const struct ckks_ring *r)
{
	return (struct folding){
		.high = factors_of(r->high),
		.one = factors_of(r->modulus.one),
	};
}

NARROW_INLINE lanes fold(const struct constants *c, const struct folding *f,
			 lanes x)
{
	return multiply_lazily(c, &f->high, x >> 32) +
	       multiply_lazily(c, &f->one, x & UINT32_MAX);
}

static void reduce(const struct ckks_ring *r, const int64_t *numbers,
		   uint64_t *ret)
{
	const struct constants c = constants_of(r);
	const struct folding f = folding_of(r);
	const lanes shift = lanes_of(r->shift);

	for (size_t i = 0; i < r->degree; i += LANES) {
		/* not negative, and what was added is taken off again */
		lanes x = lanes_load((const uint64_t *)numbers + i) +
			  ((uint64_t)1 << 62);

		x = lanes_below(fold(&c, &f, x), c.twice_q) + shift;
		lanes_store(ret + i, reduce_fully(&c, x));
	}
}

static void multiply_add(const struct ckks_ring *r, const uint64_t *a,
			 const uint64_t *b, const uint64_t *c, uint64_t *ret)
{
	const struct constants k = constants_of(r);
	const struct folding f = folding_of(r);

	for (size_t i = 0; i < r->degree; i += LANES) {
		lanes x = lanes_multiply(lanes_load(a + i), lanes_load(b + i));

		if (c)
			x += lanes_load(c + i);
		lanes_store(ret + i, reduce_fully(&k, fold(&k, &f, x)));
	}
}

static void scale_add(const struct ckks_ring *r, const uint64_t *a,
		      struct ckks_factor w, const uint64_t *c, uint64_t *ret)
{
	const struct constants k = constants_of(r);
	const struct factors v = factors_of(w);

	for (size_t i = 0; i < r->degree; i += LANES) {
		lanes x = multiply_lazily(&k, &v, lanes_load(a + i));

		if (c)
			x += lanes_load(c + i);
		lanes_store(ret + i, reduce_fully(&k, x));
	}
}

static void scale_difference(const struct ckks_ring *r, const uint64_t *a,
			     const uint64_t *b, struct ckks_factor w,
			     uint64_t *ret)
{
	const struct constants k = constants_of(r);
	const struct factors v = factors_of(w);

	for (size_t i = 0; i < r->degree; i += LANES) {
		lanes x = lanes_load(a + i) + k.q - lanes_load(b + i);

		lanes_store(ret + i,
			    lanes_below(multiply_lazily(&k, &v, x), k.q));
	}
}

/* @n_sums is a constant wherever this is called, so that the loops over the
 * sums are unrolled and the sums need no memory. */
NARROW_INLINE void accumulate_block(const struct ckks_ring *r,
				    const uint64_t *const *sources,
				    size_t offset, const uint64_t *scalars,
				    size_t n, size_t n_sums, uint64_t *ret)
{
	const struct constants c = constants_of(r);
	const struct folding f = folding_of(r);
	lanes sums[SUMS] = { 0 };

	for (size_t k = 0; k < n;) {
		size_t end = n - k > r->terms ? k + r->terms : n;

		for (; k < end; k++) {
			const uint64_t *x = sources[k] + offset;
			lanes w = lanes_of(scalars[k]);

#pragma GCC unroll 8
			for (size_t i = 0; i < n_sums; i++)
				sums[i] += lanes_multiply(
					lanes_load(x + i * LANES), w);
		}
#pragma GCC unroll 8
		for (size_t i = 0; i < n_sums; i++)
			sums[i] = fold(&c, &f, sums[i]);
	}
#pragma GCC unroll 8
	for (size_t i = 0; i < n_sums; i++)
		lanes_store(ret + i * LANES, reduce_fully(&c, sums[i]));
}

static void accumulate(const struct ckks_ring *r,
		       const uint64_t *const *sources, size_t offset,
		       const uint64_t *scalars, size_t n, uint64_t *ret)
{
	size_t i = 0;

	for (; i + SUMS * LANES <= r->degree; i += SUMS * LANES)
		accumulate_block(r, sources, offset + i, scalars, n, SUMS,
				 ret + i);
	/* a power of two, so that all of a smaller ring remains */
	if (r->degree == 4 * LANES)
		accumulate_block(r, sources, offset, scalars, n, 4, ret);
	else if (r->degree == 2 * LANES)
		accumulate_block(r, sources, offset, scalars, n, 2, ret);
}

const struct ckks_kernels KERNELS = {
	.name = NAME,
	.word_bits = 32,
	.prime_bits = 30,
	.degree_min = 2 * LANES,
	.forward = NARROW(forward),
	.inverse = NARROW(inverse),
	.reduce = reduce,
	.multiply_add = multiply_add,
	.scale_add = scale_add,
	.scale_difference = scale_difference,
	.accumulate = accumulate,
};
