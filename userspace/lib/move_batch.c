// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Moving pages in batches, and what became of each.
 *
 * What move_pages(2) does not say, and is so on 6.1 and 6.12: it collects pages
 * and migrates them together when one of them cannot be collected, when the
 * node changes, or at the end. All that are collected are away from the process
 * at once, so that they are kept few: an address that nobody can have stands
 * after each group, and ends it. A call costs much more than a group (it empties
 * what every CPU keeps back of the page lists), so there are many groups in a
 * call. When a page of a group stays where it is, the call ends there, without a
 * status for that group and what comes after it.
 */
#include "move_batch.h"

#include <errno.h>
#include <limits.h>

/* In the kernel's half. */
#define NOWHERE		(-SMALL_PAGE)
#define UNSET		INT_MIN
#define TRIES		2
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

static void settle(struct tierscope_mover *mover,
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

/* Settles those that have a status, and keeps the others. */
static void settle_known(struct tierscope_mover *mover)
{
	enum tierscope_moved outcome;
	size_t kept = 0;

	for (size_t i = 0; i < mover->n; i++) {
		struct tierscope_move_entry *entry = &mover->entries[i];

		if (outcome_of(entry->status, entry->range->to, &outcome))
			settle(mover, entry, outcome);
		else
			mover->entries[kept++] = *entry;
	}
	mover->n = kept;
}

static void separate(struct tierscope_mover *mover, size_t slot, int node)
{
	mover->addresses[slot] = NOWHERE;
	mover->nodes[slot] = node;
	mover->status[slot] = UNSET;
}

/* With @careful the first group's pages go one by one. */
static long call(struct tierscope_mover *mover, bool careful)
{
	uint64_t group = 0;
	size_t n = 0;
	long r;

	for (size_t i = 0; i < mover->n; i++) {
		struct tierscope_move_entry *entry = &mover->entries[i];

		entry->slot = n;
		entry->alone = careful && i < GROUP_PAGES;
		mover->addresses[n] = entry->address;
		mover->nodes[n] = entry->range->to;
		mover->status[n++] = UNSET;
		group += entry->range->page_bytes;
		if (entry->alone || group >= TIERSCOPE_MOVE_GROUP_BYTES) {
			separate(mover, n++, entry->range->to);
			group = 0;
		}
	}
	r = mover->call->fn(mover->call->data, mover->pid, n, mover->addresses,
			    mover->nodes, mover->status, mover->options->shared);
	for (size_t i = 0; i < mover->n; i++)
		mover->entries[i].status = mover->status[mover->entries[i].slot];
	return r;
}

/* Where those are that have no status: groups before and after the one that a
 * call ended at may be there, and so may what could not be taken. */
static int look_again(struct tierscope_mover *mover)
{
	int error;

	for (size_t i = 0; i < mover->n; i++)
		mover->addresses[i] = mover->entries[i].address;
	error = tierscope_query_nodes(mover->call, mover->pid, mover->n,
				      mover->addresses, mover->nodes);
	for (size_t i = 0; !error && i < mover->n; i++)
		if (mover->nodes[i] == mover->entries[i].range->to ||
		    mover->nodes[i] == -ENOENT || mover->nodes[i] == -EFAULT)
			mover->entries[i].status = mover->nodes[i];
	return error;
}

static void settle_busy(struct tierscope_mover *mover,
			const struct tierscope_move_entry *entry)
{
	if (mover->last || mover->n_later == LATER_MAX) {
		settle(mover, entry, TIERSCOPE_MOVED_BUSY);
		return;
	}
	mover->later[mover->n_later] = *entry->range;
	mover->later[mover->n_later].address = entry->address;
	mover->later[mover->n_later++].pages = 1;
}

/* Of those that are left after a call, the pages that are to blame: what could
 * not be taken, and, if it was alone in its group, what the call ended at. */
static void blame(struct tierscope_mover *mover, long r)
{
	bool ended = false;
	size_t kept = 0;

	for (size_t i = 0; i < mover->n; i++) {
		struct tierscope_move_entry entry = mover->entries[i];
		bool no_room = false;

		if (entry.status != UNSET) {
			entry.tries++;
		} else if (!ended) {
			ended = true;
			entry.tries += entry.alone;
			no_room = entry.alone && r == -ENOMEM;
		}
		if (no_room || tierscope_move_is_full(mover, entry.range))
			settle(mover, &entry, TIERSCOPE_MOVED_NO_ROOM);
		else if (entry.tries >= TRIES)
			settle_busy(mover, &entry);
		else
			mover->entries[kept++] = entry;
	}
	mover->n = kept;
}

int tierscope_move_batch(struct tierscope_mover *mover)
{
	bool careful = false;

	while (mover->n) {
		long r = call(mover, careful);
		int error;

		settle_known(mover);
		if (r < 0 && r != -ENOMEM)
			return r == -EINVAL ? -ESRCH : r;
		error = mover->n ? look_again(mover) : 0;
		if (error)
			return error;
		settle_known(mover);
		blame(mover, r);
		careful = true;
	}
	return mover->failed;
}
