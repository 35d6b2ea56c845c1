// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/chacha20.h"

#include <endian.h>
#include <string.h>

/* A row of the state, four words, so that four quarter rounds are one. */
typedef uint32_t row __attribute__((vector_size(16)));

static inline row rotate(row x, unsigned int by)
{
	return x << by | x >> (32 - by);
}

/* RFC 8439, section 2.1, on all columns */
static inline void quarter_rounds(row *a, row *b, row *c, row *d)
{
	*a += *b, *d = rotate(*d ^ *a, 16);
	*c += *d, *b = rotate(*b ^ *c, 12);
	*a += *b, *d = rotate(*d ^ *a, 8);
	*c += *d, *b = rotate(*b ^ *c, 7);
}

#define TURN_1(x)	__builtin_shufflevector(x, x, 1, 2, 3, 0)
#define TURN_2(x)	__builtin_shufflevector(x, x, 2, 3, 0, 1)
#define TURN_3(x)	__builtin_shufflevector(x, x, 3, 0, 1, 2)

/* Columns, then diagonals, which the turns make columns. */
static inline void double_round(row *a, row *b, row *c, row *d)
{
	quarter_rounds(a, b, c, d);
	*b = TURN_1(*b), *c = TURN_2(*c), *d = TURN_3(*d);
	quarter_rounds(a, b, c, d);
	*b = TURN_3(*b), *c = TURN_2(*c), *d = TURN_1(*d);
}

static uint32_t load(const uint8_t *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof(word));
	return le32toh(word);
}

static row load_row(const uint8_t *bytes)
{
	return (row){ load(bytes), load(bytes + 4), load(bytes + 8),
		      load(bytes + 12) };
}

static void store_row(row x, uint8_t *ret)
{
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t word = htole32(x[i]);

		memcpy(ret + 4 * i, &word, sizeof(word));
	}
}

void ckks_chacha20_block(const uint8_t key[CKKS_CHACHA20_KEY_BYTES],
			 uint32_t counter,
			 const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
			 uint8_t ret[CKKS_CHACHA20_BLOCK_BYTES])
{
	const row state[4] = {
		load_row((const uint8_t *)"expand 32-byte k"),
		load_row(key),
		load_row(key + 16),
		{ counter, load(nonce), load(nonce + 4), load(nonce + 8) },
	};
	row a = state[0], b = state[1], c = state[2], d = state[3];

	for (unsigned int i = 0; i < 10; i++)
		double_round(&a, &b, &c, &d);
	store_row(a + state[0], ret);
	store_row(b + state[1], ret + 16);
	store_row(c + state[2], ret + 32);
	store_row(d + state[3], ret + 48);
}
