// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/chacha20.h"

#include <endian.h>
#include <string.h>

#define WORDS	16

static uint32_t rotate(uint32_t x, unsigned int by)
{
	return x << by | x >> (32 - by);
}

/* RFC 8439, section 2.1 */
static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b, *d = rotate(*d ^ *a, 16);
	*c += *d, *b = rotate(*b ^ *c, 12);
	*a += *b, *d = rotate(*d ^ *a, 8);
	*c += *d, *b = rotate(*b ^ *c, 7);
}

/* A round of the columns, and one of the diagonals. */
static void double_round(uint32_t *x)
{
	for (unsigned int shift = 0; shift < 2; shift++)
		for (unsigned int i = 0; i < 4; i++)
			quarter_round(&x[i], &x[4 + (i + shift) % 4],
				      &x[8 + (i + 2 * shift) % 4],
				      &x[12 + (i + 3 * shift) % 4]);
}

static uint32_t load(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return le32toh(word);
}

void ckks_chacha20_block(const uint8_t key[CKKS_CHACHA20_KEY_BYTES],
			 uint32_t counter,
			 const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
			 uint8_t ret[CKKS_CHACHA20_BLOCK_BYTES])
{
	/* "expand 32-byte k" */
	uint32_t state[WORDS] = {
		0x61707865, 0x3320646e, 0x79622d32, 0x6b206574,
	};
	uint32_t x[WORDS];

	for (unsigned int i = 0; i < 8; i++)
		state[4 + i] = load(key + 4 * i);
	state[12] = counter;
	for (unsigned int i = 0; i < 3; i++)
		state[13 + i] = load(nonce + 4 * i);
	memcpy(x, state, sizeof(x));
	for (unsigned int i = 0; i < 10; i++)
		double_round(x);
	for (unsigned int i = 0; i < WORDS; i++) {
		uint32_t word = htole32(x[i] + state[i]);

		memcpy(ret + 4 * i, &word, sizeof(word));
	}
}
