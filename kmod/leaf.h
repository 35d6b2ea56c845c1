/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_LEAF_H
#define TIERSCOPE_LEAF_H

#include <linux/mm.h>
#include <linux/tierscope.h>

struct tierscope_tally;

/**
 * struct tierscope_leaf - one present leaf of a page table
 * @address: where it begins
 * @pfn: the first frame that it maps
 * @shift: it maps 1 << @shift bytes
 * @node: NUMA_NO_NODE if it is nobody's memory
 * @flags: TIERSCOPE_PAGE_WRITE and so on
 */
struct tierscope_leaf {
	unsigned long address;
	unsigned long pfn;
	unsigned int shift;
	int node;
	u32 flags;
};

/**
 * struct tierscope_visitor - who is handed leaves one by one
 * @leaf: false if that one was too much: the walk ends, and it was not handed
 *	over. Called under spinlocks.
 * @stopped: @leaf said so
 */
struct tierscope_visitor {
	bool (*leaf)(struct tierscope_visitor *visitor,
		     const struct tierscope_leaf *leaf);
	bool stopped;
};

/**
 * struct tierscope_leaf_class - how the leaves of one mapping count
 * @tally: where
 * @visitor: is handed the present ones instead, and nothing is counted; or NULL
 * @kind: what ordinary pages of it are, if @ask_page does not say otherwise
 * @ask_page: struct page must be asked: pages may be copies, which are
 *	anonymous, or @sharing
 * @sharing: tell what is mapped more than once
 * @hugetlb: its PMD tables may be those of other processes too
 * @special: nothing of it is anybody's memory
 * @hinting: inaccessible pages wait for a NUMA-hinting fault; in a mapping that
 *	is PROT_NONE they look the same and wait for nothing
 */
struct tierscope_leaf_class {
	struct tierscope_tally *tally;
	struct tierscope_visitor *visitor;
	enum tierscope_kind kind;
	bool ask_page;
	bool sharing;
	bool hugetlb;
	bool special;
	bool hinting;
};

/* Without a visitor. Call it with the mmap lock held. */
void tierscope_leaf_classify(struct vm_area_struct *vma,
			     struct tierscope_tally *tally,
			     struct tierscope_leaf_class *ret);

/*
 * Count @n leaves of 1 << @shift bytes that map memory, from @pfn on, all in
 * one section. Call it under rcu_read_lock().
 */
void tierscope_leaf_present(const struct tierscope_leaf_class *class,
			    enum tierscope_kind kind, unsigned long pfn,
			    unsigned int shift, u64 n, bool devmap,
			    bool protnone);

/* Of @n leaves that were just counted by the above: they are mapped elsewhere. */
void tierscope_leaf_shared(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, unsigned long pfn,
			   unsigned int shift, u64 n);

/*
 * Hand one leaf to the visitor: @entry, of whatever level, maps @address among
 * its 1 << @shift bytes from @pfn on; @special if it is known to be nobody's
 * memory. Call it under rcu_read_lock().
 */
void tierscope_leaf_visit(const struct tierscope_leaf_class *class,
			  unsigned long address, pte_t entry,
			  unsigned long pfn, unsigned int shift, bool special);

/* Count @pages base pages of one entry that is neither present nor none. */
void tierscope_leaf_absent(const struct tierscope_leaf_class *class, pte_t entry,
			   u64 pages);

#endif /* TIERSCOPE_LEAF_H */
