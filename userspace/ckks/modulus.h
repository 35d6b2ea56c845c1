/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arithmetic modulo a prime of at most 61 bits, without division.
 *
 * A residue is a number below the modulus; functions take and return residues
 * unless they say otherwise. Products are reduced as in Menezes, van Oorschot
 * and Vanstone, Handbook of Applied Cryptography (1996), algorithm 14.42
 * (Barrett); multiplication by a number that is known beforehand as in Harvey,
 * "Faster arithmetic for number-theoretic transforms", Journal of Symbolic
 * Computation 60 (2014), algorithm 2 (Shoup).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define CKKS_MODULUS_BITS_MAX	61

/**
 * struct ckks_factor - a residue prepared for multiplications
 * @quotient: floor(2^64 value / modulus)
 */
struct ckks_factor {
	uint64_t value;
	uint64_t quotient;
};

/**
 * struct ckks_modulus - a modulus and what depends on it alone
 * @bits: its length
 * @shift: what makes it one of 62 bits, so that products of all moduli are
 *	reduced with the same shifts
 * @barrett: floor(2^124 / (value 2^shift))
 * @one: 1, whose quotient reduces any number of 64 bits
 */
struct ckks_modulus {
	uint64_t value;
	unsigned int bits;
	unsigned int shift;
	uint64_t barrett;
	struct ckks_factor one;
};

/* 0, or -EINVAL for a modulus below 3 or of more bits than the most. */
int ckks_modulus_init(uint64_t value, struct ckks_modulus *ret);

/* Whether a number is prime, for certain. */
bool ckks_modulus_is_prime(uint64_t value);

uint64_t ckks_modulus_power(const struct ckks_modulus *q, uint64_t base,
			    uint64_t exponent);

/* The inverse of @x, which is not 0; the modulus is prime. */
uint64_t ckks_modulus_inverse(const struct ckks_modulus *q, uint64_t x);

struct ckks_factor ckks_factor_of(const struct ckks_modulus *q, uint64_t x);

/* x - limit if that is not negative, else x. Written so that compilers make no
 * branch of it, which would be mispredicted half of the time. */
static inline uint64_t ckks_modulus_below(uint64_t x, uint64_t limit)
{
	uint64_t difference = x - limit;

	return difference < x ? difference : x;
}

static inline uint64_t ckks_modulus_add(const struct ckks_modulus *q,
					uint64_t a, uint64_t b)
{
	return ckks_modulus_below(a + b, q->value);
}

static inline uint64_t ckks_modulus_subtract(const struct ckks_modulus *q,
					     uint64_t a, uint64_t b)
{
	return ckks_modulus_below(a + q->value - b, q->value);
}

static inline uint64_t ckks_modulus_negate(const struct ckks_modulus *q,
					   uint64_t a)
{
	return ckks_modulus_below(q->value - a, q->value);
}

static inline uint64_t ckks_modulus_multiply(const struct ckks_modulus *q,
					     uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)(a << q->shift) * b;
	uint64_t high = (uint64_t)(product >> 61);
	uint64_t quotient = (uint64_t)((unsigned __int128)high * q->barrett >>
				       63);
	/* the quotient is too small by 2 at most */
	uint64_t r = a * b - quotient * q->value;

	r = ckks_modulus_below(r, q->value);
	return ckks_modulus_below(r, q->value);
}

/* @x, any number of 64 bits, times @w: congruent, below twice the modulus. */
static inline uint64_t ckks_factor_multiply_lazily(const struct ckks_modulus *q,
						   struct ckks_factor w,
						   uint64_t x)
{
	uint64_t high = (uint64_t)((unsigned __int128)x * w.quotient >> 64);

	return x * w.value - high * q->value;
}

static inline uint64_t ckks_factor_multiply(const struct ckks_modulus *q,
					    struct ckks_factor w, uint64_t x)
{
	return ckks_modulus_below(ckks_factor_multiply_lazily(q, w, x),
				  q->value);
}

/* The residue of any number of 64 bits. */
static inline uint64_t ckks_modulus_reduce(const struct ckks_modulus *q,
					   uint64_t x)
{
	return ckks_factor_multiply(q, q->one, x);
}

/* @x w for any @x. There is no branch on the sign, as half of all guesses would
 * be wrong, and how long that takes would tell of messages and secrets. */
static inline uint64_t ckks_factor_multiply_signed(const struct ckks_modulus *q,
						   struct ckks_factor w,
						   int64_t x)
{
	uint64_t negative = (uint64_t)(x >> 63);	/* all bits or none */
	uint64_t magnitude = ((uint64_t)x ^ negative) - negative;
	uint64_t r = ckks_factor_multiply(q, w, magnitude);

	r += (q->value - 2 * r) & negative;
	return ckks_modulus_below(r, q->value);
}

static inline uint64_t ckks_modulus_reduce_signed(const struct ckks_modulus *q,
						  int64_t x)
{
	return ckks_factor_multiply_signed(q, q->one, x);
}

/* The number nearest to zero with that residue. */
static inline int64_t ckks_modulus_centre(const struct ckks_modulus *q,
					  uint64_t x)
{
	uint64_t above = (q->value / 2 - x) >> 63;	/* 1 or 0 */

	return (int64_t)(x - (q->value & -above));
}
