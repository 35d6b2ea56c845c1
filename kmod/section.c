// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page frame to node, through one byte a section (128 MiB on x86).
 *
 * The spans of nodes will not do: they overlap as soon as a pmem namespace
 * exists. struct page knows, but asking it costs a cache miss a page.
 *
 * Locks: mem_hotplug_lock (the notifier comes with it held), then
 * section_lock. Readers hold rcu_read_lock() only.
 */
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "core/section_node.h"
#include "section.h"

struct section_table {
	struct rcu_head rcu;
	unsigned long n;
	u8 node[];
};

static DEFINE_MUTEX(section_lock);
static struct section_table __rcu *section_table;

int tierscope_section_node(unsigned long pfn)
{
	struct section_table *table = rcu_dereference(section_table);
	unsigned long section = pfn >> PFN_SECTION_SHIFT;
	u8 node = TIERSCOPE_SECTION_NONE;
	struct page *page;

	if (likely(section < table->n))
		node = READ_ONCE(table->node[section]);
	if (likely(node < TIERSCOPE_SECTION_MIXED))
		return node;

	/*
	 * Also memory that came online a moment before its notifier. The entry
	 * may be old, since no page table is locked, and its section on its way
	 * out; but section_notify() waits for us before struct page goes.
	 */
	page = pfn_to_online_page(pfn);
	return page ? page_to_nid(page) : NUMA_NO_NODE;
}

/*
 * Nodes meet at pageblocks at the finest, so both ends of each 2 MiB
 * subsection tell all of it.
 */
static u8 section_scan(unsigned long section)
{
	unsigned long pfn = section << PFN_SECTION_SHIFT;
	unsigned long end = (section + 1) << PFN_SECTION_SHIFT;
	u8 node = TIERSCOPE_SECTION_NONE;
	struct page *page;

	for (; pfn < end; pfn += PAGES_PER_SUBSECTION) {
		page = pfn_to_online_page(pfn);
		if (page)
			node = tierscope_section_merge(node, page_to_nid(page));
		page = pfn_to_online_page(pfn + PAGES_PER_SUBSECTION - 1);
		if (page)
			node = tierscope_section_merge(node, page_to_nid(page));
	}
	return node;
}

unsigned long tierscope_section_count(void)
{
	unsigned long n;

	rcu_read_lock();
	n = rcu_dereference(section_table)->n;
	rcu_read_unlock();
	return n;
}

/* As section_scan() looks at it; also where the table may be late. */
static bool section_has_page(unsigned long section, int node)
{
	unsigned long pfn = section << PFN_SECTION_SHIFT;
	unsigned long end = (section + 1) << PFN_SECTION_SHIFT;
	struct page *page;

	for (; pfn < end; pfn += PAGES_PER_SUBSECTION) {
		page = pfn_to_online_page(pfn);
		if (page && page_to_nid(page) == node)
			return true;
		page = pfn_to_online_page(pfn + PAGES_PER_SUBSECTION - 1);
		if (page && page_to_nid(page) == node)
			return true;
	}
	return false;
}

bool tierscope_section_holds(unsigned long section, int node)
{
	struct section_table *table;
	u8 have = TIERSCOPE_SECTION_NONE;

	rcu_read_lock();
	table = rcu_dereference(section_table);
	if (section < table->n)
		have = READ_ONCE(table->node[section]);
	rcu_read_unlock();
	if (have < TIERSCOPE_SECTION_MIXED)
		return have == node;
	return section_has_page(section, node);
}

static void section_rescan(struct section_table *table, unsigned long first,
			   unsigned long end)
{
	unsigned long section;

	for (section = first; section < min(end, table->n); section++) {
		WRITE_ONCE(table->node[section], section_scan(section));
		cond_resched();
	}
}

/*
 * A table that is too short stays right: what lies beyond its end is asked of
 * struct page. So a failed allocation costs time and no truth.
 */
static struct section_table *section_grow(struct section_table *old,
					  unsigned long n)
{
	struct section_table *table;

	table = kvmalloc(struct_size(table, node, n), GFP_KERNEL);
	if (!table)
		return old;
	table->n = n;
	memset(table->node, TIERSCOPE_SECTION_NONE, n);
	if (old)
		memcpy(table->node, old->node, min(n, old->n));
	return table;
}

static int section_notify(struct notifier_block *block, unsigned long action,
			  void *data)
{
	struct memory_notify *range = data;
	struct section_table *old, *table;
	unsigned long first, end;

	if (action != MEM_ONLINE && action != MEM_OFFLINE)
		return NOTIFY_DONE;

	first = range->start_pfn >> PFN_SECTION_SHIFT;
	end = ((range->start_pfn + range->nr_pages - 1) >> PFN_SECTION_SHIFT) + 1;

	mutex_lock(&section_lock);
	old = rcu_dereference_protected(section_table,
					lockdep_is_held(&section_lock));
	table = old;
	if (action == MEM_ONLINE && end > old->n)
		table = section_grow(old, end);
	section_rescan(table, first, end);
	if (table != old) {
		rcu_assign_pointer(section_table, table);
		kvfree_rcu(old, rcu);
	}
	mutex_unlock(&section_lock);
	/* From here on nobody finds a page of it online. */
	if (action == MEM_OFFLINE)
		synchronize_rcu();
	return NOTIFY_OK;
}

static struct notifier_block section_notifier = {
	.notifier_call = section_notify,
};

int tierscope_section_init(void)
{
	struct section_table *table;
	unsigned long end = 0;
	int node, ret;

	for_each_online_node(node)
		end = max(end, node_end_pfn(node));

	table = section_grow(NULL, (end >> PFN_SECTION_SHIFT) + 1);
	if (!table)
		return -ENOMEM;
	RCU_INIT_POINTER(section_table, table);

	/*
	 * First the notifier, then the scan: an older state that the scan saw
	 * cannot overwrite a newer one, because both hold section_lock.
	 */
	ret = register_memory_notifier(&section_notifier);
	if (ret)
		goto free_table;

	mutex_lock(&section_lock);
	table = rcu_dereference_protected(section_table,
					  lockdep_is_held(&section_lock));
	section_rescan(table, 0, table->n);
	mutex_unlock(&section_lock);
	return 0;

free_table:
	RCU_INIT_POINTER(section_table, NULL);
	kvfree(table);
	return ret;
}

void tierscope_section_exit(void)
{
	unregister_memory_notifier(&section_notifier);
	/* The family is gone, so nobody walks any more. */
	kvfree(rcu_dereference_protected(section_table, true));
	RCU_INIT_POINTER(section_table, NULL);
}
