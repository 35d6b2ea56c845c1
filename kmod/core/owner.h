/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose process it is, by user and group ids alone: the first half of the rule
 * of ptrace(2), "Ptrace access mode checking", for PTRACE_MODE_FSCREDS.
 */
#ifndef TIERSCOPE_CORE_OWNER_H
#define TIERSCOPE_CORE_OWNER_H

#include "types.h"

/* Ids as the kernel keeps them, whatever namespace they are shown in. */
struct tierscope_owner_ids {
	__u32 real;
	__u32 effective;
	__u32 saved;
};

/*
 * All three, because a set-uid program in the middle of its work has different
 * ones, and belongs neither to who started it nor to who owns the file.
 */
static inline bool tierscope_owner_match(__u32 asker,
					 const struct tierscope_owner_ids *ids)
{
	return asker == ids->real && asker == ids->effective &&
	       asker == ids->saved;
}

#endif /* TIERSCOPE_CORE_OWNER_H */
