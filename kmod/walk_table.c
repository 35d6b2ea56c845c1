// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lowest tables: entries of 4 KiB, in runs that count alike.
 */
#include <linux/mm.h>
#include <linux/tierscope.h>

#include "compat/mapcount.h"
#include "core/run.h"
#include "core/tally.h"
#include "leaf.h"
#include "walk_leaf.h"

#ifndef CONFIG_X86_64
#error "entries are compared as x86-64 lays them out"
#endif

/*
 * Entries that agree in these bits count alike: the section of physical
 * memory, and whether and how the page is there. (For a NUMA-hinting entry the
 * frame is inverted, in all entries alike.)
 */
static u64 walk_key(void)
{
	u64 frame = PTE_PFN_MASK & ~((1ULL << PA_SECTION_SHIFT) - 1);

	return frame | _PAGE_PRESENT | _PAGE_PROTNONE | _PAGE_SPECIAL |
	       _PAGE_DEVMAP;
}

/* x86 marks 4 KiB pages of DAX as special, too (pte_mkdevmap()). */
static bool walk_special(pte_t pte)
{
	return pte_special(pte) && !pte_devmap(pte);
}

/* Page by page: copies in a private mapping of a file, and what is shared. */
static void walk_ask(const struct tierscope_leaf_class *class, const u64 *entry,
		     size_t n)
{
	pte_t first = __pte(tierscope_run_read(entry));
	u64 pages[2] = {}, shared[2] = {};
	unsigned int anon;
	size_t i;

	for (i = 0; i < n; i++) {
		struct page *page = pte_page(__pte(tierscope_run_read(&entry[i])));

		anon = PageAnon(page);
		pages[anon]++;
		if (class->sharing && tierscope_page_shared(page))
			shared[anon]++;
	}
	/* All of one section: any frame of it finds the cell. */
	for (anon = 0; anon < 2; anon++) {
		enum tierscope_kind kind = anon ? TIERSCOPE_KIND_ANON :
						  class->kind;

		if (!pages[anon])
			continue;
		tierscope_leaf_present(class, kind, pte_pfn(first), PAGE_SHIFT,
				       pages[anon], false, pte_protnone(first));
		if (shared[anon])
			tierscope_leaf_shared(class, kind, pte_pfn(first),
					      PAGE_SHIFT, shared[anon]);
	}
}

static void walk_visit_entries(const struct tierscope_leaf_class *class,
			       unsigned long address, const u64 *entry, size_t n)
{
	for (; n && !class->visitor->stopped; n--, address += PAGE_SIZE) {
		pte_t pte = __pte(tierscope_run_read(entry++));

		if (pte_present(pte))
			tierscope_leaf_visit(class, address, pte, pte_pfn(pte),
					     PAGE_SHIFT, walk_special(pte));
	}
}

static void walk_entries(const struct tierscope_leaf_class *class,
			 const u64 *entry, size_t n)
{
	const u64 key = walk_key();
	size_t run;

	for (; n; entry += run, n -= run) {
		u64 value = tierscope_run_read(entry);
		pte_t pte = __pte(value);

		if (!value) {
			run = tierscope_run_none(entry, n);
			continue;
		}
		if (!pte_present(pte)) {
			run = 1;
			if (!pte_none(pte))
				tierscope_leaf_absent(class, pte, 1);
			continue;
		}
		run = tierscope_run_length(entry, n, value, key);
		if (walk_special(pte))
			class->tally->special_pages += run;
		else if (class->ask_page && !pte_devmap(pte))
			walk_ask(class, entry, run);
		else
			tierscope_leaf_present(class, class->kind, pte_pfn(pte),
					       PAGE_SHIFT, run, pte_devmap(pte),
					       pte_protnone(pte));
	}
}

/* The same with the table's lock, which keeps every page that is mapped there. */
static bool walk_entries_locked(const struct tierscope_leaf_class *class,
				struct mm_struct *mm, pmd_t *pmd, pmd_t value,
				const u64 *entry, size_t n)
{
	spinlock_t *lock = pte_lockptr(mm, &value);
	bool there;

	spin_lock(lock);
	there = pmd_same(value, READ_ONCE(*pmd));
	if (there)
		walk_entries(class, entry, n);
	spin_unlock(lock);
	return there;
}

bool tierscope_walk_table(const struct tierscope_leaf_class *class,
			  struct mm_struct *mm, pmd_t *pmd,
			  unsigned long address, unsigned long end)
{
	size_t n = (end - address) >> PAGE_SHIFT;
	bool there = false;
	pmd_t value;
	u64 *entry;

	BUILD_BUG_ON(sizeof(pte_t) != sizeof(u64));

	rcu_read_lock();
	value = READ_ONCE(*pmd);
	if (pmd_none(value) || !pmd_present(value) || pmd_leaf(value) ||
	    pmd_bad(value))
		goto unlock_rcu;
	entry = (u64 *)pte_offset_kernel(&value, address);
	if (class->visitor) {
		walk_visit_entries(class, address, entry, n);
		there = true;
	} else if (class->ask_page) {
		there = walk_entries_locked(class, mm, pmd, value, entry, n);
	} else {
		walk_entries(class, entry, n);
		there = true;
	}
unlock_rcu:
	rcu_read_unlock();
	return there;
}
