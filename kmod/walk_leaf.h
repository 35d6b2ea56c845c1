/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Leaves of page tables as a walk counts them, by the level that they are on.
 * What keeps the tables in place, and in what order locks are taken, is said in
 * walk.c.
 */
#ifndef TIERSCOPE_WALK_LEAF_H
#define TIERSCOPE_WALK_LEAF_H

#include <linux/mm.h>

struct tierscope_leaf_class;

/*
 * The entries of 4 KiB below @pmd, from @address up to @end. False if their
 * table is no longer there, and nothing was counted.
 */
bool tierscope_walk_table(const struct tierscope_leaf_class *class,
			  struct mm_struct *mm, pmd_t *pmd,
			  unsigned long address, unsigned long end);

/* One leaf of 2 MiB, @value when it was looked at; false as above. */
bool tierscope_walk_pmd_leaf(const struct tierscope_leaf_class *class,
			     struct mm_struct *mm, pmd_t *pmd,
			     unsigned long address, pmd_t value);

/* One leaf of 1 GiB: hugetlb or DAX. */
void tierscope_walk_pud_leaf(const struct tierscope_leaf_class *class,
			     struct mm_struct *mm, pud_t *pud,
			     unsigned long address, pud_t value);

/*
 * Of a huge page under PROT_NONE, x86's pud_present() says that it is not there,
 * and 6.1's pud_leaf() that it is none: both want the bit that PROT_NONE clears.
 */
static inline bool tierscope_walk_pud_there(pud_t value)
{
	return pte_present(__pte(pud_val(value)));
}

static inline bool tierscope_walk_pud_huge(pud_t value)
{
	return pud_val(value) & _PAGE_PSE;
}

#endif /* TIERSCOPE_WALK_LEAF_H */
