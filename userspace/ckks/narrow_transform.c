// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transforms for primes below 2^30, compiled twice: with and without AVX2. The
 * bounds between stages are those of kernels_wide.c.
 */
#include "ckks/narrow.h"

NARROW_INLINE void forward_butterfly(const struct constants *c,
				     struct factors w, lanes *x, lanes *y)
{
	lanes a = lanes_below(*x, c->twice_q);
	lanes b = multiply_lazily(c, &w, *y);

	*x = a + b;
	*y = a - b + c->twice_q;
}

NARROW_INLINE void inverse_butterfly(const struct constants *c,
				     struct factors w, lanes *x, lanes *y)
{
	lanes a = *x, b = *y;

	*x = lanes_below(a + b, c->twice_q);
	*y = multiply_lazily(c, &w, a - b + c->twice_q);
}

/* Roots from place @i on: one, that of two blocks of four coefficients, and
 * those of four blocks of two, for coefficients in the order in which the
 * shuffles below leave them. */
NARROW_INLINE struct factors root(const uint64_t *roots,
				  const uint64_t *quotients, size_t i)
{
	return (struct factors){ lanes_of(roots[i]), lanes_of(quotients[i]) };
}

NARROW_INLINE struct factors roots_of_two(const uint64_t *roots,
					  const uint64_t *quotients, size_t i)
{
	const uint64_t *w = roots + i, *v = quotients + i;

	return (struct factors){
		.value = { w[0], w[0], w[1], w[1] },
		.quotient = { v[0], v[0], v[1], v[1] },
	};
}

NARROW_INLINE struct factors roots_of_four(const uint64_t *roots,
					   const uint64_t *quotients, size_t i)
{
	lanes w = lanes_load(roots + i), v = lanes_load(quotients + i);

	return (struct factors){
		.value = __builtin_shufflevector(w, w, 0, 2, 1, 3),
		.quotient = __builtin_shufflevector(v, v, 0, 2, 1, 3),
	};
}

/* Halves, and odd and even lanes, of two registers; a pair of them undoes
 * itself. */
#define LOW_HALVES(a, b)	__builtin_shufflevector(a, b, 0, 1, 4, 5)
#define HIGH_HALVES(a, b)	__builtin_shufflevector(a, b, 2, 3, 6, 7)
#define EVEN_LANES(a, b)	__builtin_shufflevector(a, b, 0, 4, 2, 6)
#define ODD_LANES(a, b)		__builtin_shufflevector(a, b, 1, 5, 3, 7)

/* The last two stages, whose blocks are smaller than two registers, and the
 * reduction. */
static void forward_end(const struct ckks_ring *r, uint64_t *row)
{
	const uint64_t *roots = r->roots, *quotients = r->root_quotients;
	const struct constants c = constants_of(r);
	size_t two = r->degree / 4, four = r->degree / 2;

	for (size_t i = 0; i < r->degree; i += 2 * LANES, two += 2, four += 4) {
		lanes a = lanes_load(row + i), b = lanes_load(row + i + LANES);
		lanes x = LOW_HALVES(a, b), y = HIGH_HALVES(a, b);

		forward_butterfly(&c, roots_of_two(roots, quotients, two), &x,
				  &y);
		a = LOW_HALVES(x, y);
		b = HIGH_HALVES(x, y);
		x = EVEN_LANES(a, b);
		y = ODD_LANES(a, b);
		forward_butterfly(&c, roots_of_four(roots, quotients, four), &x,
				  &y);
		x = reduce_fully(&c, x);
		y = reduce_fully(&c, y);
		lanes_store(row + i, EVEN_LANES(x, y));
		lanes_store(row + i + LANES, ODD_LANES(x, y));
	}
}

void NARROW(forward)(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);

	for (size_t m = 1, n = r->degree / 2; n >= LANES; m *= 2, n /= 2)
		for (size_t i = 0; i < m; i++) {
			struct factors w = root(r->roots, r->root_quotients,
						m + i);
			uint64_t *block = row + 2 * i * n;

			for (size_t j = 0; j < n; j += LANES) {
				lanes x = lanes_load(block + j);
				lanes y = lanes_load(block + n + j);

				forward_butterfly(&c, w, &x, &y);
				lanes_store(block + j, x);
				lanes_store(block + n + j, y);
			}
		}
	forward_end(r, row);
}

/* The first two stages of the way back. */
static void inverse_start(const struct ckks_ring *r, uint64_t *row)
{
	const uint64_t *roots = r->inverse_roots;
	const uint64_t *quotients = r->inverse_quotients;
	const struct constants c = constants_of(r);
	size_t two = r->degree / 4, four = r->degree / 2;

	for (size_t i = 0; i < r->degree; i += 2 * LANES, two += 2, four += 4) {
		lanes a = lanes_load(row + i), b = lanes_load(row + i + LANES);
		lanes x = EVEN_LANES(a, b), y = ODD_LANES(a, b);

		inverse_butterfly(&c, roots_of_four(roots, quotients, four), &x,
				  &y);
		a = EVEN_LANES(x, y);
		b = ODD_LANES(x, y);
		x = LOW_HALVES(a, b);
		y = HIGH_HALVES(a, b);
		inverse_butterfly(&c, roots_of_two(roots, quotients, two), &x,
				  &y);
		lanes_store(row + i, LOW_HALVES(x, y));
		lanes_store(row + i + LANES, HIGH_HALVES(x, y));
	}
}

void NARROW(inverse)(const struct ckks_ring *r, uint64_t *row)
{
	const struct factors inverse_degree = factors_of(r->inverse_degree);
	const struct constants c = constants_of(r);

	inverse_start(r, row);
	for (size_t m = r->degree / 8, n = LANES; m; m /= 2, n *= 2)
		for (size_t i = 0; i < m; i++) {
			struct factors w = root(r->inverse_roots,
						r->inverse_quotients, m + i);
			uint64_t *block = row + 2 * i * n;

			for (size_t j = 0; j < n; j += LANES) {
				lanes x = lanes_load(block + j);
				lanes y = lanes_load(block + n + j);

				inverse_butterfly(&c, w, &x, &y);
				lanes_store(block + j, x);
				lanes_store(block + n + j, y);
			}
		}
	for (size_t i = 0; i < r->degree; i += LANES) {
		lanes x = lanes_load(row + i);

		x = multiply_lazily(&c, &inverse_degree, x);
		lanes_store(row + i, lanes_below(x, c.q));
	}
}
