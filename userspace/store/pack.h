/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packed integers: bytes, varints and bit-packed columns in one buffer. All
 * little-endian, so that a run file reads the same everywhere.
 *
 * Both sides keep a failed flag instead of returning errors: what follows a
 * failure writes nothing and reads zeros, and the caller asks once at the end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_pack {
	uint8_t *data;
	size_t n;
	size_t capacity;
	bool failed;		/* out of memory */
};

void store_pack_free(struct store_pack *pack);
void store_pack_byte(struct store_pack *pack, uint8_t value);
void store_pack_varint(struct store_pack *pack, uint64_t value);
/* Small for values near zero, negative ones (modulo 2^64) too. */
void store_pack_signed(struct store_pack *pack, uint64_t value);
/* Groups of STORE_PACK_GROUP, each as its minimum and what its values are
 * above it, in as many bits as the largest needs. A constant group costs the
 * minimum and a byte. Values are signed, modulo 2^64. */
void store_pack_column(struct store_pack *pack, const uint64_t *values,
		       size_t n);

#define STORE_PACK_GROUP 64

struct store_unpack {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;		/* not what store_pack_*() would write */
};

uint8_t store_unpack_byte(struct store_unpack *unpack);
uint64_t store_unpack_varint(struct store_unpack *unpack);
uint64_t store_unpack_signed(struct store_unpack *unpack);
/* On failure all of @values are zero. */
void store_unpack_column(struct store_unpack *unpack, uint64_t *values,
			 size_t n);
