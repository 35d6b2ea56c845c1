// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/modulus.h"

#include <errno.h>
#include <stddef.h>

int ckks_modulus_init(uint64_t value, struct ckks_modulus *ret)
{
	struct ckks_modulus q = { .value = value };

	if (value < 3 || value >> CKKS_MODULUS_BITS_MAX)
		return -EINVAL;
	q.bits = 64 - (unsigned int)__builtin_clzll(value);
	q.shift = CKKS_MODULUS_BITS_MAX + 1 - q.bits;
	q.barrett = (uint64_t)(((unsigned __int128)1 << 124) /
			       (value << q.shift));
	q.one = ckks_factor_of(&q, 1);
	*ret = q;
	return 0;
}

struct ckks_factor ckks_factor_of(const struct ckks_modulus *q, uint64_t x)
{
	return (struct ckks_factor){
		.value = x,
		.quotient = (uint64_t)(((unsigned __int128)x << 64) / q->value),
	};
}

uint64_t ckks_modulus_power(const struct ckks_modulus *q, uint64_t base,
			    uint64_t exponent)
{
	uint64_t power = 1;

	for (; exponent; exponent >>= 1) {
		if (exponent & 1)
			power = ckks_modulus_multiply(q, power, base);
		base = ckks_modulus_multiply(q, base, base);
	}
	return power;
}

/* By Fermat's little theorem. */
uint64_t ckks_modulus_inverse(const struct ckks_modulus *q, uint64_t x)
{
	return ckks_modulus_power(q, x, q->value - 2);
}

/* Whether @base shows that q is composite (Miller and Rabin). */
static bool is_witness(const struct ckks_modulus *q, uint64_t base)
{
	unsigned int twos = (unsigned int)__builtin_ctzll(q->value - 1);
	uint64_t x = ckks_modulus_power(q, base, (q->value - 1) >> twos);

	if (x == 1 || x == q->value - 1)
		return false;
	while (--twos) {
		x = ckks_modulus_multiply(q, x, x);
		if (x == q->value - 1)
			return false;
	}
	return true;
}

/* No composite number below 3.1e23 passes the test for all of these bases
 * (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases",
 * Mathematics of Computation 86, 2017). */
bool ckks_modulus_is_prime(uint64_t value)
{
	static const uint64_t bases[] = {
		2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37,
	};
	struct ckks_modulus q;

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (value % bases[i] == 0)
			return value == bases[i];
	if (ckks_modulus_init(value, &q))
		return false;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++)
		if (is_witness(&q, bases[i]))
			return false;
	return true;
}
