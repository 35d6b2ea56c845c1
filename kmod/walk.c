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

#include "compat/mapcount.h"
#include "core/run.h"
#include "core/tally.h"
#include "leaf.h"
#include "walk.h"

#ifndef CONFIG_X86_64
#error "entries are compared as x86-64 lays them out"
#endif

static unsigned int walk_max_ms = TIERSCOPE_WALK_MAX_NS / NSEC_PER_MSEC;
module_param(walk_max_ms, uint, 0444);
MODULE_PARM_DESC(walk_max_ms,
		 "a walk of one process that takes longer is given up (milliseconds, at most 30000)");

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

/* x86 marks 4 KiB pages of DAX as special, too (pte_mkdevmap()). */
static bool walk_special(pte_t pte)
{
	return pte_special(pte) && !pte_devmap(pte);
}

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
static bool walk_pmd_leaf(const struct tierscope_leaf_class *class,
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
			if (walk_pmd_leaf(class, mm, pmd, address, value))
				return;
		} else if (walk_table(class, mm, pmd, address, end)) {
			return;
		}
	}
}

/*
 * Of a huge page under PROT_NONE, x86's pud_present() says that it is not there,
 * and 6.1's pud_leaf() that it is none: both want the bit that PROT_NONE clears.
 */
static bool walk_pud_there(pud_t value)
{
	return pte_present(__pte(pud_val(value)));
}

static bool walk_pud_huge(pud_t value)
{
	return pud_val(value) & _PAGE_PSE;
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

/* One leaf of 1 GiB: hugetlb or DAX. */
static void walk_pud_leaf(const struct tierscope_leaf_class *class,
			  struct mm_struct *mm, pud_t *pud,
			  unsigned long address, pud_t value)
{
	enum tierscope_kind kind = class->kind;

	rcu_read_lock();
	if (class->ask_page && !class->special && !pud_devmap(value)) {
		/* What huge_pte_lockptr() locks for all but PMDs. */
		spin_lock(&mm->page_table_lock);
		value = READ_ONCE(*pud);
		if (walk_pud_there(value) && walk_pud_huge(value)) {
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
		} else if (!walk_pud_there(value)) {
			tierscope_leaf_absent(class, __pte(pud_val(value)),
					      PUD_SIZE >> PAGE_SHIFT);
		} else if (walk_pud_huge(value)) {
			walk_pud_leaf(class, mm, pud, address, value);
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
		ret = mmap_read_lock_killable(mm);
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
	int ret;

	ret = mmap_read_lock_killable(mm);
	if (ret)
		return ret;
	ret = tierscope_walk_range(mm, 0, TASK_SIZE_MAX, tally,
				   tierscope_walk_deadline(0));
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

	ret = mmap_read_lock_killable(mm);
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
