// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk over page tables that reads and does nothing else.
 *
 * The kernel's own walkers are not for modules, and hmm_range_fault() takes
 * NUMA-hinting entries for absent. What keeps the tables in place here:
 *
 *  - the mmap lock, held for reading: upper levels are freed with it held for
 *    writing only, and within a VMA only (so we never look outside of one);
 *  - rcu_read_lock() around a table of PTEs: from 6.5 on such tables are also
 *    freed without the mmap lock, but after a grace period. The PMD is read
 *    once, and the table found through that copy;
 *  - the i_mmap lock around shared hugetlb mappings, whose PMD tables may be
 *    shared and are unshared with it held for writing.
 *
 * struct page is asked only under the lock of its page table: a page that is
 * mapped there stays.
 *
 * Locks: mmap lock, i_mmap lock, page table lock.
 */
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "core/run.h"
#include "core/tally.h"
#include "leaf.h"
#include "walk.h"

#ifndef CONFIG_X86_64
#error "entries are compared as x86-64 lays them out"
#endif

/* Nobody splits and makes one huge page more often while we look at it. */
#define WALK_TRIES	8

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

/* Kinds page by page: a private mapping of a file that has copies in it. */
static void walk_ask(const struct tierscope_leaf_class *class, const u64 *entry,
		     size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		pte_t pte = __pte(tierscope_run_read(&entry[i]));
		enum tierscope_kind kind = class->kind;

		if (PageAnon(pte_page(pte)))
			kind = TIERSCOPE_KIND_ANON;
		tierscope_leaf_present(class, kind, pte_pfn(pte), PAGE_SHIFT, 1,
				       false, pte_protnone(pte));
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
			run = tierscope_run_length(entry, n, 0, ~0ULL);
			continue;
		}
		if (!pte_present(pte)) {
			run = 1;
			if (!pte_none(pte))
				tierscope_leaf_absent(class, pte, 1);
			continue;
		}
		run = tierscope_run_length(entry, n, value, key);
		if (pte_special(pte))
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

/* False if the table is no longer there, and nothing was counted. */
static bool walk_table(const struct tierscope_leaf_class *class,
		       struct mm_struct *mm, pmd_t *pmd, unsigned long address,
		       unsigned long end)
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
	if (class->ask_page) {
		there = walk_entries_locked(class, mm, pmd, value, entry, n);
	} else {
		walk_entries(class, entry, n);
		there = true;
	}
unlock_rcu:
	rcu_read_unlock();
	return there;
}

static void walk_count_pmd(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, pmd_t value)
{
	tierscope_leaf_present(class, kind, pmd_pfn(value), PMD_SHIFT, 1,
			       pmd_devmap(value), pmd_protnone(value));
}

static bool walk_ask_pmd(const struct tierscope_leaf_class *class,
			 struct mm_struct *mm, pmd_t *pmd)
{
	spinlock_t *lock = pmd_lock(mm, pmd);
	pmd_t value = READ_ONCE(*pmd);
	bool there = pmd_present(value) && pmd_leaf(value);

	if (!there)
		;
	else if (PageAnon(compound_head(pmd_page(value))))
		walk_count_pmd(class, TIERSCOPE_KIND_ANON, value);
	else if (class->kind != TIERSCOPE_KIND_ANON)
		walk_count_pmd(class, class->kind, value);
	else
		class->tally->special_pages += HPAGE_PMD_NR;
	spin_unlock(lock);
	return there;
}

/*
 * One leaf of 2 MiB; false as above. Of two sorts of mapping struct page must
 * say more: copies in private ones of files, and read-only leaves of anonymous
 * memory, which may be the huge zero page.
 */
static bool walk_pmd_leaf(const struct tierscope_leaf_class *class,
			  struct mm_struct *mm, pmd_t *pmd, pmd_t value)
{
	bool ask = class->ask_page ||
		   (class->kind == TIERSCOPE_KIND_ANON && !pmd_write(value));
	bool there = true;

	rcu_read_lock();
	if (ask && !class->special && !pmd_devmap(value))
		there = walk_ask_pmd(class, mm, pmd);
	else
		walk_count_pmd(class, class->kind, value);
	rcu_read_unlock();
	return there;
}

/* Everything below one entry of a PMD table. */
static void walk_pmd(const struct tierscope_leaf_class *class,
		     struct mm_struct *mm, pmd_t *pmd, unsigned long address,
		     unsigned long end)
{
	unsigned int try;

	/* A huge page that is split or made meanwhile is looked at again. */
	for (try = 0; try < WALK_TRIES; try++) {
		pmd_t value = READ_ONCE(*pmd);

		if (pmd_none(value))
			return;
		if (!pmd_present(value)) {
			/* x86 has one layout of swap entries on all levels. */
			tierscope_leaf_absent(class, __pte(pmd_val(value)),
					      HPAGE_PMD_NR);
			return;
		}
		if (pmd_leaf(value)) {
			if (walk_pmd_leaf(class, mm, pmd, value))
				return;
		} else if (walk_table(class, mm, pmd, address, end)) {
			return;
		}
	}
}

static void walk_count_pud(const struct tierscope_leaf_class *class,
			   enum tierscope_kind kind, pud_t value)
{
	tierscope_leaf_present(class, kind, pud_pfn(value), PUD_SHIFT, 1,
			       pud_devmap(value),
			       pte_protnone(__pte(pud_val(value))));
}

/* One leaf of 1 GiB: hugetlb or DAX. */
static void walk_pud_leaf(const struct tierscope_leaf_class *class,
			  struct mm_struct *mm, pud_t *pud, pud_t value)
{
	enum tierscope_kind kind = class->kind;

	rcu_read_lock();
	if (class->ask_page && !class->special && !pud_devmap(value)) {
		/* What huge_pte_lockptr() locks for all but PMDs. */
		spin_lock(&mm->page_table_lock);
		value = READ_ONCE(*pud);
		if (pud_present(value) && pud_leaf(value)) {
			if (PageAnon(compound_head(pud_page(value))))
				kind = TIERSCOPE_KIND_ANON;
			walk_count_pud(class, kind, value);
		}
		spin_unlock(&mm->page_table_lock);
	} else {
		walk_count_pud(class, kind, value);
	}
	rcu_read_unlock();
}

/* Of memory that nothing uses any more, the walk is not for who runs it. */
static bool walk_killed(const struct mm_struct *mm)
{
	return fatal_signal_pending(current) && atomic_read(&mm->mm_users);
}

/* There is somebody who needs the lock, or the CPU, more than we do. */
static bool walk_should_yield(struct mm_struct *mm)
{
	return need_resched() || mmap_lock_is_contended(mm) || walk_killed(mm);
}

/*
 * Counts one step, what lies below one entry of the lowest table that there
 * is, and returns where the next step begins.
 */
static unsigned long walk_step(const struct tierscope_leaf_class *class,
			       struct mm_struct *mm, unsigned long address,
			       unsigned long end)
{
	pgd_t *pgd = pgd_offset(mm, address);
	unsigned long next;
	p4d_t *p4d;
	pud_t *pud, value;

	next = pgd_addr_end(address, end);
	if (pgd_none(*pgd) || pgd_bad(*pgd))
		return next;

	p4d = p4d_offset(pgd, address);
	next = p4d_addr_end(address, end);
	if (p4d_none(*p4d) || p4d_bad(*p4d))
		return next;

	pud = pud_offset(p4d, address);
	next = pud_addr_end(address, end);
	value = READ_ONCE(*pud);
	if (pud_none(value))
		return next;
	if (!pud_present(value)) {
		tierscope_leaf_absent(class, __pte(pud_val(value)),
				      PUD_SIZE >> PAGE_SHIFT);
		return next;
	}
	if (pud_leaf(value)) {
		walk_pud_leaf(class, mm, pud, value);
		return next;
	}
	if (pud_bad(value))
		return next;

	next = pmd_addr_end(address, end);
	walk_pmd(class, mm, pmd_offset(pud, address), address, next);
	return next;
}

/* Returns how far it came: @end, or less if somebody waits for the lock. */
static unsigned long walk_vma(struct vm_area_struct *vma, unsigned long address,
			      unsigned long end, struct tierscope_tally *tally)
{
	struct mm_struct *mm = vma->vm_mm;
	struct address_space *shared = NULL;
	struct tierscope_leaf_class class;

	tierscope_leaf_classify(vma, tally, &class);
	if (is_vm_hugetlb_page(vma) && vma->vm_flags & VM_MAYSHARE) {
		shared = vma->vm_file->f_mapping;
		i_mmap_lock_read(shared);
	}
	/* At least one step a call, or a busy lock would keep us for ever. */
	do
		address = walk_step(&class, mm, address, end);
	while (address < end && !walk_should_yield(mm));
	if (shared)
		i_mmap_unlock_read(shared);
	return address;
}

/* Up to the end, or to where somebody waits; returns how far it came. */
static unsigned long walk_some(struct mm_struct *mm, unsigned long start,
			       unsigned long end, struct tierscope_tally *tally)
{
	VMA_ITERATOR(iterator, mm, start);
	struct vm_area_struct *vma;

	for_each_vma_range(iterator, vma, end) {
		unsigned long stop = min(end, vma->vm_end);

		start = walk_vma(vma, max(start, vma->vm_start), stop, tally);
		if (start < stop || walk_should_yield(mm))
			return start;
	}
	return end;
}

int tierscope_walk_range(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_tally *tally)
{
	int ret;

	while ((start = walk_some(mm, start, end, tally)) < end) {
		mmap_read_unlock(mm);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		ret = mmap_read_lock_killable(mm);
		if (ret)
			return ret;
	}
	if (tally->lost_pages) {
		mmap_read_unlock(mm);
		return -EOVERFLOW;
	}
	return 0;
}

int tierscope_walk_mm(struct mm_struct *mm, struct tierscope_tally *tally)
{
	int ret;

	ret = mmap_read_lock_killable(mm);
	if (ret)
		return ret;
	ret = tierscope_walk_range(mm, 0, TASK_SIZE_MAX, tally);
	if (ret)
		return ret;
	mmap_read_unlock(mm);
	return 0;
}

/*
 * By stretches of 1 GiB, which take about a millisecond to walk if they are
 * full of 4 KiB pages, and none where nothing is mapped.
 */
bool tierscope_walk_dying(struct mm_struct *mm, u64 limit_ns,
			  struct tierscope_tally *tally)
{
	unsigned long deadline = jiffies + nsecs_to_jiffies(limit_ns);
	struct vm_area_struct *vma;
	unsigned long address = 0;

	mmap_read_lock(mm);
	while ((vma = find_vma(mm, address)) &&
	       time_before(jiffies, deadline)) {
		address = max(address, vma->vm_start);
		address = walk_some(mm, address, pud_addr_end(address, TASK_SIZE_MAX),
				    tally);
		if (!walk_should_yield(mm))
			continue;
		mmap_read_unlock(mm);
		cond_resched();
		mmap_read_lock(mm);
	}
	mmap_read_unlock(mm);
	return vma || tally->lost_pages;
}
