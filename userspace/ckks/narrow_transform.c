// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Transforms for primes below 2^30, compiled twice: with and without AVX2. The
 * bounds between stages are those of kernels_wide.c.
 */
#include "ckks/narrow.h"

NARROW_INLINE void forward_butterfly(const struct constants *c, lanes w,
				     lanes quotient, lanes *x, lanes *y)
{
	lanes a = lanes_below(*x, c->twice_q);
	lanes b = lanes_multiply_lazily(*y, w, quotient, c->q);

	*x = a + b;
	*y = a - b + c->twice_q;
}

NARROW_INLINE void inverse_butterfly(const struct constants *c, lanes w,
				     lanes quotient, lanes *x, lanes *y)
{
	lanes a = *x, b = *y;

	*x = lanes_below(a + b, c->twice_q);
	*y = lanes_multiply_lazily(a - b + c->twice_q, w, quotient, c->q);
}

/* The roots of two blocks of four coefficients, and of four blocks of two, for
 * coefficients in the order in which the shuffles below leave them. */
NARROW_INLINE lanes roots_of_two(const uint64_t *roots)
{
	return (lanes){ roots[0], roots[0], roots[1], roots[1] };
}

NARROW_INLINE lanes roots_of_four(const uint64_t *roots)
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

void NARROW(forward)(const struct ckks_ring *r, uint64_t *row)
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

void NARROW(inverse)(const struct ckks_ring *r, uint64_t *row)
{
	const struct constants c = constants_of(r);
	struct factors w = factors_of(r->inverse_degree);

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
		lanes x = multiply_lazily(&c, &w, lanes_load(row + i));

		lanes_store(row + i, lanes_below(x, c.q));
	}
}
