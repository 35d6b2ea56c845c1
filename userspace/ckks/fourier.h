/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The discrete Fourier transform of a power of two of complex numbers. Private
 * to the encoder.
 */
#pragma once

#include <complex.h>
#include <stddef.h>

/**
 * struct fourier - a length and its tables
 * @roots: exp(2 pi i k / n) for k < n/2
 */
struct fourier {
	size_t n;
	double complex *roots;
};

/* 0 or -ENOMEM. */
int fourier_init(struct fourier *f, size_t n);
void fourier_release(struct fourier *f);

/* Value t becomes the sum over k of value k times exp(2 pi i t k / n). */
void fourier_transform(const struct fourier *f, double complex *values);

/* The product without the care for infinities that C asks for (C17, annex G),
 * which costs a call each. */
static inline double complex fourier_times(double complex a, double complex b)
{
	return CMPLX(creal(a) * creal(b) - cimag(a) * cimag(b),
		     creal(a) * cimag(b) + cimag(a) * creal(b));
}
