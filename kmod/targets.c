// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that a dump will go through, taken down when it starts.
 *
 * No more than there are process numbers (/proc/sys/kernel/pid_max), eight
 * bytes each, accounted to whoever asked.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "access.h"
#include "targets.h"

struct targets_chunk {
	struct list_head node;
	u16 first;
	u16 end;
	struct pid *pid[];
};

/* A page each: nothing that the allocator could find hard to give. */
#define TARGETS_A_CHUNK \
	((PAGE_SIZE - sizeof(struct targets_chunk)) / sizeof(struct pid *))

void tierscope_targets_init(struct tierscope_targets *targets)
{
	INIT_LIST_HEAD(&targets->chunks);
}

/* Threads have numbers, too: most of those that are looked at may be theirs. */
#define TARGETS_LOOKS	4096

/* Fills a chunk from @number on; returns where to go on, 0 at the end. */
static int targets_fill(struct targets_chunk *chunk, struct pid_namespace *ns,
			int number)
{
	struct task_struct *task;
	struct pid *pid;
	unsigned int look;

	rcu_read_lock();
	for (look = 0; look < TARGETS_LOOKS && chunk->end < TARGETS_A_CHUNK;
	     look++) {
		pid = find_ge_pid(number, ns);
		if (!pid) {
			number = 0;
			break;
		}
		number = pid_nr_ns(pid, ns) + 1;
		task = pid_task(pid, PIDTYPE_TGID);
		if (task && !(READ_ONCE(task->flags) & PF_KTHREAD))
			chunk->pid[chunk->end++] = get_pid(pid);
	}
	rcu_read_unlock();
	return number;
}

int tierscope_targets_take(struct tierscope_targets *targets,
			   const struct tierscope_asker *asker)
{
	struct targets_chunk *chunk = NULL;
	int number = 1;

	do {
		if (!chunk || chunk->end == TARGETS_A_CHUNK) {
			chunk = kmalloc(PAGE_SIZE, GFP_KERNEL_ACCOUNT);
			if (!chunk)
				return -ENOMEM;
			chunk->first = 0;
			chunk->end = 0;
			list_add_tail(&chunk->node, &targets->chunks);
		}
		number = targets_fill(chunk, asker->pid_ns, number);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	} while (number);
	return 0;
}

struct pid *tierscope_targets_first(struct tierscope_targets *targets)
{
	struct targets_chunk *chunk;

	while (!list_empty(&targets->chunks)) {
		chunk = list_first_entry(&targets->chunks, struct targets_chunk,
					 node);
		if (chunk->first < chunk->end)
			return chunk->pid[chunk->first];
		list_del(&chunk->node);
		kfree(chunk);
	}
	return NULL;
}

void tierscope_targets_pop(struct tierscope_targets *targets)
{
	struct targets_chunk *chunk;

	if (!tierscope_targets_first(targets))
		return;
	chunk = list_first_entry(&targets->chunks, struct targets_chunk, node);
	put_pid(chunk->pid[chunk->first++]);
}

void tierscope_targets_free(struct tierscope_targets *targets)
{
	while (tierscope_targets_first(targets))
		tierscope_targets_pop(targets);
}
