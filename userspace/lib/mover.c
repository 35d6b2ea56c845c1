// SPDX-License-Identifier: LGPL-2.1-or-later
/* Moving pages, batch after batch. */
#include "mover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "context.h"
#include "move_batch.h"
#include "scope.h"

struct cursor {
	const struct tierscope_range *ranges;
	size_t n;
	uint64_t page;		/* of the first range */
};

static void count_all(struct tierscope_mover *mover,
		      const struct tierscope_range *range,
		      enum tierscope_moved outcome, uint64_t pages)
{
	tierscope_move_count(mover, range, range->page_bytes, outcome, pages);
}

static void add_entries(struct tierscope_mover *mover,
			const struct tierscope_range *range, uint64_t first,
			uint64_t n)
{
	struct tierscope_move_entry *entry = &mover->entries[mover->n];

	for (uint64_t i = first; i < first + n; i++)
		*entry++ = (struct tierscope_move_entry){
			.range = range,
			.address = range->address + i * range->page_bytes,
		};
	mover->n += n;
}

/* What is surely small pages, and enough for all of a batch. */
static bool has_run(const struct cursor *cursor, uint64_t pages)
{
	return pages && cursor->ranges->page_bytes == SMALL_PAGE &&
	       cursor->ranges->pages - cursor->page >= pages;
}

static uint64_t add_run(struct tierscope_mover *mover, struct cursor *cursor,
			uint64_t pages)
{
	mover->run = (struct tierscope_move_run){
		cursor->ranges, cursor->page, pages,
	};
	cursor->page += pages;
	return pages * SMALL_PAGE;
}

static uint64_t fill(struct tierscope_mover *mover, struct cursor *cursor)
{
	uint64_t most = mover->options->batch_bytes, bytes = 0, fits, n;

	if (!most || most > TIERSCOPE_MOVE_BATCH_BYTES)
		most = TIERSCOPE_MOVE_BATCH_BYTES;
	while (cursor->n) {
		const struct tierscope_range *range = cursor->ranges;

		if (cursor->page < range->pages && tierscope_move_is_full(mover, range)) {
			count_all(mover, range, TIERSCOPE_MOVED_NO_ROOM,
				  range->pages - cursor->page);
			cursor->page = range->pages;
		}
		/* What came before it is a batch of its own. */
		if (has_run(cursor, most / SMALL_PAGE))
			return mover->n ? bytes :
			       add_run(mover, cursor, most / SMALL_PAGE);
		fits = bytes < most ? (most - bytes) / range->page_bytes : 0;
		if (!fits && !mover->n)
			fits = 1;
		n = fits < range->pages - cursor->page ?
		    fits : range->pages - cursor->page;
		add_entries(mover, range, cursor->page, n);
		cursor->page += n;
		bytes += n * range->page_bytes;
		if (cursor->page < range->pages)
			return bytes;
		cursor->ranges++;
		cursor->n--;
		cursor->page = 0;
	}
	return bytes;
}

static void give_up(struct tierscope_mover *mover, struct cursor *cursor,
		    int error)
{
	enum tierscope_moved outcome = error == -ESRCH ?
		TIERSCOPE_MOVED_GONE : TIERSCOPE_MOVED_NOT_TRIED;

	if (mover->run.pages)
		count_all(mover, mover->run.range, outcome, mover->run.pages);
	for (size_t i = 0; i < mover->n; i++)
		count_all(mover, mover->entries[i].range, outcome, 1);
	for (size_t i = 0; i < mover->n_again; i++)
		count_all(mover, &mover->again[i], outcome,
			  mover->again[i].pages);
	for (size_t i = 0; i < mover->n_later; i++)
		count_all(mover, &mover->later[i], TIERSCOPE_MOVED_BUSY, 1);
	mover->run.pages = mover->n = mover->n_again = mover->n_later = 0;
	for (; cursor->n; cursor->n--, cursor->ranges++, cursor->page = 0)
		count_all(mover, cursor->ranges, outcome,
			  cursor->ranges->pages - cursor->page);
}

static int move_ranges(struct tierscope_mover *mover,
		       const struct tierscope_range *ranges, size_t n);

/* What has come together in a list of the mover's, which is empty then. */
static int move_list(struct tierscope_mover *mover,
		     const struct tierscope_range *list, size_t *n)
{
	struct tierscope_range *ranges scope_free = NULL;
	size_t all = *n;

	if (!all)
		return 0;
	ranges = calloc(all, sizeof(*ranges));
	if (!ranges)
		return -ENOMEM;
	memcpy(ranges, list, all * sizeof(*ranges));
	*n = 0;
	return move_ranges(mover, ranges, all);
}

static int move_ranges(struct tierscope_mover *mover,
		       const struct tierscope_range *ranges, size_t n)
{
	const struct tierscope_move_options *options = mover->options;
	struct cursor cursor = { .ranges = ranges, .n = n };
	int error = 0;

	for (;;) {
		uint64_t bytes = fill(mover, &cursor);

		if (!bytes)
			break;
		if (options->before)
			error = options->before(mover->done_bytes, bytes,
						options->data);
		if (!error)
			error = tierscope_move_batch(mover);
		if (!error)
			error = move_list(mover, mover->again, &mover->n_again);
		if (error)
			break;
	}
	if (error)
		give_up(mover, &cursor, error);
	return error;
}

/*
 * What was busy, when all others have moved: at once, and then after ever longer
 * pauses. A page of a program's text is busy as long as its threads meet there,
 * each of which holds it for a moment.
 */
static int move_later(struct tierscope_mover *mover)
{
	static const long pauses_ns[] = { 0, 1000000, 10000000, 100000000 };
	const size_t rounds = sizeof(pauses_ns) / sizeof(pauses_ns[0]);
	int error = 0;

	for (size_t i = 0; !error && mover->n_later && i < rounds; i++) {
		const struct timespec pause = { .tv_nsec = pauses_ns[i] };

		/* A signal makes it shorter, and that is as well. */
		nanosleep(&pause, NULL);
		mover->last = i + 1 == rounds;
		error = move_list(mover, mover->later, &mover->n_later);
	}
	return error;
}

static int explain(struct tierscope *ts, pid_t pid, int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ESRCH:
		return tierscope_fail(ts, error, "process %d has ended", pid);
	case -EPERM:
		return tierscope_fail(ts, error,
				      "process %d is somebody else's, which needs CAP_SYS_PTRACE, and CAP_SYS_NICE for what is mapped more than once",
				      pid);
	case -EACCES:
		return tierscope_fail(ts, error,
				      "the cpuset of process %d does not have the node",
				      pid);
	case -ENODEV:
		return tierscope_fail(ts, error, "the node has no memory");
	}
	return tierscope_fail(ts, error, "moving pages of process %d: %s", pid,
			      strerror(-error));
}

int tierscope_move_by(const struct tierscope_move_call *by,
		      struct tierscope *ts, pid_t pid,
		      const struct tierscope_range *ranges, size_t n,
		      const struct tierscope_move_options *options,
		      struct tierscope_move_tally *tally)
{
	struct tierscope_mover *mover scope_free = calloc(1, sizeof(*mover));
	int error;

	if (!mover)
		return tierscope_fail(ts, -ENOMEM, "out of memory");
	mover->call = by;
	mover->pid = pid;
	mover->options = options;
	mover->tally = tally;
	error = move_ranges(mover, ranges, n);
	if (!error)
		error = move_later(mover);
	return explain(ts, pid, error);
}

int tierscope_move(struct tierscope *ts, pid_t pid,
		   const struct tierscope_range *ranges, size_t n,
		   const struct tierscope_move_options *options,
		   struct tierscope_move_tally *tally)
{
	return tierscope_move_by(&tierscope_move_call_kernel, ts, pid, ranges, n,
				 options, tally);
}
