/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three distributions that encryption draws from.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/modulus.h"
#include "ckks/random.h"

/* Bits whose sum, less that of as many others, is an error. */
#define CKKS_ERROR_BITS		21

/* The variance of an error, each of whose bits has 1/4; its deviation is 3.24,
 * and the security standard wants 8 / sqrt(2 pi) = 3.19. */
#define CKKS_ERROR_VARIANCE	(2 * CKKS_ERROR_BITS / 4.0)

/* The variance of a coefficient of a secret. */
#define CKKS_TERNARY_VARIANCE	(2 / 3.0)

/* Residues, each as likely as any other. */
void ckks_sample_uniform(struct ckks_random *r, const struct ckks_modulus *q,
			 size_t n, uint64_t *ret);

/* -1, 0 and 1, each as likely as the others. */
void ckks_sample_ternary(struct ckks_random *r, size_t n, int8_t *ret);

/* Errors from a centred binomial distribution, which takes a fixed number of
 * random bits and no floating point (Alkim, Ducas, Poeppelmann and Schwabe,
 * "Post-quantum key exchange - a new hope", USENIX Security 2016, section 4);
 * of the width that Microsoft SEAL has given it. */
void ckks_sample_error(struct ckks_random *r, size_t n, int8_t *ret);
