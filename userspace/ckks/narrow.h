/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernels for primes below 2^30 share. They are compiled twice: with
 * and without AVX2. Private to them.
 */
#pragma once

#include "ckks/lanes.h"
#include "ckks/ring.h"

#ifdef __AVX2__
#define NARROW(name)	ckks_narrow_avx2_##name
#else
#define NARROW(name)	ckks_narrow_##name
#endif

#define NARROW_INLINE	static inline __attribute__((always_inline))

void NARROW(forward)(const struct ckks_ring *r, uint64_t *row);
void NARROW(inverse)(const struct ckks_ring *r, uint64_t *row);

struct constants {
	lanes q;
	lanes twice_q;
};

NARROW_INLINE struct constants constants_of(const struct ckks_ring *r)
{
	return (struct constants){
		.q = lanes_of(r->modulus.value),
		.twice_q = lanes_of(2 * r->modulus.value),
	};
}

/* A factor, whose quotient has as many bits as words here. */
struct factors {
	lanes value;
	lanes quotient;
};

NARROW_INLINE struct factors factors_of(struct ckks_factor w)
{
	return (struct factors){
		.value = lanes_of(w.value),
		.quotient = lanes_of(w.quotient >> 32),
	};
}

/* x w for any x below 2^32: congruent, and below twice the modulus (Harvey
 * 2014, algorithm 2, in words of 32 bits). */
NARROW_INLINE lanes multiply_lazily(const struct constants *c,
				    const struct factors *w, lanes x)
{
	lanes high = lanes_multiply(x, w->quotient) >> 32;

	return lanes_multiply(x, w->value) - lanes_multiply(high, c->q);
}

/* From below four times the modulus. */
NARROW_INLINE lanes reduce_fully(const struct constants *c, lanes x)
{
	return lanes_below(lanes_below(x, c->twice_q), c->q);
}
