// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a leaf of the page table counts as: kind, node, or neither.
 */
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/magic.h>
#include <linux/numa.h>
#include <linux/swapops.h>

#include "core/tally.h"
#include "leaf.h"
#include "section.h"

/*
 * Shared memory of every sort (System V, memfd, shared anonymous, tmpfs) is a
 * file of a tmpfs, and huge pages are files of a hugetlbfs. vma_is_shmem() is
 * not for modules; the magic numbers are part of statfs(2) and so for anyone.
 * Device files are on a tmpfs, too: what they map is not the tmpfs's.
 */
static enum tierscope_kind leaf_file_kind(const struct inode *inode)
{
	if (IS_DAX(inode))
		return TIERSCOPE_KIND_DAX;
	if (!S_ISREG(inode->i_mode))
		return TIERSCOPE_KIND_FILE;
	switch (inode->i_sb->s_magic) {
	case TMPFS_MAGIC:
	case HUGETLBFS_MAGIC:
		return TIERSCOPE_KIND_SHMEM;
	}
	return TIERSCOPE_KIND_FILE;
}

void tierscope_leaf_classify(struct vm_area_struct *vma,
			     struct tierscope_tally *tally,
			     struct tierscope_leaf_class *ret)
{
	ret->tally = tally;
	ret->visitor = NULL;
	ret->kind = TIERSCOPE_KIND_ANON;
	ret->ask_page = false;
	ret->special = false;
	ret->sharing = tally && tally->sharing;
	ret->hugetlb = is_vm_hugetlb_page(vma);
	ret->hinting = vma_is_accessible(vma);

	if (vma->vm_flags & (VM_PFNMAP | VM_IO)) {
		ret->special = true;
	} else if (vma_is_anonymous(vma)) {
		/* A private mapping of /dev/zero too, though it has a file. */
	} else if (!vma->vm_file) {
		/* Operations without a file: the vdso and its like. */
		ret->special = true;
	} else {
		ret->kind = leaf_file_kind(file_inode(vma->vm_file));
		/* Without an anon_vma nothing of it was ever copied. */
		ret->ask_page = !(vma->vm_flags & VM_SHARED) && vma->anon_vma;
	}
	ret->ask_page |= ret->sharing && !ret->special;
}

/*
 * A DAX device's struct pages name the nearest node with CPUs. Its memory is
 * the target node's, whether that is online or not.
 */
static int leaf_dax_node(unsigned long pfn)
{
	int node = phys_to_target_node(PFN_PHYS(pfn));

	return node == NUMA_NO_NODE ? page_to_nid(pfn_to_page(pfn)) : node;
}

/* NUMA_NO_NODE if it is nobody's memory. */
static int leaf_node(const struct tierscope_leaf_class *class,
		     unsigned long pfn, bool devmap)
{
	if (class->special)
		return NUMA_NO_NODE;
	return devmap ? leaf_dax_node(pfn) : tierscope_section_node(pfn);
}

void tierscope_leaf_present(const struct tierscope_leaf_class *class,
			    enum tierscope_kind kind, unsigned long pfn,
			    unsigned int shift, u64 n, bool devmap,
			    bool protnone)
{
	struct tierscope_tally *tally = class->tally;
	u64 base_pages = n << (shift - PAGE_SHIFT);
	int node = leaf_node(class, pfn, devmap);

	if (node == NUMA_NO_NODE) {
		tally->special_pages += base_pages;
		return;
	}
	if (protnone && class->hinting)
		tally->hinted_pages += base_pages;
	tierscope_tally_add(tally, tierscope_tally_key(node, shift, kind), n);
}

void tierscope_leaf_shared(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, unsigned long pfn,
			   unsigned int shift, u64 n)
{
	int node = tierscope_section_node(pfn);

	if (node != NUMA_NO_NODE)
		tierscope_tally_add_shared(class->tally,
					   tierscope_tally_key(node, shift, kind),
					   n);
}

void tierscope_leaf_visit(const struct tierscope_leaf_class *class,
			  unsigned long address, pte_t entry,
			  unsigned long pfn, unsigned int shift, bool special)
{
	struct tierscope_visitor *visitor = class->visitor;
	/* x86 has these bits in the same place on all levels. */
	bool devmap = pte_devmap(entry);
	struct tierscope_leaf leaf = {
		.address = address & ~((1UL << shift) - 1),
		.pfn = pfn,
		.shift = shift,
		.node = special ? NUMA_NO_NODE : leaf_node(class, pfn, devmap),
	};

	leaf.flags = (pte_write(entry) ? TIERSCOPE_PAGE_WRITE : 0) |
		     (pte_dirty(entry) ? TIERSCOPE_PAGE_DIRTY : 0) |
		     (pte_young(entry) ? TIERSCOPE_PAGE_ACCESSED : 0);
	if (leaf.node == NUMA_NO_NODE)
		leaf.flags |= TIERSCOPE_PAGE_SPECIAL;
	else if (devmap)
		leaf.flags |= TIERSCOPE_PAGE_DAX;
	if (pte_protnone(entry) && class->hinting)
		leaf.flags |= TIERSCOPE_PAGE_HINTED;
	visitor->stopped = !visitor->leaf(visitor, &leaf);
}

void tierscope_leaf_absent(const struct tierscope_leaf_class *class, pte_t entry,
			   u64 pages)
{
	swp_entry_t swap = pte_to_swp_entry(entry);

	if (class->visitor)
		return;
	/* Notes of userfaultfd and the like, where no page is or was. */
	if (is_pte_marker_entry(swap))
		return;
	if (!non_swap_entry(swap))
		class->tally->swap_pages += pages;
	else if (is_migration_entry(swap))
		class->tally->migrating_pages += pages;
	else
		/* On a device, or poisoned. */
		class->tally->special_pages += pages;
}
