/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_MM_LOCK_H
#define TIERSCOPE_MM_LOCK_H

struct mm_struct;

/*
 * Takes the mmap lock of @mm for reading, behind those who wait for it already.
 * The caller holds mm_users. 0, and mmap_read_unlock() gives it back; -EINTR if
 * a fatal signal came; -EBUSY if @deadline (in jiffies) did; -ENOMEM.
 */
int tierscope_mm_lock(struct mm_struct *mm, unsigned long deadline);

#endif /* TIERSCOPE_MM_LOCK_H */
