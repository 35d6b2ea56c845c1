/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops that take the time, in as many ways as there are primes and
 * machines; ring.h says what they do. Wide ones work on words of 64 bits and
 * so on any prime. Narrow ones work on words of 32 bits, which processors
 * multiply several at a time, on primes below 2^30, of which four times as
 * much fits into such a word.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ckks/modulus.h"

struct ckks_ring;

/**
 * struct ckks_kernels - one way
 * @word_bits: w: quotients of roots are floor(2^w root / modulus)
 * @prime_bits: the longest prime
 * @degree_min: the smallest N
 */
struct ckks_kernels {
	const char *name;
	unsigned int word_bits;
	unsigned int prime_bits;
	size_t degree_min;
	void (*forward)(const struct ckks_ring *r, uint64_t *row);
	void (*inverse)(const struct ckks_ring *r, uint64_t *row);
	void (*reduce)(const struct ckks_ring *r, const int64_t *numbers,
		       uint64_t *ret);
	void (*multiply_add)(const struct ckks_ring *r, const uint64_t *a,
			     const uint64_t *b, const uint64_t *c,
			     uint64_t *ret);
	void (*scale_add)(const struct ckks_ring *r, const uint64_t *a,
			  struct ckks_factor w, const uint64_t *c,
			  uint64_t *ret);
	void (*scale_difference)(const struct ckks_ring *r, const uint64_t *a,
				 const uint64_t *b, struct ckks_factor w,
				 uint64_t *ret);
	void (*accumulate)(const struct ckks_ring *r,
			   const uint64_t *const *sources, size_t offset,
			   const uint64_t *scalars, size_t n, uint64_t *ret);
};

extern const struct ckks_kernels ckks_kernels_wide;
extern const struct ckks_kernels ckks_kernels_narrow;
#ifdef __x86_64__
extern const struct ckks_kernels ckks_kernels_narrow_avx2;
#endif

/* All of them that this machine can run, the fastest first. */
size_t ckks_kernels_list(const struct ckks_kernels *ret[3]);

/* Whether @k can do this prime and this N. */
bool ckks_kernels_fit(const struct ckks_kernels *k, uint64_t prime,
		      size_t degree);
