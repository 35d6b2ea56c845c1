/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_WALK_H
#define TIERSCOPE_WALK_H

#include <linux/mm_types.h>

struct tierscope_leaf_sink;
struct tierscope_tally;

/*
 * Counts what the page tables of @mm map from @start up to @end into @tally.
 * Reads only: nothing is faulted in, marked or moved. The caller holds
 * mm_users and the mmap lock for reading, and still does after a return of 0;
 * in between it may have been dropped, and the mappings may have changed.
 * -EINTR if a fatal signal came, -EOVERFLOW if the tally is full: then the
 * lock is no longer held.
 */
int tierscope_walk_range(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_tally *tally);

/* The same for all of @mm; takes the mmap lock and drops it. */
int tierscope_walk_mm(struct mm_struct *mm, struct tierscope_tally *tally);

/* And with every page frame told to @sink, which costs more. */
int tierscope_walk_frames(struct mm_struct *mm, struct tierscope_tally *tally,
			  struct tierscope_leaf_sink *sink);

#endif /* TIERSCOPE_WALK_H */
