// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/noise.h"

#include <math.h>

#include "ckks/sampler.h"

/* What the square of a secret's norm is on average. */
static double secret_norm(const struct ckks_parameters *p)
{
	return CKKS_TERNARY_VARIANCE * (double)p->degree;
}

double ckks_noise_rounding(const struct ckks_parameters *p)
{
	return sqrt((1 + secret_norm(p)) / 12);
}

double ckks_noise_encryption(const struct ckks_parameters *p)
{
	double special = (double)p->special;
	double variance = CKKS_ERROR_VARIANCE * (1 + 2 * secret_norm(p));

	if (p->errors == CKKS_ERRORS_NONE)
		return 0;
	return sqrt(variance / (special * special) + (1 + secret_norm(p)) / 12);
}

double ckks_noise_slot(const struct ckks_parameters *p, double coefficient,
		       double scale)
{
	return coefficient * sqrt((double)p->degree / 2) / scale;
}
