// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of pages, counted by where from, where to, and size. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tierscope/move.h>

const char *tierscope_moved_name(enum tierscope_moved outcome)
{
	static const char *const names[TIERSCOPE_MOVED_OUTCOMES] = {
		[TIERSCOPE_MOVED] = "moved",
		[TIERSCOPE_MOVED_BUSY] = "busy",
		[TIERSCOPE_MOVED_NO_ROOM] = "no_room",
		[TIERSCOPE_MOVED_SHARED] = "shared",
		[TIERSCOPE_MOVED_GONE] = "gone",
		[TIERSCOPE_MOVED_SPECIAL] = "special",
		[TIERSCOPE_MOVED_NOT_TRIED] = "not_tried",
	};

	return (unsigned int)outcome < TIERSCOPE_MOVED_OUTCOMES ?
	       names[outcome] : NULL;
}

static int compare(const struct tierscope_move_count *count, int from, int to,
		   uint64_t page_bytes)
{
	if (count->from != from)
		return count->from < from ? -1 : 1;
	if (count->to != to)
		return count->to < to ? -1 : 1;
	return (count->page_bytes > page_bytes) - (count->page_bytes < page_bytes);
}

/* There are few: nodes times nodes times three sizes. */
int tierscope_move_tally_add(struct tierscope_move_tally *tally, int from,
			     int to, uint64_t page_bytes,
			     enum tierscope_moved outcome, uint64_t pages)
{
	struct tierscope_move_count *counts;
	size_t at = 0;

	while (at < tally->n &&
	       compare(&tally->counts[at], from, to, page_bytes) < 0)
		at++;
	if (at == tally->n ||
	    compare(&tally->counts[at], from, to, page_bytes)) {
		counts = reallocarray(tally->counts, tally->n + 1,
				      sizeof(*counts));
		if (!counts)
			return -ENOMEM;
		memmove(counts + at + 1, counts + at,
			(tally->n - at) * sizeof(*counts));
		counts[at] = (struct tierscope_move_count){
			.from = from, .to = to, .page_bytes = page_bytes,
		};
		tally->counts = counts;
		tally->n++;
	}
	tally->counts[at].pages[outcome] += pages;
	return 0;
}

uint64_t tierscope_move_tally_bytes(const struct tierscope_move_tally *tally,
				    enum tierscope_moved outcome)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < tally->n; i++)
		bytes += tally->counts[i].pages[outcome] *
			 tally->counts[i].page_bytes;
	return bytes;
}

void tierscope_move_tally_clear(struct tierscope_move_tally *tally)
{
	free(tally->counts);
	*tally = (struct tierscope_move_tally){ 0 };
}
