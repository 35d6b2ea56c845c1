// SPDX-License-Identifier: GPL-2.0-or-later
/* Transforms against polynomials that are evaluated and multiplied as in
 * school, with every kernel that the machine has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/kernels.h"
#include "ckks/ring.h"
#include "suite.h"
#include "workloads/splitmix64.h"

/* 12289 is 1 modulo 4096; the last three are beyond the narrow kernels. */
static const uint64_t primes[] = {
	12289, 4120577, 4169729, 1073668097, 1073692673, 1099510054913,
	1125899904679937, 2305843009211662337,
};

/* Calls @check with each prime, N and kernel that fit together. */
static void with_each_ring(size_t degree_max,
			   void (*check)(const struct ckks_ring *r))
{
	const struct ckks_kernels *kernels[3];
	size_t n = ckks_kernels_list(kernels), met = 0;

	for (size_t p = 0; p < sizeof(primes) / sizeof(primes[0]); p++)
		for (size_t degree = 4; degree <= degree_max; degree *= 2)
			for (size_t k = 0; k < n; k++) {
				__attribute__((cleanup(ckks_ring_freep)))
				struct ckks_ring *r = NULL;

				if (primes[p] % (2 * degree) != 1 ||
				    !ckks_kernels_fit(kernels[k], primes[p], degree))
					continue;
				CU_ASSERT_EQUAL_FATAL(ckks_ring_new(degree,
						primes[p], kernels[k], &r), 0);
				check(r);
				met++;
			}
	CU_ASSERT_TRUE(met > 50);
}

static void fill(const struct ckks_ring *r, uint64_t seed, uint64_t *row)
{
	for (size_t i = 0; i < r->degree; i++)
		row[i] = splitmix64_next(&seed) % r->modulus.value;
}

static uint64_t times(const struct ckks_ring *r, uint64_t a, uint64_t b)
{
	return (uint64_t)((unsigned __int128)a * b % r->modulus.value);
}

static size_t reversed(size_t x, size_t degree)
{
	size_t y = 0;

	for (size_t bit = 1; bit < degree; bit *= 2)
		if (x & bit)
			y |= degree / 2 / bit;
	return y;
}

/* Up to 64 values of each polynomial, by Horner's rule. */
static void check_values(const struct ckks_ring *r)
{
	static uint64_t row[4096], values[4096];
	uint64_t psi = r->roots[r->degree / 2], x = psi;
	size_t wrong = 0;

	for (size_t i = 1; i < r->degree; i++)
		x = times(r, x, psi);
	CU_ASSERT_EQUAL(x, r->modulus.value - 1);
	fill(r, r->degree, row);
	memcpy(values, row, r->degree * sizeof(*row));
	ckks_ring_forward(r, values);
	for (size_t j = 0; j < r->degree; j += 1 + r->degree / 64) {
		uint64_t value = 0;

		x = psi;
		for (size_t i = 0; i < reversed(j, r->degree); i++)
			x = times(r, times(r, x, psi), psi);
		for (size_t i = r->degree; i-- > 0;)
			value = (times(r, value, x) + row[i]) % r->modulus.value;
		wrong += values[j] != value;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	ckks_ring_inverse(r, values);
	CU_ASSERT_EQUAL(memcmp(values, row, r->degree * sizeof(*row)), 0);
}

static void test_values(void)
{
	with_each_ring(4096, check_values);
}

/* All residues as large as they get: every bound is met. */
static void check_extremes(const struct ckks_ring *r)
{
	static uint64_t row[16384];
	size_t wrong = 0;

	for (size_t i = 0; i < r->degree; i++)
		row[i] = r->modulus.value - 1;
	ckks_ring_forward(r, row);
	for (size_t i = 0; i < r->degree; i++)
		wrong += row[i] >= r->modulus.value;
	ckks_ring_inverse(r, row);
	for (size_t i = 0; i < r->degree; i++)
		wrong += row[i] != r->modulus.value - 1;
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_extremes(void)
{
	with_each_ring(16384, check_extremes);
}

static void check_product(const struct ckks_ring *r)
{
	static uint64_t a[512], b[512], product[512];
	size_t n = r->degree;

	fill(r, 1, a);
	fill(r, 2, b);
	memset(product, 0, sizeof(product));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			uint64_t *at = &product[(i + j) % n];
			uint64_t x = times(r, a[i], b[j]);

			/* X^N is -1 */
			*at = i + j < n ? ckks_modulus_add(&r->modulus, *at, x) :
					  ckks_modulus_subtract(&r->modulus, *at, x);
		}
	ckks_ring_forward(r, a);
	ckks_ring_forward(r, b);
	for (size_t i = 0; i < n; i++)
		a[i] = ckks_modulus_multiply(&r->modulus, a[i], b[i]);
	ckks_ring_inverse(r, a);
	CU_ASSERT_EQUAL(memcmp(a, product, n * sizeof(*a)), 0);
}

static void test_products(void)
{
	with_each_ring(512, check_product);
}

/* Sums of all lengths around those at which an accumulator is reduced; every
 * other one of the largest residues only. */
static void check_sums(const struct ckks_ring *r)
{
	enum { TERMS = 140, OFFSET = 3 };
	static uint64_t rows[TERMS][OFFSET + 64], scalars[TERMS];
	static uint64_t want[64], got[64];
	const uint64_t *sources[TERMS];
	size_t wrong = 0;

	for (int largest = 0; largest < 2; largest++) {
		memset(want, 0, sizeof(want));
		for (size_t k = 0; k < TERMS; k++) {
			uint64_t seed = k;

			sources[k] = rows[k];
			scalars[k] = splitmix64_next(&seed) % r->modulus.value;
			fill(r, seed, rows[k] + OFFSET);
			if (largest) {
				scalars[k] = r->modulus.value - 1;
				for (size_t i = 0; i < r->degree; i++)
					rows[k][OFFSET + i] = scalars[k];
			}
		}
		for (size_t n = 0; n <= TERMS; n++) {
			ckks_ring_accumulate(r, sources, OFFSET, scalars, n, got);
			wrong += memcmp(got, want, r->degree * sizeof(*got)) != 0;
			for (size_t i = 0; i < r->degree && n < TERMS; i++)
				want[i] = ckks_modulus_add(&r->modulus, want[i],
					times(r, rows[n][OFFSET + i], scalars[n]));
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_sums(void)
{
	with_each_ring(64, check_sums);
}

/* The largest and smallest numbers, and some between. */
static int64_t number(uint64_t *state)
{
	const int64_t limit = ((int64_t)1 << 62) - 1;
	uint64_t draw = splitmix64_next(state);

	switch (draw % 4) {
	case 0:
		return limit;
	case 1:
		return -limit;
	case 2:
		return (int64_t)(draw % 100) - 50;
	default:
		return (int64_t)draw / 2;
	}
}

static uint64_t residue(const struct ckks_ring *r, uint64_t *state)
{
	uint64_t draw = splitmix64_next(state);

	return draw % 3 ? draw % r->modulus.value : r->modulus.value - 1;
}

static void check_rows(const struct ckks_ring *r)
{
	uint64_t a[64], b[64], c[64], got[5][64], state = r->degree;
	__int128 q = r->modulus.value;
	struct ckks_factor w;
	int64_t numbers[64];
	size_t wrong = 0;

	for (size_t i = 0; i < r->degree; i++) {
		a[i] = residue(r, &state);
		b[i] = residue(r, &state);
		c[i] = residue(r, &state);
		numbers[i] = number(&state);
	}
	w = ckks_factor_of(&r->modulus, residue(r, &state));
	ckks_ring_reduce(r, numbers, got[0]);
	ckks_ring_multiply_add(r, a, b, c, got[1]);
	ckks_ring_multiply_add(r, a, b, NULL, got[2]);
	ckks_ring_scale_add(r, a, w, c, got[3]);
	ckks_ring_scale_difference(r, a, b, w, got[4]);
	for (size_t i = 0; i < r->degree; i++) {
		wrong += got[0][i] != (uint64_t)((numbers[i] % q + q) % q);
		wrong += got[1][i] != (times(r, a[i], b[i]) + c[i]) % (uint64_t)q;
		wrong += got[2][i] != times(r, a[i], b[i]);
		wrong += got[3][i] != (times(r, a[i], w.value) + c[i]) % (uint64_t)q;
		wrong += got[4][i] != times(r, a[i] + (uint64_t)q - b[i], w.value);
	}
	/* and in place */
	ckks_ring_scale_add(r, a, w, c, c);
	wrong += memcmp(c, got[3], r->degree * sizeof(*c)) != 0;
	ckks_ring_multiply_add(r, a, b, NULL, a);
	wrong += memcmp(a, got[2], r->degree * sizeof(*a)) != 0;
	CU_ASSERT_EQUAL(wrong, 0);
}

static void test_rows(void)
{
	with_each_ring(64, check_rows);
}

static void check_refused(size_t degree, uint64_t prime,
			  const struct ckks_kernels *kernels)
{
	struct ckks_ring *r = NULL;

	CU_ASSERT_EQUAL(ckks_ring_new(degree, prime, kernels, &r), -EINVAL);
	CU_ASSERT_PTR_NULL(r);
}

static void test_refusals(void)
{
	check_refused(0, 12289, NULL);
	check_refused(2, 12289, NULL);
	check_refused(12, 12289, NULL);
	check_refused(4096, 12289, NULL);
	check_refused(16, 4169729 + 32, NULL);
	check_refused(4, 12289, &ckks_kernels_narrow);
	check_refused(16, 1099510054913, &ckks_kernels_narrow);
}

static const struct suite_test tests[] = {
	{ "values are those of the polynomial", test_values },
	{ "the largest residues there and back", test_extremes },
	{ "products are negacyclic", test_products },
	{ "rows number by number", test_rows },
	{ "sums of any length", test_sums },
	{ "what does not fit together is refused", test_refusals },
};

SUITE_MAIN("ckks/ring", tests)
