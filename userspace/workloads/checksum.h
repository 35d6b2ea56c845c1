/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fingerprints of results: FNV-1a, 64 bits (RFC 9923), over the bytes of a
 * result. For "is it the same", not against anybody.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

static inline uint64_t checksum_bytes(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 0x100000001b3;
	return hash;
}
