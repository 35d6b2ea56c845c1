// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which pages a mapping has, and on which nodes.
 *
 * pagemap (Documentation/admin-guide/mm/pagemap.rst) says what is present and
 * what is mapped once, the query of move_pages(2) where it is, unless the cells
 * leave one node only; both are open to whoever may look at the process. Neither tells a huge page from 512 small ones.
 * The mapping's cells say how many of each there are: if there are as many
 * spans of 2 MiB with everything present as huge pages, these are they; if
 * there are more, those on one node are taken for huge pages and marked GUESSED.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "finder.h"
#include "scope.h"

#define SMALL_PAGE	TIERSCOPE_SMALL_PAGE
#define HUGE_PAGE	(2ULL << 20)
#define SPAN_PAGES	(HUGE_PAGE / SMALL_PAGE)

#define PRESENT(entry)	((entry) >> 63 & 1)
#define ONCE(entry)	((entry) >> 56 & 1)

/**
 * struct search - one mapping
 * @node: all pages of the mapping are there, by its cells; -1: has to be asked
 * @spans: how many spans have everything present
 * @huge: how many huge pages there are
 * @range: not handed over yet, as it may grow
 */
struct search {
	struct tierscope *ts;
	struct tierscope_finder *finder;
	const struct tierscope_move_call *call;
	int pagemap;
	pid_t pid;
	const struct tierscope_mapping *mapping;
	uint64_t start, end;
	int node;
	uint64_t spans, huge;
	tierscope_range_fn fn;
	void *data;
	struct tierscope_range range;
	uint64_t entries[SPAN_PAGES];
};

static int failed(const struct search *search, int error)
{
	if (error == -ESRCH)
		return tierscope_fail(search->ts, error, "process %d has ended",
				      search->pid);
	return tierscope_fail(search->ts, error,
			      "cannot find the pages of process %d: %s",
			      search->pid, strerror(-error));
}

static int ask(const struct search *search, size_t n, const uint64_t *addresses,
	       int *nodes)
{
	int error = 0;

	for (size_t i = 0; search->node >= 0 && i < n; i++)
		nodes[i] = search->node;
	if (search->node < 0)
		error = tierscope_query_nodes(search->call, search->pid, n,
					      addresses, nodes);
	return error ? failed(search, error) : 0;
}

static int hand_over(struct search *search)
{
	int error = search->range.pages ?
		    search->fn(&search->range, search->data) : 0;

	search->range.pages = 0;
	return error;
}

static int add(struct search *search, uint64_t address, uint64_t page_bytes,
	       int node, uint32_t flags)
{
	struct tierscope_range *range = &search->range;
	int error;

	if (address + page_bytes <= search->start || address >= search->end)
		return 0;
	if (range->pages && range->page_bytes == page_bytes &&
	    range->from == node && range->flags == flags &&
	    range->address + range->pages * page_bytes == address) {
		range->pages++;
		return 0;
	}
	error = hand_over(search);
	*range = (struct tierscope_range){ address, 1, page_bytes, node, -1, flags };
	return error;
}

/* How a page that is mapped more than once goes: as such, or not at all if it
 * was there before. */
static bool seen_before(struct search *search, uint64_t entry, uint32_t *ret_flags)
{
	*ret_flags = ONCE(entry) ? 0 : TIERSCOPE_RANGE_SHARED;
	return !ONCE(entry) &&
	       tierscope_frames_have(&search->finder->frames,
				     entry & ((1ULL << 55) - 1));
}

static int add_head(struct search *search, uint64_t address, uint64_t entry,
		    uint64_t page_bytes)
{
	uint32_t flags;
	int node, error;

	error = ask(search, 1, &address, &node);
	if (error)
		return error;
	if (node < 0 || seen_before(search, entry, &flags))
		return 0;
	return add(search, address, page_bytes, node, flags);
}

/* Of a span, @n entries from @first on. */
static int add_small(struct search *search, uint64_t span, size_t first,
		     size_t n, bool may_be_huge)
{
	uint64_t addresses[SPAN_PAGES] = { 0 };
	int nodes[SPAN_PAGES], error;
	uint32_t flags = 0;
	size_t present = 0, same = 1;

	for (size_t i = first; i < first + n; i++)
		if (PRESENT(search->entries[i]))
			addresses[present++] = span + i * SMALL_PAGE;
	error = ask(search, present, addresses, nodes);
	if (error)
		return error;
	while (same < present && nodes[same] == nodes[0])
		same++;
	if (may_be_huge && present == SPAN_PAGES && same == present &&
	    nodes[0] >= 0) {
		if (seen_before(search, search->entries[0], &flags))
			return 0;
		return add(search, span, HUGE_PAGE, nodes[0],
			   flags | TIERSCOPE_RANGE_GUESSED);
	}
	for (size_t i = 0; !error && i < present; i++) {
		uint64_t entry = search->entries[(addresses[i] - span) / SMALL_PAGE];

		if (nodes[i] >= 0 && !seen_before(search, entry, &flags))
			error = add(search, addresses[i], SMALL_PAGE, nodes[i],
				    flags);
	}
	return error;
}

static bool is_full(const struct search *search, size_t n)
{
	for (size_t i = 0; i < SPAN_PAGES; i++)
		if (n < SPAN_PAGES || !PRESENT(search->entries[i]))
			return false;
	return true;
}

static int add_span(struct search *search, uint64_t span, size_t first, size_t n)
{
	bool full = search->huge && is_full(search, n);

	if (full && search->spans == search->huge)
		return add_head(search, span, search->entries[0], HUGE_PAGE);
	return add_small(search, span, first, n, full);
}

static int count_span(struct search *search, uint64_t span, size_t first, size_t n)
{
	(void)span;
	(void)first;
	search->spans += is_full(search, n);
	return 0;
}

/* Entries of a span that the mapping has, at their places. */
static int read_span(struct search *search, uint64_t span, size_t *ret_first,
		     size_t *ret_n)
{
	const struct tierscope_mapping *mapping = search->mapping;
	uint64_t from = span > mapping->start ? span : mapping->start;
	uint64_t to = mapping->end - span < HUGE_PAGE ? mapping->end : span + HUGE_PAGE;
	size_t first = (from - span) / SMALL_PAGE, n = (to - from) / SMALL_PAGE;
	ssize_t got;

	memset(search->entries, 0, sizeof(search->entries));
	got = pread(search->pagemap, search->entries + first,
		    n * sizeof(*search->entries), (off_t)(from / SMALL_PAGE *
		    sizeof(*search->entries)));
	if (got < 0)
		return failed(search, -errno);
	/* Nothing at all: there is no address space any more. */
	if (!got)
		return failed(search, -ESRCH);
	*ret_first = first;
	*ret_n = n;
	return 0;
}

/* Every span that the mapping touches. */
static int each_span(struct search *search,
		     int (*fn)(struct search *search, uint64_t span,
			       size_t first, size_t n))
{
	uint64_t end = search->mapping->end;
	size_t first = 0, n = 0;
	int error = 0;

	for (uint64_t span = search->mapping->start & -HUGE_PAGE;
	     !error && span < end; span += HUGE_PAGE) {
		error = read_span(search, span, &first, &n);
		if (!error)
			error = fn(search, span, first, n);
	}
	return error;
}

static int each_hugetlb(struct search *search, uint64_t page_bytes)
{
	const struct tierscope_mapping *mapping = search->mapping;
	uint64_t entry;
	int error = 0;

	for (uint64_t at = mapping->start; !error && at < mapping->end;
	     at += page_bytes) {
		if (pread(search->pagemap, &entry, sizeof(entry),
			  (off_t)(at / SMALL_PAGE * sizeof(entry))) != sizeof(entry))
			return failed(search, -ESRCH);
		if (PRESENT(entry))
			error = add_head(search, at, entry, page_bytes);
	}
	return error;
}

/* Of cells that are all on one node it is known already. What is nobody's memory
 * is present in pagemap too, and only a query tells. */
static int common_node(const struct tierscope_mapping *mapping)
{
	int node = -1;

	if (mapping->special_bytes)
		return -1;
	for (size_t i = 0; i < mapping->n_cells; i++) {
		if (node >= 0 && mapping->cells[i].node != node)
			return -1;
		node = mapping->cells[i].node;
	}
	return node;
}

static int search_mapping(struct search *search)
{
	const struct tierscope_mapping *mapping = search->mapping;
	uint64_t page_bytes = 0;
	bool small = false;
	int error = 0;

	search->node = common_node(mapping);

	for (size_t i = 0; i < mapping->n_cells; i++) {
		const struct tierscope_cell *cell = &mapping->cells[i];

		if (cell->kind == TIERSCOPE_KIND_DAX || !cell->pages)
			continue;
		page_bytes = cell->page_bytes;
		small |= cell->page_bytes == SMALL_PAGE;
		if (cell->page_bytes == HUGE_PAGE)
			search->huge += cell->pages;
	}
	if (!page_bytes)
		return 0;
	if (mapping->flags & TIERSCOPE_MAPPING_HUGETLB)
		error = each_hugetlb(search, page_bytes);
	else if (search->huge && !small)
		search->spans = search->huge;
	else if (search->huge)
		error = each_span(search, count_span);
	if (!error && !(mapping->flags & TIERSCOPE_MAPPING_HUGETLB))
		error = each_span(search, add_span);
	return error ? error : hand_over(search);
}

int tierscope_find_by(const struct tierscope_move_call *call,
		      struct tierscope *ts, struct tierscope_finder *finder,
		      int pagemap, pid_t pid,
		      const struct tierscope_mapping *mapping, uint64_t start,
		      uint64_t end, tierscope_range_fn fn, void *data)
{
	struct search search = {
		.ts = ts, .finder = finder, .call = call, .pagemap = pagemap,
		.pid = pid, .mapping = mapping, .start = start, .end = end,
		.fn = fn, .data = data,
	};

	return search_mapping(&search);
}

int tierscope_finder_mapping(struct tierscope *ts,
			     struct tierscope_finder *finder, pid_t pid,
			     const struct tierscope_mapping *mapping,
			     uint64_t start, uint64_t end,
			     tierscope_range_fn fn, void *data)
{
	char path[sizeof("/proc/-2147483648/pagemap")];
	int fd scope_close = -1;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tierscope_fail(ts, errno == ENOENT ? -ESRCH :
				      errno == EACCES ? -EPERM : -errno,
				      "cannot open %s: %s", path, strerror(errno));
	return tierscope_find_by(&tierscope_move_call_kernel, ts, finder, fd,
				 pid, mapping, start, end, fn, data);
}
