/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which pages are found where, from a made-up pagemap and kernel. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/finder.h"
#include "suite.h"

#define SMALL	4096ULL
#define HUGE	(2ULL << 20)
#define START	HUGE
#define PAGES	2048

#define PRESENT	(1ULL << 63)
#define ONCE	(1ULL << 56)

static uint64_t pagemap[HUGE / SMALL + PAGES];
static int nodes[PAGES];
static size_t queries;

static struct found {
	struct tierscope_range ranges[64];
	size_t n;
} found;

static long query(void *data, pid_t pid, size_t n, const uint64_t *addresses,
		  const int *to, int *status, bool shared)
{
	(void)data;
	(void)pid;
	(void)shared;
	CU_ASSERT_PTR_NULL(to);
	CU_ASSERT(n <= TIERSCOPE_QUERY_MAX);
	for (size_t i = 0; i < n; i++)
		status[i] = nodes[(addresses[i] - START) / SMALL];
	queries += n;
	return 0;
}

static int keep(const struct tierscope_range *range, void *data)
{
	(void)data;
	CU_ASSERT_FATAL(found.n < 64);
	found.ranges[found.n++] = *range;
	return 0;
}

static struct tierscope_finder *finder;

static void reset(void)
{
	memset(pagemap, 0, sizeof(pagemap));
	for (size_t i = 0; i < PAGES; i++)
		nodes[i] = -ENOENT;
	tierscope_finder_free(finder);
	CU_ASSERT_EQUAL_FATAL(tierscope_finder_new(&finder), 0);
}

static void put(size_t first, size_t n, int node, uint64_t entry)
{
	for (size_t i = first; i < first + n; i++) {
		pagemap[START / SMALL + i] = PRESENT | entry;
		nodes[i] = node;
	}
}

static void find(const struct tierscope_cell *cells, size_t n_cells, uint32_t flags,
		 uint64_t start, uint64_t end)
{
	const struct tierscope_move_call call = { query, NULL };
	const struct tierscope_mapping mapping = {
		.start = START, .end = START + PAGES * SMALL, .flags = flags,
		.name = "", .n_cells = n_cells, .cells = cells,
	};
	int fd = memfd_create("pagemap", MFD_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, pagemap, sizeof(pagemap)), sizeof(pagemap));
	found.n = 0;
	queries = 0;
	CU_ASSERT_EQUAL(tierscope_find_by(&call, NULL, finder, fd, 1, &mapping,
					  start, end, keep, NULL), 0);
	close(fd);
}

static void check(size_t i, size_t page, uint64_t pages, uint64_t page_bytes,
		  int node, uint32_t flags)
{
	CU_ASSERT_FATAL(i < found.n);
	CU_ASSERT_EQUAL(found.ranges[i].address, START + page * SMALL);
	CU_ASSERT_EQUAL(found.ranges[i].pages, pages);
	CU_ASSERT_EQUAL(found.ranges[i].page_bytes, page_bytes);
	CU_ASSERT_EQUAL(found.ranges[i].from, node);
	CU_ASSERT_EQUAL(found.ranges[i].to, -1);
	CU_ASSERT_EQUAL(found.ranges[i].flags, flags);
}

static void small_pages_by_node(void)
{
	const struct tierscope_cell cells[] = {
		{ .node = 0, .page_bytes = SMALL, .pages = 20 },
		{ .node = 1, .page_bytes = SMALL, .pages = 600 },
	};

	reset();
	put(3, 10, 0, ONCE);
	put(13, 600, 1, ONCE);
	put(700, 10, 0, 0);
	find(cells, 2, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 3);
	check(0, 3, 10, SMALL, 0, 0);
	check(1, 13, 600, SMALL, 1, 0);
	check(2, 700, 10, SMALL, 0, TIERSCOPE_RANGE_SHARED);
}

/* Where all cells are on one node nobody has to be asked, unless there is
 * something that is on none. */
static void one_node_needs_no_query(void)
{
	const struct tierscope_cell cell = { .node = 1, .page_bytes = SMALL, .pages = 10 };

	reset();
	put(3, 10, 1, ONCE);
	find(&cell, 1, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL(queries, 0);
	CU_ASSERT_EQUAL_FATAL(found.n, 1);
	check(0, 3, 10, SMALL, 1, 0);
}

/* The parts of a run that is looked for across spans. */
static void runs_are_cut_at_both_ends(void)
{
	const struct tierscope_cell cell = { .node = 1, .page_bytes = SMALL, .pages = 1500 };

	reset();
	put(10, 1490, 1, ONCE);
	put(700, 1, 1, 0);
	find(&cell, 1, 0, START + 600 * SMALL + 1, START + 1100 * SMALL + 1);
	CU_ASSERT_EQUAL(queries, 0);
	CU_ASSERT_EQUAL_FATAL(found.n, 3);
	check(0, 600, 100, SMALL, 1, 0);
	check(1, 700, 1, SMALL, 1, TIERSCOPE_RANGE_SHARED);
	check(2, 701, 400, SMALL, 1, 0);
	find(&cell, 1, 0, START + 1500 * SMALL, UINT64_MAX);
	CU_ASSERT_EQUAL(found.n, 0);
	find(&cell, 1, 0, START, START + 10 * SMALL);
	CU_ASSERT_EQUAL(found.n, 0);
}

/* What pagemap would say is not looked at, as it would be otherwise. */
static void all_of_it_is_one_range(void)
{
	struct tierscope_cell cell = {
		.node = 1, .page_bytes = SMALL, .pages = PAGES,
		.kind = TIERSCOPE_KIND_ANON,
	};

	reset();
	put(0, PAGES / 2, 1, ONCE);
	find(&cell, 1, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 1);
	check(0, 0, PAGES / 2, SMALL, 1, 0);
	tierscope_finder_alone(finder);
	find(&cell, 1, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 1);
	check(0, 0, PAGES, SMALL, 1, 0);
	find(&cell, 1, 0, START + 10 * SMALL, START + 20 * SMALL);
	CU_ASSERT_EQUAL_FATAL(found.n, 1);
	check(0, 10, 10, SMALL, 1, 0);
	find(&cell, 1, TIERSCOPE_MAPPING_SHARED, 0, UINT64_MAX);
	check(0, 0, PAGES / 2, SMALL, 1, 0);
	cell.pages--;
	find(&cell, 1, 0, 0, UINT64_MAX);
	check(0, 0, PAGES / 2, SMALL, 1, 0);
	cell.kind = TIERSCOPE_KIND_FILE;
	cell.pages++;
	find(&cell, 1, 0, 0, UINT64_MAX);
	check(0, 0, PAGES / 2, SMALL, 1, 0);
}

static void as_many_spans_as_huge_pages(void)
{
	const struct tierscope_cell cells[] = {
		{ .node = 0, .page_bytes = SMALL, .pages = 5 },
		{ .node = 0, .page_bytes = HUGE, .pages = 2 },
		{ .node = 1, .page_bytes = HUGE, .pages = 1 },
	};

	reset();
	put(0, 1024, 0, ONCE);
	put(1024, 5, 0, ONCE);
	put(1536, 512, 1, ONCE);
	find(cells, 3, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 3);
	check(0, 0, 2, HUGE, 0, 0);
	check(1, 1024, 5, SMALL, 0, 0);
	check(2, 1536, 1, HUGE, 1, 0);
}

/* On two nodes it is no huge page. */
static void more_spans_than_huge_pages(void)
{
	const struct tierscope_cell cells[] = {
		{ .node = 0, .page_bytes = SMALL, .pages = 1024 },
		{ .node = 0, .page_bytes = HUGE, .pages = 1 },
		{ .node = 1, .page_bytes = SMALL, .pages = 12 },
	};

	reset();
	put(0, 1524, 0, ONCE);
	put(1524, 12, 1, ONCE);
	find(cells, 3, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 3);
	check(0, 0, 2, HUGE, 0, TIERSCOPE_RANGE_GUESSED);
	check(1, 1024, 500, SMALL, 0, 0);
	check(2, 1524, 12, SMALL, 1, 0);
}

static void pool_pages(void)
{
	const struct tierscope_cell cell = { .node = 0, .page_bytes = HUGE, .pages = 2 };

	reset();
	put(0, 512, 0, ONCE);
	put(1024, 512, 0, ONCE);
	find(&cell, 1, TIERSCOPE_MAPPING_HUGETLB, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 2);
	check(0, 0, 1, HUGE, 0, 0);
	check(1, 1024, 1, HUGE, 0, 0);
}

static void only_a_part(void)
{
	const struct tierscope_cell cells[] = {
		{ .node = 0, .page_bytes = SMALL, .pages = 100 },
		{ .node = 0, .page_bytes = HUGE, .pages = 1 },
	};

	reset();
	put(0, 512, 0, ONCE);
	put(600, 100, 0, ONCE);
	find(cells, 2, 0, START + HUGE - SMALL, START + 610 * SMALL);
	CU_ASSERT_EQUAL_FATAL(found.n, 2);
	check(0, 0, 1, HUGE, 0, 0);
	check(1, 600, 10, SMALL, 0, 0);
}

/* What is mapped twice, where frames may be seen. */
static void shared_pages_come_once(void)
{
	const struct tierscope_cell cell = { .node = 0, .page_bytes = SMALL, .pages = 40 };

	reset();
	put(0, 10, 0, 77);
	put(10, 10, 0, ONCE | 78);
	put(20, 10, 0, ONCE | 78);
	put(30, 10, 0, 0);
	find(&cell, 1, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 3);
	check(0, 0, 1, SMALL, 0, TIERSCOPE_RANGE_SHARED);
	check(1, 10, 20, SMALL, 0, 0);
	check(2, 30, 10, SMALL, 0, TIERSCOPE_RANGE_SHARED);
	find(&cell, 1, 0, 0, UINT64_MAX);
	CU_ASSERT_EQUAL_FATAL(found.n, 2);
	check(0, 10, 20, SMALL, 0, 0);
	tierscope_finder_free(finder);
	finder = NULL;
}

static void many_frames_are_remembered(void)
{
	struct tierscope_frames frames = { 0 };

	for (uint64_t i = 1; i < 100000; i++)
		CU_ASSERT_FALSE_FATAL(tierscope_frames_have(&frames, i * 512));
	for (uint64_t i = 1; i < 100000; i++)
		CU_ASSERT_TRUE_FATAL(tierscope_frames_have(&frames, i * 512));
	CU_ASSERT_FALSE(tierscope_frames_have(&frames, 0));
	CU_ASSERT_FALSE(tierscope_frames_have(&frames, 0));
	tierscope_frames_clear(&frames);
}

static const struct suite_test tests[] = {
	{ "small pages by node", small_pages_by_node },
	{ "one node needs no query", one_node_needs_no_query },
	{ "runs are cut at both ends", runs_are_cut_at_both_ends },
	{ "all of it is one range", all_of_it_is_one_range },
	{ "as many spans as huge pages", as_many_spans_as_huge_pages },
	{ "more spans than huge pages", more_spans_than_huge_pages },
	{ "pages of the pool", pool_pages },
	{ "only a part", only_a_part },
	{ "shared pages come once", shared_pages_come_once },
	{ "many frames are remembered", many_frames_are_remembered },
};

SUITE_MAIN("lib finder", tests)
