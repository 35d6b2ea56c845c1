/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include <linux/tierscope.h>

#include "suite.h"
#include "tally.h"

static struct tierscope_tally *make(__u32 room)
{
	struct tierscope_tally *tally = malloc(tierscope_tally_bytes(room));

	CU_ASSERT_PTR_NOT_NULL_FATAL(tally);
	tierscope_tally_init(tally, room);
	return tally;
}

static void key_keeps_its_parts(void)
{
	__u32 key = tierscope_tally_key(1023, 30, TIERSCOPE_KIND_DAX);

	CU_ASSERT_EQUAL(tierscope_tally_key_node(key), 1023);
	CU_ASSERT_EQUAL(tierscope_tally_key_page_shift(key), 30);
	CU_ASSERT_EQUAL(tierscope_tally_key_kind(key), TIERSCOPE_KIND_DAX);
}

static void key_sorts_by_node_then_size_then_kind(void)
{
	CU_ASSERT_TRUE(tierscope_tally_key(0, 30, 3) < tierscope_tally_key(1, 12, 0));
	CU_ASSERT_TRUE(tierscope_tally_key(1, 12, 3) < tierscope_tally_key(1, 21, 0));
	CU_ASSERT_TRUE(tierscope_tally_key(1, 21, 0) < tierscope_tally_key(1, 21, 1));
}

static void room_grows_with_nodes_up_to_the_limit(void)
{
	CU_ASSERT_EQUAL(tierscope_tally_room(1), 12 + 24);
	CU_ASSERT_EQUAL(tierscope_tally_room(4), 48 + 24);
	CU_ASSERT_EQUAL(tierscope_tally_room(1024), TIERSCOPE_TALLY_CELLS_MAX);
	CU_ASSERT_EQUAL(tierscope_tally_room(~0U), TIERSCOPE_TALLY_CELLS_MAX);
}

/* Against a plain table of sums, in an order that a fixed generator makes. */
static void cells_are_sorted_and_add_up(void)
{
	enum { NODES = 5, SHIFTS = 3, KINDS = TIERSCOPE_KIND_MAX + 1 };
	static const __u32 shifts[SHIFTS] = { 12, 21, 30 };
	__u64 sums[NODES][SHIFTS][KINDS] = { 0 };
	struct tierscope_tally *tally = make(NODES * SHIFTS * KINDS);
	__u64 state = 42;
	__u32 cells = 0;

	for (int i = 0; i < 20000; i++) {
		__u32 node, shift, kind, pages;

		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		node = (state >> 33) % NODES;
		shift = (state >> 40) % SHIFTS;
		kind = (state >> 48) % KINDS;
		pages = 1 + (state >> 56);
		sums[node][shift][kind] += pages;
		tierscope_tally_add(tally, tierscope_tally_key(node, shifts[shift], kind),
				    pages);
	}
	for (__u32 node = 0; node < NODES; node++)
		for (__u32 shift = 0; shift < SHIFTS; shift++)
			for (__u32 kind = 0; kind < KINDS; kind++) {
				if (!sums[node][shift][kind])
					continue;
				CU_ASSERT_FATAL(cells < tally->n);
				CU_ASSERT_EQUAL(tally->cell[cells].key,
						tierscope_tally_key(node, shifts[shift], kind));
				CU_ASSERT_EQUAL(tally->cell[cells].pages,
						sums[node][shift][kind]);
				cells++;
			}
	CU_ASSERT_EQUAL(tally->n, cells);
	CU_ASSERT_EQUAL(tally->lost_pages, 0);
	free(tally);
}

static void full_tally_says_what_it_lost(void)
{
	struct tierscope_tally *tally = make(2);

	tierscope_tally_add(tally, tierscope_tally_key(1, 12, 0), 3);
	tierscope_tally_add(tally, tierscope_tally_key(2, 12, 0), 4);
	tierscope_tally_add(tally, tierscope_tally_key(0, 12, 0), 5);
	CU_ASSERT_EQUAL(tally->n, 2);
	CU_ASSERT_EQUAL(tally->lost_pages, 5);
	tierscope_tally_add(tally, tierscope_tally_key(1, 12, 0), 1);
	CU_ASSERT_EQUAL(tally->cell[0].pages, 4);
	CU_ASSERT_EQUAL(tally->cell[1].pages, 4);
	free(tally);
}

static void shared_pages_go_with_their_cell(void)
{
	const __u32 one = tierscope_tally_key(1, 12, 0);
	const __u32 two = tierscope_tally_key(2, 12, 0);
	const __u32 lost = tierscope_tally_key(0, 12, 0);
	struct tierscope_tally *tally = make(2);

	CU_ASSERT_FALSE(tally->sharing);
	tierscope_tally_add(tally, two, 5);
	tierscope_tally_add_shared(tally, two, 3);
	/* Its place is the other's, which moves. */
	tierscope_tally_add(tally, one, 4);
	CU_ASSERT_EQUAL(tally->cell[0].shared_pages, 0);
	tierscope_tally_add_shared(tally, one, 1);
	tierscope_tally_add(tally, two, 2);
	tierscope_tally_add_shared(tally, two, 2);
	/* A cell that found no room has no shared pages, and nobody else gets them. */
	tierscope_tally_add(tally, lost, 6);
	tierscope_tally_add_shared(tally, lost, 6);
	CU_ASSERT_EQUAL(tally->cell[0].pages, 4);
	CU_ASSERT_EQUAL(tally->cell[0].shared_pages, 1);
	CU_ASSERT_EQUAL(tally->cell[1].pages, 7);
	CU_ASSERT_EQUAL(tally->cell[1].shared_pages, 5);
	tally->sharing = true;
	tierscope_tally_reset(tally);
	CU_ASSERT_TRUE(tally->sharing);
	tierscope_tally_add(tally, one, 1);
	CU_ASSERT_EQUAL(tally->cell[0].shared_pages, 0);
	free(tally);
}

static void reset_forgets_all_but_the_room(void)
{
	struct tierscope_tally *tally = make(1);

	tierscope_tally_add(tally, tierscope_tally_key(1, 12, 0), 3);
	tierscope_tally_add(tally, tierscope_tally_key(2, 12, 0), 3);
	tally->swap_pages = 1;
	tally->migrating_pages = 1;
	tally->special_pages = 1;
	tally->hinted_pages = 1;
	tierscope_tally_reset(tally);
	CU_ASSERT_EQUAL(tally->n, 0);
	CU_ASSERT_EQUAL(tally->lost_pages, 0);
	CU_ASSERT_EQUAL(tally->swap_pages, 0);
	CU_ASSERT_EQUAL(tally->migrating_pages, 0);
	CU_ASSERT_EQUAL(tally->special_pages, 0);
	CU_ASSERT_EQUAL(tally->hinted_pages, 0);
	CU_ASSERT_EQUAL(tally->room, 1);
	/* The cell that was counted last must not be taken for this one. */
	tierscope_tally_add(tally, tierscope_tally_key(1, 12, 0), 7);
	CU_ASSERT_EQUAL(tally->cell[0].pages, 7);
	free(tally);
}

static const struct suite_test tests[] = {
	{ "a key keeps its parts", key_keeps_its_parts },
	{ "keys sort by node, size, kind", key_sorts_by_node_then_size_then_kind },
	{ "room grows with nodes up to the limit", room_grows_with_nodes_up_to_the_limit },
	{ "cells are sorted and add up", cells_are_sorted_and_add_up },
	{ "a full tally says what it lost", full_tally_says_what_it_lost },
	{ "shared pages go with their cell", shared_pages_go_with_their_cell },
	{ "reset forgets all but the room", reset_forgets_all_but_the_room },
};

SUITE_MAIN("tally", tests)
