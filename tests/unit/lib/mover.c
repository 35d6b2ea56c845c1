/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moving pages, with a stand-in for the kernel. */
#include <errno.h>
#include <string.h>

#include "lib/mover.h"
#include "suite.h"

#define BASE	0x100000000ULL
#define SMALL	4096ULL
#define HUGE	(2ULL << 20)
#define PAGES	32768
#define UNMAPPED (-1)

/**
 * struct kernel - one process's memory, and how it behaves
 * @node: of each small page, -1 for none
 * @held: so often a page stays although it was taken
 * @untaken: so often it cannot be taken
 * @refused: its status, whatever happens
 * @whole: pages of huge pages go together
 * @room: pages that the target takes
 * @ends_after: calls until the process ends, -1: never
 * @in_flight: most that were away at once
 */
static struct kernel {
	int node[PAGES];
	unsigned int held[PAGES];
	unsigned int untaken[PAGES];
	int refused[PAGES];
	bool whole[PAGES];
	long room;
	int ends_after;
	size_t calls;
	size_t moves;
	size_t in_flight;
	bool shared;
} kernel;

static void reset(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.room = PAGES;
	kernel.ends_after = -1;
}

static void go(size_t page, int to)
{
	size_t first = page, n = 1;

	if (kernel.whole[page]) {
		first = page / 512 * 512;
		n = 512;
	}
	for (size_t i = first; i < first + n; i++)
		kernel.node[i] = to;
	kernel.room -= (long)n;
	kernel.moves++;
}

/* What was taken, from @start to before @end. */
static long flush(size_t start, size_t end, const size_t *taken, size_t n, int to,
		  int *status)
{
	size_t failed = 0;
	bool no_room = false;

	if (n > kernel.in_flight)
		kernel.in_flight = n;
	for (size_t i = 0; i < n; i++) {
		size_t page = taken[i];

		if (kernel.room < (kernel.whole[page] ? 512 : 1)) {
			no_room = true;
			break;
		}
		if (kernel.held[page]) {
			kernel.held[page]--;
			failed++;
		} else {
			go(page, to);
		}
	}
	if (no_room)
		return -ENOMEM;
	if (failed)
		return (long)failed;
	for (size_t i = start; i < end; i++)
		status[i] = to;
	return 0;
}

/* 0: taken; 1: there already; else its status. */
static int take(size_t page, int to)
{
	if (page >= PAGES)
		return -EFAULT;
	if (kernel.refused[page])
		return kernel.refused[page];
	if (kernel.node[page] == UNMAPPED)
		return -ENOENT;
	if (kernel.node[page] == to)
		return 1;
	if (kernel.untaken[page]) {
		kernel.untaken[page]--;
		return -EBUSY;
	}
	return 0;
}

/* As do_pages_move() of the kernel does it. */
static long move_pages(void *data, pid_t pid, size_t n, const uint64_t *addresses,
		       const int *nodes, int *status, bool shared)
{
	static size_t taken[3 * PAGES];
	size_t n_taken = 0, start = 0;
	long r;

	(void)data;
	(void)pid;
	if (kernel.ends_after >= 0 && kernel.calls >= (size_t)kernel.ends_after)
		return -ESRCH;
	if (!nodes) {
		for (size_t i = 0; i < n; i++) {
			size_t page = (addresses[i] - BASE) / SMALL;

			status[i] = page >= PAGES ? -EFAULT :
				    kernel.node[page] == UNMAPPED ? -ENOENT :
				    kernel.node[page];
		}
		return 0;
	}
	kernel.calls++;
	kernel.shared = shared;
	for (size_t i = 0; i < n; i++) {
		size_t page = (addresses[i] - BASE) / SMALL;
		int what = take(page, nodes[i]);

		if (!n_taken)
			start = i;
		if (!what) {
			taken[n_taken++] = page;
			continue;
		}
		status[i] = what == 1 ? nodes[i] : what;
		r = flush(start, i, taken, n_taken, nodes[i], status);
		if (r)
			return r;
		n_taken = 0;
	}
	return n ? flush(start, n, taken, n_taken, nodes[n - 1], status) : 0;
}

static const struct tierscope_move_call call = { move_pages, NULL };

static struct tierscope_move_tally tally;

static int move(uint64_t pages, uint64_t page_bytes, uint32_t flags,
		const struct tierscope_move_options *options)
{
	const struct tierscope_range range = {
		.address = BASE, .pages = pages, .page_bytes = page_bytes,
		.from = 0, .to = 2, .flags = flags,
	};
	const struct tierscope_move_options none = { 0 };

	tierscope_move_tally_clear(&tally);
	return tierscope_move_by(&call, NULL, 1, &range, 1, options ? options : &none,
				 &tally);
}

static uint64_t count(uint64_t page_bytes, enum tierscope_moved outcome)
{
	for (size_t i = 0; i < tally.n; i++)
		if (tally.counts[i].page_bytes == page_bytes)
			return tally.counts[i].pages[outcome];
	return 0;
}

static void everything_moves(void)
{
	reset();
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), PAGES);
	CU_ASSERT_EQUAL(tally.n, 1);
	CU_ASSERT_EQUAL(kernel.calls, PAGES * SMALL / TIERSCOPE_MOVE_BATCH_BYTES);
	CU_ASSERT_FALSE(kernel.shared);
	for (size_t i = 0; i < PAGES; i++)
		CU_ASSERT_EQUAL_FATAL(kernel.node[i], 2);
}

/* How long a process can be made to wait. */
static void few_are_away_at_once(void)
{
	reset();
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT(kernel.in_flight <= TIERSCOPE_MOVE_GROUP_BYTES / SMALL);
	reset();
	for (size_t i = 0; i < PAGES; i++)
		kernel.whole[i] = true;
	CU_ASSERT_EQUAL(move(PAGES / 512, HUGE, 0, NULL), 0);
	CU_ASSERT_EQUAL(kernel.in_flight, 1);
	CU_ASSERT_EQUAL(count(HUGE, TIERSCOPE_MOVED), PAGES / 512);
	CU_ASSERT_EQUAL(kernel.moves, PAGES / 512);
}

static void statuses_are_told_apart(void)
{
	reset();
	kernel.node[1] = UNMAPPED;
	kernel.refused[2] = -EFAULT;
	kernel.refused[3] = -EACCES;
	kernel.refused[4] = -ENOMEM;
	kernel.node[5] = 2;
	CU_ASSERT_EQUAL(move(100, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_GONE), 1);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_SPECIAL), 1);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_SHARED), 1);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_NO_ROOM), 1);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), 96);
}

/* One that stays keeps nobody else, and is tried again. */
static void the_busy_are_tried_again(void)
{
	reset();
	kernel.held[7] = 1;
	kernel.held[40] = 100;
	kernel.held[4000] = 100;
	kernel.untaken[50] = 1;
	kernel.held[80] = 3;	/* until all others have moved */
	kernel.held[81] = 8;	/* and for a while then */
	kernel.untaken[60] = 100;
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_BUSY), 3);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), PAGES - 3);
	CU_ASSERT_EQUAL(kernel.node[7], 2);
	CU_ASSERT_EQUAL(kernel.node[50], 2);
	CU_ASSERT_EQUAL(kernel.node[80], 2);
	CU_ASSERT_EQUAL(kernel.node[81], 2);
	CU_ASSERT_EQUAL(kernel.node[40], 0);
}

static void all_busy_ends_too(void)
{
	reset();
	for (size_t i = 0; i < PAGES; i++)
		kernel.untaken[i] = 100;
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_BUSY), PAGES);
	CU_ASSERT(kernel.calls < 20);
	for (size_t i = 0; i < PAGES; i++) {
		kernel.untaken[i] = 0;
		kernel.held[i] = i < 100 ? 100 : 0;
	}
	kernel.calls = 0;
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_BUSY), 100);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), PAGES - 100);
}

/* A full target is not asked for every page. */
static void a_full_target_is_left_alone(void)
{
	reset();
	kernel.room = 1000;
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), 1000);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_NO_ROOM), PAGES - 1000);
	CU_ASSERT(kernel.calls < 100);
}

/* Every second span of 2 MiB is one page. */
static void guesses_are_found_out(void)
{
	reset();
	for (size_t i = 0; i < PAGES; i++)
		kernel.whole[i] = i / 512 % 2;
	CU_ASSERT_EQUAL(move(PAGES / 512, HUGE, TIERSCOPE_RANGE_GUESSED, NULL), 0);
	CU_ASSERT_EQUAL(count(HUGE, TIERSCOPE_MOVED), PAGES / 1024);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), PAGES / 2);
	for (size_t i = 0; i < PAGES; i++)
		CU_ASSERT_EQUAL_FATAL(kernel.node[i], 2);
}

static void a_guess_may_have_holes(void)
{
	reset();
	kernel.node[0] = UNMAPPED;
	kernel.node[3] = UNMAPPED;
	CU_ASSERT_EQUAL(move(1, HUGE, TIERSCOPE_RANGE_GUESSED, NULL), 0);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), 510);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_GONE), 2);
}

/* What was moved until then stays counted, and nothing is missing. */
static void a_process_may_end_half_way(void)
{
	reset();
	kernel.ends_after = 1;
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, NULL), -ESRCH);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), PAGES / 2);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_GONE), PAGES / 2);
}

struct pace {
	size_t calls;
	uint64_t done, next;
	size_t stop_at;
};

static int before(uint64_t done_bytes, uint64_t next_bytes, void *data)
{
	struct pace *pace = data;

	CU_ASSERT_EQUAL(done_bytes, pace->done);
	pace->done += next_bytes;
	pace->next = next_bytes;
	return ++pace->calls == pace->stop_at ? -ECANCELED : 0;
}

static void batches_are_paced(void)
{
	struct pace pace = { 0 };
	struct tierscope_move_options options = {
		.batch_bytes = 64 * SMALL, .before = before, .data = &pace,
		.shared = true,
	};

	reset();
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, &options), 0);
	CU_ASSERT_EQUAL(pace.calls, PAGES / 64);
	CU_ASSERT_EQUAL(pace.done, PAGES * SMALL);
	CU_ASSERT_TRUE(kernel.shared);

	reset();
	pace = (struct pace){ .stop_at = 3 };
	CU_ASSERT_EQUAL(move(PAGES, SMALL, 0, &options), -ECANCELED);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED), 128);
	CU_ASSERT_EQUAL(count(SMALL, TIERSCOPE_MOVED_NOT_TRIED), PAGES - 128);

	/* One page at least. */
	reset();
	pace = (struct pace){ 0 };
	options.batch_bytes = SMALL;
	CU_ASSERT_EQUAL(move(4, HUGE, 0, &options), 0);
	CU_ASSERT_EQUAL(pace.calls, 4);
	CU_ASSERT_EQUAL(pace.next, HUGE);
}

/* A page that is larger than a batch goes alone, also in front of others. */
static void ranges_share_batches(void)
{
	const struct tierscope_range ranges[] = {
		{ BASE, 1, HUGE, 0, 2, 0 },
		{ BASE + HUGE, 40, SMALL, 0, 2, 0 },
		{ BASE + 2 * HUGE, 1, HUGE, 0, 2, 0 },
		{ BASE + 3 * HUGE, 30, SMALL, 0, 2, 0 },
		{ BASE + 4 * HUGE, 30, SMALL, 1, 2, 0 },
	};
	struct pace pace = { 0 };
	const struct tierscope_move_options options = {
		.batch_bytes = 32 * SMALL, .before = before, .data = &pace,
	};

	reset();
	for (size_t i = 0; i < 3 * HUGE / SMALL; i++)
		kernel.whole[i] = i / 512 != 1;
	tierscope_move_tally_clear(&tally);
	CU_ASSERT_EQUAL(tierscope_move_by(&call, NULL, 1, ranges, 5, &options, &tally), 0);
	CU_ASSERT_EQUAL(pace.calls, 6);
	CU_ASSERT_EQUAL_FATAL(tally.n, 3);
	CU_ASSERT_EQUAL(tally.counts[0].pages[TIERSCOPE_MOVED], 70);
	CU_ASSERT_EQUAL(tally.counts[1].pages[TIERSCOPE_MOVED], 2);
	CU_ASSERT_EQUAL(tally.counts[2].pages[TIERSCOPE_MOVED], 30);
}

static void tallies_are_in_order(void)
{
	struct tierscope_move_tally t = { 0 };

	CU_ASSERT_EQUAL(tierscope_move_tally_add(&t, 1, 2, HUGE, TIERSCOPE_MOVED, 3), 0);
	CU_ASSERT_EQUAL(tierscope_move_tally_add(&t, 0, 2, HUGE, TIERSCOPE_MOVED, 1), 0);
	CU_ASSERT_EQUAL(tierscope_move_tally_add(&t, 0, 2, SMALL, TIERSCOPE_MOVED, 5), 0);
	CU_ASSERT_EQUAL(tierscope_move_tally_add(&t, 0, 1, SMALL, TIERSCOPE_MOVED_BUSY, 7), 0);
	CU_ASSERT_EQUAL(tierscope_move_tally_add(&t, 1, 2, HUGE, TIERSCOPE_MOVED_BUSY, 1), 0);
	CU_ASSERT_EQUAL_FATAL(t.n, 4);
	CU_ASSERT_EQUAL(t.counts[0].to, 1);
	CU_ASSERT_EQUAL(t.counts[1].page_bytes, SMALL);
	CU_ASSERT_EQUAL(t.counts[2].page_bytes, HUGE);
	CU_ASSERT_EQUAL(t.counts[3].from, 1);
	CU_ASSERT_EQUAL(tierscope_move_tally_bytes(&t, TIERSCOPE_MOVED), 4 * HUGE + 5 * SMALL);
	tierscope_move_tally_clear(&t);
	CU_ASSERT_EQUAL(t.n, 0);
	CU_ASSERT_STRING_EQUAL(tierscope_moved_name(TIERSCOPE_MOVED_NO_ROOM), "no_room");
	CU_ASSERT_PTR_NULL(tierscope_moved_name(TIERSCOPE_MOVED_OUTCOMES));
	tierscope_move_tally_clear(&tally);
}

static const struct suite_test tests[] = {
	{ "everything moves", everything_moves },
	{ "few are away at once", few_are_away_at_once },
	{ "statuses are told apart", statuses_are_told_apart },
	{ "the busy are tried again", the_busy_are_tried_again },
	{ "all busy ends, too", all_busy_ends_too },
	{ "a full target is left alone", a_full_target_is_left_alone },
	{ "guesses are found out", guesses_are_found_out },
	{ "a guess may have holes", a_guess_may_have_holes },
	{ "a process may end half way", a_process_may_end_half_way },
	{ "batches are paced", batches_are_paced },
	{ "ranges share batches", ranges_share_batches },
	{ "tallies are in order", tallies_are_in_order },
};

SUITE_MAIN("lib mover", tests)
