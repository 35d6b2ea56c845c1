// SPDX-License-Identifier: LGPL-2.1-or-later
#include "frames.h"

#include <stdlib.h>

/* Where @frame is or would be. Knuth's multiplier spreads neighbours. */
static uint64_t *place(const struct tierscope_frames *frames, uint64_t frame)
{
	size_t at = (size_t)(frame * 0x9e3779b97f4a7c15ULL >> 20);

	for (;; at++) {
		uint64_t *place = &frames->frames[at & (frames->room - 1)];

		if (!*place || *place == frame)
			return place;
	}
}

static bool grow(struct tierscope_frames *frames)
{
	struct tierscope_frames larger = {
		.n = frames->n, .room = frames->room ? 2 * frames->room : 1024,
	};

	larger.frames = calloc(larger.room, sizeof(*larger.frames));
	if (!larger.frames)
		return false;
	for (size_t i = 0; i < frames->room; i++)
		if (frames->frames[i])
			*place(&larger, frames->frames[i]) = frames->frames[i];
	free(frames->frames);
	*frames = larger;
	return true;
}

bool tierscope_frames_have(struct tierscope_frames *frames, uint64_t frame)
{
	uint64_t *at;

	if (!frame || (frames->n * 2 >= frames->room && !grow(frames)))
		return false;
	at = place(frames, frame);
	if (*at)
		return true;
	*at = frame;
	frames->n++;
	return false;
}

void tierscope_frames_clear(struct tierscope_frames *frames)
{
	free(frames->frames);
	*frames = (struct tierscope_frames){ 0 };
}
