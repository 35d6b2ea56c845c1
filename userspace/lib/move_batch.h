/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One batch of pages on its way.
 */
#pragma once

#include "mover.h"

#define SMALL_PAGE	4096ULL
#define BATCH_PAGES	(TIERSCOPE_MOVE_BATCH_BYTES / SMALL_PAGE)
#define GROUP_PAGES	(TIERSCOPE_MOVE_GROUP_BYTES / SMALL_PAGE)
/* Each page of one group, and each other group, has a separator. */
#define CALL_MAX	(BATCH_PAGES + BATCH_PAGES / GROUP_PAGES + GROUP_PAGES + 1)
#define REFUSALS_MAX	64
/* Pages that are busy now and may not be once all others have moved. */
#define LATER_MAX	1024

/**
 * struct tierscope_move_entry - one page on its way
 * @slot: where it stands in a call
 * @alone: in its group
 * @status: what the call said
 */
struct tierscope_move_entry {
	const struct tierscope_range *range;
	uint64_t address;
	size_t slot;
	bool alone;
	int status;
	unsigned int tries;
};

/* A batch of small pages that are all of one range, from its @first on. */
struct tierscope_move_run {
	const struct tierscope_range *range;
	uint64_t first;
	size_t pages;
};

struct tierscope_refusal {
	int to;
	uint64_t page_bytes;
	unsigned int times;
};

/**
 * struct tierscope_mover - one move
 * @failed: the tally has no memory
 * @run: the batch, if it is one, and not called for yet; or else
 * @n, @entries: the batch, less what is settled
 * @last: what is busy now is so for good; else it comes to @later
 * @again: pages of guessed huge pages that are small ones
 */
struct tierscope_mover {
	const struct tierscope_move_call *call;
	pid_t pid;
	const struct tierscope_move_options *options;
	struct tierscope_move_tally *tally;
	uint64_t done_bytes;
	int failed;
	struct tierscope_refusal refusals[REFUSALS_MAX];
	struct tierscope_move_run run;
	size_t n;
	struct tierscope_move_entry entries[BATCH_PAGES];
	uint64_t addresses[CALL_MAX];
	int nodes[CALL_MAX];
	int status[CALL_MAX];
	bool last;
	size_t n_later;
	struct tierscope_range later[LATER_MAX];
	size_t n_again;
	struct tierscope_range again[BATCH_PAGES];
};

/* Until all of the batch is settled; on failure some of it may be left. */
int tierscope_move_batch(struct tierscope_mover *mover);

/* For good. */
void tierscope_move_settle(struct tierscope_mover *mover,
			   const struct tierscope_move_entry *entry,
			   enum tierscope_moved outcome);
void tierscope_move_settle_moved(struct tierscope_mover *mover,
				 const struct tierscope_range *range,
				 uint64_t pages);

/* Settles those that have a status, and keeps the others. */
void tierscope_move_settle_known(struct tierscope_mover *mover);

/* Adds to the tally, and to what is done. */
void tierscope_move_count(struct tierscope_mover *mover,
			  const struct tierscope_range *range,
			  uint64_t page_bytes, enum tierscope_moved outcome,
			  uint64_t pages);

/* Whether the target of @range has refused pages of its size too often. */
bool tierscope_move_is_full(struct tierscope_mover *mover,
			    const struct tierscope_range *range);
