// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/block.h"

#include <string.h>

/* One number of every sample but the first. */
struct column {
	uint64_t at[STORE_BLOCK_ROWS];
};

/* Steps of 1 << shift ns from @first to @ns, downwards. */
static uint64_t cut(uint64_t ns, uint64_t first, unsigned int shift)
{
	return (uint64_t)((int64_t)(ns - first) >> shift);
}

static uint64_t cut_off(uint64_t ns, uint64_t first, unsigned int shift)
{
	return (ns - first) & ((1ULL << shift) - 1);
}

/* Packs the growth of @column from row to row, from 0. */
static void pack_growth(struct store_pack *pack, const struct column *column,
			size_t rows)
{
	struct column growth;

	if (!rows)
		return;
	growth.at[0] = column->at[0];
	for (size_t k = 1; k < rows; k++)
		growth.at[k] = column->at[k] - column->at[k - 1];
	store_pack_column(pack, growth.at, rows);
}

static void pack_first(struct store_pack *pack,
		       const struct tierscope_sample *sample)
{
	uint64_t time = sample->time_ns;

	store_pack_varint(pack, sample->seq);
	store_pack_varint(pack, sample->time_ns);
	store_pack_varint(pack, sample->ticks_lost);
	store_pack_varint(pack, sample->samples_lost);
	for (size_t i = 0; i < sample->n_readings; i++) {
		const struct tierscope_reading *r = &sample->readings[i];

		store_pack_signed(pack, r->time_ns - time);
		time = r->time_ns;
		store_pack_varint(pack, r->value);
		store_pack_varint(pack, r->enabled_ns);
		store_pack_signed(pack, r->enabled_ns - r->running_ns);
	}
}

/* seq, ticks_lost, samples_lost, time_ns; the steps of the last are kept for
 * the first reading. */
static void pack_samples(struct store_pack *pack,
			 const struct store_block *block, unsigned int shift,
			 struct column *time)
{
	const struct tierscope_sample *s = block->samples;
	struct column seq, ticks, lost;
	size_t rows = block->n - 1;

	for (size_t k = 0; k < rows; k++) {
		seq.at[k] = s[k + 1].seq - s[0].seq;
		ticks.at[k] = s[k + 1].ticks_lost - s[0].ticks_lost;
		lost.at[k] = s[k + 1].samples_lost - s[0].samples_lost;
		time->at[k] = cut(s[k + 1].time_ns, s[0].time_ns, shift);
	}
	pack_growth(pack, &seq, rows);
	pack_growth(pack, &ticks, rows);
	pack_growth(pack, &lost, rows);
	pack_growth(pack, time, rows);
}

/*
 * What a counter has in common with the one before it costs nothing:
 * its time is kept against the other's time, what enabled is ahead of time
 * against the other's, and the time it stood still (enabled - running) by its
 * growth.
 */
static void pack_reading(struct store_pack *pack,
			 const struct store_block *block, size_t i,
			 unsigned int shift, struct column *time,
			 struct column *ahead)
{
	const struct tierscope_reading *first = &block->readings[i];
	struct column time_off, ahead_off, stopped, value;
	size_t rows = block->n - 1;

	for (size_t k = 0; k < rows; k++) {
		const struct tierscope_reading *r =
			first + (k + 1) * block->n_readings;
		uint64_t t = cut(r->time_ns, first->time_ns, shift);
		uint64_t e = cut(r->enabled_ns, first->enabled_ns, shift);

		time_off.at[k] = t - time->at[k];
		ahead_off.at[k] = e - t - ahead->at[k];
		time->at[k] = t;
		ahead->at[k] = e - t;
		stopped.at[k] = e - cut(r->running_ns, first->running_ns, shift);
		value.at[k] = r->value - first->value;
	}
	store_pack_column(pack, time_off.at, rows);
	store_pack_column(pack, ahead_off.at, rows);
	pack_growth(pack, &stopped, rows);
	pack_growth(pack, &value, rows);
}

/* What was cut off the times of the last sample: it is exact. */
static void pack_last(struct store_pack *pack, const struct store_block *block,
		      unsigned int shift)
{
	const struct tierscope_sample *s = block->samples, *l = s + block->n - 1;
	uint64_t off[3];

	off[0] = cut_off(l->time_ns, s->time_ns, shift);
	store_pack_column(pack, off, 1);
	for (size_t i = 0; i < block->n_readings; i++) {
		const struct tierscope_reading *a = &s->readings[i];
		const struct tierscope_reading *b = &l->readings[i];

		off[0] = cut_off(b->time_ns, a->time_ns, shift);
		off[1] = cut_off(b->enabled_ns, a->enabled_ns, shift);
		off[2] = cut_off(b->running_ns, a->running_ns, shift);
		store_pack_column(pack, off, 3);
	}
}

void store_block_encode(const struct store_block *block, unsigned int shift,
			struct store_pack *pack)
{
	struct column time, ahead = { { 0 } };

	pack->n = 0;
	store_pack_varint(pack, block->n);
	store_pack_varint(pack, block->n_readings);
	store_pack_byte(pack, (uint8_t)shift);
	pack_first(pack, &block->samples[0]);
	if (block->n == 1)
		return;
	pack_samples(pack, block, shift, &time);
	for (size_t i = 0; i < block->n_readings; i++)
		pack_reading(pack, block, i, shift, &time, &ahead);
	if (shift)
		pack_last(pack, block, shift);
}
