/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_NEARMEM_TABLE_H
#define TIERSCOPE_NEARMEM_TABLE_H

#include <linux/numa.h>

#include "core/nearmem.h"
#include "leaf.h"

struct netlink_ext_ack;

/**
 * struct tierscope_nearmem_cache - the cache in front of one node
 * @slots: how many pages go to each slot
 * @base: slot of the first page of each section of physical memory, or
 *	TIERSCOPE_NEARMEM_NOWHERE
 */
struct tierscope_nearmem_cache {
	struct tierscope_nearmem_slots slots;
	u64 *base;
};

/**
 * struct tierscope_nearmem_table - pages, counted by the slot that they go to
 * @visitor: counts the leaves that a walk hands it
 * @used_pages: base pages that went to a slot
 * @other_pages: base pages that have none
 * @n_sections: of physical memory, when the table was made
 * @cache_of: one more than the index in @cache, by node; 0 without one
 * @n: how many caches there are
 * @cache: in the order in which they were given
 */
struct tierscope_nearmem_table {
	struct tierscope_visitor visitor;
	u64 used_pages;
	u64 other_pages;
	unsigned long n_sections;
	u16 cache_of[MAX_NUMNODES];
	u32 n;
	struct tierscope_nearmem_cache cache[];
};

/* Without a cache yet; NULL without memory. */
struct tierscope_nearmem_table *tierscope_nearmem_table_alloc(u32 caches);
void tierscope_nearmem_table_free(struct tierscope_nearmem_table *table);

/*
 * Put a cache of @bytes in front of @node. 0, -ENODEV, -EINVAL or -ERANGE with
 * a sentence, or -ENOMEM.
 */
int tierscope_nearmem_table_add(struct tierscope_nearmem_table *table, u32 node,
				u64 bytes, struct netlink_ext_ack *extack);

/*
 * Count all memory of the machine that is in use. 0, or -EINTR or -ETIME with
 * a sentence.
 */
int tierscope_nearmem_table_scan(struct tierscope_nearmem_table *table,
				 struct netlink_ext_ack *extack);

/* Of all caches: how many slots are shared by how many pages. */
void tierscope_nearmem_table_bins(const struct tierscope_nearmem_table *table,
				  u64 bins[TIERSCOPE_NEARMEM_BINS]);

#endif /* TIERSCOPE_NEARMEM_TABLE_H */
