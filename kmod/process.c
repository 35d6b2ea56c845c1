// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a number to a process whose memory the asker may see.
 *
 * Locks: exec_update_lock, and for a moment alloc_lock of a task within.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "access.h"
#include "process.h"
#include "walk.h"

#define PROCESS_EXEC_PAUSE_US	50

/* A thread that still has memory: the leader may be dead before the others. */
static struct mm_struct *process_memory(struct task_struct *leader,
					struct task_struct **ret)
{
	struct mm_struct *mm = NULL;
	struct task_struct *thread;

	rcu_read_lock();
	for_each_thread(leader, thread) {
		mm = get_task_mm(thread);
		if (mm) {
			*ret = get_task_struct(thread);
			break;
		}
	}
	rcu_read_unlock();
	return mm;
}

/*
 * An exec holds the lock for writing while it puts the old memory away, which
 * takes its time if that is large; nobody else does, so that trying is enough.
 */
static int process_keep_from_exec(struct task_struct *leader,
				  struct netlink_ext_ack *extack)
{
	unsigned long deadline = tierscope_walk_deadline(0);

	while (!down_read_trylock(&leader->signal->exec_update_lock)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (time_after_eq(jiffies, deadline)) {
			NL_SET_ERR_MSG(extack,
				       "PID is starting another program, and has not come to an end with that");
			return -EAGAIN;
		}
		usleep_range(PROCESS_EXEC_PAUSE_US, 2 * PROCESS_EXEC_PAUSE_US);
	}
	return 0;
}

int tierscope_process_get(struct tierscope_process *process, struct pid *pid,
			  const struct tierscope_asker *asker,
			  struct netlink_ext_ack *extack)
{
	struct task_struct *leader = get_pid_task(pid, PIDTYPE_TGID);
	int ret;

	if (!leader) {
		NL_SET_ERR_MSG(extack, "PID is no process in this pid namespace");
		return -ESRCH;
	}
	if (leader->flags & PF_KTHREAD) {
		NL_SET_ERR_MSG(extack,
			       "PID is a kernel thread, which has no memory of its own");
		ret = -EINVAL;
		goto put_leader;
	}
	/* No exec between the check and the memory that it was made for. */
	ret = process_keep_from_exec(leader, extack);
	if (ret)
		goto put_leader;
	process->mm = process_memory(leader, &process->task);
	if (!process->mm) {
		NL_SET_ERR_MSG(extack,
			       "PID has no memory any more: a zombie, or exiting");
		ret = -ESRCH;
		goto unlock_exec;
	}
	ret = tierscope_may_see(asker, process->task, process->mm, extack);
	if (ret)
		tierscope_process_put(process);
unlock_exec:
	up_read(&leader->signal->exec_update_lock);
put_leader:
	put_task_struct(leader);
	return ret;
}

void tierscope_process_put(struct tierscope_process *process)
{
	/* It may be the last, and then everything is torn down: not here. */
	mmput_async(process->mm);
	put_task_struct(process->task);
}

struct pid *tierscope_process_find(const struct tierscope_asker *asker,
				   u32 number)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_pid_ns(number, asker->pid_ns));
	rcu_read_unlock();
	return pid;
}

int tierscope_process_grab(struct sk_buff *skb, u32 number,
			   struct netlink_ext_ack *extack,
			   struct mm_struct **ret_mm)
{
	struct tierscope_process process;
	struct tierscope_asker asker;
	struct pid *pid;
	int ret;

	ret = tierscope_asker_get(&asker, skb, extack);
	if (ret)
		return ret;
	pid = tierscope_process_find(&asker, number);
	ret = tierscope_process_get(&process, pid, &asker, extack);
	put_pid(pid);
	tierscope_asker_put(&asker);
	if (ret)
		return ret;
	mmgrab(process.mm);
	*ret_mm = process.mm;
	tierscope_process_put(&process);
	return 0;
}
