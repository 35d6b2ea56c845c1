// SPDX-License-Identifier: GPL-2.0-only
/*
 * The thread of a sampler. Real-time, so that a busy machine, which is when
 * one measures, does not make it late; one low step of it, so that it is in
 * nobody's way who asked for more. It sleeps to absolute times: no drift.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/timekeeping.h>

#include "sampler.h"

/* Returns false when the thread is to end. */
static bool sleep_until_tick(struct tierscope_cadence *cadence)
{
	ktime_t due;

	do {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop()) {
			__set_current_state(TASK_RUNNING);
			return false;
		}
		due = ns_to_ktime(cadence->next_ns);
		schedule_hrtimeout(&due, HRTIMER_MODE_ABS);
	} while (!tierscope_cadence_take(cadence, ktime_get_ns()));
	return true;
}

static void take_sample(struct tierscope_sampler *sampler, u64 ticks_lost)
{
	u64 time_ns = ktime_get_ns();
	struct sk_buff *skb = NULL;

	tierscope_sampler_counters_read(sampler);

	mutex_lock(&sampler->lock);
	sampler->ticks_lost = ticks_lost;
	if (sampler->n_subscribers) {
		skb = tierscope_sampler_sample(sampler, time_ns);
		tierscope_sampler_send(sampler, skb);
	}
	sampler->ticks++;
	mutex_unlock(&sampler->lock);
}

int tierscope_sampler_thread(void *data)
{
	struct tierscope_sampler *sampler = data;
	struct tierscope_cadence cadence;

	sched_set_fifo_low(current);
	tierscope_cadence_start(&cadence, ktime_get_ns(), sampler->interval_ns);
	while (sleep_until_tick(&cadence))
		take_sample(sampler, cadence.lost);
	return 0;
}
