// SPDX-License-Identifier: LGPL-2.1-or-later
/* From entries of pagemap to ranges of pages that are alike. */
#include "finder_search.h"

#include <errno.h>
#include <string.h>

#include "context.h"

int tierscope_search_failed(const struct tierscope_search *search, int error)
{
	if (error == -ESRCH)
		return tierscope_fail(search->ts, error, "process %d has ended",
				      search->pid);
	return tierscope_fail(search->ts, error,
			      "cannot find the pages of process %d: %s",
			      search->pid, strerror(-error));
}

static int ask(const struct tierscope_search *search, size_t n,
	       const uint64_t *addresses, int *nodes)
{
	int error = 0;

	for (size_t i = 0; search->node >= 0 && i < n; i++)
		nodes[i] = search->node;
	if (search->node < 0)
		error = tierscope_query_nodes(search->call, search->pid, n,
					      addresses, nodes);
	return error ? tierscope_search_failed(search, error) : 0;
}

int tierscope_search_hand_over(struct tierscope_search *search)
{
	int error = search->range.pages ?
		    search->fn(&search->range, search->data) : 0;

	search->range.pages = 0;
	return error;
}

/* @pages neighbours, or those of them that are looked for. */
static int add(struct tierscope_search *search, uint64_t address, uint64_t pages,
	       uint64_t page_bytes, int node, uint32_t flags)
{
	struct tierscope_range *range = &search->range;
	uint64_t before = search->start > address ?
			  (search->start - address) / page_bytes : 0;
	int error;

	if (before >= pages || address >= search->end)
		return 0;
	address += before * page_bytes;
	pages -= before;
	if (search->end - address < pages * page_bytes)
		pages = (search->end - address - 1) / page_bytes + 1;
	if (range->pages && range->page_bytes == page_bytes &&
	    range->from == node && range->flags == flags &&
	    range->address + range->pages * page_bytes == address) {
		range->pages += pages;
		return 0;
	}
	error = tierscope_search_hand_over(search);
	*range = (struct tierscope_range){ address, pages, page_bytes, node, -1, flags };
	return error;
}

/* How a page that is mapped more than once goes: as such, or not at all if it
 * was there before. */
static bool seen_before(struct tierscope_search *search, uint64_t entry,
			uint32_t *ret_flags)
{
	bool once = entry & PAGEMAP_ONCE;

	*ret_flags = once ? 0 : TIERSCOPE_RANGE_SHARED;
	return !once && tierscope_frames_have(&search->finder->frames,
					      entry & PAGEMAP_FRAME);
}

int tierscope_search_head(struct tierscope_search *search, uint64_t address,
			  uint64_t entry, uint64_t page_bytes)
{
	uint32_t flags;
	int node, error;

	error = ask(search, 1, &address, &node);
	if (error)
		return error;
	if (node < 0 || seen_before(search, entry, &flags))
		return 0;
	return add(search, address, 1, page_bytes, node, flags);
}

int tierscope_search_whole(struct tierscope_search *search)
{
	const struct tierscope_cell *cell = search->mapping->cells;

	return add(search, search->mapping->start, cell->pages, SMALL_PAGE,
		   cell->node, 0) ?: tierscope_search_hand_over(search);
}

/* From @first on, before @end: how many are present and mapped once. */
static size_t owned(const struct tierscope_search *search, size_t first, size_t end)
{
	const uint64_t what = PAGEMAP_PRESENT | PAGEMAP_ONCE;
	size_t i = first;

	while (i < end && (search->entries[i] & what) == what)
		i++;
	return i - first;
}

/*
 * All are on the one node that there is. What is mapped once goes run by run: that
 * is most memory of most processes, and there is much of it.
 */
static int add_known(struct tierscope_search *search, uint64_t span, size_t first,
		     size_t n)
{
	const size_t end = first + n;
	int error = 0;

	for (size_t i = first, run; !error && i < end; i += run ? run : 1) {
		uint64_t entry = search->entries[i];
		uint32_t flags = 0;

		run = owned(search, i, end);
		if (run || (entry & PAGEMAP_PRESENT &&
			    !seen_before(search, entry, &flags)))
			error = add(search, span + i * SMALL_PAGE, run ? run : 1,
				    SMALL_PAGE, search->node, flags);
	}
	return error;
}

/* Which node each is on has to be asked. */
static int add_asked(struct tierscope_search *search, uint64_t span, size_t first,
		     size_t n, bool may_be_huge)
{
	uint64_t addresses[SPAN_PAGES] = { 0 };
	int nodes[SPAN_PAGES], error;
	uint32_t flags = 0;
	size_t present = 0, same = 1;

	for (size_t i = first; i < first + n; i++)
		if (search->entries[i] & PAGEMAP_PRESENT)
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
		return add(search, span, 1, HUGE_PAGE, nodes[0],
			   flags | TIERSCOPE_RANGE_GUESSED);
	}
	for (size_t i = 0; !error && i < present; i++) {
		uint64_t entry = search->entries[(addresses[i] - span) / SMALL_PAGE];

		if (nodes[i] >= 0 && !seen_before(search, entry, &flags))
			error = add(search, addresses[i], 1, SMALL_PAGE,
				    nodes[i], flags);
	}
	return error;
}

int tierscope_search_small(struct tierscope_search *search, uint64_t span,
			   size_t first, size_t n, bool may_be_huge)
{
	return search->node >= 0 && !may_be_huge ?
	       add_known(search, span, first, n) :
	       add_asked(search, span, first, n, may_be_huge);
}
