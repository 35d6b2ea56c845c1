/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a walk has counted so far: pages by node, size and kind, and the pages
 * that have no node.
 *
 * Only the cells that have a page are kept, sorted, in room that is fixed when
 * the tally is made: a message that carries it has a largest size, and a walk
 * never allocates.
 */
#ifndef TIERSCOPE_CORE_TALLY_H
#define TIERSCOPE_CORE_TALLY_H

#include "types.h"

/* The most room a tally may have: 85 nodes with every size and kind. */
#define TIERSCOPE_TALLY_CELLS_MAX 1024

struct tierscope_tally_cell {
	__u32 key;		/* node << 16 | page shift << 8 | kind */
	__u64 pages;
	__u64 shared_pages;	/* of pages, if the tally has them */
};

/**
 * struct tierscope_tally - counts of one walk
 * @swap_pages: base pages, swapped out
 * @migrating_pages: base pages, between two places
 * @special_pages: base pages, mapped but nobody's memory
 * @hinted_pages: base pages in the cells, waiting for a NUMA-hinting fault
 * @lost_pages: leaves that found no room for their cell
 * @sharing: what is mapped more than once is told; the walk obeys
 * @room: how many cells there is room for
 * @n: how many there are
 * @last: the cell that was counted last; most calls are for the same again
 * @cell: ascending by key
 */
struct tierscope_tally {
	__u64 swap_pages;
	__u64 migrating_pages;
	__u64 special_pages;
	__u64 hinted_pages;
	__u64 lost_pages;
	bool sharing;
	__u32 room;
	__u32 n;
	__u32 last;
	struct tierscope_tally_cell cell[];
};

static inline __u32 tierscope_tally_key(__u32 node, __u32 page_shift,
					__u32 kind)
{
	return node << 16 | page_shift << 8 | kind;
}

static inline __u32 tierscope_tally_key_node(__u32 key)
{
	return key >> 16;
}

static inline __u32 tierscope_tally_key_page_shift(__u32 key)
{
	return key >> 8 & 0xff;
}

static inline __u32 tierscope_tally_key_kind(__u32 key)
{
	return key & 0xff;
}

/* How many cells a machine of @nodes nodes needs, at most _CELLS_MAX. */
__u32 tierscope_tally_room(__u32 nodes);

/* Bytes of a tally with @room cells. */
size_t tierscope_tally_bytes(__u32 room);

/* @room as was given to tierscope_tally_bytes(). Without sharing. */
void tierscope_tally_init(struct tierscope_tally *tally, __u32 room);

/* Back to nothing counted; room and sharing stay. */
void tierscope_tally_reset(struct tierscope_tally *tally);

void tierscope_tally_add_slow(struct tierscope_tally *tally, __u32 key,
			      __u64 pages);

/* Count @pages more leaves in the cell @key; never fails, see lost_pages. */
static inline void tierscope_tally_add(struct tierscope_tally *tally,
				       __u32 key, __u64 pages)
{
	if (tally->last < tally->n && tally->cell[tally->last].key == key)
		tally->cell[tally->last].pages += pages;
	else
		tierscope_tally_add_slow(tally, key, pages);
}

/* Of what was just added to the cell @key, @pages are mapped more than once. */
static inline void tierscope_tally_add_shared(struct tierscope_tally *tally,
					      __u32 key, __u64 pages)
{
	/* If it is not there, its pages are lost. */
	if (tally->last < tally->n && tally->cell[tally->last].key == key)
		tally->cell[tally->last].shared_pages += pages;
}

#endif /* TIERSCOPE_CORE_TALLY_H */
