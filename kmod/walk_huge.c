// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leaves of 2 MiB and 1 GiB: transparent huge pages, hugetlb, DAX.
 */
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include <linux/tierscope.h>

#include "compat/mapcount.h"
#include "core/tally.h"
#include "leaf.h"
#include "walk_leaf.h"

static void walk_count_pmd(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, unsigned long address,
			   pmd_t value)
{
	if (class->visitor)
		tierscope_leaf_visit(class, address, __pte(pmd_val(value)),
				     pmd_pfn(value), PMD_SHIFT, false);
	else
		tierscope_leaf_present(class, kind, pmd_pfn(value), PMD_SHIFT,
				       1, pmd_devmap(value),
				       pmd_protnone(value));
}

static void walk_count_huge_zero(const struct tierscope_leaf_class *class,
				 unsigned long address, pmd_t value)
{
	if (class->visitor)
		tierscope_leaf_visit(class, address, __pte(pmd_val(value)),
				     pmd_pfn(value), PMD_SHIFT, true);
	else
		class->tally->special_pages += HPAGE_PMD_NR;
}

/*
 * Where the huge zero page can be: anonymous memory that was only read, and
 * holes of files on DAX.
 */
static bool walk_zero_pmd_kind(enum tierscope_kind kind)
{
	return kind == TIERSCOPE_KIND_ANON || kind == TIERSCOPE_KIND_DAX;
}

/* A table of hugetlb that several processes have is one mapping to its pages. */
static bool walk_pmd_shared(const struct tierscope_leaf_class *class,
			    pmd_t *pmd, pmd_t value)
{
	return (class->hugetlb && hugetlb_pmd_shared((pte_t *)pmd)) ||
	       tierscope_huge_page_shared(pmd_page(value));
}

static bool walk_ask_pmd(const struct tierscope_leaf_class *class,
			 struct mm_struct *mm, pmd_t *pmd, unsigned long address)
{
	enum tierscope_kind kind = class->kind;
	spinlock_t *lock = pmd_lock(mm, pmd);
	pmd_t value = READ_ONCE(*pmd);
	bool there = pmd_present(value) && pmd_leaf(value);

	if (!there)
		goto unlock;
	if (pmd_devmap(value)) {	/* a hole that was filled meanwhile */
		walk_count_pmd(class, kind, address, value);
		goto unlock;
	}
	if (PageAnon(compound_head(pmd_page(value)))) {
		kind = TIERSCOPE_KIND_ANON;
	} else if (walk_zero_pmd_kind(kind)) {
		walk_count_huge_zero(class, address, value);
		goto unlock;
	}
	walk_count_pmd(class, kind, address, value);
	if (class->sharing && walk_pmd_shared(class, pmd, value))
		tierscope_leaf_shared(class, kind, pmd_pfn(value), PMD_SHIFT, 1);
unlock:
	spin_unlock(lock);
	return there;
}

/*
 * One leaf of 2 MiB; false as above. Of two sorts struct page must always say
 * more: copies in private mappings of files, and read-only leaves that may be the
 * huge zero page.
 */
bool tierscope_walk_pmd_leaf(const struct tierscope_leaf_class *class,
			     struct mm_struct *mm, pmd_t *pmd,
			     unsigned long address, pmd_t value)
{
	bool ask = class->ask_page ||
		   (walk_zero_pmd_kind(class->kind) && !pmd_write(value));
	bool there = true;

	rcu_read_lock();
	if (ask && !class->special && !pmd_devmap(value))
		there = walk_ask_pmd(class, mm, pmd, address);
	else
		walk_count_pmd(class, class->kind, address, value);
	rcu_read_unlock();
	return there;
}

static void walk_count_pud(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, unsigned long address,
			   pud_t value)
{
	pte_t entry = __pte(pud_val(value));

	if (class->visitor)
		tierscope_leaf_visit(class, address, entry, pud_pfn(value),
				     PUD_SHIFT, false);
	else
		tierscope_leaf_present(class, kind, pud_pfn(value), PUD_SHIFT,
				       1, pud_devmap(value),
				       pte_protnone(entry));
}

void tierscope_walk_pud_leaf(const struct tierscope_leaf_class *class,
			     struct mm_struct *mm, pud_t *pud,
			     unsigned long address, pud_t value)
{
	enum tierscope_kind kind = class->kind;

	rcu_read_lock();
	if (class->ask_page && !class->special && !pud_devmap(value)) {
		/* What huge_pte_lockptr() locks for all but PMDs. */
		spin_lock(&mm->page_table_lock);
		value = READ_ONCE(*pud);
		if (tierscope_walk_pud_there(value) && tierscope_walk_pud_huge(value)) {
			if (PageAnon(compound_head(pud_page(value))))
				kind = TIERSCOPE_KIND_ANON;
			walk_count_pud(class, kind, address, value);
			if (class->sharing &&
			    tierscope_huge_page_shared(pud_page(value)))
				tierscope_leaf_shared(class, kind,
						      pud_pfn(value), PUD_SHIFT,
						      1);
		}
		spin_unlock(&mm->page_table_lock);
	} else {
		walk_count_pud(class, kind, address, value);
	}
	rcu_read_unlock();
}
