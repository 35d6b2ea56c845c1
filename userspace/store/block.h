/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A block: up to STORE_BLOCK_ROWS samples as one blob, column by column.
 *
 * Counts are always exact. Times (of the sample and of each reading, enabled,
 * running) are exact too as long as the block keeps within
 * store_block_budget(). Beyond it, as with multiplexed counters whose running
 * time is noise to the last bit, the times of the samples *inside* a block are
 * cut to multiples of 1 << shift ns above the block's first, at most a
 * thousandth of the interval; those of its first and last sample stay exact.
 * So totals and figures over many seconds never change.
 * Documentation/design/run-files.md has the layout.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/pack.h"
#include "tierscope/tierscope.h"

#define STORE_BLOCK_ROWS	128

struct store_block {
	size_t n_readings;		/* of each sample */
	size_t capacity;		/* samples */
	size_t n;
	struct tierscope_sample *samples; /* .readings point into @readings */
	struct tierscope_reading *readings;
};

/* Room for samples of @n_readings. Returns 0 or -ENOMEM. */
int store_block_init(struct store_block *block, size_t n_readings);
void store_block_free(struct store_block *block);

/* Copies @sample to the end. The block must not be full. */
void store_block_add(struct store_block *block,
		     const struct tierscope_sample *sample);

/* Bytes that a block of that many samples should not go over: a day at 10 Hz
 * with 96 counters has 300 MB. */
size_t store_block_budget(size_t n_samples, size_t n_readings);

/* Replaces what is in @pack. The block is not empty. Fails by pack->failed. */
void store_block_encode(const struct store_block *block, unsigned int shift,
			struct store_pack *pack);

/* The least shift that keeps the budget, not below *@shift and not over a
 * thousandth of @interval_ns; kept in *@shift for the next time. */
void store_block_encode_within(const struct store_block *block,
			       uint64_t interval_ns, unsigned int *shift,
			       struct store_pack *pack);

/* Replaces what is in @block. Returns 0 or -EBADMSG. */
int store_block_decode(struct store_block *block, const void *data,
		       size_t bytes);
