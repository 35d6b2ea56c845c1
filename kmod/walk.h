/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_WALK_H
#define TIERSCOPE_WALK_H

#include <linux/mm_types.h>

struct tierscope_tally;
struct tierscope_visitor;

/*
 * Counts what the page tables of @mm map from @start up to @end into @tally.
 * Reads only: nothing is faulted in, marked or moved. The caller holds
 * mm_users and the mmap lock for reading, and still does after a return of 0;
 * in between it may have been dropped, and the mappings may have changed.
 * -EINTR if a fatal signal came, -ETIME if @deadline (in jiffies) did, -EBUSY if
 * it did while somebody else held the lock, -EOVERFLOW if the tally is full: then
 * the lock is no longer held.
 */
int tierscope_walk_range(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_tally *tally,
			 unsigned long deadline);

/* Of a process on whose walk @spent jiffies have already gone. */
unsigned long tierscope_walk_deadline(unsigned long spent);

/*
 * The same for all of @mm, as long as one process may take; takes the mmap lock
 * and drops it.
 */
int tierscope_walk_mm(struct mm_struct *mm, struct tierscope_tally *tally);

/*
 * Hands the present leaves from @start up to @end to @visitor, ascending, until
 * it stops. Takes the mmap lock and drops it, in between too. 0, -EINTR, -ETIME or
 * -EBUSY.
 */
int tierscope_walk_visit(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_visitor *visitor);

/*
 * The same for one that nothing uses any more (mm_users is 0): fatal signals
 * are nobody's reason to stop, a limit of time is. True if something was not
 * counted: the limit came, or the tally is full.
 */
bool tierscope_walk_dying(struct mm_struct *mm, u64 limit_ns,
			  struct tierscope_tally *tally);

#endif /* TIERSCOPE_WALK_H */
