/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SECTION_H
#define TIERSCOPE_SECTION_H

#include <linux/types.h>

int tierscope_section_init(void);
void tierscope_section_exit(void);

/*
 * The node of a page frame of ordinary memory, or NUMA_NO_NODE if there is
 * none (device memory, a hole). Call it under rcu_read_lock().
 */
int tierscope_section_node(unsigned long pfn);

/* One more than the last section in which there has been memory. */
unsigned long tierscope_section_count(void);

/* Whether @node has memory in a section, alone or with another node. */
bool tierscope_section_holds(unsigned long section, int node);

#endif /* TIERSCOPE_SECTION_H */
