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

/* From bytes below 255, which is three times 85. */
void ckks_sample_ternary(struct ckks_random *r, size_t n, int8_t *ret)
{
	for (size_t i = 0; i < n;) {
		uint8_t x;

		ckks_random_bytes(r, &x, sizeof(x));
		if (x < 255)
			ret[i++] = (int8_t)(x % 3 - 1);
	}
}

/* The number of bits that are set, by sums of neighbours: the builtin is a
 * table in memory where the processor may lack the instruction, and which
 * place of it was read can be seen in the cache. */
static uint32_t count_bits(uint32_t x)
{
	x -= x >> 1 & 0x55555555;
	x = (x & 0x33333333) + (x >> 2 & 0x33333333);
	x = (x + (x >> 4)) & 0x0f0f0f0f;
	return x * 0x01010101 >> 24;
}

void ckks_sample_error(struct ckks_random *r, size_t n, int8_t *ret)
{
	const uint32_t mask = (1u << CKKS_ERROR_BITS) - 1;

	for (size_t i = 0; i < n; i++) {
		uint8_t bytes[6];
		uint32_t plus, minus;

		ckks_random_bytes(r, bytes, sizeof(bytes));
		plus = bytes[0] | (uint32_t)bytes[1] << 8 |
		       (uint32_t)bytes[2] << 16;
		minus = bytes[3] | (uint32_t)bytes[4] << 8 |
			(uint32_t)bytes[5] << 16;
		ret[i] = (int8_t)((int)count_bits(plus & mask) -
				  (int)count_bits(minus & mask));
	}
}
