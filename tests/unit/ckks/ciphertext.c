// SPDX-License-Identifier: GPL-2.0-or-later
/* What is computed on ciphertexts, against the same on what is in them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/ciphertext.h"
#include "ckks/noise.h"
#include "keyring.h"
#include "suite.h"
#include "workloads/splitmix64.h"

enum { TERMS = 40 };

static int64_t below(uint64_t *state, int64_t limit)
{
	return (int64_t)(splitmix64_next(state) % (2 * (uint64_t)limit)) - limit;
}

static void decrypt(struct keyring *k, const struct ckks_ciphertext *a,
		    double *ret)
{
	CU_ASSERT_TRUE(ckks_ciphertext_valid(k->context, a));
	CU_ASSERT_EQUAL_FATAL(ckks_decryptor_decrypt(k->decryptor, a, ret), 0);
}

/* A sum of products, twice itself, less a constant, times minus three. */
static void check_linear_combination(size_t degree)
{
	struct keyring k = keyring_standard(degree, CKKS_ERRORS_NONE);
	struct ckks_ciphertext terms[TERMS], sum = keyring_room(&k);
	const uint64_t *sources[TERMS];
	uint64_t scalars[3 * TERMS], residues[3], state = degree;
	int64_t *message = calloc(degree, sizeof(*message));
	double *got = calloc(degree, sizeof(*got));
	double *want = calloc(degree, sizeof(*want));
	size_t wrong = 0;

	for (size_t t = 0; t < TERMS; t++) {
		int64_t weight = t == 3 ? 0 : below(&state, 1 << 15);

		for (size_t i = 0; i < degree; i++) {
			message[i] = below(&state, 1 << 20);
			want[i] += (double)(message[i] * weight);
		}
		terms[t] = keyring_encrypt(&k, message, 2);
		sources[t] = terms[t].words;
		CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, (double)weight, 1,
						   3, TERMS, scalars + t), 0);
	}
	sum.scale = 2;
	CU_ASSERT_EQUAL(ckks_ciphertext_accumulate(k.context, sources, scalars,
						   TERMS, &sum), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_add(k.context, &sum, &sum, &sum), 0);
	CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, -1234.5, sum.scale, 3, 1,
					   residues), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_add_scalar(k.context, &sum, residues,
						   &terms[0]), 0);
	CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, -1.5, 2, 3, 1, residues), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_multiply_scalar(k.context, &terms[0],
							residues, 2, &terms[1]), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_multiply_scalar(k.context, &terms[0],
							residues, 2, &terms[0]), 0);
	CU_ASSERT_EQUAL(terms[1].scale, 4);
	CU_ASSERT_EQUAL(memcmp(terms[0].words, terms[1].words,
			       ckks_ciphertext_words(k.context, 3) *
			       sizeof(*terms[0].words)), 0);
	decrypt(&k, &terms[1], got);
	for (size_t i = 0; i < degree; i++)
		wrong += got[i] != -3 * (2 * want[i] - (i ? 0 : 2469));
	CU_ASSERT_EQUAL(wrong, 0);
	for (size_t t = 0; t < TERMS; t++)
		free(terms[t].words);
	free(sum.words);
	free(message);
	free(got);
	free(want);
	keyring_release(&k);
}

static void test_linear_combination(void)
{
	check_linear_combination(4);
	check_linear_combination(16);
	check_linear_combination(4096);
}

static void encrypt_values(struct keyring *k, const double *values, size_t n,
			   struct ckks_ciphertext *ret)
{
	double scale = ckks_parameters_scale(&k->context->parameters);
	int64_t *message = calloc(2 * n, sizeof(*message));

	CU_ASSERT_EQUAL_FATAL(ckks_encoder_encode(k->encoder, values, n, scale,
						  message), 0);
	*ret = keyring_encrypt(k, message, scale);
	free(message);
}

static void check_values(struct keyring *k, const struct ckks_ciphertext *a,
			 const double *want, size_t n, double tolerance)
{
	double *coefficients = calloc(2 * n, sizeof(*coefficients));
	double *got = calloc(n, sizeof(*got));
	double worst = 0;

	decrypt(k, a, coefficients);
	CU_ASSERT_EQUAL(ckks_encoder_decode(k->encoder, coefficients, a->scale,
					    n, got), 0);
	for (size_t i = 0; i < n; i++)
		worst = fmax(worst, fabs(got[i] - want[i]));
	CU_ASSERT_TRUE(worst < tolerance);
	CU_ASSERT_TRUE(worst > 0);
	free(coefficients);
	free(got);
}

/*
 * What a network does between two refreshes: a sum that is rescaled, beside it
 * a shortcut that drops the same prime, and a second sum with a bias, whose
 * values may grow to 128 because it is not rescaled. Six deviations of all
 * errors are allowed.
 */
static void test_two_layers(void)
{
	enum { N = 4096, SLOTS = N / 2 };
	static const double weights[3] = { 0.5, -1.25, 2 };
	struct keyring k = keyring_standard(N, CKKS_ERRORS_SAMPLED);
	const struct ckks_parameters *p = &k.context->parameters;
	double scale = ckks_parameters_scale(p), tolerance;
	struct ckks_ciphertext x[3], y = keyring_room(&k);
	static double values[3][SLOTS], want[SLOTS];
	static uint64_t scratch[N];
	const uint64_t *sources[3];
	uint64_t scalars[9], state = 5;

	for (size_t t = 0; t < 3; t++) {
		for (size_t i = 0; i < SLOTS; i++)
			values[t][i] = (double)below(&state, 6000) / 1000;
		encrypt_values(&k, values[t], SLOTS, &x[t]);
		sources[t] = x[t].words;
		CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, weights[t], scale,
						   3, 3, scalars + t), 0);
	}
	y.scale = scale * scale;
	CU_ASSERT_EQUAL(ckks_ciphertext_accumulate(k.context, sources, scalars,
						   3, &y), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_rescale(k.context, &y, scratch), 0);
	CU_ASSERT_EQUAL(y.n_primes, 2);
	CU_ASSERT_EQUAL(y.scale, scale);
	tolerance = 6 * 3 * ckks_noise_slot(p, ckks_noise_encryption(p), scale);
	for (size_t i = 0; i < SLOTS; i++)
		want[i] = 0.5 * values[0][i] - 1.25 * values[1][i] +
			  2 * values[2][i];
	check_values(&k, &y, want, SLOTS, tolerance);
	CU_ASSERT_EQUAL(ckks_ciphertext_drop(k.context, &x[0], 2, &x[0]), 0);
	check_values(&k, &x[0], values[0], SLOTS, tolerance);
	CU_ASSERT_EQUAL(ckks_ciphertext_add(k.context, &y, &x[0], &y), 0);
	CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, -4, scale, 2, 1, scalars), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_multiply_scalar(k.context, &y, scalars,
							scale, &x[1]), 0);
	CU_ASSERT_EQUAL(ckks_scalar_encode(k.context, 7.5, x[1].scale, 2, 1,
					   scalars), 0);
	CU_ASSERT_EQUAL(ckks_ciphertext_add_scalar(k.context, &x[1], scalars,
						   &x[2]), 0);
	for (size_t i = 0; i < SLOTS; i++)
		want[i] = 7.5 - 4 * (want[i] + values[0][i]);
	check_values(&k, &x[2], want, SLOTS, 4 * 2 * tolerance);
	for (size_t t = 0; t < 3; t++)
		free(x[t].words);
	free(y.words);
	keyring_release(&k);
}

static void test_refusals(void)
{
	struct keyring k = keyring_standard(16, CKKS_ERRORS_SAMPLED);
	const struct ckks_context *c = k.context;
	struct ckks_ciphertext a = keyring_room(&k), b = keyring_room(&k), none;
	uint64_t residues[3] = { 0 }, scratch[16];

	a.scale = b.scale = 8;
	none = a;
	none.n_primes = 0;
	CU_ASSERT_EQUAL(ckks_ciphertext_add(c, &a, &b, &a), 0);
	b.scale = 9;
	CU_ASSERT_EQUAL(ckks_ciphertext_add(c, &a, &b, &a), -EINVAL);
	b.scale = 8, b.n_primes = 2;
	CU_ASSERT_EQUAL(ckks_ciphertext_add(c, &a, &b, &a), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_add(c, &none, &none, &a), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_add_scalar(c, &none, residues, &a), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_multiply_scalar(c, &none, residues, 1,
							&a), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_accumulate(c, NULL, NULL, 0, &none), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_drop(c, &b, 3, &a), -EINVAL);
	CU_ASSERT_EQUAL(ckks_ciphertext_drop(c, &b, 0, &a), -EINVAL);
	b.n_primes = 1;
	CU_ASSERT_EQUAL(ckks_ciphertext_rescale(c, &b, scratch), -EINVAL);
	CU_ASSERT_EQUAL(ckks_decryptor_decrypt(k.decryptor, &none, NULL), -EINVAL);
	CU_ASSERT_EQUAL(a.n_primes, 3);
	CU_ASSERT_EQUAL(a.scale, 8);
	free(a.words);
	free(b.words);
	keyring_release(&k);
}

static void test_what_came_from_elsewhere(void)
{
	struct keyring k = keyring_standard(16, CKKS_ERRORS_SAMPLED);
	struct ckks_ciphertext a = keyring_room(&k);

	CU_ASSERT_TRUE(ckks_ciphertext_valid(k.context, &a));
	for (size_t i = 0; i < 6 * 16; i++) {
		uint64_t q = k.context->parameters.primes[i / 16 % 3];

		a.words[i] = q;
		CU_ASSERT_FALSE(ckks_ciphertext_valid(k.context, &a));
		a.words[i] = q - 1;
		CU_ASSERT_TRUE(ckks_ciphertext_valid(k.context, &a));
	}
	a.scale = NAN;
	CU_ASSERT_FALSE(ckks_ciphertext_valid(k.context, &a));
	a.scale = -1;
	CU_ASSERT_FALSE(ckks_ciphertext_valid(k.context, &a));
	a.scale = 1, a.n_primes = 4;
	CU_ASSERT_FALSE(ckks_ciphertext_valid(k.context, &a));
	a.n_primes = 0;
	CU_ASSERT_FALSE(ckks_ciphertext_valid(k.context, &a));
	free(a.words);
	keyring_release(&k);
}

static const struct suite_test tests[] = {
	{ "a linear combination without errors is exact", test_linear_combination },
	{ "two layers of a network", test_two_layers },
	{ "what does not fit together is refused", test_refusals },
	{ "what came from elsewhere is checked", test_what_came_from_elsewhere },
};

SUITE_MAIN("ckks/ciphertext", tests)
