/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows from a parameter set, computed once. A context never changes;
 * threads share it, and all that refers to it must be freed first.
 */
#pragma once

#include <stddef.h>

#include "ckks/modulus.h"
#include "ckks/parameters.h"
#include "ckks/ring.h"

/**
 * struct ckks_context - a parameter set and its tables
 * @rings: of the primes in their order, and behind the last that of the
 *	special one
 * @inverses: [i][j] is the inverse of prime i modulo prime j, where they
 *	differ; prime i may also be the special one
 */
struct ckks_context {
	struct ckks_parameters parameters;
	struct ckks_ring *rings[CKKS_PRIMES_MAX + 1];
	struct ckks_factor inverses[CKKS_PRIMES_MAX + 1][CKKS_PRIMES_MAX];
};

/* 0, -EINVAL (ckks_parameters_check() says why), -ENOMEM. */
int ckks_context_new(const struct ckks_parameters *p,
		     struct ckks_context **ret);
void ckks_context_free(struct ckks_context *c);
void ckks_context_freep(struct ckks_context **c);

/* The product of the first @n_primes primes, rounded. */
double ckks_context_modulus(const struct ckks_context *c, size_t n_primes);
