/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The discrete Fourier transform of a power of two of complex numbers. Private
 * to the encoder.
 */
#pragma once

#include <complex.h>
#include <stddef.h>

/**
 * struct ckks_fourier - a length and its tables
 * @roots: exp(2 pi i k / n) for k < n/2
 */
struct ckks_fourier {
	size_t n;
	double complex *roots;
};

/* 0 or -ENOMEM. */
int ckks_fourier_init(struct ckks_fourier *f, size_t n);
void ckks_fourier_release(struct ckks_fourier *f);

/* Value t becomes the sum over k of value k times exp(2 pi i t k / n). */
void ckks_fourier_transform(const struct ckks_fourier *f,
			    double complex *values);

/* The product without the care for infinities that C asks for (C17, annex G),
 * which costs a call each. */
static inline double complex ckks_fourier_times(double complex a,
						double complex b)
{
	return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b),
		     creal(a) * cimag(b) + cimag(a) * creal(b));
}
