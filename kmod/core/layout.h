/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fingerprint of the mappings of an address space: of those that were sent,
 * and, at the end, of those that are there. If the two differ, what was sent
 * is not one moment's.
 */
#ifndef TIERSCOPE_CORE_LAYOUT_H
#define TIERSCOPE_CORE_LAYOUT_H

#include "types.h"

/* Adds one mapping, or a part of one; the order matters. */
static inline __u64 tierscope_layout_add(__u64 layout, __u64 start, __u64 end,
					 __u64 offset, __u32 flags)
{
	const __u64 part[] = { start, end, offset, flags };
	unsigned int i;

	for (i = 0; i < sizeof(part) / sizeof(part[0]); i++) {
		/*
		 * The finalizer of SplitMix64 (Steele, Lea, Flood: Fast
		 * splittable pseudorandom number generators, 2014).
		 */
		layout = (layout ^ part[i]) + 0x9e3779b97f4a7c15ULL;
		layout = (layout ^ layout >> 30) * 0xbf58476d1ce4e5b9ULL;
		layout = (layout ^ layout >> 27) * 0x94d049bb133111ebULL;
		layout ^= layout >> 31;
	}
	return layout;
}

#endif /* TIERSCOPE_CORE_LAYOUT_H */
