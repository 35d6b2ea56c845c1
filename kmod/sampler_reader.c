// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who reads: a thread for each package whose counters a sampler has, on the
 * CPU that they are on, so that no reading interrupts another CPU. Real-time,
 * so that a busy machine, which is when one measures, does not make it late;
 * one low step of it, so that it is in nobody's way who asked for more.
 *
 * A tick. All of them sleep to the same absolute time, each by a timer of its
 * own CPU, so that they begin at once and nothing drifts. Each reads its own
 * counters and counts itself out of @unread. The last one has everybody's
 * readings before it, and the sampler for itself: it asks the cadence which
 * tick this was and how many were lost, posts the sample (sampler_courier.c),
 * and opens the next tick by setting @unread and then @turn.
 *
 * A reader that is done does not wait for that: it sleeps to where the next
 * tick is if none is lost, and as a rule finds it open then. If not, because
 * another one is late, it waits until it is (@turned), and if ticks were lost,
 * sleeps on to the one that is next.
 *
 * Locks. @unread, a full barrier, orders the readings before the posting, and
 * @turn (release and acquire) orders that before the next tick. Whoever has not
 * counted itself out may read the cadence, the last one alone changes it, under
 * the outbox's lock for those who ask, which is never held for long.
 *
 * The end. kthread_stop() of one after the other, at any time. A reader looks
 * whether it is to end before it sleeps and before it waits for the others, and
 * is woken from both: each gets there by itself, having read and posted once at
 * most. A tick that one of them has left is never posted, and those who wait for
 * it are stopped in their turn.
 *
 * CPU hotplug. When the CPU goes that an event is on, perf moves the event, and
 * the scheduler moves the thread, to anywhere; at its next tick the thread
 * follows the event. A package that has lost its last CPU counts nothing any
 * more, and its thread reads what is left from where it happens to be. A sleep
 * goes on on another CPU if need be, since the kernel moves its timer.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/topology.h>
#include <linux/wait.h>

#include "sampler.h"

/* Where perf has the events of a package: they move together. */
static int collector_cpu(const struct tierscope_sampler_reader *reader)
{
	const struct tierscope_sampler_counter *first =
		list_first_entry(&reader->counters,
				 struct tierscope_sampler_counter, list);

	return READ_ONCE(first->event->cpu);
}

static void follow_collector(const struct tierscope_sampler_reader *reader)
{
	const struct cpumask *cpu = cpumask_of(collector_cpu(reader));

	/* Fails if that CPU is offline: then any will do. */
	if (!cpumask_equal(current->cpus_ptr, cpu))
		set_cpus_allowed_ptr(current, cpu);
}

/* Returns false when the thread is to end. */
static bool sleep_until(u64 due_ns)
{
	ktime_t due = ns_to_ktime(due_ns);

	while (!kthread_should_stop()) {
		if (ktime_get_ns() >= due_ns)
			return true;
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule_hrtimeout(&due, HRTIMER_MODE_ABS_PINNED);
		__set_current_state(TASK_RUNNING);
	}
	return false;
}

/* Until the others have done with the last tick; false to end. */
static bool await_turn(const struct tierscope_sampler_reader *reader)
{
	struct tierscope_sampler *sampler = reader->sampler;

	wait_event_idle(sampler->turned,
			smp_load_acquire(&sampler->turn) == reader->turn ||
			kthread_should_stop());
	return !kthread_should_stop();
}

static void read_counters(struct tierscope_sampler_reader *reader)
{
	struct tierscope_sampler_counter *counter;

	reader->began_ns = ktime_get_ns();
	list_for_each_entry(counter, &reader->counters, list)
		tierscope_sampler_counter_read(counter, &counter->reading);
}

/* By the last one. */
static void take_sample(struct tierscope_sampler *sampler)
{
	struct tierscope_sampler_reader *reader;
	u64 began_ns = U64_MAX;

	list_for_each_entry(reader, &sampler->readers, list)
		began_ns = min(began_ns, reader->began_ns);
	tierscope_sampler_post(sampler, began_ns);
}

static void finish_tick(struct tierscope_sampler_reader *reader)
{
	struct tierscope_sampler *sampler = reader->sampler;

	reader->turn++;
	if (!atomic_dec_and_test(&sampler->unread))
		return;
	take_sample(sampler);
	atomic_set(&sampler->unread, sampler->n_readers);
	smp_store_release(&sampler->turn, sampler->turn + 1);
	wake_up_all(&sampler->turned);
}

static int read_ticks(void *data)
{
	struct tierscope_sampler_reader *reader = data;
	struct tierscope_sampler *sampler = reader->sampler;
	u64 due_ns = sampler->cadence.next_ns;

	sched_set_fifo_low(current);
	follow_collector(reader);
	while (sleep_until(due_ns) && await_turn(reader)) {
		if (due_ns != sampler->cadence.next_ns) {
			due_ns = sampler->cadence.next_ns;
			continue;
		}
		follow_collector(reader);
		read_counters(reader);
		finish_tick(reader);
		due_ns += sampler->interval_ns;
	}
	return 0;
}

static struct tierscope_sampler_reader *
reader_get(struct tierscope_sampler *sampler, int package)
{
	struct tierscope_sampler_reader *reader;

	list_for_each_entry(reader, &sampler->readers, list)
		if (reader->package == package)
			return reader;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return NULL;
	reader->sampler = sampler;
	reader->package = package;
	INIT_LIST_HEAD(&reader->counters);
	list_add_tail(&reader->list, &sampler->readers);
	sampler->n_readers++;
	return reader;
}

static int thread_create(struct tierscope_sampler_reader *reader)
{
	struct task_struct *thread;

	thread = kthread_create_on_node(read_ticks, reader,
					cpu_to_node(collector_cpu(reader)),
					"tierscope/%u:%d", reader->sampler->id,
					reader->package);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	reader->thread = thread;
	return 0;
}

int tierscope_sampler_readers_create(struct tierscope_sampler *sampler,
				     struct netlink_ext_ack *extack)
{
	struct tierscope_sampler_reader *reader;
	struct tierscope_sampler_counter *counter;
	int err = -ENOMEM;

	for (u32 i = 0; i < sampler->n_counters; i++) {
		counter = &sampler->counters[i];
		reader = reader_get(sampler,
				    topology_physical_package_id(counter->event->cpu));
		if (!reader)
			goto destroy_readers;
		list_add_tail(&counter->list, &reader->counters);
	}
	list_for_each_entry(reader, &sampler->readers, list) {
		err = thread_create(reader);
		if (err) {
			NL_SET_ERR_MSG(extack, "a thread of the sampler cannot be made");
			goto destroy_readers;
		}
	}
	return 0;

destroy_readers:
	tierscope_sampler_readers_destroy(sampler);
	return err;
}

void tierscope_sampler_readers_start(struct tierscope_sampler *sampler)
{
	struct tierscope_sampler_reader *reader;

	tierscope_cadence_start(&sampler->cadence, ktime_get_ns(),
				sampler->interval_ns);
	atomic_set(&sampler->unread, sampler->n_readers);
	list_for_each_entry(reader, &sampler->readers, list)
		wake_up_process(reader->thread);
}

void tierscope_sampler_readers_destroy(struct tierscope_sampler *sampler)
{
	struct tierscope_sampler_reader *reader, *next;

	/* All of them first: until the last has ended, one may look at another. */
	list_for_each_entry(reader, &sampler->readers, list)
		if (reader->thread)
			kthread_stop(reader->thread);
	list_for_each_entry_safe(reader, next, &sampler->readers, list)
		kfree(reader);
	INIT_LIST_HEAD(&sampler->readers);
	sampler->n_readers = 0;
}
