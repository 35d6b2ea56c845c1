/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages of a mapping one by one, as the kernel's own files have them:
 * /proc/PID/pagemap for the frames, /proc/kpageflags for what they are, sysfs for
 * whose they are.
 */
#pragma once

#include <stdint.h>

#include "kernel_mapping.h"

/**
 * struct kernel_pages - entries of the page table, by what they are
 * @nodes: of memory that is online, and not of the below
 * @dax: of persistent memory that is not, by the target node of its region
 * @zero: pages of zeros
 * @reserved: the kernel's own (the vdso)
 * @outside: of no memory that is known
 * @swap: swapped out
 * @migrating: on their way from one frame to another
 * @poisoned: taken away because the memory is broken
 * @markers: notes of userfaultfd and the like, without a page
 */
struct kernel_pages {
	uint64_t nodes[NODES_MAX], dax[NODES_MAX];
	uint64_t zero, reserved, outside;
	uint64_t swap, migrating, poisoned, markers;
};

/* Opens the files; @pid keeps still until the last mapping is counted. */
void kernel_pages_open(const char *pid);

void kernel_pages_count(const struct kernel_mapping *mapping,
			struct kernel_pages *ret);
