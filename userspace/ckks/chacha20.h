/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ChaCha20 block function (RFC 8439, section 2.3).
 */
#pragma once

#include <stdint.h>

#define CKKS_CHACHA20_KEY_BYTES		32
#define CKKS_CHACHA20_NONCE_BYTES	12
#define CKKS_CHACHA20_BLOCK_BYTES	64

void ckks_chacha20_block(const uint8_t key[CKKS_CHACHA20_KEY_BYTES],
			 uint32_t counter,
			 const uint8_t nonce[CKKS_CHACHA20_NONCE_BYTES],
			 uint8_t ret[CKKS_CHACHA20_BLOCK_BYTES]);
