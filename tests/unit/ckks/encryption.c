// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys, encryption and decryption: what comes back, and how far off it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ckks/noise.h"
#include "keyring.h"
#include "suite.h"
#include "workloads/checksum.h"
#include "workloads/splitmix64.h"

#define DEGREE_MAX	16384

static int64_t message[DEGREE_MAX];
static double decrypted[DEGREE_MAX];

static void fill_message(size_t degree, int64_t limit, uint64_t seed)
{
	for (size_t i = 0; i < degree; i++)
		message[i] = (int64_t)(splitmix64_next(&seed) %
				       (2 * (uint64_t)limit + 1)) - limit;
}

/* Encrypts and decrypts the message: the sum of the squares of the errors. */
static double squares(struct keyring *k)
{
	struct ckks_ciphertext a = keyring_encrypt(k, message, 1);
	double sum = 0;

	CU_ASSERT_EQUAL(ckks_decryptor_decrypt(k->decryptor, &a, decrypted), 0);
	for (size_t i = 0; i < k->context->parameters.degree; i++) {
		double e = decrypted[i] - (double)message[i];

		sum += e * e;
	}
	free(a.words);
	return sum;
}

/* Without errors every coefficient comes back, for every N. */
static void test_without_errors(void)
{
	for (size_t degree = 4; degree <= 4096; degree *= 2) {
		struct keyring k = keyring_standard(degree, CKKS_ERRORS_NONE);

		fill_message(degree, (int64_t)1 << 52, degree);
		CU_ASSERT_EQUAL(squares(&k), 0);
		keyring_release(&k);
	}
}

/* Primes of 60 bits, two of 50, and 61 for the special one; N = 16384. */
static void test_wide_primes(void)
{
	static const struct ckks_parameters wide = {
		.degree = 16384,
		.n_primes = 3,
		.primes = { 1152921504606748673, 1125899904679937, 1099510054913 },
		.special = 2305843009211662337,
	};
	struct ckks_parameters p = wide;
	struct keyring k = keyring_new(&p, 1);
	double deviation;

	fill_message(p.degree, (int64_t)1 << 52, 1);
	deviation = sqrt(squares(&k) / (double)p.degree);
	CU_ASSERT_DOUBLE_EQUAL(deviation / ckks_noise_encryption(&p), 1, 0.1);
	keyring_release(&k);
	p.errors = CKKS_ERRORS_NONE;
	k = keyring_new(&p, 1);
	CU_ASSERT_EQUAL(squares(&k), 0);
	keyring_release(&k);
}

/* @rounds keys, one ciphertext each. */
static void check_deviation(struct ckks_parameters *p, size_t rounds,
			    double tolerance)
{
	double sum = 0, ratio;

	for (size_t i = 0; i < rounds; i++) {
		struct keyring k = keyring_new(p, i);

		fill_message(p->degree, 1 << 20, i);
		sum += squares(&k);
		keyring_release(&k);
	}
	ratio = sqrt(sum / (double)(rounds * p->degree)) /
		ckks_noise_encryption(p);
	printf("N %zu: deviation of encryption, measured / analytic: %.3f\n",
	       p->degree, ratio);
	CU_ASSERT_DOUBLE_EQUAL(ratio, 1, tolerance);
}

/* With the standard primes what is rounded is all that shows. With a special
 * prime of 17 it is half of the variance, the rest is that of the errors; the
 * least of them, e0, is 2 % of the deviation, so that none can be missing. */
static void test_deviation(void)
{
	static const struct ckks_parameters small = {
		.degree = 8,
		.n_primes = 1,
		.primes = { 1073692673 },
		.special = 17,
	};
	struct ckks_parameters p = small;
	double share;

	check_deviation(&p, 20000, 0.01);
	share = ckks_noise_rounding(&p) / ckks_noise_encryption(&p);
	CU_ASSERT_DOUBLE_EQUAL(share * share, 0.5, 0.1);
	CU_ASSERT_EQUAL_FATAL(ckks_parameters_standard(4096, &p), 0);
	check_deviation(&p, 8, 0.1);
}

/* Values, with the scale that is used: their errors are those of coefficients
 * and of the rounding of the message. */
static void test_deviation_of_values(void)
{
	struct keyring k = keyring_standard(4096, CKKS_ERRORS_SAMPLED);
	const struct ckks_parameters *p = &k.context->parameters;
	double scale = ckks_parameters_scale(p), sum = 0, want, ratio;
	static double values[2048], decoded[2048];
	uint64_t state = 4;

	for (size_t round = 0; round < 8; round++) {
		struct ckks_ciphertext a;

		for (size_t i = 0; i < 2048; i++)
			values[i] = 6 * (double)(int64_t)splitmix64_next(&state) *
				    0x1p-63;
		CU_ASSERT_EQUAL(ckks_encoder_encode(k.encoder, values, 2048,
						    scale, message), 0);
		a = keyring_encrypt(&k, message, scale);
		CU_ASSERT_EQUAL(ckks_decryptor_decrypt(k.decryptor, &a,
						       decrypted), 0);
		CU_ASSERT_EQUAL(ckks_encoder_decode(k.encoder, decrypted,
						    a.scale, 2048, decoded), 0);
		for (size_t i = 0; i < 2048; i++)
			sum += (decoded[i] - values[i]) * (decoded[i] - values[i]);
		free(a.words);
	}
	want = ckks_noise_slot(p, hypot(ckks_noise_encryption(p),
					sqrt(1 / 12.0)), scale);
	ratio = sqrt(sum / (8 * 2048)) / want;
	printf("values: deviation %.3g, measured / analytic: %.3f\n", want, ratio);
	CU_ASSERT_DOUBLE_EQUAL(ratio, 1, 0.1);
	keyring_release(&k);
}

/* Ciphertexts of fixed seeds; what is drawn, in which order, and what is made
 * of it. Those of the small rings are known from ciphertexts.py, the large one
 * is what the library had when they agreed. */
static void test_checksums(void)
{
	static const struct {
		size_t degree;
		uint64_t checksum;
	} known[] = {
		{ 4, 0x271ede650a49c3d1 }, { 16, 0xbcaecde4985f7280 },
		{ 4096, 0x0203b74624206a5b },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct keyring k = keyring_standard(known[i].degree,
						    CKKS_ERRORS_SAMPLED);
		struct ckks_ciphertext a, b;
		size_t bytes = ckks_ciphertext_words(k.context, 3) *
			       sizeof(*a.words);

		fill_message(known[i].degree, 1 << 24, 9);
		a = keyring_encrypt(&k, message, 1);
		CU_ASSERT_EQUAL(checksum_bytes(a.words, bytes),
				known[i].checksum);
		/* another stream, another ciphertext; the same, the same */
		b = keyring_encrypt(&k, message, 1);
		CU_ASSERT_NOT_EQUAL(memcmp(a.words, b.words, bytes), 0);
		free(b.words);
		k.encrypted = 0;
		b = keyring_encrypt(&k, message, 1);
		CU_ASSERT_EQUAL(memcmp(a.words, b.words, bytes), 0);
		free(a.words);
		free(b.words);
		keyring_release(&k);
	}
}

/* With another secret key all that comes back is noise. */
static void test_another_key(void)
{
	struct keyring k = keyring_standard(4096, CKKS_ERRORS_SAMPLED);
	struct ckks_ciphertext a;
	struct keyring other;
	double near = 0;

	memset(message, 0, sizeof(message));
	a = keyring_encrypt(&k, message, 1);
	other = keyring_new(&k.context->parameters, 1);
	CU_ASSERT_EQUAL(ckks_decryptor_decrypt(other.decryptor, &a, decrypted), 0);
	for (size_t i = 0; i < 4096; i++)
		near += fabs(decrypted[i]) < ckks_context_modulus(k.context, 3) / 8;
	/* a quarter, of which the deviation is 28 */
	CU_ASSERT_DOUBLE_EQUAL(near, 1024, 4 * 28);
	keyring_release(&other);
	free(a.words);
	keyring_release(&k);
}

static const struct suite_test tests[] = {
	{ "without errors all comes back", test_without_errors },
	{ "wide primes", test_wide_primes },
	{ "errors of coefficients are as in theory", test_deviation },
	{ "errors of values are as in theory", test_deviation_of_values },
	{ "a seed gives the same ciphertexts", test_checksums },
	{ "another key does not decrypt", test_another_key },
};

SUITE_MAIN("ckks/encryption", tests)
