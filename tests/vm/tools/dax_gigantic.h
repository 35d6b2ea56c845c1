/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of 1 GiB of a DAX device. A walk over one by means of the kernel takes it
 * apart, and leaves nothing where it was; numa_maps, smaps and pagemap all walk so.
 */
#pragma once

#include <stdint.h>

struct kernel_mapping;
struct kernel_pages;
struct module_answer;

/* How many have been taken apart since the machine was started. */
uint64_t dax_gigantic_splits(void);

/*
 * Adds those that the module saw to the pages, which pagemap no longer could, on
 * the node that the device's driver says. Returns how many.
 */
uint64_t dax_gigantic_add(const struct kernel_mapping *mapping,
			  const struct module_answer *ours,
			  struct kernel_pages *pages);
