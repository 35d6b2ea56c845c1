/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ciphertexts, and what can be done with them without a key: they are added,
 * and multiplied by numbers that are known.
 *
 * A ciphertext is two polynomials (c0, c1) whose c0 + c1 s is the message and
 * an error, modulo the product of the primes that it still has: the first
 * @n_primes of the set. It consists of rows of values, [2][primes][N] words,
 * one after the other, and is at home in a buffer of the caller's.
 *
 * Where a function writes a ciphertext to @ret, its words must be set, have
 * room, and may be those of the first source unless it says otherwise; primes
 * and scale are filled in. All return 0 or -EINVAL: ciphertexts with unlike
 * primes or scales, or a number of primes that there is not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ckks/context.h"

/**
 * struct ckks_ciphertext - a ciphertext
 * @scale: what the values in it were multiplied by
 */
struct ckks_ciphertext {
	uint64_t *words;
	size_t n_primes;
	double scale;
};

/* Words of a ciphertext with that many primes. */
static inline size_t ckks_ciphertext_words(const struct ckks_context *c,
					   size_t n_primes)
{
	return 2 * n_primes * c->parameters.degree;
}

/* Whether what came from elsewhere could be a ciphertext: all words are
 * residues. Functions here rely on that. */
bool ckks_ciphertext_valid(const struct ckks_context *c,
			   const struct ckks_ciphertext *a);

int ckks_ciphertext_add(const struct ckks_context *c,
			const struct ckks_ciphertext *a,
			const struct ckks_ciphertext *b,
			struct ckks_ciphertext *ret);

/* Adds a number to all slots. @residues: that of ckks_scalar_encode() with @a's
 * scale and primes, stride 1. */
int ckks_ciphertext_add_scalar(const struct ckks_context *c,
			       const struct ckks_ciphertext *a,
			       const uint64_t *residues,
			       struct ckks_ciphertext *ret);

/* Multiplies all slots by a number, which was encoded with @scale. */
int ckks_ciphertext_multiply_scalar(const struct ckks_context *c,
				    const struct ckks_ciphertext *a,
				    const uint64_t *residues, double scale,
				    struct ckks_ciphertext *ret);

/**
 * ckks_ciphertext_accumulate() - a sum of ciphertexts, each times a number
 * @sources: the words of @n ciphertexts
 * @scalars: residues of @n numbers for the first prime, then for the second,
 *	and so on, [primes][n]
 * @ret: primes, which all sources have, and scale, which is theirs times that
 *	of the numbers, are the caller's to set; the words are none of the
 *	sources'
 */
int ckks_ciphertext_accumulate(const struct ckks_context *c,
			       const uint64_t *const *sources,
			       const uint64_t *scalars, size_t n,
			       struct ckks_ciphertext *ret);

/**
 * ckks_ciphertext_rescale() - divide by the last prime, and drop it
 * @a: in place; the words move together
 * @scratch: N words
 *
 * The values stay what they are and their scale is divided.
 */
int ckks_ciphertext_rescale(const struct ckks_context *c,
			    struct ckks_ciphertext *a, uint64_t *scratch);

/* Drops all but the first @n_primes primes without a division: the scale
 * stays. */
int ckks_ciphertext_drop(const struct ckks_context *c,
			 const struct ckks_ciphertext *a, size_t n_primes,
			 struct ckks_ciphertext *ret);
