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
#include <linux/moduleparam.h>
#include <linux/sched/signal.h>
#include <linux/tierscope.h>

#include "core/run.h"
#include "core/tally.h"
#include "leaf.h"
#include "mm_lock.h"
#include "walk.h"
#include "walk_leaf.h"

static unsigned int walk_max_ms = TIERSCOPE_WALK_MAX_NS / NSEC_PER_MSEC;
module_param(walk_max_ms, uint, 0444);
MODULE_PARM_DESC(walk_max_ms,
		 "a walk of one process that takes longer is given up (milliseconds, at most 30000)");

/* Nobody splits and makes one huge page more often while we look at it. */
#define WALK_TRIES	8

/**
 * struct walk - where a walk's leaves go, and how far it may
 * @tally: counts them; or
 * @visitor: is handed them one by one
 * @deadline: in jiffies
 */
struct walk {
	struct tierscope_tally *tally;
	struct tierscope_visitor *visitor;
	unsigned long deadline;
};

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
			if (tierscope_walk_pmd_leaf(class, mm, pmd, address, value))
				return;
		} else if (tierscope_walk_table(class, mm, pmd, address, end)) {
			return;
		}
	}
}

unsigned long tierscope_walk_deadline(unsigned long spent)
{
	unsigned long max = nsecs_to_jiffies(TIERSCOPE_WALK_MAX_NS);

	max = min(max, msecs_to_jiffies(walk_max_ms));
	return jiffies + max - min(spent, max);
}

/* A load and a subtraction; a clock would cost more than a step of huge pages. */
static bool walk_is_late(const struct walk *walk)
{
	return time_after_eq(jiffies, walk->deadline);
}

static bool walk_stopped(const struct walk *walk)
{
	return walk->visitor && walk->visitor->stopped;
}

/* Of memory that nothing uses any more, the walk is not for who runs it. */
static bool walk_killed(const struct mm_struct *mm)
{
	return fatal_signal_pending(current) && atomic_read(&mm->mm_users);
}

/*
 * There is somebody who needs the lock, or the CPU, more than we do; or we have
 * gone far enough.
 */
static bool walk_should_yield(struct mm_struct *mm, const struct walk *walk)
{
	return walk_stopped(walk) || need_resched() ||
	       mmap_lock_is_contended(mm) || walk_killed(mm) ||
	       walk_is_late(walk);
}

/*
 * Where the first entry maps that is not none, from @entry on, which is and maps
 * @address; at most @end, where its table ends or what is asked for.
 */
static unsigned long walk_none_end(const u64 *entry, unsigned int shift,
				   unsigned long address, unsigned long end)
{
	unsigned long first = address >> shift;
	size_t n = ((end - 1) >> shift) - first + 1;

	return min(end, (first + tierscope_run_none(entry, n)) << shift);
}

/*
 * The three below return how far they came: @end, or less if the walk has to let
 * go of the lock. At least one step is made, what lies below one entry of the
 * lowest table that there is, or a busy lock would keep us for ever.
 *
 * Neighbouring entries without anything are one step, or a sparse mapping would
 * cost as if it were full. Tables are gone through from entry to entry and not
 * found anew from the top: the mmap lock, held all the time, keeps them.
 */
static unsigned long walk_pmd_table(const struct tierscope_leaf_class *class,
				    struct mm_struct *mm, pud_t table,
				    unsigned long address, unsigned long end,
				    const struct walk *walk)
{
	pmd_t *pmd = pmd_offset(&table, address);
	unsigned long next;

	do {
		if (pmd_none(READ_ONCE(*pmd))) {
			next = walk_none_end((u64 *)pmd, PMD_SHIFT, address,
					     end);
		} else {
			next = pmd_addr_end(address, end);
			walk_pmd(class, mm, pmd, address, next);
		}
		pmd += ((next - 1) >> PMD_SHIFT) - (address >> PMD_SHIFT) + 1;
		address = next;
	} while (address < end && !walk_should_yield(mm, walk));
	return address;
}

static unsigned long walk_pud_table(const struct tierscope_leaf_class *class,
				    struct mm_struct *mm, p4d_t *p4d,
				    unsigned long address, unsigned long end,
				    const struct walk *walk)
{
	pud_t *pud = pud_offset(p4d, address);
	unsigned long next, reached;

	do {
		pud_t value = READ_ONCE(*pud);

		next = pud_addr_end(address, end);
		if (pud_none(value)) {
			next = walk_none_end((u64 *)pud, PUD_SHIFT, address,
					     end);
		} else if (!tierscope_walk_pud_there(value)) {
			tierscope_leaf_absent(class, __pte(pud_val(value)),
					      PUD_SIZE >> PAGE_SHIFT);
		} else if (tierscope_walk_pud_huge(value)) {
			tierscope_walk_pud_leaf(class, mm, pud, address, value);
		} else if (!pud_bad(value)) {
			reached = walk_pmd_table(class, mm, value, address,
						 next, walk);
			if (reached < next)
				return reached;
		}
		pud += ((next - 1) >> PUD_SHIFT) - (address >> PUD_SHIFT) + 1;
		address = next;
	} while (address < end && !walk_should_yield(mm, walk));
	return address;
}

static unsigned long walk_tables(const struct tierscope_leaf_class *class,
				 struct mm_struct *mm, unsigned long address,
				 unsigned long end, const struct walk *walk)
{
	unsigned long next, reached;

	do {
		pgd_t *pgd = pgd_offset(mm, address);
		p4d_t *p4d;

		next = pgd_addr_end(address, end);
		if (pgd_none(*pgd) || pgd_bad(*pgd))
			continue;
		p4d = p4d_offset(pgd, address);
		next = p4d_addr_end(address, end);
		if (p4d_none(*p4d) || p4d_bad(*p4d))
			continue;
		reached = walk_pud_table(class, mm, p4d, address, next, walk);
		if (reached < next)
			return reached;
	} while ((address = next) < end && !walk_should_yield(mm, walk));
	return address;
}

/* Returns how far it came: @end, or less if it has to let go of the lock. */
static unsigned long walk_vma(struct vm_area_struct *vma, unsigned long address,
			      unsigned long end, const struct walk *walk)
{
	struct mm_struct *mm = vma->vm_mm;
	struct address_space *shared = NULL;
	struct tierscope_leaf_class class;

	tierscope_leaf_classify(vma, walk->tally, &class);
	class.visitor = walk->visitor;
	if (is_vm_hugetlb_page(vma) && vma->vm_flags & VM_MAYSHARE) {
		shared = vma->vm_file->f_mapping;
		i_mmap_lock_read(shared);
	}
	address = walk_tables(&class, mm, address, end, walk);
	if (shared)
		i_mmap_unlock_read(shared);
	return address;
}

/* Up to the end, or to where it has to let go; returns how far it came. */
static unsigned long walk_some(struct mm_struct *mm, unsigned long start,
			       unsigned long end, const struct walk *walk)
{
	VMA_ITERATOR(iterator, mm, start);
	struct vm_area_struct *vma;

	for_each_vma_range(iterator, vma, end) {
		unsigned long stop = min(end, vma->vm_end);

		start = walk_vma(vma, max(start, vma->vm_start), stop, walk);
		if (start < stop || walk_should_yield(mm, walk))
			return start;
	}
	return end;
}

/* As tierscope_walk_range() has it. */
static int walk_all(struct mm_struct *mm, unsigned long start,
		    unsigned long end, const struct walk *walk)
{
	int ret;

	while ((start = walk_some(mm, start, end, walk)) < end) {
		if (walk_stopped(walk))
			break;
		mmap_read_unlock(mm);
		if (walk_killed(mm))
			return -EINTR;
		if (walk_is_late(walk))
			return -ETIME;
		cond_resched();
		ret = tierscope_mm_lock(mm, walk->deadline);
		if (ret)
			return ret;
	}
	return 0;
}

int tierscope_walk_range(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_tally *tally,
			 unsigned long deadline)
{
	const struct walk walk = { .tally = tally, .deadline = deadline };
	int ret;

	ret = walk_all(mm, start, end, &walk);
	if (ret)
		return ret;
	if (tally->lost_pages) {
		mmap_read_unlock(mm);
		return -EOVERFLOW;
	}
	return 0;
}

int tierscope_walk_mm(struct mm_struct *mm, struct tierscope_tally *tally)
{
	unsigned long deadline = tierscope_walk_deadline(0);
	int ret;

	ret = tierscope_mm_lock(mm, deadline);
	if (ret)
		return ret;
	ret = tierscope_walk_range(mm, 0, TASK_SIZE_MAX, tally, deadline);
	if (ret)
		return ret;
	mmap_read_unlock(mm);
	return 0;
}

int tierscope_walk_visit(struct mm_struct *mm, unsigned long start,
			 unsigned long end, struct tierscope_visitor *visitor)
{
	const struct walk walk = {
		.visitor = visitor,
		.deadline = tierscope_walk_deadline(0),
	};
	int ret;

	ret = tierscope_mm_lock(mm, walk.deadline);
	if (ret)
		return ret;
	ret = walk_all(mm, start, end, &walk);
	if (ret)
		return ret;
	mmap_read_unlock(mm);
	return 0;
}

bool tierscope_walk_dying(struct mm_struct *mm, u64 limit_ns,
			  struct tierscope_tally *tally)
{
	const struct walk walk = {
		.tally = tally,
		.deadline = jiffies + nsecs_to_jiffies(limit_ns),
	};
	unsigned long address = 0;

	mmap_read_lock(mm);
	while ((address = walk_some(mm, address, TASK_SIZE_MAX, &walk)) <
	       TASK_SIZE_MAX) {
		mmap_read_unlock(mm);
		if (walk_is_late(&walk))
			return true;
		cond_resched();
		mmap_read_lock(mm);
	}
	mmap_read_unlock(mm);
	return tally->lost_pages;
}
