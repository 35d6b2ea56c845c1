// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/pack.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

void store_pack_free(struct store_pack *pack)
{
	free(pack->data);
	*pack = (struct store_pack){ 0 };
}

/* Room for @n more bytes. */
static bool reserve(struct store_pack *pack, size_t n)
{
	size_t capacity = pack->capacity ? pack->capacity : 4096;
	uint8_t *data;

	if (pack->failed)
		return false;
	if (pack->capacity - pack->n >= n)
		return true;
	while (capacity - pack->n < n)
		capacity *= 2;
	data = realloc(pack->data, capacity);
	if (!data) {
		pack->failed = true;
		return false;
	}
	pack->data = data;
	pack->capacity = capacity;
	return true;
}

void store_pack_byte(struct store_pack *pack, uint8_t value)
{
	if (reserve(pack, 1))
		pack->data[pack->n++] = value;
}

void store_pack_varint(struct store_pack *pack, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		store_pack_byte(pack, (uint8_t)(value | 0x80));
	store_pack_byte(pack, (uint8_t)value);
}

void store_pack_signed(struct store_pack *pack, uint64_t value)
{
	/* Zig-zag: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
	store_pack_varint(pack, value << 1 ^ -(value >> 63));
}

static void pack_group(struct store_pack *pack, const uint64_t *values, size_t n)
{
	uint64_t min = values[0], any = 0, hold = 0;
	unsigned int width, held = 0;

	for (size_t i = 1; i < n; i++)
		if ((int64_t)values[i] < (int64_t)min)
			min = values[i];
	for (size_t i = 0; i < n; i++)
		any |= values[i] - min;
	width = any ? 64 - (unsigned int)__builtin_clzll(any) : 0;

	store_pack_signed(pack, min);
	store_pack_byte(pack, (uint8_t)width);
	if (!width || !reserve(pack, (n * width + 7) / 8))
		return;
	for (size_t i = 0; i < n; i++) {
		uint64_t value = values[i] - min;

		/* held < 8 here: a value of more than 56 bits goes in two. */
		for (unsigned int left = width; left;) {
			unsigned int bits = left < 56 ? left : 56;

			hold |= (value & ((1ULL << bits) - 1)) << held;
			held += bits;
			value >>= bits;
			left -= bits;
			for (; held >= 8; held -= 8, hold >>= 8)
				pack->data[pack->n++] = (uint8_t)hold;
		}
	}
	if (held)
		pack->data[pack->n++] = (uint8_t)hold;
}

void store_pack_column(struct store_pack *pack, const uint64_t *values,
		       size_t n)
{
	for (size_t i = 0; i < n; i += STORE_PACK_GROUP)
		pack_group(pack, values + i,
			   n - i < STORE_PACK_GROUP ? n - i : STORE_PACK_GROUP);
}

uint8_t store_unpack_byte(struct store_unpack *unpack)
{
	if (unpack->failed || unpack->at == unpack->end) {
		unpack->failed = true;
		return 0;
	}
	return *unpack->at++;
}

uint64_t store_unpack_varint(struct store_unpack *unpack)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = store_unpack_byte(unpack);

		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return unpack->failed ? 0 : value;
	}
	unpack->failed = true;
	return 0;
}

uint64_t store_unpack_signed(struct store_unpack *unpack)
{
	uint64_t value = store_unpack_varint(unpack);

	return value >> 1 ^ -(value & 1);
}

/* Up to 8 bytes from @at, zeros after @end. */
static uint64_t load(const uint8_t *at, const uint8_t *end)
{
	uint64_t value = 0;

	if (at < end)
		memcpy(&value, at, end - at < 8 ? (size_t)(end - at) : 8);
	return le64toh(value);
}

static void unpack_group(struct store_unpack *unpack, uint64_t *values, size_t n)
{
	uint64_t min = store_unpack_signed(unpack);
	unsigned int width = store_unpack_byte(unpack);
	const uint8_t *data = unpack->at, *end;
	uint64_t mask = width < 64 ? (1ULL << width) - 1 : ~0ULL;
	size_t bytes = (n * width + 7) / 8, bit = 0, i = 0;

	if (width > 64 || (size_t)(unpack->end - unpack->at) < bytes)
		unpack->failed = true;
	if (unpack->failed) {
		memset(values, 0, n * sizeof(*values));
		return;
	}
	end = data + bytes;
	unpack->at = end;
	if (!width) {
		for (; i < n; i++)
			values[i] = min;
		return;
	}
	/* 7 bits may stand before a value in its first byte: up to 57 bits
	 * come with one load. */
	for (; width <= 57 && i < n && end - (data + bit / 8) >= 8;
	     i++, bit += width) {
		uint64_t word;

		memcpy(&word, data + bit / 8, sizeof(word));
		values[i] = min + (le64toh(word) >> bit % 8 & mask);
	}
	for (; i < n; i++, bit += width) {
		uint64_t value = load(data + bit / 8, end) >> bit % 8;

		if (bit % 8 + width > 64)
			value |= load(data + bit / 8 + 8, end)
				 << (64 - bit % 8);
		values[i] = min + (value & mask);
	}
}

void store_unpack_column(struct store_unpack *unpack, uint64_t *values,
			 size_t n)
{
	for (size_t i = 0; i < n; i += STORE_PACK_GROUP)
		unpack_group(unpack, values + i,
			     n - i < STORE_PACK_GROUP ? n - i : STORE_PACK_GROUP);
	if (unpack->failed)
		memset(values, 0, n * sizeof(*values));
}
