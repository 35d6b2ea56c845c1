/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Four numbers at a time, each below 2^32 in a lane of 64 bits. Where the
 * compiler may use AVX2 this is one register; elsewhere it is whatever the
 * compiler makes of it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

#define LANES	4

typedef uint64_t lanes __attribute__((vector_size(8 * LANES)));

/* The same wherever a word may be. */
typedef uint64_t lanes_in_memory
	__attribute__((vector_size(8 * LANES), aligned(8), may_alias));

static inline lanes lanes_load(const uint64_t *p)
{
	return *(const lanes_in_memory *)p;
}

static inline void lanes_store(uint64_t *p, lanes x)
{
	*(lanes_in_memory *)p = x;
}

static inline lanes lanes_of(uint64_t x)
{
	return (lanes){ x, x, x, x };
}

/* Products of the lower halves of the lanes. */
static inline lanes lanes_multiply(lanes a, lanes b)
{
#ifdef __AVX2__
	return (lanes)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
	return (a & UINT32_MAX) * (b & UINT32_MAX);
#endif
}

/* x - limit where that is not negative, x elsewhere; both are below 2^32. */
static inline lanes lanes_below(lanes x, lanes limit)
{
#ifdef __AVX2__
	/* halves: a negative difference has a lower one above x's and all bits
	 * in its upper one */
	return (lanes)_mm256_min_epu32((__m256i)x, (__m256i)(x - limit));
#else
	lanes difference = x - limit;

	return difference + (limit & -(difference >> 63));
#endif
}
