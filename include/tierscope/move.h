/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libtierscope: moving the pages of a process from node to node.
 *
 * With the rights of the caller and by move_pages(2) alone: what a process may
 * not move by itself it does not move with this library either. Conventions
 * are those of tierscope.h.
 */
#pragma once

#include <tierscope/tierscope.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is where ------------------------------------------------------- */

/* Flags of a range. */
#define TIERSCOPE_RANGE_SHARED	(1U << 0)	/* mapped more than once */
/* Huge pages by the look of them: 512 neighbours on one node. Those that turn
 * out to be small pages are moved and counted as such. */
#define TIERSCOPE_RANGE_GUESSED	(1U << 1)

/**
 * struct tierscope_range - pages of a process that are alike
 * @address: of the first
 * @pages: how many, one after the other
 * @page_bytes: of each: 4096, 2 MiB or 1 GiB
 * @from: the node that they were found on
 * @to: the node that they are to be moved to; -1: nobody has said yet
 * @flags: TIERSCOPE_RANGE_SHARED and so on
 */
struct tierscope_range {
	uint64_t address;
	uint64_t pages;
	uint64_t page_bytes;
	int from;
	int to;
	uint32_t flags;
};

/* A negative errno ends the search and is returned by it. */
typedef int (*tierscope_range_fn)(const struct tierscope_range *range,
				  void *data);

struct tierscope_finder;

/**
 * tierscope_finder_new() - what looks for pages
 *
 * It remembers what is mapped more than once, where the caller may see page
 * frames (CAP_SYS_ADMIN): such a page is found once, in whichever process and
 * mapping comes first. Returns 0 or -ENOMEM.
 */
int tierscope_finder_new(struct tierscope_finder **ret);
void tierscope_finder_free(struct tierscope_finder *finder);

/**
 * tierscope_finder_alone() - how often pages are mapped does not matter
 *
 * As for somebody who may move them all, and looks at one process of which KSM
 * has merged nothing. Private anonymous memory that is all there, in small pages
 * and on one node, is one range then without a look at pagemap, and never
 * TIERSCOPE_RANGE_SHARED.
 */
void tierscope_finder_alone(struct tierscope_finder *finder);

/**
 * tierscope_finder_mapping() - the pages of one mapping, ascending by address
 * @mapping: as tierscope_mapping_dump() gave it just now; its cells say which
 *	sizes of pages there are
 * @start, @end: only pages that touch these addresses
 *
 * Leaves out DAX, the zero page and whatever else is no node's memory. Takes a
 * read of pagemap for all that is mapped and a query of move_pages(2) for all
 * that is present, in pieces that stall nobody. Returns 0, -ESRCH, -EPERM
 * (each with a sentence on @ts), -ENOMEM, or what @fn returned.
 */
int tierscope_finder_mapping(struct tierscope *ts,
			     struct tierscope_finder *finder, pid_t pid,
			     const struct tierscope_mapping *mapping,
			     uint64_t start, uint64_t end,
			     tierscope_range_fn fn, void *data);

/**
 * tierscope_range_check() - which pages of a range are on its node @from still
 *
 * @fn gets them, in pieces. What has gone, is elsewhere or is another size is
 * left out, but a huge page that may have been split is GUESSED. Returns as
 * tierscope_finder_mapping().
 */
int tierscope_range_check(struct tierscope *ts, pid_t pid,
			  const struct tierscope_range *range,
			  tierscope_range_fn fn, void *data);

/* ---- what became of them ------------------------------------------------- */

enum tierscope_moved {
	TIERSCOPE_MOVED,	/* on the node that was asked for */
	TIERSCOPE_MOVED_BUSY,	/* somebody holds it: I/O, another who moves it */
	TIERSCOPE_MOVED_NO_ROOM,
	TIERSCOPE_MOVED_SHARED,	/* mapped more than once: needs CAP_SYS_NICE */
	TIERSCOPE_MOVED_GONE,	/* not there any more */
	TIERSCOPE_MOVED_SPECIAL,	/* the zero page, a device, unmapped */
	TIERSCOPE_MOVED_NOT_TRIED,	/* the move ended before */

	TIERSCOPE_MOVED_OUTCOMES,
};

/* "moved", "busy", "no_room", "shared", "gone", "special", "not_tried". */
const char *tierscope_moved_name(enum tierscope_moved outcome);

/**
 * struct tierscope_move_count - pages of one size between two nodes
 * @pages: by what became of them; together they are what was asked for
 */
struct tierscope_move_count {
	int from;
	int to;
	uint64_t page_bytes;
	uint64_t pages[TIERSCOPE_MOVED_OUTCOMES];
};

/* Ascending by from, to, size. Starts as { 0 }. */
struct tierscope_move_tally {
	size_t n;
	struct tierscope_move_count *counts;
};

/* Returns 0 or -ENOMEM. */
int tierscope_move_tally_add(struct tierscope_move_tally *tally, int from,
			     int to, uint64_t page_bytes,
			     enum tierscope_moved outcome, uint64_t pages);
uint64_t tierscope_move_tally_bytes(const struct tierscope_move_tally *tally,
				    enum tierscope_moved outcome);
void tierscope_move_tally_clear(struct tierscope_move_tally *tally);

/* ---- moving -------------------------------------------------------------- */

/* What one call of move_pages(2) is given if nothing else is said, and of that
 * the kernel has this much between two places at once, or one huge page: whoever
 * touches it then waits for that to arrive. */
#define TIERSCOPE_MOVE_BATCH_BYTES	(64ULL << 20)
#define TIERSCOPE_MOVE_GROUP_BYTES	(512ULL << 10)

/* Whether the caller may move what is mapped more than once (CAP_SYS_NICE in the
 * initial user namespace). */
bool tierscope_move_may_shared(void);

/**
 * struct tierscope_move_options - how to move
 * @shared: also what is mapped more than once (MPOL_MF_MOVE_ALL, which needs
 *	CAP_SYS_NICE)
 * @batch_bytes: between two calls of @before, but at least one page; 0 for
 *	TIERSCOPE_MOVE_BATCH_BYTES, which is also the most
 * @before: called before each batch with the bytes that were tried and those
 *	that are to be tried next; may wait. A negative errno ends the move and
 *	is returned. May be NULL
 */
struct tierscope_move_options {
	bool shared;
	uint64_t batch_bytes;
	int (*before)(uint64_t done_bytes, uint64_t next_bytes, void *data);
	void *data;
};

/**
 * tierscope_move() - move pages
 * @tally: added to, also on failure: then what was not tried is in it, too
 *
 * A huge page is moved whole. What is busy is tried again at once, and, up to a
 * limit, once more when all others have moved. Once the target
 * has refused a size over and over, what is left of that size counts as no room
 * without being tried. Returns 0 whatever became of the single pages, -ESRCH
 * (the process has ended), -EPERM (it is somebody else's), -EACCES (its cpuset
 * does not have the node), -ENODEV (the node has no memory), -ENOMEM, or what
 * @before returned.
 */
int tierscope_move(struct tierscope *ts, pid_t pid,
		   const struct tierscope_range *ranges, size_t n,
		   const struct tierscope_move_options *options,
		   struct tierscope_move_tally *tally);

#ifdef __cplusplus
}
#endif
