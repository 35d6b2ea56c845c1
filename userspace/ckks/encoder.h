/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between values and polynomials with integer coefficients, by the canonical
 * embedding: slot j of a polynomial, j < N/2, is its value at zeta^(2j + 1),
 * zeta = exp(pi i / N), divided by the scale (Cheon, Kim, Kim and Song,
 * "Homomorphic Encryption for Arithmetic of Approximate Numbers", ASIACRYPT
 * 2017, section 3.2). What is added or multiplied as polynomials is so slot
 * by slot.
 *
 * An encoder is for one thread at a time.
 */
#pragma once

#include <complex.h>
#include <stddef.h>
#include <stdint.h>

#include "ckks/context.h"

struct ckks_encoder;

/* 0 or -ENOMEM. */
int ckks_encoder_new(const struct ckks_context *c, struct ckks_encoder **ret);
void ckks_encoder_free(struct ckks_encoder *e);
void ckks_encoder_freep(struct ckks_encoder **e);

/**
 * ckks_encoder_encode() - @n values to N coefficients, rounded
 *
 * Slots beyond @n are 0. Returns 0, -EINVAL (more values than slots, or one
 * that is no number), -ERANGE (a coefficient beyond half the modulus of a
 * fresh ciphertext, or 2^62).
 */
int ckks_encoder_encode(struct ckks_encoder *e, const double *values, size_t n,
			double scale, int64_t *ret);
int ckks_encoder_encode_complex(struct ckks_encoder *e,
				const double complex *values, size_t n,
				double scale, int64_t *ret);

/* The first @n slots of a polynomial with N coefficients; of complex ones the
 * real part. 0, or -EINVAL for more than there are. */
int ckks_encoder_decode(struct ckks_encoder *e, const double *coefficients,
			double scale, size_t n, double *ret);
int ckks_encoder_decode_complex(struct ckks_encoder *e,
				const double *coefficients, double scale,
				size_t n, double complex *ret);

/**
 * ckks_scalar_encode() - one number for all slots
 *
 * That is a constant polynomial, whose values are all the same: one residue
 * for each of @n_primes. That of prime i goes to @ret[i x @stride].
 *
 * Returns 0, -EINVAL (no number, or more primes than there are), -ERANGE
 * (beyond half the modulus, or 2^62).
 */
int ckks_scalar_encode(const struct ckks_context *c, double value, double scale,
		       size_t n_primes, size_t stride, uint64_t *ret);
