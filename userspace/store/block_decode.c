// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mirror of block_encode.c. The file may have been made by anyone: sizes
 * are checked before anything is written, all arithmetic is modulo 2^64, and
 * what is left over at the end is damage like what is missing.
 */
#include "store/block.h"

#include <errno.h>

struct column {
	uint64_t at[STORE_BLOCK_ROWS];
};

static void unpack_growth(struct store_unpack *unpack, struct column *column,
			  size_t rows)
{
	store_unpack_column(unpack, column->at, rows);
	for (size_t k = 1; k < rows; k++)
		column->at[k] += column->at[k - 1];
}

static void unpack_first(struct store_unpack *unpack, struct store_block *block)
{
	struct tierscope_sample *sample = &block->samples[0];
	uint64_t time;

	sample->seq = store_unpack_varint(unpack);
	sample->time_ns = time = store_unpack_varint(unpack);
	sample->ticks_lost = store_unpack_varint(unpack);
	sample->samples_lost = store_unpack_varint(unpack);
	for (size_t i = 0; i < block->n_readings; i++) {
		struct tierscope_reading *r = &block->readings[i];

		time += store_unpack_signed(unpack);
		r->time_ns = time;
		r->value = store_unpack_varint(unpack);
		r->enabled_ns = store_unpack_varint(unpack);
		r->running_ns = r->enabled_ns - store_unpack_signed(unpack);
	}
}

static void unpack_samples(struct store_unpack *unpack,
			   struct store_block *block, unsigned int shift,
			   struct column *time)
{
	struct tierscope_sample *s = block->samples;
	struct column seq, ticks, lost;
	size_t rows = block->n - 1;

	unpack_growth(unpack, &seq, rows);
	unpack_growth(unpack, &ticks, rows);
	unpack_growth(unpack, &lost, rows);
	unpack_growth(unpack, time, rows);
	for (size_t k = 0; k < rows; k++) {
		s[k + 1].seq = s[0].seq + seq.at[k];
		s[k + 1].ticks_lost = s[0].ticks_lost + ticks.at[k];
		s[k + 1].samples_lost = s[0].samples_lost + lost.at[k];
		s[k + 1].time_ns = s[0].time_ns + (time->at[k] << shift);
	}
}

static void unpack_reading(struct store_unpack *unpack,
			   struct store_block *block, size_t i,
			   unsigned int shift, struct column *time,
			   struct column *ahead)
{
	struct tierscope_reading *first = &block->readings[i];
	struct column time_off, ahead_off, stopped, value;
	size_t rows = block->n - 1;

	store_unpack_column(unpack, time_off.at, rows);
	store_unpack_column(unpack, ahead_off.at, rows);
	unpack_growth(unpack, &stopped, rows);
	unpack_growth(unpack, &value, rows);
	for (size_t k = 0; k < rows; k++) {
		struct tierscope_reading *r =
			first + (k + 1) * block->n_readings;
		uint64_t t = time->at[k] += time_off.at[k];
		uint64_t e = (ahead->at[k] += ahead_off.at[k]) + t;

		r->time_ns = first->time_ns + (t << shift);
		r->enabled_ns = first->enabled_ns + (e << shift);
		r->running_ns = first->running_ns +
				((e - stopped.at[k]) << shift);
		/* Both were cut downwards, enabled perhaps further. */
		if (shift && r->running_ns > r->enabled_ns)
			r->running_ns = r->enabled_ns;
		r->value = first->value + value.at[k];
	}
}

static void unpack_last(struct store_unpack *unpack, struct store_block *block,
			unsigned int shift)
{
	struct tierscope_sample *s = block->samples, *l = s + block->n - 1;
	struct tierscope_reading *r =
		block->readings + (block->n - 1) * block->n_readings;
	uint64_t off[3], any;

	store_unpack_column(unpack, off, 1);
	l->time_ns += any = off[0];
	for (size_t i = 0; i < block->n_readings; i++, r++) {
		store_unpack_column(unpack, off, 3);
		any |= off[0] | off[1] | off[2];
		r->time_ns += off[0];
		r->enabled_ns += off[1];
		r->running_ns += off[2];
	}
	if (any >> shift)
		unpack->failed = true;
}

int store_block_decode(struct store_block *block, const void *data,
		       size_t bytes)
{
	struct store_unpack unpack = { .at = data, .end = data };
	struct column time, ahead = { { 0 } };
	unsigned int shift;
	uint64_t n;

	unpack.end += bytes;
	block->n = 0;
	n = store_unpack_varint(&unpack);
	if (store_unpack_varint(&unpack) != block->n_readings ||
	    !n || n > STORE_BLOCK_ROWS)
		return -EBADMSG;
	shift = store_unpack_byte(&unpack);
	if (shift > 16)
		return -EBADMSG;
	block->n = n;
	unpack_first(&unpack, block);
	if (n > 1) {
		unpack_samples(&unpack, block, shift, &time);
		for (size_t i = 0; i < block->n_readings; i++)
			unpack_reading(&unpack, block, i, shift, &time, &ahead);
		if (shift)
			unpack_last(&unpack, block, shift);
	}
	if (unpack.failed || unpack.at != unpack.end) {
		block->n = 0;
		return -EBADMSG;
	}
	return 0;
}
