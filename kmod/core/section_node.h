/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The node of a section of physical memory, in one byte.
 */
#ifndef TIERSCOPE_CORE_SECTION_NODE_H
#define TIERSCOPE_CORE_SECTION_NODE_H

#include "types.h"

/* No online memory here, as far as the table knows. */
#define TIERSCOPE_SECTION_NONE	0xff
/* Two nodes share the section, or the number does not fit: ask the page. */
#define TIERSCOPE_SECTION_MIXED	0xfe

/* What a section is after a part of it turned out to be on @node. */
static inline __u8 tierscope_section_merge(__u8 have, __u32 node)
{
	if (node >= TIERSCOPE_SECTION_MIXED)
		return TIERSCOPE_SECTION_MIXED;
	if (have == TIERSCOPE_SECTION_NONE || have == node)
		return node;
	return TIERSCOPE_SECTION_MIXED;
}

#endif /* TIERSCOPE_CORE_SECTION_NODE_H */
