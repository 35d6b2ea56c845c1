/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mappings of a process as the kernel's own files have them: numa_maps for
 * the nodes, smaps for all else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODES_MAX	64

/**
 * struct kernel_mapping - one of them; all counts are in pages of 4 KiB
 * @name: as smaps has it, "" for memory without
 * @page_bytes: of its pages, more than 4096 for a pool of huge pages
 * @nodes: what numa_maps counts
 * @anon: what of it is anonymous
 * @resident: Rss, and what of a pool is mapped, which Rss leaves out
 * @shared: what of @resident is mapped more than once
 * @huge: mapped by entries of 2 MiB
 * @swap: swapped out
 * @locked: with mlock(2), a share of it if others map it too
 * @raw: maps frames without struct page (VM_PFNMAP, VM_IO), which no file of
 *	the kernel counts
 * @may_share: MAP_SHARED
 * @accessible: not PROT_NONE
 */
struct kernel_mapping {
	uint64_t start, end;
	char name[256];
	uint64_t page_bytes;
	uint64_t nodes[NODES_MAX];
	uint64_t anon;
	uint64_t resident, shared, huge, swap, locked;
	bool raw, may_share, accessible;
};

/*
 * All mappings of a process but [vsyscall], which is the kernel's; free() them.
 * Exits with a sentence if the two files do not agree on what they are.
 */
size_t kernel_mappings_read(const char *pid, struct kernel_mapping **ret);
