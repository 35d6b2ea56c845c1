// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernels for primes below 2^30, compiled twice: with and without AVX2.
 * The bounds between stages are those of kernels_wide.c.
 */
#include "ckks/kernels.h"
#include "ckks/lanes.h"
#include "ckks/ring.h"

#ifdef __AVX2__
#define NAME		"narrow, AVX2"
#define KERNELS		ckks_kernels_narrow_avx2
#else
#define NAME		"narrow"
#define KERNELS		ckks_kernels_narrow
#endif

#define ALWAYS_INLINE	static inline __attribute__((always_inline))

/* Registers of sums: as many as leave some of sixteen for the products. */
#define SUMS		8

struct constants {
	lanes q;
	lanes twice_q;
};

static struct constants constants_of(const struct ckks_ring *r)
{
	return (struct constants){
		.q = lanes_of(r->modulus.value),
		.twice_q = lanes_of(2 * r->modulus.value),
	};
}

ALWAYS_INLINE void forward_butterfly(const struct constants *c, lanes w,
				     lanes quotient, lanes *x, lanes *y)
{
	lanes a = lanes_below(*x, c->twice_q);
	lanes b = lanes_multiply_lazily(*y, w, quotient, c->q);

	*x = a + b;
	*y = a - b + c->twice_q;
}

ALWAYS_INLINE void inverse_butterfly(const struct constants *c, lanes w,
				     lanes quotient, lanes *x, lanes *y)
{
	lanes a = *x, b = *y;

	*x = lanes_below(a + b, c->twice_q);
	*y = lanes_multiply_lazily(a - b + c->twice_q, w, quotient, c->q);
}

/* The roots of two blocks of four coefficients, and of four blocks of two, for
 * coefficients in the order in which the shuffles below leave them. */
ALWAYS_INLINE lanes roots_of_two(const uint64_t *roots)
{
	return (lanes){ roots[0], roots[0], roots[1], roots[1] };
}

ALWAYS_INLINE lanes roots_of_four(const uint64_t *roots)
{
	lanes w = lanes_load(roots);

	return __builtin_shufflevector(w, w, 0, 2, 1, 3);
}

/* The halves and the odd and even lanes of two registers; each undoes
 * itself. */
#define LOW_HALVES(a, b)	__builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_HALVES(a, b)	__builtin_shufflevector(a, b, 2, 3, 6, 7)
#define EVEN_LANES(a, b)	__builtin_shufflevector(a, b, 0, 4, 2, 6)
#define ODD_LANES(a, b)		__builtin_shufflevector(a, b, 1, 5, 3, 7)

/* The last two stages, whose blocks are smaller than two registers, and the
 * reduction. */
static void forward_end(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);
	size_t two = r->degree / 4, four = r->degree / 2;

	for (size_t i = 0; i < r->degree; i += 2 * LANES, two += 2, four += 4) {
		lanes a = lanes_load(row + i), b = lanes_load(row + i + LANES);
		lanes x = LOW_HALVES(a, b), y = HIGH_HALVES(a, b);

		forward_butterfly(&c, roots_of_two(r->roots + two),
				  roots_of_two(r->root_quotients + two), &x, &y);
		a = LOW_HALVES(x, y);
		b = HIGH_HALVES(x, y);
		x = EVEN_LANES(a, b);
		y = ODD_LANES(a, b);
		forward_butterfly(&c, roots_of_four(r->roots + four),
				  roots_of_four(r->root_quotients + four), &x, &y);
		x = lanes_below(lanes_below(x, c.twice_q), c.q);
		y = lanes_below(lanes_below(y, c.twice_q), c.q);
		lanes_store(row + i, EVEN_LANES(x, y));
		lanes_store(row + i + LANES, ODD_LANES(x, y));
	}
}

static void forward(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);

	for (size_t m = 1, n = r->degree / 2; n >= LANES; m *= 2, n /= 2)
		for (size_t i = 0; i < m; i++) {
			lanes w = lanes_of(r->roots[m + i]);
			lanes quotient = lanes_of(r->root_quotients[m + i]);
			uint64_t *block = row + 2 * i * n;

			for (size_t j = 0; j < n; j += LANES) {
				lanes x = lanes_load(block + j);
				lanes y = lanes_load(block + n + j);

				forward_butterfly(&c, w, quotient, &x, &y);
				lanes_store(block + j, x);
				lanes_store(block + n + j, y);
			}
		}
	forward_end(r, row);
}

static void inverse_start(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);
	size_t two = r->degree / 4, four = r->degree / 2;

	for (size_t i = 0; i < r->degree; i += 2 * LANES, two += 2, four += 4) {
		lanes a = lanes_load(row + i), b = lanes_load(row + i + LANES);
		lanes x = EVEN_LANES(a, b), y = ODD_LANES(a, b);

		inverse_butterfly(&c, roots_of_four(r->inverse_roots + four),
				  roots_of_four(r->inverse_quotients + four),
				  &x, &y);
		a = EVEN_LANES(x, y);
		b = ODD_LANES(x, y);
		x = LOW_HALVES(a, b);
		y = HIGH_HALVES(a, b);
		inverse_butterfly(&c, roots_of_two(r->inverse_roots + two),
				  roots_of_two(r->inverse_quotients + two),
				  &x, &y);
		lanes_store(row + i, LOW_HALVES(x, y));
		lanes_store(row + i + LANES, HIGH_HALVES(x, y));
	}
}

static void inverse(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);
	lanes w = lanes_of(r->inverse_degree.value);
	lanes quotient = lanes_of(r->inverse_degree.quotient);

	inverse_start(r, row);
	for (size_t m = r->degree / 8, n = LANES; m; m /= 2, n *= 2)
		for (size_t i = 0; i < m; i++) {
			lanes v = lanes_of(r->inverse_roots[m + i]);
			lanes v_quotient = lanes_of(r->inverse_quotients[m + i]);
			uint64_t *block = row + 2 * i * n;

			for (size_t j = 0; j < n; j += LANES) {
				lanes x = lanes_load(block + j);
				lanes y = lanes_load(block + n + j);

				inverse_butterfly(&c, v, v_quotient, &x, &y);
				lanes_store(block + j, x);
				lanes_store(block + n + j, y);
			}
		}
	for (size_t i = 0; i < r->degree; i += LANES) {
		lanes x = lanes_multiply_lazily(lanes_load(row + i), w,
						quotient, c.q);

		lanes_store(row + i, lanes_below(x, c.q));
	}
}

/* Congruent to a sum of 64 bits, and below four times the modulus. */
ALWAYS_INLINE lanes fold(const struct ckks_ring *r, lanes sum)
{
	lanes q = lanes_of(r->modulus.value);

	return lanes_multiply_lazily(sum >> 32, lanes_of(r->high.value),
				     lanes_of(r->high.quotient), q) +
	       lanes_multiply_lazily(sum & UINT32_MAX, lanes_of(r->one.value),
				     lanes_of(r->one.quotient), q);
}

/* @n_sums is a constant wherever this is called, so that the loops over the
 * sums are unrolled and the sums need no memory. */
ALWAYS_INLINE void accumulate_block(const struct ckks_ring *r,
				    const uint64_t *const *sources,
				    size_t offset, const uint64_t *scalars,
				    size_t n, size_t n_sums, uint64_t *ret)
{
	const struct constants c = constants_of(r);
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
			sums[i] = fold(r, sums[i]);
	}
#pragma GCC unroll 8
	for (size_t i = 0; i < n_sums; i++)
		lanes_store(ret + i * LANES,
			    lanes_below(lanes_below(sums[i], c.twice_q), c.q));
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
	.forward = forward,
	.inverse = inverse,
	.accumulate = accumulate,
};
