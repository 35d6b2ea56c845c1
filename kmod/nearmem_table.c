// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages, counted by the slot of near memory that they go to.
 *
 * Page frames go in and a histogram comes out; nothing in between leaves.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/vmalloc.h>

#include "compat/extack.h"
#include "nearmem_table.h"
#include "section.h"

/* Slots between two looks at who else wants the CPU. */
#define SLOTS_AT_ONCE	(1UL << 20)

/*
 * Accounted to the asker. Not kvmalloc(), which ends at 2 GiB: what bounds this
 * is that a cache is no larger than its node's memory, of which the table is
 * 1/4096.
 */
static void *table_array(size_t n, size_t size)
{
	return __vmalloc(array_size(n, size),
			 GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN);
}

/* Memory that came online after the table was made has no place in it. */
static void table_count(struct tierscope_nearmem_table *table, int node,
			unsigned long pfn, u64 n)
{
	struct tierscope_nearmem_cache *cache = NULL;

	if (node >= 0 && node < MAX_NUMNODES && table->cache_of[node])
		cache = &table->cache[table->cache_of[node] - 1];

	while (n) {
		unsigned long section = pfn >> PFN_SECTION_SHIFT;
		unsigned long offset = pfn & (PAGES_PER_SECTION - 1);
		u64 here = min_t(u64, n, PAGES_PER_SECTION - offset);
		u64 base = TIERSCOPE_NEARMEM_NOWHERE;

		if (cache && section < table->n_sections)
			base = cache->base[section];
		if (base == TIERSCOPE_NEARMEM_NOWHERE) {
			table->other_pages += here;
		} else {
			tierscope_nearmem_add(&cache->slots, base, offset, here);
			table->used_pages += here;
		}
		pfn += here;
		n -= here;
	}
}

static bool table_leaf(struct tierscope_visitor *visitor,
		       const struct tierscope_leaf *leaf)
{
	struct tierscope_nearmem_table *table =
		container_of(visitor, struct tierscope_nearmem_table, visitor);

	if (leaf->node != NUMA_NO_NODE)
		table_count(table, leaf->node, leaf->pfn,
			    1ULL << (leaf->shift - PAGE_SHIFT));
	return true;
}

struct tierscope_nearmem_table *tierscope_nearmem_table_alloc(u32 caches)
{
	struct tierscope_nearmem_table *table;

	table = kvzalloc(struct_size(table, cache, caches), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->visitor.leaf = table_leaf;
	table->n_sections = tierscope_section_count();
	return table;
}

void tierscope_nearmem_table_free(struct tierscope_nearmem_table *table)
{
	u32 i;

	for (i = 0; i < table->n; i++) {
		vfree(table->cache[i].slots.pages);
		vfree(table->cache[i].base);
	}
	kvfree(table);
}

/* Gives each section of @node its place; returns how many it has. */
static u64 table_lay_out(const struct tierscope_nearmem_table *table, int node,
			 u64 slots, u64 *base)
{
	unsigned long section;
	u64 ordinal = 0;

	for (section = 0; section < table->n_sections; section++) {
		base[section] = TIERSCOPE_NEARMEM_NOWHERE;
		if (tierscope_section_holds(section, node))
			base[section] = tierscope_nearmem_base(ordinal++,
							       PAGES_PER_SECTION,
							       slots);
		cond_resched();
	}
	return ordinal;
}

int tierscope_nearmem_table_add(struct tierscope_nearmem_table *table, u32 node,
				u64 bytes, struct netlink_ext_ack *extack)
{
	struct tierscope_nearmem_cache *cache = &table->cache[table->n];
	u64 slots = bytes / TIERSCOPE_NEARMEM_GRAIN_BYTES, sections;
	int ret;

	BUILD_BUG_ON(TIERSCOPE_NEARMEM_GRAIN_BYTES != PAGE_SIZE);

	if (node >= MAX_NUMNODES || !node_state(node, N_MEMORY)) {
		NL_SET_ERR_MSG(extack,
			       "NODE of a CACHE is no node of this machine, or one without memory");
		return -ENODEV;
	}
	if (table->cache_of[node]) {
		tierscope_extack_fmt(extack, "node %u has two CACHEs", node);
		return -EINVAL;
	}
	if (!bytes || bytes % TIERSCOPE_NEARMEM_GRAIN_BYTES) {
		NL_SET_ERR_MSG(extack,
			       "BYTES of a CACHE is 0, or no multiple of 4096");
		return -EINVAL;
	}

	cache->base = table_array(table->n_sections, sizeof(*cache->base));
	if (!cache->base)
		return -ENOMEM;
	sections = table_lay_out(table, node, slots, cache->base);
	if (slots > sections * PAGES_PER_SECTION) {
		tierscope_extack_fmt(extack,
				     "BYTES of the CACHE of node %u is larger than the node's memory",
				     node);
		ret = -ERANGE;
		goto free_base;
	}
	cache->slots.n = slots;
	cache->slots.pages = table_array(slots, sizeof(*cache->slots.pages));
	if (!cache->slots.pages) {
		ret = -ENOMEM;
		goto free_base;
	}
	table->cache_of[node] = ++table->n;
	return 0;

free_base:
	vfree(cache->base);
	cache->base = NULL;
	return ret;
}

/*
 * One subsection of memory, 2 MiB: nodes do not meet within one.
 *
 * No reference is held to any page, as /proc/kpagecount (fs/proc/page.c) holds
 * none: memory that is online has a struct page, and of that only the count is
 * read. The page may be taken or freed meanwhile, and a huge page be made or
 * split, so that a few pages count as they were, or with the count of a head
 * that is no longer theirs: nothing is done with them, and the whole is no
 * moment's either. What is always missed are the later pages of a block that
 * the kernel took without making it a compound page, which have a count of 0;
 * what is always counted though it is no memory are the reserved pages that
 * stand for small holes of the firmware's map.
 */
static void table_scan_subsection(struct tierscope_nearmem_table *table,
				  unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	unsigned long i, first = 0;
	bool before = false;
	int node;

	if (!page)
		return;
	node = page_to_nid(page);
	for (i = 0; i <= PAGES_PER_SUBSECTION; i++) {
		bool used = i < PAGES_PER_SUBSECTION &&
			    page_count(pfn_to_page(pfn + i)) > 0;

		if (used && !before)
			first = i;
		if (!used && before)
			table_count(table, node, pfn + first, i - first);
		before = used;
	}
}

int tierscope_nearmem_table_scan(struct tierscope_nearmem_table *table,
				 struct netlink_ext_ack *extack)
{
	unsigned long end = table->n_sections << PFN_SECTION_SHIFT;
	u64 deadline_ns = ktime_get_ns() + TIERSCOPE_WALK_MAX_NS;
	unsigned long pfn;

	for (pfn = 0; pfn < end; pfn += PAGES_PER_SUBSECTION) {
		table_scan_subsection(table, pfn);
		cond_resched();
		if (fatal_signal_pending(current)) {
			NL_SET_ERR_MSG(extack, "a signal ended the count");
			return -EINTR;
		}
		if (ktime_get_ns() > deadline_ns) {
			NL_SET_ERR_MSG(extack,
				       "the memory of the machine was not counted within 30 s");
			return -ETIME;
		}
	}
	return 0;
}

void tierscope_nearmem_table_bins(const struct tierscope_nearmem_table *table,
				  u64 bins[TIERSCOPE_NEARMEM_BINS])
{
	u32 i;

	for (i = 0; i < table->n; i++) {
		const struct tierscope_nearmem_slots *slots =
			&table->cache[i].slots;
		u64 at, n;

		for (at = 0; at < slots->n; at += n) {
			n = min_t(u64, slots->n - at, SLOTS_AT_ONCE);
			tierscope_nearmem_histogram(slots->pages + at, n, bins);
			cond_resched();
		}
	}
}
