/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a counter narrower than 64 bits counted between two readings.
 *
 * Both values are shifted to the top, so that the borrow of a wrap falls off
 * the end: right for any number of counts below a whole turn of the counter.
 */
#ifndef TIERSCOPE_CORE_COUNTER_WIDTH_H
#define TIERSCOPE_CORE_COUNTER_WIDTH_H

#include <linux/types.h>

static inline __u64 tierscope_counter_delta(__u64 previous, __u64 now,
					    unsigned int bits)
{
	unsigned int shift = 64 - bits;

	return ((now << shift) - (previous << shift)) >> shift;
}

#endif /* TIERSCOPE_CORE_COUNTER_WIDTH_H */
