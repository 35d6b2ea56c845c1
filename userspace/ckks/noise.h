/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large errors are, in theory: standard deviations of coefficients. Sums of
 * many independent products are taken as normal, with variances that add up, as
 * usual (Gentry, Halevi and Smart, "Homomorphic Evaluation of the AES Circuit",
 * CRYPTO 2012, appendix A.5); tests measure them.
 *
 * In a product with a secret, whose coefficients have variance 2/3, each
 * coefficient is a sum of N: a variance becomes 2N/3 times as large.
 */
#pragma once

#include "ckks/parameters.h"

/* Of a division of both polynomials that is rounded. Remainders are uniform,
 * with variance 1/12, and that of c1 is multiplied by s:
 * (1 + 2N/3) / 12. What ckks_ciphertext_rescale() adds. */
double ckks_noise_rounding(const struct ckks_parameters *p);

/* Of a fresh ciphertext, before its message was rounded. At the key level
 * u b + e0 + s (u a + e1) is e0 + s e1 - u e: a variance of (1 + 4N/3) that of
 * an error. The special prime divides it, and its division is rounded. */
double ckks_noise_encryption(const struct ckks_parameters *p);

/* What a deviation of coefficients is in a slot that is decoded: the real part
 * of a sum of N of them, times numbers on the unit circle, whose real parts
 * have the mean square 1/2. */
double ckks_noise_slot(const struct ckks_parameters *p, double coefficient,
		       double scale);
