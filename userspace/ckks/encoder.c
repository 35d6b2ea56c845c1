// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/encoder.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "ckks/fourier.h"

struct ckks_encoder {
	size_t slots;
	double limit;		/* no coefficient reaches it */
	struct ckks_fourier fourier;
	double complex *twists;	/* powers of zeta */
	double complex *work;
};

/* Integers up to here are what int64_t holds, and can be added to an error. */
#define COEFFICIENT_LIMIT	0x1p62

static double limit_of(const struct ckks_context *c, size_t n_primes)
{
	return fmin(ckks_context_modulus(c, n_primes) / 2, COEFFICIENT_LIMIT);
}

int ckks_encoder_new(const struct ckks_context *c, struct ckks_encoder **ret)
{
	size_t slots = ckks_parameters_slots(&c->parameters);
	struct ckks_encoder *e = calloc(1, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->slots = slots;
	e->limit = limit_of(c, c->parameters.n_primes);
	e->twists = calloc(slots, sizeof(*e->twists));
	e->work = calloc(slots, sizeof(*e->work));
	if (!e->twists || !e->work || ckks_fourier_init(&e->fourier, slots)) {
		ckks_encoder_free(e);
		return -ENOMEM;
	}
	for (size_t i = 0; i < slots; i++) {
		double angle = M_PI * (double)i / (double)c->parameters.degree;

		e->twists[i] = CMPLX(cos(angle), sin(angle));
	}
	*ret = e;
	return 0;
}

void ckks_encoder_free(struct ckks_encoder *e)
{
	if (!e)
		return;
	ckks_fourier_release(&e->fourier);
	free(e->twists);
	free(e->work);
	free(e);
}

void ckks_encoder_freep(struct ckks_encoder **e)
{
	ckks_encoder_free(*e);
}

/*
 * With n = N/2 and zeta^n = i, the polynomial at zeta^(4t + 1) is
 *
 *	sum over k < n of (m[k] + i m[k + n]) zeta^k exp(2 pi i t k / n)
 *
 * which is a Fourier transform of length n. That leaves the exponents that are
 * 3 modulo 4; the polynomial is real, so there it is the conjugate of its value
 * at 2N less the exponent, which is 1 modulo 4.
 */
static size_t place_of_slot(const struct ckks_encoder *e, size_t slot)
{
	return slot % 2 ? e->slots - (slot + 1) / 2 : slot / 2;
}

static double complex conjugate_if_odd(size_t slot, double complex value)
{
	return slot % 2 ? conj(value) : value;
}

/* The coefficients m[k] + i m[k + n] of the values in e->work, whose order is
 * that of place_of_slot(). */
static void interpolate(struct ckks_encoder *e)
{
	for (size_t i = 0; i < e->slots; i++)
		e->work[i] = conj(e->work[i]);
	ckks_fourier_transform(&e->fourier, e->work);
	for (size_t i = 0; i < e->slots; i++) {
		double complex x = ckks_fourier_times(e->work[i],
						      e->twists[i]);

		e->work[i] = conj(x) / (double)e->slots;
	}
}

static int round_all(const struct ckks_encoder *e, double scale, int64_t *ret)
{
	for (size_t i = 0; i < e->slots; i++) {
		double low = creal(e->work[i]) * scale;
		double high = cimag(e->work[i]) * scale;

		if (!isfinite(low) || !isfinite(high))
			return -EINVAL;
		if (fabs(low) >= e->limit || fabs(high) >= e->limit)
			return -ERANGE;
	}
	for (size_t i = 0; i < e->slots; i++) {
		ret[i] = llrint(creal(e->work[i]) * scale);
		ret[i + e->slots] = llrint(cimag(e->work[i]) * scale);
	}
	return 0;
}

int ckks_encoder_encode_complex(struct ckks_encoder *e,
				const double complex *values, size_t n,
				double scale, int64_t *ret)
{
	if (n > e->slots)
		return -EINVAL;
	for (size_t i = 0; i < e->slots; i++)
		e->work[place_of_slot(e, i)] =
			i < n ? conjugate_if_odd(i, values[i]) : 0;
	interpolate(e);
	return round_all(e, scale, ret);
}

int ckks_encoder_encode(struct ckks_encoder *e, const double *values, size_t n,
			double scale, int64_t *ret)
{
	if (n > e->slots)
		return -EINVAL;
	for (size_t i = 0; i < e->slots; i++)
		e->work[place_of_slot(e, i)] = i < n ? values[i] : 0;
	interpolate(e);
	return round_all(e, scale, ret);
}

/* The values in e->work, in the order of place_of_slot(). */
static void evaluate(struct ckks_encoder *e, const double *coefficients)
{
	for (size_t i = 0; i < e->slots; i++)
		e->work[i] = ckks_fourier_times(
				CMPLX(coefficients[i],
				      coefficients[i + e->slots]),
				e->twists[i]);
	ckks_fourier_transform(&e->fourier, e->work);
}

int ckks_encoder_decode_complex(struct ckks_encoder *e,
				const double *coefficients, double scale,
				size_t n, double complex *ret)
{
	if (n > e->slots)
		return -EINVAL;
	evaluate(e, coefficients);
	for (size_t i = 0; i < n; i++)
		ret[i] = conjugate_if_odd(i, e->work[place_of_slot(e, i)]) /
			 scale;
	return 0;
}

int ckks_encoder_decode(struct ckks_encoder *e, const double *coefficients,
			double scale, size_t n, double *ret)
{
	if (n > e->slots)
		return -EINVAL;
	evaluate(e, coefficients);
	for (size_t i = 0; i < n; i++)
		ret[i] = creal(e->work[place_of_slot(e, i)]) / scale;
	return 0;
}

int ckks_scalar_encode(const struct ckks_context *c, double value, double scale,
		       size_t n_primes, size_t stride, uint64_t *ret)
{
	double scaled = value * scale;

	if (!isfinite(scaled) || n_primes > c->parameters.n_primes)
		return -EINVAL;
	if (fabs(scaled) >= limit_of(c, n_primes))
		return -ERANGE;
	for (size_t i = 0; i < n_primes; i++)
		ret[i * stride] = ckks_modulus_reduce_signed(
				&c->rings[i]->modulus, llrint(scaled));
	return 0;
}
