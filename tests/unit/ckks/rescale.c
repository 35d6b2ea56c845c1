// SPDX-License-Identifier: GPL-2.0-or-later
/* Rescaling: it divides, and what it adds is as large as in theory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/ciphertext.h"
#include "ckks/noise.h"
#include "keyring.h"
#include "suite.h"
#include "workloads/splitmix64.h"

/* The number below the product of the three primes with these residues. */
static __int128 number_of(const struct ckks_context *c, const uint64_t *residues)
{
	const uint64_t *q = c->parameters.primes;
	unsigned __int128 product = (unsigned __int128)q[0] * q[1] * q[2], sum = 0;

	for (size_t i = 0; i < 3; i++) {
		const struct ckks_modulus *m = &c->rings[i]->modulus;
		uint64_t others = (uint64_t)(product / q[i] % q[i]);
		uint64_t x = ckks_modulus_multiply(m, residues[i],
				ckks_modulus_inverse(m, others));

		sum += product / q[i] * x;
	}
	return (__int128)(sum % product);
}

/* The quotient of each coefficient, rounded, by long division. */
static void test_rescale_divides(void)
{
	enum { N = 64 };
	struct keyring k = keyring_standard(N, CKKS_ERRORS_NONE);
	const struct ckks_context *c = k.context;
	struct ckks_ciphertext a = keyring_room(&k);
	uint64_t coefficients[2][3][N], scratch[N], state = 1;
	__int128 p = c->parameters.primes[2];
	size_t wrong = 0;

	for (size_t row = 0; row < 6; row++) {
		uint64_t *words = a.words + row * N;

		for (size_t i = 0; i < N; i++)
			words[i] = splitmix64_next(&state) %
				   c->parameters.primes[row % 3];
		memcpy(coefficients[row / 3][row % 3], words, sizeof(scratch));
		ckks_ring_inverse(c->rings[row % 3],
				  coefficients[row / 3][row % 3]);
	}
	a.scale = (double)p;
	CU_ASSERT_EQUAL(ckks_ciphertext_rescale(c, &a, scratch), 0);
	CU_ASSERT_EQUAL(a.n_primes, 2);
	CU_ASSERT_EQUAL(a.scale, 1);
	for (size_t row = 0; row < 4; row++) {
		uint64_t *words = a.words + row * N;

		ckks_ring_inverse(c->rings[row % 2], words);
		for (size_t i = 0; i < N; i++) {
			uint64_t residues[3];

			for (size_t j = 0; j < 3; j++)
				residues[j] = coefficients[row / 2][j][i];
			wrong += words[i] !=
				 (uint64_t)((number_of(c, residues) + p / 2) / p %
					    (__int128)c->parameters.primes[row % 2]);
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(a.words);
	keyring_release(&k);
}

/* Ciphertexts without errors: what their rescaling adds is all there is. */
static void check_deviation(struct ckks_parameters p, size_t rounds)
{
	size_t degree = p.degree;
	int64_t *message = calloc(degree, sizeof(*message));
	double *got = calloc(degree, sizeof(*got)), sum = 0, ratio;
	uint64_t *scratch = calloc(degree, sizeof(*scratch)), state = degree;

	p.errors = CKKS_ERRORS_NONE;
	for (size_t round = 0; round < rounds; round++) {
		struct keyring k = keyring_new(&p, round);
		struct ckks_ciphertext a;

		for (size_t i = 0; i < degree; i++)
			message[i] = (int64_t)splitmix64_next(&state) >> 18;
		a = keyring_encrypt(&k, message, 1);
		CU_ASSERT_EQUAL(ckks_ciphertext_rescale(k.context, &a, scratch), 0);
		CU_ASSERT_TRUE(ckks_ciphertext_valid(k.context, &a));
		CU_ASSERT_EQUAL(ckks_decryptor_decrypt(k.decryptor, &a, got), 0);
		for (size_t i = 0; i < degree; i++) {
			double e = got[i] - (double)message[i] * a.scale;

			sum += e * e;
		}
		free(a.words);
		keyring_release(&k);
	}
	ratio = sqrt(sum / (double)(rounds * degree)) / ckks_noise_rounding(&p);
	printf("N %zu: deviation of rescale, measured / analytic: %.3f\n",
	       degree, ratio);
	CU_ASSERT_DOUBLE_EQUAL(ratio, 1, 0.1);
	free(message);
	free(got);
	free(scratch);
}

/* Last, a wide prime is divided by and a narrow one stays, and then the other
 * way round. */
static void test_deviation(void)
{
	struct ckks_parameters p;

	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(16, &p), 0);
	check_deviation(p, 500);
	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(4096, &p), 0);
	check_deviation(p, 8);
	p.n_primes = 2;
	p.primes[1] = 1152921504606748673;
	check_deviation(p, 8);
	p.primes[1] = p.primes[0];
	p.primes[0] = 1152921504606748673;
	check_deviation(p, 8);
}

static const struct suite_test tests[] = {
	{ "coefficients are divided and rounded", test_rescale_divides },
	{ "errors are as in theory", test_deviation },
};

SUITE_MAIN("ckks/rescale", tests)
