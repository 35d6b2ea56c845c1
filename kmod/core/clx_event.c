// SPDX-License-Identifier: GPL-2.0-only
#include <linux/errno.h>

#include "clx_event.h"

int tierscope_clx_decode(__u64 config, const struct tierscope_clx_event *events,
			 unsigned int n, __u32 *ret_set)
{
	__u32 umask = (config & TIERSCOPE_CLX_UMASK) >> 8, rest = umask;
	__u32 set = 0;

	if (config & (TIERSCOPE_CLX_EDGE | TIERSCOPE_CLX_INV |
		      TIERSCOPE_CLX_THRESH))
		return -EINVAL;
	for (unsigned int i = 0; i < n; i++) {
		const struct tierscope_clx_event *e = &events[i];

		if (e->event != (config & TIERSCOPE_CLX_EVENT))
			continue;
		if (e->umask == umask) {
			*ret_set = e->set;
			return 0;
		}
		if (!e->part || (rest & e->umask) != e->umask)
			continue;
		rest &= ~(__u32)e->umask;
		set |= e->set;
	}
	if (!umask || rest)
		return -EINVAL;
	*ret_set = set;
	return 0;
}
