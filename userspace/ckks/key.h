/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys. Their rows are of values, one for each prime and then one for the
 * special prime: the modulus of keys, "the key level", is the product of all.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/context.h"
#include "ckks/random.h"

/**
 * struct ckks_secret_key - s, with coefficients of -1, 0 and 1
 * @words: [primes and special prime][N]
 */
struct ckks_secret_key {
	size_t n_words;
	uint64_t *words;
};

/**
 * struct ckks_public_key - (-(a s + e), a), with a uniform and e an error
 * @words: [2][primes and special prime][N]; all rows but those of the special
 *	prime are divided by it, which is how encryption needs them. Where
 *	errors are switched off they are not, as if they were of P times the
 *	key.
 */
struct ckks_public_key {
	size_t n_words;
	uint64_t *words;
};

/* 0 or -ENOMEM. */
int ckks_secret_key_new(const struct ckks_context *c, struct ckks_random *r,
			struct ckks_secret_key **ret);
void ckks_secret_key_free(struct ckks_secret_key *k);
void ckks_secret_key_freep(struct ckks_secret_key **k);

/* 0 or -ENOMEM. */
int ckks_public_key_new(const struct ckks_context *c,
			const struct ckks_secret_key *s, struct ckks_random *r,
			struct ckks_public_key **ret);
void ckks_public_key_free(struct ckks_public_key *k);
void ckks_public_key_freep(struct ckks_public_key **k);
