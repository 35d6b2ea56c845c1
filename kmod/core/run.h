/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of page-table entries that count alike.
 *
 * Neighbouring entries differ in little but the page frame within a section of
 * physical memory. Telling runs apart by one masked comparison an entry, and
 * doing all the rest once a run, is what makes a walk cheap.
 */
#ifndef TIERSCOPE_CORE_RUN_H
#define TIERSCOPE_CORE_RUN_H

#include "types.h"

/* Entries change under us: each is read exactly once, and whole. */
static inline __u64 tierscope_run_read(const __u64 *entry)
{
	return *(const volatile __u64 *)entry;
}

/* Entries that are compared at once, without a branch: 3 instructions each. */
#define TIERSCOPE_RUN_WIDTH	16

static inline __u64 tierscope_run_differ(const __u64 *entry, __u64 first)
{
	__u64 differ = 0;
	size_t i;

#pragma GCC unroll 16
	for (i = 0; i < TIERSCOPE_RUN_WIDTH; i++)
		differ |= tierscope_run_read(&entry[i]) ^ first;
	return differ;
}

/*
 * How many entries from entry[0] on, of at most @n, equal @first in the bits
 * of @mask. @first is what was read of entry[0], so the answer is at least 1;
 * @n is not 0.
 *
 * One by one while the run is short, so that pages that are interleaved over
 * nodes, where every run is, cost little more than they must.
 */
static inline size_t tierscope_run_length(const __u64 *entry, size_t n,
					  __u64 first, __u64 mask)
{
	size_t i;

	for (i = 1; i < n; i++) {
		if (i % TIERSCOPE_RUN_WIDTH == 0)
			while (i + TIERSCOPE_RUN_WIDTH <= n &&
			       !(tierscope_run_differ(&entry[i], first) & mask))
				i += TIERSCOPE_RUN_WIDTH;
		if (i == n || (tierscope_run_read(&entry[i]) ^ first) & mask)
			break;
	}
	return i;
}

/*
 * The same for entries that are 0, as entry[0] was: most of a sparse table is,
 * and there is less to compare.
 */
static inline size_t tierscope_run_none(const __u64 *entry, size_t n)
{
	size_t i = 1;

	while (i + 8 <= n) {
		__u64 any = tierscope_run_read(&entry[i]);

		any |= tierscope_run_read(&entry[i + 1]);
		any |= tierscope_run_read(&entry[i + 2]);
		any |= tierscope_run_read(&entry[i + 3]);
		any |= tierscope_run_read(&entry[i + 4]);
		any |= tierscope_run_read(&entry[i + 5]);
		any |= tierscope_run_read(&entry[i + 6]);
		any |= tierscope_run_read(&entry[i + 7]);
		if (any)
			break;
		i += 8;
	}
	while (i < n && !tierscope_run_read(&entry[i]))
		i++;
	return i;
}

#endif /* TIERSCOPE_CORE_RUN_H */
