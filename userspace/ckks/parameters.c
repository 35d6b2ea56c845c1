// SPDX-License-Identifier: GPL-2.0-or-later
#include "ckks/parameters.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "ckks/modulus.h"

int ckks_parameters_standard(size_t degree, struct ckks_parameters *ret)
{
	struct ckks_parameters p = {
		.degree = degree,
		.n_primes = 3,
		.primes = { 1073692673, 4169729, 4120577 },
		.special = 1073668097,
	};
	int err = ckks_parameters_check(&p, NULL, 0);

	if (err)
		return err;
	*ret = p;
	return 0;
}

__attribute__((format(printf, 3, 4)))
static void say(char *text, size_t bytes, const char *format, ...)
{
	va_list args;

	if (!text)
		return;
	va_start(args, format);
	vsnprintf(text, bytes, format, args);
	va_end(args);
}

/* A transform of length N needs a root of unity of order 2N, which a prime has
 * if it is 1 modulo 2N. */
static int check_prime(const struct ckks_parameters *p, uint64_t prime,
		       char *error, size_t error_bytes)
{
	if (!prime || prime >> CKKS_MODULUS_BITS_MAX) {
		say(error, error_bytes, "%" PRIu64 " is no prime of 1 to %d bits",
		    prime, CKKS_MODULUS_BITS_MAX);
		return -EINVAL;
	}
	if (prime % (2 * p->degree) != 1) {
		say(error, error_bytes,
		    "prime %" PRIu64 " is not 1 modulo 2N = %zu", prime,
		    2 * p->degree);
		return -EINVAL;
	}
	if (!ckks_modulus_is_prime(prime)) {
		say(error, error_bytes, "%" PRIu64 " is not a prime", prime);
		return -EINVAL;
	}
	return 0;
}

static int check_primes(const struct ckks_parameters *p, char *error,
			size_t error_bytes)
{
	int err = check_prime(p, p->special, error, error_bytes);

	for (size_t i = 0; i < p->n_primes && !err; i++) {
		err = check_prime(p, p->primes[i], error, error_bytes);
		for (size_t j = 0; j <= i && !err; j++) {
			uint64_t other = j ? p->primes[j - 1] : p->special;

			if (other != p->primes[i])
				continue;
			say(error, error_bytes, "prime %" PRIu64 " is there twice",
			    other);
			err = -EINVAL;
		}
	}
	return err;
}

int ckks_parameters_check(const struct ckks_parameters *p, char *error,
			  size_t error_bytes)
{
	if (p->degree < CKKS_DEGREE_MIN || p->degree > CKKS_DEGREE_MAX ||
	    p->degree & (p->degree - 1)) {
		say(error, error_bytes,
		    "N = %zu is not a power of two from %d to %d", p->degree,
		    CKKS_DEGREE_MIN, CKKS_DEGREE_MAX);
		return -EINVAL;
	}
	if (!p->n_primes || p->n_primes > CKKS_PRIMES_MAX) {
		say(error, error_bytes, "%zu primes are not 1 to %d",
		    p->n_primes, CKKS_PRIMES_MAX);
		return -EINVAL;
	}
	return check_primes(p, error, error_bytes);
}

/* The length in bits that all primes together may have; 0 if the standard
 * knows no such N. */
static unsigned int bits_allowed(size_t degree)
{
	static const struct {
		size_t degree;
		unsigned int bits;
	} table[] = {
		{ 1024, 27 }, { 2048, 54 }, { 4096, 109 }, { 8192, 218 },
		{ 16384, 438 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].degree == degree)
			return table[i].bits;
	return 0;
}

bool ckks_parameters_secure(const struct ckks_parameters *p, char *sentence,
			    size_t sentence_bytes)
{
	unsigned int allowed = bits_allowed(p->degree);
	double bits = log2((double)p->special);

	for (size_t i = 0; i < p->n_primes; i++)
		bits += log2((double)p->primes[i]);
	if (p->errors == CKKS_ERRORS_NONE) {
		say(sentence, sentence_bytes,
		    "no security: errors are switched off");
		return false;
	}
	if (!allowed) {
		say(sentence, sentence_bytes,
		    "no security: the standard has no N = %zu", p->degree);
		return false;
	}
	say(sentence, sentence_bytes,
	    "%s 128-bit security: primes of %.1f bits together, the standard allows %u at N = %zu",
	    bits <= allowed ? "at least" : "less than", bits, allowed,
	    p->degree);
	return bits <= allowed;
}
