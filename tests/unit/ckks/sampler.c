// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Distributions, by chi-square: with k degrees of freedom it has mean k and
 * deviation sqrt(2k). Seeds are fixed, so that it is the same on every run;
 * four deviations are allowed.
 */
#include <math.h>
#include <stdlib.h>

#include "ckks/sampler.h"
#include "suite.h"

#define DRAWS	200000

static void start(uint64_t seed, struct ckks_random *ret)
{
	struct ckks_seed s;

	ckks_seed_number(seed, &s);
	ckks_random_init(&s, CKKS_PURPOSE_ENCRYPTION, 0, ret);
}

static void check_chi_square(const double *met, const double *expected,
			     size_t n)
{
	double sum = 0, freedom = (double)(n - 1);

	for (size_t i = 0; i < n; i++)
		sum += (met[i] - expected[i]) * (met[i] - expected[i]) /
		       expected[i];
	CU_ASSERT_TRUE(sum < freedom + 4 * sqrt(2 * freedom));
	CU_ASSERT_TRUE(sum > freedom - 4 * sqrt(2 * freedom));
}

/* 17 by each of its residues, the others by 100 ranges of them. */
static void test_uniform(void)
{
	static const uint64_t primes[] = {
		17, 4169729, 1073692673, 1099510054913, 2305843009211662337,
	};
	static uint64_t draws[DRAWS];

	for (size_t p = 0; p < sizeof(primes) / sizeof(primes[0]); p++) {
		size_t n = primes[p] < 100 ? (size_t)primes[p] : 100;
		double met[100] = { 0 }, expected[100];
		struct ckks_modulus q;
		struct ckks_random r;

		CU_ASSERT_EQUAL_FATAL(ckks_modulus_init(primes[p], &q), 0);
		start(p, &r);
		ckks_sample_uniform(&r, &q, DRAWS, draws);
		for (size_t i = 0; i < DRAWS; i++) {
			CU_ASSERT_TRUE_FATAL(draws[i] < q.value);
			met[(unsigned __int128)draws[i] * n / q.value]++;
		}
		for (size_t i = 0; i < n; i++)
			expected[i] = DRAWS / (double)n;
		check_chi_square(met, expected, n);
	}
}

static void test_ternary(void)
{
	static int8_t draws[DRAWS];
	double met[3] = { 0 };
	static const double expected[3] = { DRAWS / 3.0, DRAWS / 3.0, DRAWS / 3.0 };
	struct ckks_random r;
	double squares = 0;

	start(1, &r);
	ckks_sample_ternary(&r, DRAWS, draws);
	for (size_t i = 0; i < DRAWS; i++) {
		CU_ASSERT_TRUE_FATAL(draws[i] >= -1 && draws[i] <= 1);
		met[draws[i] + 1]++;
		squares += draws[i] * draws[i];
	}
	check_chi_square(met, expected, 3);
	CU_ASSERT_DOUBLE_EQUAL(squares / DRAWS, CKKS_TERNARY_VARIANCE, 0.005);
}

/* Two times 21 bits: an error of e has binomial(42, 21 + e) in 2^42. Those
 * beyond 8 are one kind, so that none is too rare for the test. */
static void test_error(void)
{
	enum { LAST = 8, KINDS = 2 * LAST + 2 };
	static int8_t draws[DRAWS];
	double met[KINDS] = { 0 }, expected[KINDS] = { 0 };
	double sum = 0, squares = 0;
	struct ckks_random r;

	start(2, &r);
	ckks_sample_error(&r, DRAWS, draws);
	for (size_t i = 0; i < DRAWS; i++) {
		int e = draws[i];

		CU_ASSERT_TRUE_FATAL(abs(e) <= CKKS_ERROR_BITS);
		met[abs(e) <= LAST ? e + LAST : KINDS - 1]++;
		sum += e;
		squares += e * e;
	}
	expected[KINDS - 1] = DRAWS;
	for (int e = -LAST; e <= LAST; e++) {
		double bits = 2 * CKKS_ERROR_BITS, k = CKKS_ERROR_BITS + e;

		expected[e + LAST] = DRAWS * exp(lgamma(bits + 1) - lgamma(k + 1) -
						 lgamma(bits - k + 1) -
						 bits * log(2));
		expected[KINDS - 1] -= expected[e + LAST];
	}
	check_chi_square(met, expected, KINDS);
	CU_ASSERT_DOUBLE_EQUAL(sum / DRAWS, 0.0, 0.03);
	CU_ASSERT_DOUBLE_EQUAL(squares / DRAWS, CKKS_ERROR_VARIANCE, 0.1);
}

static const struct suite_test tests[] = {
	{ "residues are uniform", test_uniform },
	{ "secrets are uniform", test_ternary },
	{ "errors are binomial", test_error },
};

SUITE_MAIN("ckks/sampler", tests)
