/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_MAPPING_H
#define TIERSCOPE_MAPPING_H

#include <linux/tierscope.h>
#include <linux/types.h>

struct mm_struct;
struct sk_buff;
struct tierscope_tally;
struct vm_area_struct;

/**
 * struct tierscope_mapping - what one message says
 * @start: address
 * @end: address after the last
 * @flags: TIERSCOPE_MAPPING_READ and so on
 * @offset: bytes into the file
 * @name: in @buffer, or the kernel's, or NULL
 * @tally: what the walk counted
 * @buffer: for a path
 */
struct tierscope_mapping {
	unsigned long start;
	unsigned long end;
	u32 flags;
	u64 offset;
	const char *name;
	struct tierscope_tally *tally;
	char buffer[TIERSCOPE_NAME_MAX];
};

/*
 * Describe @vma, from @address on if that is within it, and count its pages;
 * its fingerprint is added to @layout, and the jiffies that it took to @spent.
 * The mmap lock is as with tierscope_walk_range(), whose errors these are.
 */
int tierscope_mapping_take(struct tierscope_mapping *mapping,
			   struct vm_area_struct *vma, unsigned long address,
			   u64 *layout, unsigned long *spent);

/* The fingerprint of the mappings below @end, not 0; with the mmap lock held. */
u64 tierscope_mapping_layout(struct mm_struct *mm, unsigned long end);

/* Room for a message's attributes with @cells cells. */
size_t tierscope_mapping_bytes(u32 cells);

/* 0, or -EMSGSIZE. */
int tierscope_mapping_put(struct sk_buff *skb, u32 pid, u32 generation,
			  const struct tierscope_mapping *mapping);

#endif /* TIERSCOPE_MAPPING_H */
