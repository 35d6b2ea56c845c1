// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/context.h"

#include <errno.h>
#include <stdlib.h>

static void fill_inverses(struct ckks_context *c)
{
	size_t n = c->parameters.n_primes;

	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j < n; j++) {
			const struct ckks_modulus *q = &c->rings[j]->modulus;
			uint64_t prime = c->rings[i]->modulus.value;

			if (i == j)
				continue;
			prime = ckks_modulus_reduce(q, prime);
			c->inverses[i][j] = ckks_factor_of(q,
					ckks_modulus_inverse(q, prime));
		}
}

int ckks_context_new(const struct ckks_parameters *p,
		     struct ckks_context **ret)
{
	struct ckks_context *c;
	int err = ckks_parameters_check(p, NULL, 0);

	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->parameters = *p;
	for (size_t i = 0; i <= p->n_primes && !err; i++)
		err = ckks_ring_new(p->degree, i < p->n_primes ? p->primes[i] :
								 p->special,
				    NULL, &c->rings[i]);
	if (err) {
		ckks_context_free(c);
		return err;
	}
	fill_inverses(c);
	*ret = c;
	return 0;
}

void ckks_context_free(struct ckks_context *c)
{
	if (!c)
		return;
	for (size_t i = 0; i <= c->parameters.n_primes; i++)
		ckks_ring_free(c->rings[i]);
	free(c);
}

void ckks_context_freep(struct ckks_context **c)
{
	ckks_context_free(*c);
}

double ckks_context_modulus(const struct ckks_context *c, size_t n_primes)
{
	double product = 1;

	for (size_t i = 0; i < n_primes; i++)
		product *= (double)c->parameters.primes[i];
	return product;
}
