/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work on whole rows that is too little for a file of its own. Private to the
 * library.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/ring.h"

/* The values of a polynomial with small coefficients. */
static inline void row_of_small(const struct ckks_ring *r,
				const int8_t *coefficients, uint64_t *ret)
{
	for (size_t i = 0; i < r->degree; i++) {
		int64_t x = coefficients[i];

		/* without a branch: the sign is a secret */
		ret[i] = (uint64_t)x +
			 (r->modulus.value & (uint64_t)(x >> 63));
	}
	ckks_ring_forward(r, ret);
}
