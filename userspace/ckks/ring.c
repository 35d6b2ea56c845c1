// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/ring.h"

#include <errno.h>
#include <stdlib.h>

#include "ckks/kernels.h"

/* Where every table begins: a cache line. */
#define ALIGNMENT	64

/* A primitive root of unity of order 2N: the first of the powers below whose
 * N-th power is -1; half of all numbers give one. */
static uint64_t find_root(const struct ckks_ring *r)
{
	const struct ckks_modulus *q = &r->modulus;
	uint64_t exponent = (q->value - 1) / (2 * r->degree);

	for (uint64_t x = 2;; x++) {
		uint64_t root = ckks_modulus_power(q, x, exponent);

		if (ckks_modulus_power(q, root, r->degree) == q->value - 1)
			return root;
	}
}

static size_t reverse_bits(size_t x, size_t n)
{
	size_t reversed = 0;

	for (; n > 1; n /= 2, x /= 2)
		reversed = 2 * reversed + x % 2;
	return reversed;
}

static void fill_powers(const struct ckks_ring *r, uint64_t root,
			uint64_t *powers, uint64_t *quotients)
{
	unsigned int unused_bits = 64 - r->kernels->word_bits;
	uint64_t power = 1;

	for (size_t i = 0; i < r->degree; i++) {
		struct ckks_factor w = ckks_factor_of(&r->modulus, power);
		size_t place = reverse_bits(i, r->degree);

		powers[place] = w.value;
		quotients[place] = w.quotient >> unused_bits;
		power = ckks_modulus_multiply(&r->modulus, power, root);
	}
}

/* How many products of residues fit into two words beside what a reduction
 * leaves, which is below four times the modulus. */
static size_t terms_of(const struct ckks_ring *r)
{
	uint64_t largest = r->modulus.value - 1;
	unsigned __int128 room = ~(unsigned __int128)0;
	unsigned __int128 terms;

	room >>= 128 - 2 * r->kernels->word_bits;
	terms = (room - 4 * r->modulus.value) /
		((unsigned __int128)largest * largest);
	return terms > SIZE_MAX ? SIZE_MAX : (size_t)terms;
}

static const struct ckks_kernels *fastest(uint64_t prime, size_t degree)
{
	const struct ckks_kernels *list[3];
	size_t n = ckks_kernels_list(list);

	for (size_t i = 0; i < n; i++)
		if (ckks_kernels_fit(list[i], prime, degree))
			return list[i];
	return NULL;
}

static void fill(struct ckks_ring *r)
{
	const struct ckks_modulus *q = &r->modulus;
	uint64_t root = find_root(r);

	fill_powers(r, root, r->roots, r->root_quotients);
	fill_powers(r, ckks_modulus_inverse(q, root), r->inverse_roots,
		    r->inverse_quotients);
	r->high = ckks_factor_of(q, ckks_modulus_power(q, 2,
						       r->kernels->word_bits));
	/* N is below the modulus, which is 1 modulo 2N */
	r->inverse_degree = ckks_factor_of(q,
			ckks_modulus_inverse(q, r->degree));
	r->shift = ckks_modulus_reduce_signed(q, -((int64_t)1 << 62));
	r->terms = terms_of(r);
}

int ckks_ring_new(size_t degree, uint64_t prime,
		  const struct ckks_kernels *kernels, struct ckks_ring **ret)
{
	struct ckks_modulus modulus;
	struct ckks_ring *r;
	size_t table = (degree * sizeof(uint64_t) + ALIGNMENT - 1) &
		       ~(size_t)(ALIGNMENT - 1);
	char *tables;

	if (degree < 4 || degree > SIZE_MAX / 64 || degree & (degree - 1) ||
	    prime % (2 * degree) != 1 || !ckks_modulus_is_prime(prime) ||
	    ckks_modulus_init(prime, &modulus))
		return -EINVAL;
	if (!kernels)
		kernels = fastest(prime, degree);
	if (!kernels || !ckks_kernels_fit(kernels, prime, degree))
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	tables = aligned_alloc(ALIGNMENT, 4 * table);
	if (!r || !tables) {
		free(tables);
		free(r);
		return -ENOMEM;
	}
	r->modulus = modulus;
	r->degree = degree;
	r->kernels = kernels;
	r->roots = (uint64_t *)(void *)tables;
	r->root_quotients = (uint64_t *)(void *)(tables + table);
	r->inverse_roots = (uint64_t *)(void *)(tables + 2 * table);
	r->inverse_quotients = (uint64_t *)(void *)(tables + 3 * table);
	fill(r);
	*ret = r;
	return 0;
}

void ckks_ring_free(struct ckks_ring *r)
{
	if (!r)
		return;
	free(r->roots);	/* and all tables after it */
	free(r);
}

void ckks_ring_freep(struct ckks_ring **r)
{
	ckks_ring_free(*r);
}

void ckks_ring_forward(const struct ckks_ring *r, uint64_t *row)
{
	r->kernels->forward(r, row);
}

void ckks_ring_inverse(const struct ckks_ring *r, uint64_t *row)
{
	r->kernels->inverse(r, row);
}

void ckks_ring_reduce(const struct ckks_ring *r, const int64_t *numbers,
		      uint64_t *ret)
{
	r->kernels->reduce(r, numbers, ret);
}

void ckks_ring_multiply_add(const struct ckks_ring *r, const uint64_t *a,
			    const uint64_t *b, const uint64_t *c, uint64_t *ret)
{
	r->kernels->multiply_add(r, a, b, c, ret);
}

void ckks_ring_scale_add(const struct ckks_ring *r, const uint64_t *a,
			 struct ckks_factor w, const uint64_t *c, uint64_t *ret)
{
	r->kernels->scale_add(r, a, w, c, ret);
}

void ckks_ring_scale_difference(const struct ckks_ring *r, const uint64_t *a,
				const uint64_t *b, struct ckks_factor w,
				uint64_t *ret)
{
	r->kernels->scale_difference(r, a, b, w, ret);
}

void ckks_ring_accumulate(const struct ckks_ring *r,
			  const uint64_t *const *sources, size_t offset,
			  const uint64_t *scalars, size_t n, uint64_t *ret)
{
	r->kernels->accumulate(r, sources, offset, scalars, n, ret);
}
