// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mmap lock of somebody else's memory, waited for until a deadline.
 *
 * A process can hold its own lock for as long as it likes: to fork a terabyte
 * takes seconds, a page fault on a file system that hangs takes for ever. An
 * rw_semaphore is waited for without a limit, or is tried; but who only tries
 * is never served while others queue, as the threads of a busy allocator do
 * all the time. So a kernel thread queues in our stead, and hands over what it
 * got; past the deadline it is killed, which ends a killable wait.
 *
 * Locks: none is held, and the one taken is the mmap lock.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "mm_lock.h"

/* Most locks are free again before a thread could be made. */
#define MM_LOCK_TRIES		8
#define MM_LOCK_PAUSE_US	20

/**
 * struct mm_lock_queuer - who queues in our stead
 * @mm: whose lock
 * @late: it need not begin
 * @ended: @ret is valid
 * @ret: 0 if the lock was taken, and is now to be given back by the asker
 */
struct mm_lock_queuer {
	struct mm_struct *mm;
	bool late;
	struct completion ended;
	int ret;
};

static int mm_lock_queue(void *data)
{
	struct mm_lock_queuer *queuer = data;

	/* A signal that came before was lost, but then @late is seen. */
	allow_signal(SIGKILL);
	queuer->ret = -EINTR;
	if (!READ_ONCE(queuer->late))
		queuer->ret = mmap_read_lock_killable(queuer->mm);
	/* From here on it is the asker's, as lockdep is to see it too. */
	if (!queuer->ret)
		rwsem_release(&queuer->mm->mmap_lock.dep_map, _THIS_IP_);
	complete(&queuer->ended);
	return 0;
}

static int mm_lock_by_queuer(struct mm_struct *mm, unsigned long deadline)
{
	struct mm_lock_queuer queuer = { .mm = mm };
	struct task_struct *thread;
	unsigned long left;
	long got;

	init_completion(&queuer.ended);
	thread = kthread_create(mm_lock_queue, &queuer, "tierscope_lock");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	get_task_struct(thread);
	wake_up_process(thread);
	left = time_before(jiffies, deadline) ? deadline - jiffies : 0;
	got = wait_for_completion_killable_timeout(&queuer.ended, left);
	if (got <= 0) {
		WRITE_ONCE(queuer.late, true);
		send_sig(SIGKILL, thread, 1);
		wait_for_completion(&queuer.ended);
	}
	/* Until it has left the module's code. */
	kthread_stop(thread);
	put_task_struct(thread);
	if (queuer.ret)
		return got < 0 ? -EINTR : -EBUSY;
	rwsem_acquire_read(&mm->mmap_lock.dep_map, 0, 0, _RET_IP_);
	return 0;
}

int tierscope_mm_lock(struct mm_struct *mm, unsigned long deadline)
{
	unsigned int try;

	for (try = 0; try < MM_LOCK_TRIES; try++) {
		if (mmap_read_trylock(mm))
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after_eq(jiffies, deadline))
			return -EBUSY;
		usleep_range(MM_LOCK_PAUSE_US, 2 * MM_LOCK_PAUSE_US);
	}
	return mm_lock_by_queuer(mm, deadline);
}
