/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tier of a node that nobody has told the module.
 */
#ifndef TIERSCOPE_CORE_TIER_H
#define TIERSCOPE_CORE_TIER_H

#include <linux/tierscope.h>

#include "types.h"

/*
 * Memory without CPUs is what a pmem namespace in system-ram mode looks like.
 * Memory Mode cannot be seen from here: its nodes have CPUs and pass as DRAM
 * until user space, which reads the HMAT's cache tables, says otherwise.
 */
static inline enum tierscope_tier tierscope_tier_infer(bool has_cpus,
						       bool has_memory)
{
	if (!has_memory)
		return TIERSCOPE_TIER_UNKNOWN;
	return has_cpus ? TIERSCOPE_TIER_DRAM : TIERSCOPE_TIER_PMEM;
}

#endif /* TIERSCOPE_CORE_TIER_H */
