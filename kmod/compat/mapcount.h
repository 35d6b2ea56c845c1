/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a page is mapped more than once.
 *
 * tierscope_page_shared(): a small page, alone or of a larger folio, by its own
 * count. tierscope_huge_page_shared(): a page of which the caller looks at an
 * entry of 2 MiB or 1 GiB, @page being the first of it; whether another entry
 * maps it or any part of it.
 *
 * Call them with the lock of the table held that maps the page. Other mappings
 * of it come and go all the same.
 */
#ifndef TIERSCOPE_COMPAT_MAPCOUNT_H
#define TIERSCOPE_COMPAT_MAPCOUNT_H

#include <linux/huge_mm.h>
#include <linux/hugetlb.h>
#include <linux/mm.h>

#ifdef TIERSCOPE_HAVE_PAGE_MAPCOUNT

static inline bool tierscope_page_shared(struct page *page)
{
	return page_mapcount(page) > 1;
}

/* There is no count of all the entries that map some of a page. */
static inline bool tierscope_huge_page_shared(struct page *page)
{
	unsigned long i, n = PageHuge(page) ? 1 : HPAGE_PMD_NR;

	for (i = 0; i < n; i++)
		if (page_mapcount(page + i) > 1)
			return true;
	return false;
}

#else

/* The sum that folio_precise_page_mapcount() of fs/proc/internal.h makes. */
static inline bool tierscope_page_shared(struct page *page)
{
	struct folio *folio = page_folio(page);
	int count = atomic_read(&page->_mapcount) + 1;

	if (folio_test_large(folio))
		count += folio_entire_mapcount(folio);
	return count > 1;
}

static inline bool tierscope_huge_page_shared(struct page *page)
{
	return folio_mapcount(page_folio(page)) > 1;
}

#endif

#endif /* TIERSCOPE_COMPAT_MAPCOUNT_H */
