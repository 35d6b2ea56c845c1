// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Which pages a mapping has, and on which nodes.
 *
 * pagemap (Documentation/admin-guide/mm/pagemap.rst) says what is present and
 * what is mapped once, the query of move_pages(2) where it is, unless the cells
 * leave one node only; both are open to whoever may look at the process. Neither
 * tells a huge page from 512 small ones. The mapping's cells say how many of each
 * there are: if there are as many spans of 2 MiB with everything present as huge
 * pages, these are they; if there are more, those on one node are taken for huge
 * pages and marked GUESSED.
 */
#include "finder_search.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "context.h"
#include "scope.h"

static bool is_full(const struct tierscope_search *search, size_t n)
{
	for (size_t i = 0; i < SPAN_PAGES; i++)
		if (n < SPAN_PAGES || !(search->entries[i] & PAGEMAP_PRESENT))
			return false;
	return true;
}

static int add_span(struct tierscope_search *search, uint64_t span, size_t first, size_t n)
{
	bool full = search->huge && is_full(search, n);

	if (full && search->spans == search->huge)
		return tierscope_search_head(search, span, search->entries[0], HUGE_PAGE);
	return tierscope_search_small(search, span, first, n, full);
}

static int count_span(struct tierscope_search *search, uint64_t span, size_t first, size_t n)
{
	(void)span;
	(void)first;
	search->spans += is_full(search, n);
	return 0;
}

/* Entries of a span that the mapping has, at their places. */
static int read_span(struct tierscope_search *search, uint64_t span, size_t *ret_first,
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
		return tierscope_search_failed(search, -errno);
	/* Nothing at all: there is no address space any more. */
	if (!got)
		return tierscope_search_failed(search, -ESRCH);
	*ret_first = first;
	*ret_n = n;
	return 0;
}

/* Every span that the mapping touches. */
static int each_span(struct tierscope_search *search,
		     int (*fn)(struct tierscope_search *search, uint64_t span,
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

static int each_hugetlb(struct tierscope_search *search, uint64_t page_bytes)
{
	const struct tierscope_mapping *mapping = search->mapping;
	uint64_t entry;
	int error = 0;

	for (uint64_t at = mapping->start; !error && at < mapping->end;
	     at += page_bytes) {
		if (pread(search->pagemap, &entry, sizeof(entry),
			  (off_t)(at / SMALL_PAGE * sizeof(entry))) != sizeof(entry))
			return tierscope_search_failed(search, -ESRCH);
		if (entry & PAGEMAP_PRESENT)
			error = tierscope_search_head(search, at, entry, page_bytes);
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

/* Whether the cells say it all: pagemap costs as much for each page as a few
 * hundredths of moving it do. */
static bool is_known(const struct tierscope_search *search)
{
	const struct tierscope_mapping *mapping = search->mapping;
	const struct tierscope_cell *cell = mapping->cells;

	return search->finder->alone && mapping->n_cells == 1 &&
	       !mapping->special_bytes && cell->kind == TIERSCOPE_KIND_ANON &&
	       cell->page_bytes == SMALL_PAGE &&
	       cell->pages == (mapping->end - mapping->start) / SMALL_PAGE &&
	       !(mapping->flags & TIERSCOPE_MAPPING_SHARED);
}

static int search_mapping(struct tierscope_search *search)
{
	const struct tierscope_mapping *mapping = search->mapping;
	uint64_t page_bytes = 0;
	bool small = false;
	int error = 0;

	if (is_known(search))
		return tierscope_search_whole(search);
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
	return error ? error : tierscope_search_hand_over(search);
}

int tierscope_find_by(const struct tierscope_move_call *call,
		      struct tierscope *ts, struct tierscope_finder *finder,
		      int pagemap, pid_t pid,
		      const struct tierscope_mapping *mapping, uint64_t start,
		      uint64_t end, tierscope_range_fn fn, void *data)
{
	struct tierscope_search search = {
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
