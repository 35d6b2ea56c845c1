/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "media.h"

#define WHOLE	((1U << SIM_MEDIA_PARTS) - 1)

/* Without leaving the loop early, which compilers turn into vectors: a branch a
 * line would take as long as all the rest of a request. */
static unsigned int place_of(const struct sim_media *media, uint32_t line)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < SIM_MEDIA_LINES; i++)
		found |= media->line[i] == line ? i + 1 : 0;
	return found;
}

static void evict(struct sim_media *media, unsigned int i, __u64 *count)
{
	if (!media->dirty[i])
		return;
	if (media->present[i] != WHOLE)
		count[TIERSCOPE_SIM_MEDIA_READ]++;
	count[TIERSCOPE_SIM_MEDIA_WRITE]++;
}

/* Nothing of it is there yet. */
static unsigned int insert(struct sim_media *media, uint32_t line, __u64 *count)
{
	unsigned int i = media->next;

	evict(media, i, count);
	media->line[i] = line;
	media->present[i] = 0;
	media->dirty[i] = false;
	media->next = (uint8_t)((i + 1) % SIM_MEDIA_LINES);
	return i;
}

void sim_media_access(struct sim_media *media, uint32_t line, bool write,
		      __u64 count[TIERSCOPE_SIM_MEDIA_COUNTERS])
{
	uint32_t wanted = line / SIM_MEDIA_PARTS + 1;
	uint8_t part = (uint8_t)(1U << line % SIM_MEDIA_PARTS);
	unsigned int i = media->last;

	if (media->line[i] != wanted) {
		unsigned int place = place_of(media, wanted);

		i = place ? place - 1 : insert(media, wanted, count);
		media->last = (uint8_t)i;
	}
	if (write) {
		media->present[i] |= part;
		media->dirty[i] = true;
	} else if (!(media->present[i] & part)) {
		media->present[i] = WHOLE;
		count[TIERSCOPE_SIM_MEDIA_READ]++;
	}
}
