/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_WALK_H
#define TIERSCOPE_WALK_H

#include <linux/mm_types.h>

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

/*
 * The same for one that nothing uses any more (mm_users is 0): fatal signals
 * are nobody's reason to stop, a limit of time is. True if something was not
 * counted: the limit came, or the tally is full.
 */
bool tierscope_walk_dying(struct mm_struct *mm, u64 limit_ns,
			  struct tierscope_tally *tally);

#endif /* TIERSCOPE_WALK_H */
