/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looking through one mapping: what is found in a piece of it.
 */
#pragma once

#include "finder.h"

#define SMALL_PAGE	TIERSCOPE_SMALL_PAGE
#define HUGE_PAGE	(2ULL << 20)
#define SPAN_PAGES	(HUGE_PAGE / SMALL_PAGE)

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_ONCE	(1ULL << 56)
#define PAGEMAP_FRAME	((1ULL << 55) - 1)

/**
 * struct tierscope_search - one mapping
 * @node: all pages of the mapping are there, by its cells; -1: has to be asked
 * @spans: how many spans have everything present
 * @huge: how many huge pages there are
 * @range: not handed over yet, as it may grow
 */
struct tierscope_search {
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

/* A sentence; returns @error. */
int tierscope_search_failed(const struct tierscope_search *search, int error);

/* A huge page or one of the pool, which has its first page at @address. */
int tierscope_search_head(struct tierscope_search *search, uint64_t address,
			  uint64_t entry, uint64_t page_bytes);

/* Of a span, @n entries from @first on. */
int tierscope_search_small(struct tierscope_search *search, uint64_t span,
			   size_t first, size_t n, bool may_be_huge);

/* All of the mapping, of which one cell says everything. */
int tierscope_search_whole(struct tierscope_search *search);

/* What is not handed over yet. */
int tierscope_search_hand_over(struct tierscope_search *search);
