// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/decryptor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ckks_decryptor {
	const struct ckks_context *context;
	const struct ckks_secret_key *key;
	size_t bytes;
	uint64_t *rows;		/* one for each prime */
};

int ckks_decryptor_new(const struct ckks_context *c,
		       const struct ckks_secret_key *k,
		       struct ckks_decryptor **ret)
{
	struct ckks_decryptor *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->bytes = c->parameters.n_primes * c->parameters.degree *
		   sizeof(*d->rows);
	d->rows = calloc(1, d->bytes);
	if (!d->rows) {
		free(d);
		return -ENOMEM;
	}
	d->context = c;
	d->key = k;
	*ret = d;
	return 0;
}

void ckks_decryptor_free(struct ckks_decryptor *d)
{
	if (!d)
		return;
	explicit_bzero(d->rows, d->bytes);
	free(d->rows);
	free(d);
}

void ckks_decryptor_freep(struct ckks_decryptor **d)
{
	ckks_decryptor_free(*d);
}

/* Digits of a number in the mixed radix of the primes, the first one the least,
 * from its residues (Garner; Knuth, The Art of Computer Programming 2, section
 * 4.3.2). */
static void find_digits(const struct ckks_context *c, size_t n_primes,
			const uint64_t *residues, uint64_t *ret)
{
	for (size_t i = 0; i < n_primes; i++) {
		const struct ckks_modulus *q = &c->rings[i]->modulus;
		uint64_t x = residues[i];

		for (size_t j = 0; j < i; j++)
			x = ckks_factor_multiply(q, c->inverses[j][i],
				ckks_modulus_subtract(q, x,
					ckks_modulus_reduce(q, ret[j])));
		ret[i] = x;
	}
}

/*
 * The number of least absolute value. With Q the product of the primes, the
 * digits of Q - 1 - x are what those of x lack to the largest ones; if x is the
 * greater of the two, the number is x - Q, and neither is ever so large that
 * small numbers lose digits.
 */
static double compose(const struct ckks_context *c, size_t n_primes,
		      const uint64_t *residues)
{
	uint64_t digits[CKKS_PRIMES_MAX];
	bool negative = false;
	double value = 0;

	find_digits(c, n_primes, residues, digits);
	for (size_t i = n_primes; i-- > 0;) {
		uint64_t other = c->parameters.primes[i] - 1 - digits[i];

		if (digits[i] == other)
			continue;
		negative = digits[i] > other;
		break;
	}
	for (size_t i = n_primes; i-- > 0;) {
		uint64_t prime = c->parameters.primes[i];

		value = value * (double)prime +
			(double)(negative ? prime - 1 - digits[i] : digits[i]);
	}
	return negative ? -(value + 1) : value;
}

int ckks_decryptor_decrypt(struct ckks_decryptor *d,
			   const struct ckks_ciphertext *a, double *ret)
{
	const struct ckks_context *c = d->context;
	size_t degree = c->parameters.degree;

	if (!a->n_primes || a->n_primes > c->parameters.n_primes)
		return -EINVAL;
	for (size_t i = 0; i < a->n_primes; i++) {
		const uint64_t *c0 = a->words + i * degree;
		const uint64_t *c1 = a->words + (a->n_primes + i) * degree;
		uint64_t *row = d->rows + i * degree;

		ckks_ring_multiply_add(c->rings[i], c1,
				       d->key->words + i * degree, c0, row);
		ckks_ring_inverse(c->rings[i], row);
	}
	for (size_t k = 0; k < degree; k++) {
		uint64_t residues[CKKS_PRIMES_MAX];

		for (size_t i = 0; i < a->n_primes; i++)
			residues[i] = d->rows[i * degree + k];
		ret[k] = compose(c, a->n_primes, residues);
	}
	return 0;
}
