/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_SECTION_H
#define TIERSCOPE_SECTION_H

int tierscope_section_init(void);
void tierscope_section_exit(void);

/*
 * The node of a page frame of ordinary memory, or NUMA_NO_NODE if there is
 * none (device memory, a hole). Call it under rcu_read_lock().
 */
int tierscope_section_node(unsigned long pfn);

#endif /* TIERSCOPE_SECTION_H */
