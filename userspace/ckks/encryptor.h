/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encryption with the public key. With u of coefficients -1, 0 and 1 and two
 * errors e0 and e1, a polynomial m becomes
 *
 *	(m + (u b + e0) / P, (u a + e1) / P), divided and rounded
 *
 * where (b, a) is the public key and P the special prime: an encryption of
 * zero at the key level, whose errors the division makes small beside that of
 * its rounding, plus the message (Cheon, Kim, Kim and Song 2017, section 3.4,
 * and, for the special prime, Microsoft SEAL 3).
 *
 * An encryptor is for one thread at a time.
 */
#pragma once

#include <stdint.h>

#include "ckks/ciphertext.h"
#include "ckks/context.h"
#include "ckks/key.h"
#include "ckks/random.h"

struct ckks_encryptor;

/* @k must stay until the encryptor is freed. 0 or -ENOMEM. */
int ckks_encryptor_new(const struct ckks_context *c,
		       const struct ckks_public_key *k,
		       struct ckks_encryptor **ret);
void ckks_encryptor_free(struct ckks_encryptor *e);
void ckks_encryptor_freep(struct ckks_encryptor **e);

/**
 * ckks_encryptor_encrypt() - encrypt a polynomial, with all primes
 * @r: a stream that nothing else has been or will be drawn from
 * @coefficients: of ckks_encoder_encode() with @scale
 * @ret: its words must be set and have room
 */
void ckks_encryptor_encrypt(struct ckks_encryptor *e, struct ckks_random *r,
			    const int64_t *coefficients, double scale,
			    struct ckks_ciphertext *ret);
