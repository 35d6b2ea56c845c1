// SPDX-License-Identifier: GPL-2.0-only
#include <linux/string.h>
#include <linux/tierscope.h>

#include "tally.h"

/* Page-table leaves come in three sizes: 4 KiB, 2 MiB, 1 GiB. */
#define PAGE_SIZES	3

/*
 * The target node of a DAX device may be a node that the kernel does not know
 * as possible. Eight such devices' worth of room in all three sizes.
 */
#define FOREIGN_CELLS	(8 * PAGE_SIZES)

__u32 tierscope_tally_room(__u32 nodes)
{
	__u64 room = (__u64)nodes * PAGE_SIZES * (TIERSCOPE_KIND_MAX + 1) +
		     FOREIGN_CELLS;

	return room < TIERSCOPE_TALLY_CELLS_MAX ? room :
						  TIERSCOPE_TALLY_CELLS_MAX;
}

size_t tierscope_tally_bytes(__u32 room)
{
	return sizeof(struct tierscope_tally) +
	       room * sizeof(struct tierscope_tally_cell);
}

void tierscope_tally_init(struct tierscope_tally *tally, __u32 room)
{
	tally->room = room;
	tally->sharing = false;
	tierscope_tally_reset(tally);
}

void tierscope_tally_reset(struct tierscope_tally *tally)
{
	tally->swap_pages = 0;
	tally->migrating_pages = 0;
	tally->special_pages = 0;
	tally->hinted_pages = 0;
	tally->lost_pages = 0;
	tally->n = 0;
	tally->last = 0;
}

void tierscope_tally_add_slow(struct tierscope_tally *tally, __u32 key,
			      __u64 pages)
{
	__u32 low = 0, high = tally->n;

	while (low < high) {
		__u32 middle = low + (high - low) / 2;

		if (tally->cell[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < tally->n && tally->cell[low].key == key) {
		tally->cell[low].pages += pages;
		tally->last = low;
		return;
	}
	if (tally->n == tally->room) {
		tally->lost_pages += pages;
		return;
	}
	memmove(&tally->cell[low + 1], &tally->cell[low],
		(tally->n - low) * sizeof(tally->cell[0]));
	tally->cell[low].key = key;
	tally->cell[low].pages = pages;
	tally->cell[low].shared_pages = 0;
	tally->n++;
	tally->last = low;
}
