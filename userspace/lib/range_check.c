// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is still where it was put; and the life of a finder. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "finder.h"

int tierscope_finder_new(struct tierscope_finder **ret)
{
	struct tierscope_finder *finder = calloc(1, sizeof(*finder));

	if (!finder)
		return -ENOMEM;
	*ret = finder;
	return 0;
}

void tierscope_finder_free(struct tierscope_finder *finder)
{
	if (!finder)
		return;
	tierscope_frames_clear(&finder->frames);
	free(finder);
}

void tierscope_finder_alone(struct tierscope_finder *finder)
{
	finder->alone = true;
}

/* Neighbours that are on @range's node, together. */
static int hand_over(const struct tierscope_range *range, uint64_t first,
		     const int *nodes, size_t n, tierscope_range_fn fn, void *data)
{
	int error = 0;

	for (size_t i = 0, like; !error && i < n; i += like) {
		bool there = nodes[i] == range->from;

		like = 1;
		while (i + like < n && (nodes[i + like] == range->from) == there)
			like++;
		if (there) {
			struct tierscope_range part = *range;

			part.address += (first + i) * range->page_bytes;
			part.pages = like;
			if (part.page_bytes == 512 * TIERSCOPE_SMALL_PAGE)
				part.flags |= TIERSCOPE_RANGE_GUESSED;
			error = fn(&part, data);
		}
	}
	return error;
}

int tierscope_range_check(struct tierscope *ts, pid_t pid,
			  const struct tierscope_range *range,
			  tierscope_range_fn fn, void *data)
{
	uint64_t addresses[TIERSCOPE_QUERY_MAX];
	int nodes[TIERSCOPE_QUERY_MAX], error = 0;
	size_t n;

	for (uint64_t first = 0; !error && first < range->pages; first += n) {
		n = range->pages - first < TIERSCOPE_QUERY_MAX ?
		    range->pages - first : TIERSCOPE_QUERY_MAX;
		for (size_t i = 0; i < n; i++)
			addresses[i] = range->address +
				       (first + i) * range->page_bytes;
		error = tierscope_query_nodes(&tierscope_move_call_kernel, pid,
					      n, addresses, nodes);
		if (error)
			return tierscope_fail(ts, error,
					      "cannot find the pages of process %d: %s",
					      pid, strerror(-error));
		error = hand_over(range, first, nodes, n, fn, data);
	}
	return error;
}
