// SPDX-License-Identifier: LGPL-2.1-or-later
#include "store/block.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 512 counters would make a block of 2 MB; shorter ones do as well. */
#define BLOCK_BYTES_MAX		(512U << 10)
#define BLOCK_ROWS_MIN		16U

int store_block_init(struct store_block *block, size_t n_readings)
{
	size_t row = n_readings * sizeof(struct tierscope_reading);

	*block = (struct store_block){
		.n_readings = n_readings,
		.capacity = STORE_BLOCK_ROWS,
	};
	while (block->capacity > BLOCK_ROWS_MIN &&
	       block->capacity * row > BLOCK_BYTES_MAX)
		block->capacity /= 2;
	/* The decoder may meet more rows than our encoder would make of so
	 * many counters; memory that is not touched costs nothing. */
	block->samples = calloc(STORE_BLOCK_ROWS, sizeof(*block->samples));
	block->readings = calloc(STORE_BLOCK_ROWS * n_readings + 1,
				 sizeof(*block->readings));
	if (!block->samples || !block->readings) {
		store_block_free(block);
		return -ENOMEM;
	}
	for (size_t i = 0; i < STORE_BLOCK_ROWS; i++) {
		block->samples[i].n_readings = n_readings;
		block->samples[i].readings = block->readings + i * n_readings;
	}
	return 0;
}

void store_block_free(struct store_block *block)
{
	free(block->samples);
	free(block->readings);
	*block = (struct store_block){ 0 };
}

void store_block_add(struct store_block *block,
		     const struct tierscope_sample *sample)
{
	struct tierscope_sample *to = &block->samples[block->n];
	struct tierscope_reading *readings =
		block->readings + block->n * block->n_readings;

	*to = *sample;
	to->readings = readings;
	if (block->n_readings)
		memcpy(readings, sample->readings,
		       block->n_readings * sizeof(*readings));
	block->n++;
}

size_t store_block_budget(size_t n_samples, size_t n_readings)
{
	/* 300 MB / 864,000 samples is 347 bytes; 328 for 96 readings leaves
	 * 5 % to SQLite and to the placement. */
	return n_samples * (40 + 3 * n_readings);
}

void store_block_encode_within(const struct store_block *block,
			       uint64_t interval_ns, unsigned int *shift,
			       struct store_pack *pack)
{
	/* About 1, 8 and 65 microseconds: each step saves some 3 bits of each
	 * time. */
	static const unsigned int steps[] = { 0, 10, 13, 16 };
	size_t budget = store_block_budget(block->n, block->n_readings);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i] && 1ULL << steps[i] > interval_ns / 1000)
			break;
		if (steps[i] < *shift)
			continue;
		*shift = steps[i];
		store_block_encode(block, *shift, pack);
		if (pack->failed || pack->n <= budget)
			break;
	}
}
