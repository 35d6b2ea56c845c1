// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compiled twice: with AVX2 two blocks are in a register, without it one is.
 */
#include "ckks/chacha20.h"

#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the words of a block would have to be swapped"
#endif

/* A row of the state, four words, so that four quarter rounds are one; of one
 * block or of two. */
#ifdef __AVX2__
#define BLOCKS_A_ROW	2
#define TURN_1(x)	__builtin_shufflevector(x, x, 1, 2, 3, 0, 5, 6, 7, 4)
#define TURN_2(x)	__builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5)
#define TURN_3(x)	__builtin_shufflevector(x, x, 3, 0, 1, 2, 7, 4, 5, 6)
#define CHACHA20	ckks_chacha20_avx2
#else
#define BLOCKS_A_ROW	1
#define TURN_1(x)	__builtin_shufflevector(x, x, 1, 2, 3, 0)
#define TURN_2(x)	__builtin_shufflevector(x, x, 2, 3, 0, 1)
#define TURN_3(x)	__builtin_shufflevector(x, x, 3, 0, 1, 2)
#define CHACHA20	ckks_chacha20_plain
#endif

#define WORDS_A_ROW	4
#define ROW_BYTES	16

typedef uint32_t row __attribute__((vector_size(BLOCKS_A_ROW * ROW_BYTES)));

/* The state of one block, or of two. */
struct state {
	row a, b, c, d;
};

static inline row rotate(row x, unsigned int by)
{
	return x << by | x >> (32 - by);
}

/* RFC 8439, section 2.1, on all columns */
static inline void quarter_rounds(struct state *s)
{
	s->a += s->b, s->d = rotate(s->d ^ s->a, 16);
	s->c += s->d, s->b = rotate(s->b ^ s->c, 12);
	s->a += s->b, s->d = rotate(s->d ^ s->a, 8);
	s->c += s->d, s->b = rotate(s->b ^ s->c, 7);
}

/* Columns, then diagonals, which the turns make columns. */
static inline void double_round(struct state *s)
{
	quarter_rounds(s);
	s->b = TURN_1(s->b), s->c = TURN_2(s->c), s->d = TURN_3(s->d);
	quarter_rounds(s);
	s->b = TURN_3(s->b), s->c = TURN_2(s->c), s->d = TURN_1(s->d);
}

static inline row load_row(const void *bytes)
{
	row x;

	for (unsigned int i = 0; i < BLOCKS_A_ROW; i++)
		memcpy((char *)&x + i * ROW_BYTES, bytes, ROW_BYTES);
	return x;
}

static inline struct state start(const uint8_t *key, uint32_t counter,
				 const uint8_t *nonce)
{
	struct state s = {
		.a = load_row("expand 32-byte k"),
		.b = load_row(key),
		.c = load_row(key + ROW_BYTES),
	};
	uint32_t last[WORDS_A_ROW] = { counter };

	memcpy(last + 1, nonce, CKKS_CHACHA20_NONCE_BYTES);
	s.d = load_row(last);
	for (uint32_t i = 1; i < BLOCKS_A_ROW; i++)
		s.d[i * WORDS_A_ROW] += i;
	return s;
}

static inline void store_row(row x, uint8_t *ret)
{
	for (unsigned int i = 0; i < BLOCKS_A_ROW; i++)
		memcpy(ret + i * CKKS_CHACHA20_BLOCK_BYTES,
		       (const char *)&x + i * ROW_BYTES, ROW_BYTES);
}

static inline void store_sum(const struct state *s, const struct state *t,
			     uint8_t *ret)
{
	store_row(s->a + t->a, ret);
	store_row(s->b + t->b, ret + ROW_BYTES);
	store_row(s->c + t->c, ret + 2 * ROW_BYTES);
	store_row(s->d + t->d, ret + 3 * ROW_BYTES);
}

/* Two states at a time: each instruction waits for the one before. */
void CHACHA20(const uint8_t key[CKKS_CHACHA20_KEY_BYTES], uint32_t counter,
	      const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
	      uint8_t ret[CKKS_CHACHA20_BYTES])
{
	for (uint32_t i = 0; i < CKKS_CHACHA20_BLOCKS; i += 2 * BLOCKS_A_ROW) {
		uint32_t second = i + BLOCKS_A_ROW;
		const struct state s = start(key, counter + i, nonce);
		const struct state t = start(key, counter + second, nonce);
		struct state x = s, y = t;

		for (unsigned int k = 0; k < 10; k++) {
			double_round(&x);
			double_round(&y);
		}
		store_sum(&x, &s, ret + i * CKKS_CHACHA20_BLOCK_BYTES);
		store_sum(&y, &t, ret + second * CKKS_CHACHA20_BLOCK_BYTES);
	}
}
