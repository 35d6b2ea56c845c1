/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_LEAF_H
#define TIERSCOPE_LEAF_H

#include <linux/mm.h>
#include <linux/tierscope.h>

struct tierscope_tally;

/**
 * struct tierscope_leaf_sink - who wants to know the page frames, too
 * @frames: is told of each leaf that counts as memory of a node: @node, as it
 *	counts, and @n base pages from @pfn on. Called under rcu_read_lock(), and
 *	maybe with a lock of the page table.
 */
struct tierscope_leaf_sink {
	void (*frames)(struct tierscope_leaf_sink *sink, int node,
		       unsigned long pfn, u64 n);
};

/**
 * struct tierscope_leaf_class - how the leaves of one mapping count
 * @tally: where
 * @sink: who is told of each leaf, or NULL; then leaves may be counted in runs
 * @kind: what ordinary pages of it are, if @ask_page does not say otherwise
 * @ask_page: its pages may be copies, which are anonymous: struct page tells
 * @special: nothing of it is anybody's memory
 * @hinting: inaccessible pages wait for a NUMA-hinting fault; in a mapping that
 *	is PROT_NONE they look the same and wait for nothing
 */
struct tierscope_leaf_class {
	struct tierscope_tally *tally;
	struct tierscope_leaf_sink *sink;
	enum tierscope_kind kind;
	bool ask_page;
	bool special;
	bool hinting;
};

/* Call it with the mmap lock held. */
void tierscope_leaf_classify(struct vm_area_struct *vma,
			     struct tierscope_tally *tally,
			     struct tierscope_leaf_sink *sink,
			     struct tierscope_leaf_class *ret);

/*
 * Count @n leaves of 1 << @shift bytes that map memory, from @pfn on, all in
 * one section; with a sink only one, since two need not follow each other.
 * Call it under rcu_read_lock().
 */
void tierscope_leaf_present(const struct tierscope_leaf_class *class,
			    enum tierscope_kind kind, unsigned long pfn,
			    unsigned int shift, u64 n, bool devmap,
			    bool protnone);

/* Count @pages base pages of one entry that is neither present nor none. */
void tierscope_leaf_absent(const struct tierscope_leaf_class *class, pte_t entry,
			   u64 pages);

#endif /* TIERSCOPE_LEAF_H */
