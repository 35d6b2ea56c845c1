/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of page frames. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open addressing; 0 is an empty place, as it is no frame of a process. */
struct tierscope_frames {
	size_t n;
	size_t room;		/* a power of two */
	uint64_t *frames;
};

/* Whether it was there before; puts it there, unless there is no memory. 0,
 * which pagemap says to whoever may not know, is never there. */
bool tierscope_frames_have(struct tierscope_frames *frames, uint64_t frame);
void tierscope_frames_clear(struct tierscope_frames *frames);
