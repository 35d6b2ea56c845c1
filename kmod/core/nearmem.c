// SPDX-License-Identifier: GPL-2.0-only
#include "nearmem.h"

#define PAGES_MAX	(TIERSCOPE_NEARMEM_BINS - 1)

void tierscope_nearmem_add(struct tierscope_nearmem_slots *slots, __u64 base,
			   __u64 offset, __u64 n)
{
	__u64 slot = base + offset;

	/* A section of a large cache goes past its end once a turn. */
	if (slot >= slots->n)
		slot %= slots->n;
	for (; n; n--) {
		if (slots->pages[slot] < PAGES_MAX)
			slots->pages[slot]++;
		if (++slot == slots->n)
			slot = 0;
	}
}

void tierscope_nearmem_histogram(const __u8 *pages, __u64 n,
				 __u64 bins[TIERSCOPE_NEARMEM_BINS])
{
	__u64 i;

	for (i = 0; i < n; i++)
		bins[pages[i]]++;
}
