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
 */
static enum tierscope_kind leaf_file_kind(const struct inode *inode)
{
	if (IS_DAX(inode))
		return TIERSCOPE_KIND_DAX;
	switch (inode->i_sb->s_magic) {
	case TMPFS_MAGIC:
	case HUGETLBFS_MAGIC:
		return TIERSCOPE_KIND_SHMEM;
	}
	return TIERSCOPE_KIND_FILE;
}

void tierscope_leaf_classify(struct vm_area_struct *vma,
			     struct tierscope_tally *tally,
			     struct tierscope_leaf_sink *sink,
			     struct tierscope_leaf_class *ret)
{
	ret->tally = tally;
	ret->sink = sink;
	ret->kind = TIERSCOPE_KIND_ANON;
	ret->ask_page = false;
	ret->special = false;
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

void tierscope_leaf_present(const struct tierscope_leaf_class *class,
			    enum tierscope_kind kind, unsigned long pfn,
			    unsigned int shift, u64 n, bool devmap,
			    bool protnone)
{
	struct tierscope_tally *tally = class->tally;
	u64 base_pages = n << (shift - PAGE_SHIFT);
	int node;

	if (class->special)
		node = NUMA_NO_NODE;
	else if (devmap)
		node = leaf_dax_node(pfn);
	else
		node = tierscope_section_node(pfn);
	if (node == NUMA_NO_NODE) {
		tally->special_pages += base_pages;
		return;
	}
	if (protnone && class->hinting)
		tally->hinted_pages += base_pages;
	tierscope_tally_add(tally, tierscope_tally_key(node, shift, kind), n);
	if (class->sink)
		class->sink->frames(class->sink, node, pfn, base_pages);
}

void tierscope_leaf_absent(const struct tierscope_leaf_class *class, pte_t entry,
			   u64 pages)
{
	swp_entry_t swap = pte_to_swp_entry(entry);

	/* Notes of userfaultfd and the like, where no page is or was. */
	if (is_pte_marker_entry(swap))
		return;
	if (!non_swap_entry(swap) || is_migration_entry(swap))
		class->tally->swap_pages += pages;
	else
		/* On a device, or poisoned. */
		class->tally->special_pages += pages;
}
