// SPDX-License-Identifier: GPL-2.0-only
/*
 * What takes the samples from who reads to who listens. The reading threads are
 * real-time, and to send to one more listener takes about as long as to read one or
 * two counters. So they lay a sample down and go on, and a work of ordinary priority
 * carries it around: what is taken from the machine at real-time priority does not
 * depend on how many listen.
 *
 * Nobody waits for anybody. Where the work does not keep up, OUTBOX_MAX samples
 * lie there, and one that finds no place is lost to each listener, and counted.
 *
 * Locks. The outbox's spinlock makes one of a tick's traces: the sample or its
 * loss, @ticks and @cadence. It is held for a few stores, and so is all that a
 * reader ever waits for. To carry is to hold the sampler's lock, which who comes,
 * leaves or asks takes as well: what lies there then is carried first, so that a
 * newcomer hears nothing of before, and what is told fits together.
 */
#include <linux/skbuff.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "sampler.h"

/* 16 ms of the shortest interval; 16 KiB each for the most counters that a sampler
 * may have. */
#define OUTBOX_MAX	16

void tierscope_sampler_post(struct tierscope_sampler *sampler, u64 began_ns)
{
	const bool heard = READ_ONCE(sampler->n_listeners);
	struct tierscope_cadence cadence = sampler->cadence;
	struct sk_buff *skb = NULL;

	tierscope_cadence_take(&cadence, ktime_get_ns());
	if (heard)
		skb = tierscope_sampler_sample(sampler, began_ns, cadence.lost);

	spin_lock(&sampler->outbox.lock);
	sampler->cadence = cadence;
	sampler->ticks++;
	if (skb && skb_queue_len(&sampler->outbox) < OUTBOX_MAX) {
		__skb_queue_tail(&sampler->outbox, skb);
		skb = NULL;
	} else {
		sampler->dropped += heard;
	}
	spin_unlock(&sampler->outbox.lock);

	kfree_skb(skb);
	if (heard)
		queue_work(system_unbound_wq, &sampler->courier);
}

void tierscope_sampler_carry(struct tierscope_sampler *sampler,
			     struct tierscope_sampler_account *ret)
{
	struct sk_buff_head samples;
	struct sk_buff *skb;
	u64 dropped;

	__skb_queue_head_init(&samples);
	spin_lock(&sampler->outbox.lock);
	skb_queue_splice_init(&sampler->outbox, &samples);
	dropped = sampler->dropped;
	sampler->dropped = 0;
	if (ret)
		*ret = (struct tierscope_sampler_account) {
			.ticks = sampler->ticks,
			.lost = sampler->cadence.lost,
		};
	spin_unlock(&sampler->outbox.lock);

	while ((skb = __skb_dequeue(&samples)))
		tierscope_sampler_send(sampler, skb);
	if (dropped)
		tierscope_sampler_lose(sampler, dropped);
}

static void carry_on(struct work_struct *work)
{
	struct tierscope_sampler *sampler =
		container_of(work, struct tierscope_sampler, courier);

	mutex_lock(&sampler->lock);
	tierscope_sampler_carry(sampler, NULL);
	mutex_unlock(&sampler->lock);
}

void tierscope_sampler_courier_init(struct tierscope_sampler *sampler)
{
	skb_queue_head_init(&sampler->outbox);
	INIT_WORK(&sampler->courier, carry_on);
}

void tierscope_sampler_courier_stop(struct tierscope_sampler *sampler)
{
	cancel_work_sync(&sampler->courier);
	skb_queue_purge(&sampler->outbox);
}
