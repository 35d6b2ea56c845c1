// SPDX-License-Identifier: LGPL-2.1-or-later
/* What became of the pages of a batch, by their statuses. */
#include "move_batch.h"

#include <errno.h>

/* So often one after the other, and the target is full. */
#define FULL		16

void tierscope_move_count(struct tierscope_mover *mover,
			  const struct tierscope_range *range,
			  uint64_t page_bytes, enum tierscope_moved outcome,
			  uint64_t pages)
{
	int error = tierscope_move_tally_add(mover->tally, range->from,
					     range->to, page_bytes, outcome,
					     pages);

	if (error)
		mover->failed = error;
	mover->done_bytes += pages * page_bytes;
}

/* NULL if there are too many to remember. */
static struct tierscope_refusal *refusal_of(struct tierscope_mover *mover,
					    const struct tierscope_range *range)
{
	for (size_t i = 0; i < REFUSALS_MAX; i++) {
		struct tierscope_refusal *at = &mover->refusals[i];

		if (!at->page_bytes)
			*at = (struct tierscope_refusal){ range->to, range->page_bytes, 0 };
		if (at->to == range->to && at->page_bytes == range->page_bytes)
			return at;
	}
	return NULL;
}

bool tierscope_move_is_full(struct tierscope_mover *mover,
			    const struct tierscope_range *range)
{
	const struct tierscope_refusal *refusal = refusal_of(mover, range);

	return refusal && refusal->times >= FULL;
}

/* Whether a page that was taken for a huge one is none: its neighbour did not
 * come along. */
static bool is_small(struct tierscope_mover *mover,
		     const struct tierscope_move_entry *entry,
		     enum tierscope_moved outcome)
{
	const uint64_t neighbour = entry->address + SMALL_PAGE;
	int node;

	if (!(entry->range->flags & TIERSCOPE_RANGE_GUESSED) ||
	    outcome == TIERSCOPE_MOVED_BUSY ||
	    outcome == TIERSCOPE_MOVED_NO_ROOM)
		return false;
	return outcome != TIERSCOPE_MOVED ||
	       (!tierscope_query_nodes(mover->call, mover->pid, 1, &neighbour,
				       &node) && node != entry->range->to);
}

void tierscope_move_settle_moved(struct tierscope_mover *mover,
				 const struct tierscope_range *range,
				 uint64_t pages)
{
	struct tierscope_refusal *refusal = refusal_of(mover, range);

	if (refusal)
		refusal->times = 0;
	tierscope_move_count(mover, range, range->page_bytes, TIERSCOPE_MOVED,
			     pages);
}

void tierscope_move_settle(struct tierscope_mover *mover,
			   const struct tierscope_move_entry *entry,
			   enum tierscope_moved outcome)
{
	const struct tierscope_range *range = entry->range;
	struct tierscope_refusal *refusal = refusal_of(mover, range);

	if (refusal && outcome == TIERSCOPE_MOVED)
		refusal->times = 0;
	if (refusal && outcome == TIERSCOPE_MOVED_NO_ROOM)
		refusal->times++;
	if (!is_small(mover, entry, outcome)) {
		tierscope_move_count(mover, range, range->page_bytes, outcome, 1);
		return;
	}
	tierscope_move_count(mover, range, SMALL_PAGE, outcome, 1);
	mover->again[mover->n_again++] = (struct tierscope_range){
		.address = entry->address + SMALL_PAGE,
		.pages = range->page_bytes / SMALL_PAGE - 1,
		.page_bytes = SMALL_PAGE,
		.from = range->from,
		.to = range->to,
	};
}

/* What a status says for good; false if it is not known yet. */
static bool outcome_of(int status, int to, enum tierscope_moved *ret)
{
	if (status == to)
		*ret = TIERSCOPE_MOVED;
	else if (status == -ENOENT)
		*ret = TIERSCOPE_MOVED_GONE;
	else if (status == -EFAULT)
		*ret = TIERSCOPE_MOVED_SPECIAL;
	else if (status == -EACCES)
		*ret = TIERSCOPE_MOVED_SHARED;
	else if (status == -ENOMEM)
		*ret = TIERSCOPE_MOVED_NO_ROOM;
	else
		return false;
	return true;
}

/* How many from @first on, neighbours in a range, are where they should be
 * without a doubt. */
static size_t arrived(const struct tierscope_mover *mover, size_t first)
{
	const struct tierscope_range *range = mover->entries[first].range;
	size_t i = first;

	if (range->flags & TIERSCOPE_RANGE_GUESSED)
		return 0;
	while (i < mover->n && mover->entries[i].range == range &&
	       mover->entries[i].status == range->to)
		i++;
	return i - first;
}

void tierscope_move_settle_known(struct tierscope_mover *mover)
{
	enum tierscope_moved outcome;
	size_t kept = 0, n = 0;

	for (size_t i = 0; i < mover->n; i += n ? n : 1) {
		struct tierscope_move_entry *entry = &mover->entries[i];

		n = arrived(mover, i);
		if (n)
			tierscope_move_settle_moved(mover, entry->range, n);
		else if (outcome_of(entry->status, entry->range->to, &outcome))
			tierscope_move_settle(mover, entry, outcome);
		else
			mover->entries[kept++] = *entry;
	}
	mover->n = kept;
}
