// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/fourier.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

int ckks_fourier_init(struct ckks_fourier *f, size_t n)
{
	double complex *roots = calloc(n / 2 + 1, sizeof(*roots));

	if (!roots)
		return -ENOMEM;
	for (size_t k = 0; k < n / 2; k++) {
		double angle = 2 * M_PI * (double)k / (double)n;

		roots[k] = CMPLX(cos(angle), sin(angle));
	}
	f->n = n;
	f->roots = roots;
	return 0;
}

void ckks_fourier_release(struct ckks_fourier *f)
{
	free(f->roots);
	f->roots = NULL;
}

/* Each value goes to the place whose bits are those of its own, reversed; @to
 * counts up from its highest bit. */
static void reorder(size_t n, double complex *values)
{
	for (size_t from = 0, to = 0; from < n; from++) {
		size_t bit = n / 2;

		if (from < to) {
			double complex value = values[from];

			values[from] = values[to];
			values[to] = value;
		}
		for (; bit && to & bit; bit /= 2)
			to ^= bit;
		to |= bit;
	}
}

/* Cooley and Tukey's, decimation in time. */
void ckks_fourier_transform(const struct ckks_fourier *f,
			    double complex *values)
{
	reorder(f->n, values);
	for (size_t half = 1; half < f->n; half *= 2)
		for (size_t start = 0; start < f->n; start += 2 * half)
			for (size_t k = 0; k < half; k++) {
				double complex *x = &values[start + k];
				double complex y = ckks_fourier_times(x[half],
					f->roots[k * (f->n / 2 / half)]);

				x[half] = *x - y;
				*x += y;
			}
}
