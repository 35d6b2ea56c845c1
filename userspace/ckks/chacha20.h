/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ChaCha20 block function (RFC 8439, section 2.3), four blocks at a time.
 */
#pragma once

#include <stdint.h>

#define CKKS_CHACHA20_KEY_BYTES		32
#define CKKS_CHACHA20_NONCE_BYTES	12
#define CKKS_CHACHA20_BLOCK_BYTES	64
#define CKKS_CHACHA20_BLOCKS		4
#define CKKS_CHACHA20_BYTES						\
	(CKKS_CHACHA20_BLOCKS * CKKS_CHACHA20_BLOCK_BYTES)

/* Blocks @counter to @counter + 3, one behind the other; after the last number
 * comes 0. */
void ckks_chacha20_plain(const uint8_t key[CKKS_CHACHA20_KEY_BYTES],
			 uint32_t counter,
			 const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
			 uint8_t ret[CKKS_CHACHA20_BYTES]);

/* The same, for machines that have AVX2. */
void ckks_chacha20_avx2(const uint8_t key[CKKS_CHACHA20_KEY_BYTES],
			uint32_t counter,
			const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
			uint8_t ret[CKKS_CHACHA20_BYTES]);
