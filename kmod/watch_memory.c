// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces that are watched, and the moment at which they go.
 *
 * The release callback of an mmu notifier runs first thing in exit_mmap(): with
 * mm_users at 0, so that nobody uses the memory any more, and with every page
 * still mapped. It comes however the process ended, and for the old memory of
 * one that runs another program. Whoever drops the last reference runs it: the
 * process itself, as a rule, possibly with a fatal signal pending; a reader of
 * its memory; a worker, after mmput_async().
 *
 * One notifier an address space, whoever watches it: the walk is made once, and
 * so a process cannot be kept from ending for longer than one walk's limit by
 * being watched often.
 *
 * Uses are counted by mmu_notifier_get_locked() and mmu_notifier_put(), which
 * never waits and never calls release: memory is freed by free_notifier, after
 * a grace period of the notifiers' SRCU. Unlike mmu_notifier_unregister(), it
 * may be called in release.
 *
 * What this costs the process: the first watch takes every lock of its address
 * space for a moment (mm_take_all_locks()); from then on each of its changes to
 * page tables looks at an empty callback; and its end waits for the walk and
 * for one such grace period.
 */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/rcupdate.h>
#include <linux/sched/coredump.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/tally.h"
#include "message.h"
#include "walk.h"
#include "watch.h"

static atomic_t n_watched = ATOMIC_INIT(0);

static struct tierscope_watched *watched_of(struct mmu_notifier *notifier)
{
	return container_of(notifier, struct tierscope_watched, notifier);
}

static void watched_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct tierscope_watched *watched = watched_of(notifier);
	struct tierscope_last_look look = { .mm = mm, .tally = watched->tally };

	/* The last watch has been ended, its use is about to be. */
	if (list_empty_careful(&watched->watches))
		return;
	look.time_ns = ktime_get_ns();
	look.partial = tierscope_walk_dying(mm, TIERSCOPE_LAST_LOOK_MAX_NS,
					    watched->tally);
	look.duration_ns = ktime_get_ns() - look.time_ns;
	/* After the walk: the reaper may have come during it. */
	look.reaped = test_bit(MMF_UNSTABLE, &mm->flags);
	while (tierscope_watch_tell(watched, &look))
		;
}

static struct mmu_notifier *watched_alloc(struct mm_struct *mm)
{
	struct tierscope_watched *watched;

	watched = kzalloc(sizeof(*watched), GFP_KERNEL_ACCOUNT);
	if (!watched)
		return ERR_PTR(-ENOMEM);
	watched->tally = tierscope_tally_alloc();
	if (!watched->tally) {
		kfree(watched);
		return ERR_PTR(-ENOMEM);
	}
	INIT_LIST_HEAD(&watched->watches);
	atomic_inc(&n_watched);
	return &watched->notifier;
}

/* In a callback of SRCU, with bottom halves disabled. */
static void watched_free(struct mmu_notifier *notifier)
{
	struct tierscope_watched *watched = watched_of(notifier);

	kvfree(watched->tally);
	kfree(watched);
	atomic_dec(&n_watched);
}

static const struct mmu_notifier_ops watched_ops = {
	.release = watched_release,
	.alloc_notifier = watched_alloc,
	.free_notifier = watched_free,
};

struct tierscope_watched *tierscope_watched_get(struct mm_struct *mm)
{
	struct mmu_notifier *notifier;

	if (mmap_write_lock_killable(mm))
		return ERR_PTR(-EINTR);
	notifier = mmu_notifier_get_locked(&watched_ops, mm);
	mmap_write_unlock(mm);
	return IS_ERR(notifier) ? ERR_CAST(notifier) : watched_of(notifier);
}

void tierscope_watched_put(struct tierscope_watched *watched)
{
	mmu_notifier_put(&watched->notifier);
}

/*
 * mmu_notifier_synchronize() waits for every release that runs, and for a grace
 * period, but not for the callbacks after it. They run with bottom halves
 * disabled: once the last has counted itself out, RCU waits for its return.
 */
void tierscope_watched_exit(void)
{
	do
		mmu_notifier_synchronize();
	while (atomic_read(&n_watched));
	synchronize_rcu();
}
