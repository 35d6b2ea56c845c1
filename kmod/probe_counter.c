// SPDX-License-Identifier: GPL-2.0-only
/*
 * The counters of probes are the sender's own perf events, by their descriptors:
 * so what is read at an edge is what the sender reads, no counter of the core is
 * taken twice (and then in turns), and perf has checked whom it may count.
 *
 * Who is probed is who counts for the first of them. perf hands an event with
 * attr.inherit on to each thread and child, and takes it from a program that is
 * set-user-ID, in exec and before its first mapping: just what is wanted here,
 * with no list of processes to keep.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/perf_event.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "compat/task_context.h"
#include "probe.h"

/*
 * perf's file operations are its own, so it is told by its name: files of
 * anon_inodefs are made, and named, by the kernel alone (kernel/events/core.c:
 * anon_inode_getfile("[perf_event]", ...)).
 */
struct perf_event *tierscope_probe_counter(struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;
	struct perf_event *event = file->private_data;

	if (dentry->d_sb->s_magic != ANON_INODE_FS_MAGIC ||
	    strcmp(dentry->d_name.name, "[perf_event]") || !event)
		return NULL;
	if (!(event->attach_state & PERF_ATTACH_TASK) || !event->attr.inherit)
		return NULL;
	return event;
}

/* With ctx->lock held. An inherited event knows the first of its line. */
static bool context_has(const struct perf_event_context *context,
			const struct perf_event *mark)
{
	const struct perf_event *event;

	list_for_each_entry(event, &context->event_list, event_entry)
		if (event == mark || event->parent == mark)
			return true;
	return false;
}

bool tierscope_probe_counts(struct task_struct *task, struct file *mark)
{
	const struct perf_event *event = mark->private_data;
	bool found = false;

	rcu_read_lock();
	for (int i = 0; i < TIERSCOPE_TASK_CONTEXTS && !found; i++) {
		struct perf_event_context *context =
			tierscope_task_context(task, i);
		unsigned long flags;

		if (!context)
			continue;
		raw_spin_lock_irqsave(&context->lock, flags);
		found = context_has(context, event);
		raw_spin_unlock_irqrestore(&context->lock, flags);
	}
	rcu_read_unlock();
	return found;
}

/* Asked when somebody else's probe goes that is where one of ours is. */
bool tierscope_probe_counts_memory(struct mm_struct *mm, struct file *mark)
{
	struct task_struct *process, *task;
	bool found = false;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (READ_ONCE(task->mm) != mm)
			continue;
		found = tierscope_probe_counts(task, mark);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}
