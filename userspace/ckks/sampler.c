// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/sampler.h"

#include <endian.h>
#include <string.h>

void ckks_sample_uniform(struct ckks_random *r, const struct ckks_modulus *q,
			 size_t n, uint64_t *ret)
{
	size_t bytes = (q->bits + 7) / 8;
	uint64_t mask = ((uint64_t)1 << q->bits) - 1;

	for (size_t i = 0; i < n;) {
		uint64_t x = 0;

		ckks_random_bytes(r, &x, bytes);
		x = le64toh(x) & mask;
		if (x < q->value)
			ret[i++] = x;
	}
}

/* Random bytes come in pieces: to ask for every number takes longer than to
 * make it. */
#define PIECE	256

/* From bytes below 255, which is three times 85. */
void ckks_sample_ternary(struct ckks_random *r, size_t n, int8_t *ret)
{
	size_t have = 0;

	while (have < n) {
		size_t take = n - have < PIECE ? n - have : PIECE;
		uint8_t bytes[PIECE];

		ckks_random_bytes(r, bytes, take);
		for (size_t i = 0; i < take; i++)
			if (bytes[i] < 255)
				ret[have++] = (int8_t)(bytes[i] % 3 - 1);
	}
}

/* The number of bits that are set, by sums of neighbours: the builtin is a
 * table in memory where the processor may lack the instruction, and which
 * place of it was read can be seen in the cache. */
static inline unsigned int count_bits(uint64_t x)
{
	x -= x >> 1 & 0x5555555555555555;
	x = (x & 0x3333333333333333) + (x >> 2 & 0x3333333333333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return (unsigned int)(x * 0x0101010101010101 >> 56);
}

/* An error takes six bytes: 21 bits that add and, from bit 24 on, as many that
 * subtract, for which their opposites are added and 21 taken off. */
#define ERROR_BYTES	6
#define ADDED		((UINT64_C(1) << CKKS_ERROR_BITS) - 1)
#define SUBTRACTED	(ADDED << 24)

void ckks_sample_error(struct ckks_random *r, size_t n, int8_t *ret)
{
	for (size_t have = 0; have < n;) {
		size_t take = PIECE / ERROR_BYTES;
		uint8_t bytes[PIECE + sizeof(uint64_t)];

		take = n - have < take ? n - have : take;
		ckks_random_bytes(r, bytes, take * ERROR_BYTES);
		/* the last word has two bytes more, which the mask takes off */
		memset(bytes + take * ERROR_BYTES, 0, sizeof(uint64_t));
		for (size_t i = 0; i < take; i++) {
			uint64_t x;

			memcpy(&x, bytes + i * ERROR_BYTES, sizeof(x));
			x = (le64toh(x) ^ SUBTRACTED) & (ADDED | SUBTRACTED);
			ret[have++] = (int8_t)((int)count_bits(x) -
					       CKKS_ERROR_BITS);
		}
	}
}
