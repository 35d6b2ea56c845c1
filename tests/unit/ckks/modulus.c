// SPDX-License-Identifier: GPL-2.0-or-later
/* Arithmetic modulo primes, against long division. */
#include <errno.h>

#include "ckks/modulus.h"
#include "suite.h"
#include "workloads/splitmix64.h"

/* From the smallest to the largest; 2305843009211662337 is the largest prime
 * of 61 bits that is 1 modulo 32768. */
static const uint64_t primes[] = {
	3, 17, 257, 65537, 4120577, 4169729, 1073668097, 1073692673,
	1073741827, 2305843009211662337,
};

static const size_t n_primes = sizeof(primes) / sizeof(primes[0]);

static uint64_t long_product(uint64_t a, uint64_t b, uint64_t q)
{
	return (uint64_t)((unsigned __int128)a * b % q);
}

/* Residues at the edges, and then random ones. */
static uint64_t residue(uint64_t q, size_t i, uint64_t *state)
{
	switch (i) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return q - 1;
	case 3:
		return q / 2;
	default:
		return splitmix64_next(state) % q;
	}
}

static void check_pair(const struct ckks_modulus *q, uint64_t a, uint64_t b)
{
	struct ckks_factor w = ckks_factor_of(q, b);
	uint64_t product = long_product(a, b, q->value);
	uint64_t lazy = ckks_factor_multiply_lazily(q, w, a);

	CU_ASSERT_EQUAL(ckks_modulus_add(q, a, b), (a + b) % q->value);
	CU_ASSERT_EQUAL(ckks_modulus_subtract(q, a, b),
			(a + q->value - b) % q->value);
	CU_ASSERT_EQUAL(ckks_modulus_negate(q, a), (q->value - a) % q->value);
	CU_ASSERT_EQUAL(ckks_modulus_multiply(q, a, b), product);
	CU_ASSERT_EQUAL(ckks_factor_multiply(q, w, a), product);
	CU_ASSERT_TRUE(lazy < 2 * q->value);
	CU_ASSERT_EQUAL(lazy % q->value, product);
}

static void test_operations(void)
{
	uint64_t state = 1;

	for (size_t p = 0; p < n_primes; p++) {
		struct ckks_modulus q;

		CU_ASSERT_EQUAL_FATAL(ckks_modulus_init(primes[p], &q), 0);
		for (size_t i = 0; i < 40; i++)
			for (size_t j = 0; j < 40; j++)
				check_pair(&q, residue(q.value, i, &state),
					   residue(q.value, j, &state));
	}
}

static void test_any_number_is_reduced(void)
{
	static const uint64_t numbers[] = {
		0, 1, UINT32_MAX, INT64_MAX, 1ull << 63, UINT64_MAX - 1, UINT64_MAX,
	};

	for (size_t p = 0; p < n_primes; p++) {
		struct ckks_modulus q;

		CU_ASSERT_EQUAL_FATAL(ckks_modulus_init(primes[p], &q), 0);
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			int64_t x = (int64_t)numbers[i];
			__int128 r = (__int128)x % (__int128)q.value;

			if (r < 0)
				r += (__int128)q.value;
			CU_ASSERT_EQUAL(ckks_modulus_reduce(&q, numbers[i]),
					numbers[i] % q.value);
			CU_ASSERT_EQUAL(ckks_modulus_reduce_signed(&q, x),
					(uint64_t)r);
			CU_ASSERT_EQUAL(ckks_factor_multiply(&q,
					ckks_factor_of(&q, q.value - 1), numbers[i]),
					long_product(numbers[i], q.value - 1, q.value));
		}
	}
}

static void test_powers_and_inverses(void)
{
	uint64_t state = 2;

	for (size_t p = 0; p < n_primes; p++) {
		struct ckks_modulus q;
		uint64_t power = 1;

		CU_ASSERT_EQUAL_FATAL(ckks_modulus_init(primes[p], &q), 0);
		for (uint64_t i = 0; i < 20; i++) {
			CU_ASSERT_EQUAL(ckks_modulus_power(&q, 2, i), power);
			power = long_product(power, 2, q.value);
		}
		for (size_t i = 1; i < 20; i++) {
			uint64_t x = residue(q.value, i, &state);

			if (!x)
				continue;
			CU_ASSERT_EQUAL(long_product(x,
					ckks_modulus_inverse(&q, x), q.value), 1);
		}
	}
}

static bool is_prime_by_division(uint64_t n)
{
	if (n < 2)
		return false;
	for (uint64_t d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return true;
}

/* The composite ones are strong pseudoprimes to the first 4, 6 and 8 prime
 * bases (OEIS A014233), a Carmichael number, and a square. */
static void test_primes(void)
{
	static const uint64_t composite[] = {
		3215031751, 3474749660383, 341550071728321, 561,
		1073692673ull * 1073692673,
	};

	for (uint64_t n = 0; n < 20000; n++)
		CU_ASSERT_EQUAL(ckks_modulus_is_prime(n),
				is_prime_by_division(n));
	for (size_t i = 0; i < n_primes; i++)
		CU_ASSERT_TRUE(ckks_modulus_is_prime(primes[i]));
	for (size_t i = 0; i < sizeof(composite) / sizeof(composite[0]); i++)
		CU_ASSERT_FALSE(ckks_modulus_is_prime(composite[i]));
}

static void test_refusals(void)
{
	struct ckks_modulus q = { .value = 99 };

	CU_ASSERT_EQUAL(ckks_modulus_init(0, &q), -EINVAL);
	CU_ASSERT_EQUAL(ckks_modulus_init(2, &q), -EINVAL);
	CU_ASSERT_EQUAL(ckks_modulus_init(1ull << 61, &q), -EINVAL);
	CU_ASSERT_EQUAL(q.value, 99);
	CU_ASSERT_EQUAL(ckks_modulus_init((1ull << 61) - 1, &q), 0);
}

static const struct suite_test tests[] = {
	{ "operations agree with long division", test_operations },
	{ "any number of 64 bits is reduced", test_any_number_is_reduced },
	{ "powers and inverses", test_powers_and_inverses },
	{ "primes are told from other numbers", test_primes },
	{ "moduli that do not fit are refused", test_refusals },
};

SUITE_MAIN("ckks/modulus", tests)
