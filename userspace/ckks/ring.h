/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Polynomials modulo X^N + 1 and one prime, as rows of N residues, and the
 * negacyclic number-theoretic transform (NTT) between their coefficients and
 * their values, which can be multiplied one by one.
 *
 * Value j of a row is the polynomial at psi^(2 r + 1), where psi is a primitive
 * root of unity of order 2N and r is j with its log2(N) bits reversed: the
 * order in which the transform leaves them (Longa and Naehrig, "Speeding up
 * the Number Theoretic Transform for Faster Ideal Lattice-Based Cryptography",
 * CANS 2016, algorithms 1 and 2).
 *
 * A ring never changes; threads share it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/modulus.h"

struct ckks_kernels;

/**
 * struct ckks_ring - a prime and tables for one N
 * @roots: psi to the power of its index with log2(N) bits reversed
 * @inverse_roots: the inverses of these
 * @one, @high: 1 and 2^w, where w is the kernels' word in bits; like those of
 *	the roots their quotients are floor(2^w value / modulus)
 * @inverse_degree: 1 / N, with a quotient of that kind
 * @terms: products of residues that a sum of two words holds
 */
struct ckks_ring {
	struct ckks_modulus modulus;
	size_t degree;
	const struct ckks_kernels *kernels;
	uint64_t *roots;
	uint64_t *root_quotients;
	uint64_t *inverse_roots;
	uint64_t *inverse_quotients;
	struct ckks_factor one;
	struct ckks_factor high;
	struct ckks_factor inverse_degree;
	size_t terms;
};

/**
 * ckks_ring_new() - prepare the tables
 * @degree: N, a power of two from 4
 * @prime: 1 modulo 2N
 * @kernels: NULL for the fastest that the machine has for this prime
 *
 * Returns 0, -EINVAL (these do not fit together), -ENOMEM.
 */
int ckks_ring_new(size_t degree, uint64_t prime,
		  const struct ckks_kernels *kernels, struct ckks_ring **ret);
void ckks_ring_free(struct ckks_ring *r);
void ckks_ring_freep(struct ckks_ring **r);

/* Coefficients to values, in place. */
void ckks_ring_forward(const struct ckks_ring *r, uint64_t *row);

/* Values to coefficients, in place. */
void ckks_ring_inverse(const struct ckks_ring *r, uint64_t *row);

/**
 * ckks_ring_accumulate() - a sum of rows, each multiplied by a number
 * @sources: @n arrays of words, in which a row begins at @offset
 * @scalars: @n residues
 * @ret: a row that is none of the sources; of a single one it may be
 */
void ckks_ring_accumulate(const struct ckks_ring *r,
			  const uint64_t *const *sources, size_t offset,
			  const uint64_t *scalars, size_t n, uint64_t *ret);
