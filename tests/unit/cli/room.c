/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which node of the target takes what. */
#include <string.h>

#include "cli/pin_room.h"
#include "suite.h"

#define SMALL	4096ULL
#define HUGE	(2ULL << 20)

static struct tierscope_node nodes[] = {
	{ .id = 0, .socket = 0 }, { .id = 1, .socket = 1 },
	{ .id = 2, .socket = 1 }, { .id = 3, .socket = -1 },
};
static const struct tierscope_topology topology = { .n_nodes = 4, .nodes = nodes };

static struct part {
	struct tierscope_range range;
	bool fits;
} parts[8];
static size_t n;

static int keep(const struct tierscope_range *part, bool fits, void *data)
{
	(void)data;
	CU_ASSERT_FATAL(n < 8);
	parts[n++] = (struct part){ *part, fits };
	return 0;
}

static void check(size_t i, uint64_t address, uint64_t pages, int to, bool fits)
{
	CU_ASSERT_FATAL(i < n);
	CU_ASSERT_EQUAL(parts[i].range.address, address);
	CU_ASSERT_EQUAL(parts[i].range.pages, pages);
	CU_ASSERT_EQUAL(parts[i].range.to, to);
	CU_ASSERT_EQUAL(parts[i].fits, fits);
}

static struct pin_node at[2];
static int ids[] = { 0, 1 };
static struct pin_room room = {
	.topology = &topology, .nodes = { 2, ids }, .at = at,
};

static void reset(uint64_t pages_0, uint64_t pages_1)
{
	n = 0;
	memset(at, 0, sizeof(at));
	at[0] = (struct pin_node){ .id = 0, .socket = 0, .free_bytes = pages_0 * SMALL };
	at[1] = (struct pin_node){ .id = 1, .socket = 1, .free_bytes = pages_1 * SMALL };
}

static void give(int from, uint64_t pages, uint64_t page_bytes, bool hugetlb)
{
	const struct tierscope_range range = {
		.address = HUGE, .pages = pages, .page_bytes = page_bytes, .from = from,
		.to = -1,
	};

	CU_ASSERT_EQUAL(pin_room_give(&room, &range, hugetlb, keep, NULL), 0);
}

static void the_same_socket_first(void)
{
	reset(100, 100);
	give(2, 60, SMALL, false);
	give(2, 60, SMALL, false);
	CU_ASSERT_EQUAL_FATAL(n, 3);
	check(0, HUGE, 60, 1, true);
	check(1, HUGE, 40, 1, true);
	check(2, HUGE + 40 * SMALL, 20, 0, true);
	CU_ASSERT_EQUAL(pin_room_check(&room), 0);
}

static void any_order_without_a_socket(void)
{
	reset(10, 10);
	give(3, 15, SMALL, false);
	CU_ASSERT_EQUAL_FATAL(n, 2);
	check(0, HUGE, 10, 0, true);
	check(1, HUGE + 10 * SMALL, 5, 1, true);
}

/* All of it is in the plan, and refused. */
static void too_much_is_told(void)
{
	reset(10, 10);
	give(2, 25, SMALL, false);
	CU_ASSERT_EQUAL_FATAL(n, 3);
	check(0, HUGE, 10, 1, true);
	check(1, HUGE + 10 * SMALL, 10, 0, true);
	check(2, HUGE + 20 * SMALL, 5, 1, true);
	CU_ASSERT_NOT_EQUAL(pin_room_check(&room), 0);
	reset(511, 0);
	give(2, 1, HUGE, false);
	CU_ASSERT_NOT_EQUAL(pin_room_check(&room), 0);
}

/* What is free on any node comes first, and huge pages get nothing of it. */
static void cache_makes_room(void)
{
	reset(10, 10);
	at[0].cache_bytes = 512 * SMALL;
	at[1].cache_bytes = 3 * SMALL;
	give(2, 25, SMALL, false);
	CU_ASSERT_EQUAL_FATAL(n, 4);
	check(0, HUGE, 10, 1, true);
	check(1, HUGE + 10 * SMALL, 10, 0, true);
	check(2, HUGE + 20 * SMALL, 3, 1, true);
	check(3, HUGE + 23 * SMALL, 2, 0, true);
	CU_ASSERT_EQUAL(pin_room_check(&room), 0);
	reset(10, 0);
	at[0].cache_bytes = 1024 * SMALL;
	give(2, 1, HUGE, false);
	CU_ASSERT_NOT_EQUAL(pin_room_check(&room), 0);
	reset(10, 0);
	at[0].cache_bytes = 10 * SMALL;
	pin_room_want(&room, 0, SMALL, 20);
	CU_ASSERT_EQUAL(pin_room_check(&room), 0);
	pin_room_want(&room, 0, SMALL, 1);
	CU_ASSERT_NOT_EQUAL(pin_room_check(&room), 0);
}

/* The pool is full before memory is, and that is no reason to refuse the rest. */
static void the_pool_is_by_itself(void)
{
	reset(0, 0);
	at[0].pools[0] = 1;
	at[1].pools[0] = 2;
	give(2, 5, HUGE, true);
	CU_ASSERT_EQUAL_FATAL(n, 3);
	check(0, HUGE, 2, 1, true);
	check(1, 3 * HUGE, 1, 0, true);
	check(2, 4 * HUGE, 2, 1, false);
	CU_ASSERT_EQUAL(pin_room_check(&room), 0);
}

static const struct suite_test tests[] = {
	{ "the same socket first", the_same_socket_first },
	{ "any order without a socket", any_order_without_a_socket },
	{ "too much is told", too_much_is_told },
	{ "cache makes room", cache_makes_room },
	{ "the pool is by itself", the_pool_is_by_itself },
};

SUITE_MAIN("cli room", tests)
