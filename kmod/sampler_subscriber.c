// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who listens to a sampler. Each gets a clone of every sample by unicast, and
 * nobody is waited for: a socket whose receive buffer is full loses that
 * sample, which is counted here and shows as a gap in SEQ.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "compat/extack.h"
#include "sampler.h"

struct subscriber {
	struct list_head list;
	struct net *net;
	u32 portid;
	u64 delivered;
	u64 lost;
};

static struct subscriber *find(const struct tierscope_sampler *sampler,
			       const struct net *net, u32 portid)
{
	struct subscriber *subscriber;

	list_for_each_entry(subscriber, &sampler->subscribers, list)
		if (net_eq(subscriber->net, net) &&
		    subscriber->portid == portid)
			return subscriber;
	return NULL;
}

int tierscope_sampler_subscribe(struct tierscope_sampler *sampler,
				struct net *net, u32 portid,
				struct netlink_ext_ack *extack)
{
	struct subscriber *subscriber;

	BUILD_BUG_ON(TIERSCOPE_SUBSCRIBERS_MAX != 64);	/* the sentence says so */

	if (find(sampler, net, portid)) {
		NL_SET_ERR_MSG(extack, "this socket is subscribed to this sampler already");
		return -EEXIST;
	}
	if (sampler->n_subscribers >= TIERSCOPE_SUBSCRIBERS_MAX) {
		NL_SET_ERR_MSG(extack, "this sampler has as many subscribers as one may have, 64");
		return -EDQUOT;
	}
	subscriber = kzalloc(sizeof(*subscriber), GFP_KERNEL_ACCOUNT);
	if (!subscriber)
		return -ENOMEM;
	subscriber->net = net;
	subscriber->portid = portid;
	list_add_tail(&subscriber->list, &sampler->subscribers);
	sampler->n_subscribers++;
	return 0;
}

static void drop(struct tierscope_sampler *sampler,
		 struct subscriber *subscriber)
{
	list_del(&subscriber->list);
	sampler->n_subscribers--;
	kfree(subscriber);
}

void tierscope_sampler_unsubscribe(struct tierscope_sampler *sampler,
				   const struct net *net, u32 portid)
{
	struct subscriber *subscriber = find(sampler, net, portid);

	if (subscriber)
		drop(sampler, subscriber);
}

void tierscope_sampler_unsubscribe_all(struct tierscope_sampler *sampler)
{
	struct subscriber *subscriber, *next;

	list_for_each_entry_safe(subscriber, next, &sampler->subscribers, list)
		drop(sampler, subscriber);
}

bool tierscope_sampler_subscriber(const struct tierscope_sampler *sampler,
				  const struct net *net, u32 portid,
				  u64 *ret_delivered, u64 *ret_lost)
{
	const struct subscriber *subscriber = find(sampler, net, portid);

	if (!subscriber)
		return false;
	*ret_delivered = subscriber->delivered;
	*ret_lost = subscriber->lost;
	return true;
}

void tierscope_sampler_send(struct tierscope_sampler *sampler,
			    struct sk_buff *skb)
{
	struct subscriber *subscriber;
	struct sk_buff *clone;

	list_for_each_entry(subscriber, &sampler->subscribers, list) {
		clone = skb ? skb_clone(skb, GFP_KERNEL) : NULL;
		if (clone && !genlmsg_unicast(subscriber->net, clone,
					      subscriber->portid))
			subscriber->delivered++;
		else
			subscriber->lost++;
	}
	consume_skb(skb);
}
