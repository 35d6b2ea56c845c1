/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many pages share each slot of the DRAM cache in front of a node.
 *
 * Memory Mode's near memory is direct-mapped by physical address. Which address
 * goes where, real machines do not publish. Assumed is the plain case: the
 * node's memory, its sections one after the other with the holes left out,
 * modulo the size of the cache, which need not be a power of two.
 */
#ifndef TIERSCOPE_CORE_NEARMEM_H
#define TIERSCOPE_CORE_NEARMEM_H

#include "types.h"

/* A section in which the node has no memory. */
#define TIERSCOPE_NEARMEM_NOWHERE (~0ULL)

/* What a byte can say: no page, one, ... 254, and "255 or more". */
#define TIERSCOPE_NEARMEM_BINS	256

/**
 * struct tierscope_nearmem_slots - the slots of one cache
 * @n: how many, at least one
 * @pages: of each, how many pages go there, 255 for more as well
 */
struct tierscope_nearmem_slots {
	__u64 n;
	__u8 *pages;
};

/* The slot of the first page of a node's section number @ordinal, from 0. */
static inline __u64 tierscope_nearmem_base(__u64 ordinal, __u64 section_pages,
					   __u64 slots)
{
	return ordinal * section_pages % slots;
}

/*
 * Count @n pages that follow each other, the first of which is @offset pages
 * into a section whose first page is in slot @base.
 */
void tierscope_nearmem_add(struct tierscope_nearmem_slots *slots, __u64 base,
			   __u64 offset, __u64 n);

/* Add to @bins how many of @n slots are shared by how many pages. */
void tierscope_nearmem_histogram(const __u8 *pages, __u64 n,
				 __u64 bins[TIERSCOPE_NEARMEM_BINS]);

#endif /* TIERSCOPE_CORE_NEARMEM_H */
