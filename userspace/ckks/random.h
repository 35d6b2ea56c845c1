/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random numbers: streams of ChaCha20, all of one key, told apart by what they
 * are for and a number. Whatever is drawn from a stream of its own, such as
 * each ciphertext, does not depend on what other threads draw.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckks/chacha20.h"

/* The key of all streams: as secret as what is made from them. */
struct ckks_seed {
	uint8_t key[CKKS_CHACHA20_KEY_BYTES];
};

/* What a stream is for, so that key 3 and ciphertext 3 differ. */
enum ckks_purpose {
	CKKS_PURPOSE_SECRET_KEY = 1,
	CKKS_PURPOSE_PUBLIC_KEY,
	CKKS_PURPOSE_ENCRYPTION,
};

/**
 * struct ckks_random - a place in a stream
 * @counter: number of the next block; 2^32 of them, 256 GiB, are one stream
 * @used: bytes of the blocks that are gone
 */
struct ckks_random {
	struct ckks_seed seed;
	uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES];
	uint32_t counter;
	size_t used;
	uint8_t blocks[CKKS_CHACHA20_BYTES];
};

/* A seed from the kernel. 0 or -errno of getrandom(2). */
int ckks_seed_random(struct ckks_seed *ret);

/* A seed that anybody can guess: for tests only. */
void ckks_seed_number(uint64_t number, struct ckks_seed *ret);

/* The beginning of stream @number; the same stream whenever it is asked for,
 * so that a ciphertext must not be given the number of another one. */
void ckks_random_init(const struct ckks_seed *seed, enum ckks_purpose purpose,
		      uint64_t number, struct ckks_random *ret);

/* Forgets seed and place. */
void ckks_random_clear(struct ckks_random *r);

void ckks_random_bytes(struct ckks_random *r, void *ret, size_t n);
