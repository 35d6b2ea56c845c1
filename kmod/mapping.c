// SPDX-License-Identifier: GPL-2.0-only
/*
 * One mapping of a process: what it is, and where its memory is.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <net/netlink.h>

#include "compat/file.h"
#include "core/layout.h"
#include "core/tally.h"
#include "mapping.h"
#include "message.h"
#include "walk.h"

static const struct tierscope_tally_attrs mapping_attrs = {
	.pad = TIERSCOPE_MAPPING_PAD,
	.cell = TIERSCOPE_MAPPING_CELL,
	.swap_pages = TIERSCOPE_MAPPING_SWAP_PAGES,
	.migrating_pages = TIERSCOPE_MAPPING_MIGRATING_PAGES,
	.special_pages = TIERSCOPE_MAPPING_SPECIAL_PAGES,
	.hinted_pages = TIERSCOPE_MAPPING_HINTED_PAGES,
};

static u32 mapping_flags(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_READ ? TIERSCOPE_MAPPING_READ : 0) |
	       (vma->vm_flags & VM_WRITE ? TIERSCOPE_MAPPING_WRITE : 0) |
	       (vma->vm_flags & VM_EXEC ? TIERSCOPE_MAPPING_EXEC : 0) |
	       (vma->vm_flags & VM_MAYSHARE ? TIERSCOPE_MAPPING_SHARED : 0) |
	       (vma->vm_flags & VM_HUGETLB ? TIERSCOPE_MAPPING_HUGETLB : 0);
}

static u64 mapping_offset(const struct vm_area_struct *vma)
{
	return vma->vm_file ? (u64)vma->vm_pgoff << PAGE_SHIFT : 0;
}

/* As /proc/PID/maps has it; NULL for one without a name. */
static const char *mapping_name(struct vm_area_struct *vma, char *buffer,
				size_t size)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_file) {
		const char *path = tierscope_file_user_path(vma->vm_file,
							    buffer, size);

		return IS_ERR(path) ? NULL : path;
	}
	if (vma->vm_ops && vma->vm_ops->name) {
		const char *name = vma->vm_ops->name(vma);

		/* "[vdso]": the text belongs to the mapping, which may go. */
		if (!name || strscpy(buffer, name, size) < 0)
			return NULL;
		return buffer;
	}
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return NULL;
}

static u64 mapping_layout_add(u64 layout, const struct vm_area_struct *vma)
{
	return tierscope_layout_add(layout, vma->vm_start, vma->vm_end,
				    mapping_offset(vma), mapping_flags(vma));
}

int tierscope_mapping_take(struct tierscope_mapping *mapping,
			   struct vm_area_struct *vma, unsigned long address,
			   u64 *layout, unsigned long *spent)
{
	unsigned long began = jiffies;
	int ret;

	mapping->start = max(vma->vm_start, address);
	mapping->end = vma->vm_end;
	mapping->flags = mapping_flags(vma);
	mapping->offset = mapping_offset(vma);
	if (vma->vm_file)
		mapping->offset += mapping->start - vma->vm_start;
	mapping->name = mapping_name(vma, mapping->buffer,
				     sizeof(mapping->buffer));
	*layout = mapping_layout_add(*layout, vma);
	tierscope_tally_reset(mapping->tally);
	ret = tierscope_walk_range(vma->vm_mm, mapping->start, mapping->end,
				   mapping->tally,
				   tierscope_walk_deadline(*spent));
	*spent += jiffies - began;
	return ret;
}

u64 tierscope_mapping_layout(struct mm_struct *mm, unsigned long end)
{
	VMA_ITERATOR(iterator, mm, 0);
	struct vm_area_struct *vma;
	u64 layout = 0;

	for_each_vma_range(iterator, vma, end)
		layout = mapping_layout_add(layout, vma);
	return layout;
}

size_t tierscope_mapping_bytes(u32 cells)
{
	return 3 * nla_total_size(sizeof(u32)) +	/* PID, FLAGS, GENERATION */
	       3 * nla_total_size_64bit(sizeof(u64)) +	/* START, END, OFFSET */
	       nla_total_size(TIERSCOPE_NAME_MAX) +
	       tierscope_tally_message_bytes(cells);
}

int tierscope_mapping_put(struct sk_buff *skb, u32 pid, u32 generation,
			  const struct tierscope_mapping *mapping)
{
	const int pad = TIERSCOPE_MAPPING_PAD;

	if (nla_put_u32(skb, TIERSCOPE_MAPPING_PID, pid) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_MAPPING_START, mapping->start, pad) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_MAPPING_END, mapping->end, pad) ||
	    nla_put_u32(skb, TIERSCOPE_MAPPING_FLAGS, mapping->flags) ||
	    nla_put_u32(skb, TIERSCOPE_MAPPING_GENERATION, generation) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_MAPPING_OFFSET, mapping->offset, pad))
		return -EMSGSIZE;
	if (mapping->name &&
	    nla_put_string(skb, TIERSCOPE_MAPPING_NAME, mapping->name))
		return -EMSGSIZE;
	return tierscope_tally_put(skb, mapping->tally, &mapping_attrs);
}
