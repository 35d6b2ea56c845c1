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
 * @root_quotients, @inverse_quotients: floor(2^w root / modulus), where w is
 *	the kernels' word in bits
 * @high: 2^w
 * @inverse_degree: 1 / N
 * @shift: -2^62
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
	struct ckks_factor high;
	struct ckks_factor inverse_degree;
	uint64_t shift;
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

/*
 * Rows number by number, residues unless it says otherwise. @ret may be any of
 * the arguments.
 */

/* The residues of numbers whose absolute value is below 2^62. */
void ckks_ring_reduce(const struct ckks_ring *r, const int64_t *numbers,
		      uint64_t *ret);

/* a b + c; c is zero if it is NULL. */
void ckks_ring_multiply_add(const struct ckks_ring *r, const uint64_t *a,
			    const uint64_t *b, const uint64_t *c, uint64_t *ret);

/* a w + c; c is zero if it is NULL. */
void ckks_ring_scale_add(const struct ckks_ring *r, const uint64_t *a,
			 struct ckks_factor w, const uint64_t *c, uint64_t *ret);

/* (a - b) w */
void ckks_ring_scale_difference(const struct ckks_ring *r, const uint64_t *a,
				const uint64_t *b, struct ckks_factor w,
				uint64_t *ret);

/**
 * ckks_ring_accumulate() - a sum of rows, each multiplied by a number
 * @sources: @n arrays of words, in which a row begins at @offset
 * @scalars: @n residues
 * @ret: a row that is none of the sources; of a single one it may be
 */
void ckks_ring_accumulate(const struct ckks_ring *r,
			  const uint64_t *const *sources, size_t offset,
			  const uint64_t *scalars, size_t n, uint64_t *ret);
