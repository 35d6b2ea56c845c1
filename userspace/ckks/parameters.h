/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be agreed on before anything is encrypted: the ring
 * Z[X]/(X^N + 1), the primes whose product is the modulus of a fresh
 * ciphertext, and the special prime, which is used during encryption and is no
 * part of any ciphertext.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CKKS_DEGREE_MIN		4
#define CKKS_DEGREE_MAX		16384
#define CKKS_PRIMES_MAX		16

/**
 * enum ckks_errors - whether keys and ciphertexts get the errors that hide them
 * @CKKS_ERRORS_NONE: for tests only: what is computed on ciphertexts can then
 *	be compared to the last bit, and everybody can read them
 */
enum ckks_errors {
	CKKS_ERRORS_SAMPLED,
	CKKS_ERRORS_NONE,
};

/**
 * struct ckks_parameters - a parameter set
 * @degree: N; half as many values fit into a ciphertext
 * @primes: the last one is the first to go, and the scale
 */
struct ckks_parameters {
	size_t degree;
	size_t n_primes;
	uint64_t primes[CKKS_PRIMES_MAX];
	uint64_t special;
	enum ckks_errors errors;
};

/**
 * ckks_parameters_standard() - the primes of HE-Transformer's MobileNetV2
 *
 * 30, 22 and 22 bits, and 30 for the special one: all are 1 modulo 8192, and
 * so fit every @degree up to 4096, the one that they are meant for; below it
 * they give no security.
 *
 * Returns 0 or -EINVAL for a degree that they do not fit.
 */
int ckks_parameters_standard(size_t degree, struct ckks_parameters *ret);

/**
 * ckks_parameters_check() - whether a set fits together
 * @error: buffer for a sentence on failure, or NULL
 * Returns 0 or -EINVAL.
 */
int ckks_parameters_check(const struct ckks_parameters *p, char *error,
			  size_t error_bytes);

/**
 * ckks_parameters_secure() - whether a set gives 128 bits of security
 * @sentence: buffer for the reason, whatever it is, or NULL
 *
 * By the table of Albrecht et al., "Homomorphic Encryption Security Standard",
 * HomomorphicEncryption.org, November 2018 (ternary secrets, classical
 * attacks). It ends at a degree of 1024: what is smaller gives no security.
 */
bool ckks_parameters_secure(const struct ckks_parameters *p, char *sentence,
			    size_t sentence_bytes);

/* What values are multiplied by before they are rounded: the last prime, so
 * that a product that has lost this prime has the scale again. */
static inline double ckks_parameters_scale(const struct ckks_parameters *p)
{
	return (double)p->primes[p->n_primes - 1];
}

/* Values that fit into one ciphertext. */
static inline size_t ckks_parameters_slots(const struct ckks_parameters *p)
{
	return p->degree / 2;
}
