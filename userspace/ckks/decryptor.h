/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decryption. A decryptor is for one thread at a time.
 */
#pragma once

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "ckks/key.h"

struct ckks_decryptor;

/* @k must stay until the decryptor is freed. 0 or -ENOMEM. */
int ckks_decryptor_new(const struct ckks_context *c,
		       const struct ckks_secret_key *k,
		       struct ckks_decryptor **ret);
void ckks_decryptor_free(struct ckks_decryptor *d);
void ckks_decryptor_freep(struct ckks_decryptor **d);

/**
 * ckks_decryptor_decrypt() - c0 + c1 s
 * @ret: N coefficients, those of least absolute value, for
 *	ckks_encoder_decode(); exact up to 2^53
 *
 * Returns 0, or -EINVAL for a number of primes that there is not.
 */
int ckks_decryptor_decrypt(struct ckks_decryptor *d,
			   const struct ckks_ciphertext *a, double *ret);
