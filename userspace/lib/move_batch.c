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

static void separate(struct tierscope_mover *mover, size_t slot, int node)
{
	mover->addresses[slot] = NOWHERE;
	mover->nodes[slot] = node;
	mover->status[slot] = UNSET;
}

static long move(struct tierscope_mover *mover, size_t n)
{
	return mover->call->fn(mover->call->data, mover->pid, n, mover->addresses,
			       mover->nodes, mover->status, mover->options->shared);
}

/* ---- small pages of one range --------------------------------------------- */

static size_t slot_in_run(size_t page)
{
	return page + page / GROUP_PAGES;
}

/* Entries after all, with what the call said. */
static void expand(struct tierscope_mover *mover)
{
	const struct tierscope_range *range = mover->run.range;

	for (size_t i = 0; i < mover->run.pages; i++)
		mover->entries[i] = (struct tierscope_move_entry){
			.range = range,
			.address = range->address + (mover->run.first + i) * SMALL_PAGE,
			.status = mover->status[slot_in_run(i)],
		};
	mover->n = mover->run.pages;
}

/* Nearly always all arrive. What is done here for each page counts: moving it
 * takes the kernel 8000 instructions, and an entry took 50. */
static long call_run(struct tierscope_mover *mover)
{
	const struct tierscope_range *range = mover->run.range;
	const uint64_t start = range->address + mover->run.first * SMALL_PAGE;
	const size_t pages = mover->run.pages;
	const int to = range->to;
	size_t n = 0, arrived = 0;
	long r;

	for (size_t i = 0; i < pages; i++, n++) {
		mover->addresses[n] = start + i * SMALL_PAGE;
		mover->nodes[n] = to;
		mover->status[n] = UNSET;
		if (i % GROUP_PAGES == GROUP_PAGES - 1)
			separate(mover, ++n, to);
	}
	r = move(mover, n);
	while (arrived < pages && mover->status[slot_in_run(arrived)] == to)
		arrived++;
	if (arrived == pages)
		tierscope_move_settle_moved(mover, range, pages);
	else
		expand(mover);
	mover->run.pages = 0;
	return r;
}

/* ---- any pages -------------------------------------------------------------- */

/* With @careful the first group's pages go one by one. */
static long call(struct tierscope_mover *mover, bool careful)
{
	uint64_t group = 0;
	size_t n = 0;
	long r;

	if (mover->run.pages)
		return call_run(mover);
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
	r = move(mover, n);
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
		tierscope_move_settle(mover, entry, TIERSCOPE_MOVED_BUSY);
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
			tierscope_move_settle(mover, &entry, TIERSCOPE_MOVED_NO_ROOM);
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

	while (mover->n || mover->run.pages) {
		long r = call(mover, careful);
		int error;

		tierscope_move_settle_known(mover);
		if (r < 0 && r != -ENOMEM)
			return r == -EINVAL ? -ESRCH : r;
		error = mover->n ? look_again(mover) : 0;
		if (error)
			return error;
		tierscope_move_settle_known(mover);
		blame(mover, r);
		careful = true;
	}
	return mover->failed;
}
