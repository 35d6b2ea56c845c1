// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockets that a sampler has to do with: those that asked for it, which it
 * lives for, and those that listen. Who does either has one of its places, so
 * that nobody else can take the place of who asked for it and does not listen
 * yet.
 *
 * Each listener gets a clone of every sample by unicast, and nobody is waited
 * for: a socket whose receive buffer is full loses that sample, which is
 * counted here and shows as a gap in SEQ.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "sampler.h"

static struct tierscope_sampler_client *
find(const struct tierscope_sampler *sampler, const struct net *net, u32 portid)
{
	struct tierscope_sampler_client *client;

	list_for_each_entry(client, &sampler->clients, list)
		if (net_eq(client->net, net) && client->portid == portid)
			return client;
	return NULL;
}

/* The socket's place, a new one if it has none. */
static struct tierscope_sampler_client *
get(struct tierscope_sampler *sampler, struct net *net, u32 portid,
    struct netlink_ext_ack *extack)
{
	struct tierscope_sampler_client *client = find(sampler, net, portid);

	BUILD_BUG_ON(TIERSCOPE_SUBSCRIBERS_MAX != 64);	/* the sentence says so */

	if (client)
		return client;
	if (sampler->n_clients >= TIERSCOPE_SUBSCRIBERS_MAX) {
		NL_SET_ERR_MSG(extack, "as many sockets have asked for this sampler or listen to it as may, 64");
		return ERR_PTR(-EDQUOT);
	}
	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return ERR_PTR(-ENOMEM);
	client->net = net;
	client->portid = portid;
	mutex_lock(&sampler->lock);
	list_add_tail(&client->list, &sampler->clients);
	sampler->n_clients++;
	mutex_unlock(&sampler->lock);
	return client;
}

int tierscope_sampler_hold(struct tierscope_sampler *sampler, struct net *net,
			   u32 portid)
{
	struct tierscope_sampler_client *client;

	client = get(sampler, net, portid, NULL);
	if (IS_ERR(client))
		return PTR_ERR(client);
	if (client->holds)
		return 0;
	client->holds = true;
	sampler->n_holders++;
	return 1;
}

bool tierscope_sampler_held(const struct tierscope_sampler *sampler,
			    const struct net *net, u32 portid)
{
	const struct tierscope_sampler_client *client;

	client = find(sampler, net, portid);
	return client && client->holds;
}

bool tierscope_sampler_has_place(const struct tierscope_sampler *sampler,
				 const struct net *net, u32 portid)
{
	return sampler->n_clients < TIERSCOPE_SUBSCRIBERS_MAX ||
	       find(sampler, net, portid);
}

int tierscope_sampler_listen(struct tierscope_sampler *sampler,
			     struct net *net, u32 portid, kuid_t user,
			     struct netlink_ext_ack *extack)
{
	struct tierscope_sampler_client *client;

	client = get(sampler, net, portid, extack);
	if (IS_ERR(client))
		return PTR_ERR(client);
	if (client->listens) {
		NL_SET_ERR_MSG(extack, "this socket is subscribed to this sampler already");
		return -EEXIST;
	}
	mutex_lock(&sampler->lock);
	tierscope_sampler_carry(sampler, NULL);
	client->listens = true;
	client->user = user;
	sampler->n_listeners++;
	mutex_unlock(&sampler->lock);
	return 0;
}

unsigned int
tierscope_sampler_subscriptions(const struct tierscope_sampler *sampler,
				kuid_t user)
{
	const struct tierscope_sampler_client *client;
	unsigned int n = 0;

	list_for_each_entry(client, &sampler->clients, list)
		n += client->listens && uid_eq(client->user, user);
	return n;
}

/* With the sampler's lock, too. */
static void drop(struct tierscope_sampler *sampler,
		 struct tierscope_sampler_client *client)
{
	list_del(&client->list);
	sampler->n_clients--;
	sampler->n_holders -= client->holds;
	sampler->n_listeners -= client->listens;
	kfree(client);
}

void tierscope_sampler_forget(struct tierscope_sampler *sampler,
			      const struct net *net, u32 portid)
{
	struct tierscope_sampler_client *client = find(sampler, net, portid);

	if (!client)
		return;
	mutex_lock(&sampler->lock);
	drop(sampler, client);
	mutex_unlock(&sampler->lock);
}

void tierscope_sampler_forget_all(struct tierscope_sampler *sampler)
{
	struct tierscope_sampler_client *client, *next;

	mutex_lock(&sampler->lock);
	list_for_each_entry_safe(client, next, &sampler->clients, list)
		drop(sampler, client);
	mutex_unlock(&sampler->lock);
}

bool tierscope_sampler_fate(const struct tierscope_sampler *sampler,
			    const struct net *net, u32 portid,
			    u64 *ret_delivered, u64 *ret_lost)
{
	const struct tierscope_sampler_client *client;

	client = find(sampler, net, portid);
	if (!client || !client->listens)
		return false;
	*ret_delivered = client->delivered;
	*ret_lost = client->lost;
	return true;
}

void tierscope_sampler_send(struct tierscope_sampler *sampler,
			    struct sk_buff *skb)
{
	struct tierscope_sampler_client *client;
	struct sk_buff *clone;

	list_for_each_entry(client, &sampler->clients, list) {
		if (!client->listens)
			continue;
		clone = skb_clone(skb, GFP_KERNEL);
		if (clone && !genlmsg_unicast(client->net, clone,
					      client->portid))
			client->delivered++;
		else
			client->lost++;
	}
	consume_skb(skb);
}

void tierscope_sampler_lose(struct tierscope_sampler *sampler, u64 n)
{
	struct tierscope_sampler_client *client;

	list_for_each_entry(client, &sampler->clients, list)
		if (client->listens)
			client->lost += n;
}
