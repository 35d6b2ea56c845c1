// SPDX-License-Identifier: GPL-2.0-or-later
/* ChaCha20 by the vectors of RFC 8439, and streams made of it. */
#include <string.h>

#include "ckks/chacha20.h"
#include "ckks/random.h"
#include "suite.h"

struct vector {
	const char *key;
	const char *nonce;
	uint32_t counter;
	const char *block;
};

#define ZEROS_16	"00000000000000000000000000000000"
#define ZEROS_32	ZEROS_16 ZEROS_16
#define ZEROS_12	"000000000000000000000000"

/* Section 2.3.2, and appendix A.1, vectors 1 to 5. */
static const struct vector vectors[] = {
	{
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"000000090000004a00000000", 1,
		"10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
		"d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e",
	}, {
		ZEROS_32, ZEROS_12, 0,
		"76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
		"da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586",
	}, {
		ZEROS_32, ZEROS_12, 1,
		"9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
		"29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
	}, {
		ZEROS_16 "00000000000000000000000000000001", ZEROS_12, 1,
		"3aeb5224ecf849929b9d828db1ced4dd832025e8018b8160b82284f3c949aa5a"
		"8eca00bbb4a73bdad192b5c42f73f2fd4e273644c8b36125a64addeb006c13a0",
	}, {
		"00ff000000000000" "0000000000000000" ZEROS_16, ZEROS_12, 2,
		"72d54dfbf12ec44b362692df94137f328fea8da73990265ec1bbbea1ae9af0ca"
		"13b25aa26cb4a648cb9b9d1be65b2c0924a66c54d545ec1b7374f4872e99f096",
	}, {
		ZEROS_32, "000000000000000000000002", 0,
		"c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7"
		"8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d",
	},
};

static void unhex(const char *text, size_t n, uint8_t *ret)
{
	CU_ASSERT_EQUAL_FATAL(strlen(text), 2 * n);
	for (size_t i = 0; i < n; i++)
		CU_ASSERT_EQUAL_FATAL(sscanf(text + 2 * i, "%2hhx", &ret[i]), 1);
}

typedef void blocks(const uint8_t *key, uint32_t counter, const uint8_t *nonce,
		    uint8_t *ret);

/* Each vector as each of the four blocks. */
static void check_vector(const struct vector *v, blocks *chacha20)
{
	uint8_t key[CKKS_CHACHA20_KEY_BYTES], nonce[CKKS_CHACHA20_NONCE_BYTES];
	uint8_t want[CKKS_CHACHA20_BLOCK_BYTES], got[CKKS_CHACHA20_BYTES];

	unhex(v->key, sizeof(key), key);
	unhex(v->nonce, sizeof(nonce), nonce);
	unhex(v->block, sizeof(want), want);
	for (uint32_t i = 0; i < CKKS_CHACHA20_BLOCKS; i++) {
		chacha20(key, v->counter - i, nonce, got);
		CU_ASSERT_EQUAL(memcmp(got + i * sizeof(want), want,
				       sizeof(want)), 0);
	}
}

static void test_vectors(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		check_vector(&vectors[i], ckks_chacha20_plain);
#ifdef __x86_64__
		if (__builtin_cpu_supports("avx2"))
			check_vector(&vectors[i], ckks_chacha20_avx2);
#endif
	}
}

/* Whatever pieces a stream is taken in, it is block after block. */
static void test_streams(void)
{
	uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES] = { 3, 0, 0, 0, 7, 1 };
	uint8_t want[2 * CKKS_CHACHA20_BYTES], got[sizeof(want)];
	struct ckks_random r;
	struct ckks_seed seed;

	ckks_seed_number(5, &seed);
	ckks_chacha20_plain(seed.key, 0, nonce, want);
	ckks_chacha20_plain(seed.key, CKKS_CHACHA20_BLOCKS, nonce,
			    want + CKKS_CHACHA20_BYTES);
	for (size_t piece = 1; piece <= sizeof(want); piece++) {
		ckks_random_init(&seed, CKKS_PURPOSE_ENCRYPTION, 256 + 7, &r);
		for (size_t at = 0; at < sizeof(want); at += piece)
			ckks_random_bytes(&r, got + at,
					  sizeof(want) - at < piece ?
					  sizeof(want) - at : piece);
		CU_ASSERT_EQUAL(memcmp(got, want, sizeof(want)), 0);
	}
	ckks_random_clear(&r);
	for (size_t i = 0; i < sizeof(r); i++)
		CU_ASSERT_EQUAL(((const uint8_t *)&r)[i], 0);
}

static void draw(const struct ckks_seed *seed, enum ckks_purpose purpose,
		 uint64_t number, uint8_t ret[16])
{
	struct ckks_random r;

	ckks_random_init(seed, purpose, number, &r);
	ckks_random_bytes(&r, ret, 16);
}

static void test_streams_differ(void)
{
	uint8_t draws[6][16];
	struct ckks_seed a, b, c;

	CU_ASSERT_EQUAL_FATAL(ckks_seed_random(&a), 0);
	CU_ASSERT_EQUAL_FATAL(ckks_seed_random(&b), 0);
	ckks_seed_number(1, &c);
	draw(&a, CKKS_PURPOSE_ENCRYPTION, 0, draws[0]);
	draw(&a, CKKS_PURPOSE_ENCRYPTION, 1, draws[1]);
	draw(&a, CKKS_PURPOSE_ENCRYPTION, 1ull << 63, draws[2]);
	draw(&a, CKKS_PURPOSE_PUBLIC_KEY, 0, draws[3]);
	draw(&b, CKKS_PURPOSE_ENCRYPTION, 0, draws[4]);
	draw(&c, CKKS_PURPOSE_ENCRYPTION, 0, draws[5]);
	for (size_t i = 0; i < 6; i++)
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_NOT_EQUAL(memcmp(draws[i], draws[j], 16), 0);
}

static const struct suite_test tests[] = {
	{ "blocks are those of the RFC", test_vectors },
	{ "a stream is block after block", test_streams },
	{ "streams differ by seed, purpose and number", test_streams_differ },
};

SUITE_MAIN("ckks/chacha20", tests)
