// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of samplers, and what each user may have of them.
 */
#include <linux/cred.h>
#include <linux/idr.h>
#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "sampler.h"

static DEFINE_MUTEX(table_lock);
static DEFINE_IDR(table);
static unsigned int table_changes = 1;

static u64 readings(const struct tierscope_sampler *sampler)
{
	return tierscope_sampler_request_readings(sampler->interval_ns,
						  sampler->n_counters);
}

int tierscope_sampler_table_enter(struct tierscope_sampler *sampler,
				  struct netlink_ext_ack *extack)
{
	u64 readings_a_second = readings(sampler);
	struct tierscope_sampler *other;
	unsigned int n = 0;
	int id;

	BUILD_BUG_ON(TIERSCOPE_SAMPLERS_MAX != 16);	/* the sentences say so */
	BUILD_BUG_ON(TIERSCOPE_READINGS_MAX != 256000);

	mutex_lock(&table_lock);
	idr_for_each_entry(&table, other, id) {
		if (!uid_eq(other->user, sampler->user))
			continue;
		n++;
		readings_a_second += readings(other);
	}
	if (n >= TIERSCOPE_SAMPLERS_MAX) {
		NL_SET_ERR_MSG(extack, "this user has as many samplers as one may have, 16: end another one first");
		id = -EDQUOT;
		goto unlock;
	}
	if (readings_a_second > TIERSCOPE_READINGS_MAX) {
		NL_SET_ERR_MSG(extack, "this user's samplers would read more than 256000 counters a second: take fewer, or a longer interval");
		id = -EDQUOT;
		goto unlock;
	}
	/* Cyclic: an id that was seen yesterday is not somebody else's today. */
	id = idr_alloc_cyclic(&table, sampler, 1, 0, GFP_KERNEL);
	if (id > 0)
		sampler->id = id;
unlock:
	mutex_unlock(&table_lock);
	return id < 0 ? id : 0;
}

/*
 * The release of a listener's socket looks for it in the table only, so whoever
 * leaves that must have no listener any more: the threads run on for a while,
 * and would send into a namespace that may be gone.
 */
void tierscope_sampler_table_remove(struct tierscope_sampler *sampler)
{
	idr_remove(&table, sampler->id);
	table_changes++;
	tierscope_sampler_forget_all(sampler);
}

void tierscope_sampler_table_reveal(struct tierscope_sampler *sampler)
{
	sampler->live = true;
	table_changes++;
}

struct tierscope_sampler *tierscope_sampler_lock(u32 id,
						 struct netlink_ext_ack *extack)
{
	struct tierscope_sampler *sampler = NULL;

	mutex_lock(&table_lock);
	if (id <= INT_MAX)
		sampler = idr_find(&table, id);
	if (sampler && sampler->live)
		return sampler;
	mutex_unlock(&table_lock);
	NL_SET_ERR_MSG(extack, "there is no sampler with this ID");
	return NULL;
}

unsigned int tierscope_sampler_lock_all(void)
{
	mutex_lock(&table_lock);
	return table_changes;
}

void tierscope_sampler_unlock(void)
{
	mutex_unlock(&table_lock);
}

struct tierscope_sampler *tierscope_sampler_next(u32 id)
{
	struct tierscope_sampler *sampler;
	int next;

	if (id > INT_MAX)
		return NULL;
	for (next = id; (sampler = idr_get_next(&table, &next)); next++)
		if (sampler->live)
			return sampler;
	return NULL;
}

static bool same(const struct tierscope_sampler *a,
		 const struct tierscope_sampler *b)
{
	if (!uid_eq(a->user, b->user) || a->interval_ns != b->interval_ns ||
	    a->n_counters != b->n_counters)
		return false;
	for (u32 i = 0; i < a->n_counters; i++)
		if (!tierscope_counter_request_same(&a->counters[i].request,
						    &b->counters[i].request))
			return false;
	return true;
}

struct tierscope_sampler *
tierscope_sampler_lock_same(const struct tierscope_sampler *wanted,
			    const struct net *net, u32 portid)
{
	struct tierscope_sampler *sampler;
	u32 id;

	mutex_lock(&table_lock);
	for (id = 0; (sampler = tierscope_sampler_next(id));
	     id = sampler->id + 1)
		if (same(sampler, wanted) &&
		    tierscope_sampler_has_place(sampler, net, portid) &&
		    tierscope_sampler_counters_alive(sampler))
			return sampler;
	mutex_unlock(&table_lock);
	return NULL;
}

int tierscope_sampler_subscribe(struct tierscope_sampler *sampler,
				struct net *net, u32 portid,
				struct netlink_ext_ack *extack)
{
	kuid_t user = current_uid();
	struct tierscope_sampler *other;
	unsigned int n = 0;
	int id;

	BUILD_BUG_ON(TIERSCOPE_SUBSCRIPTIONS_MAX != 256);

	idr_for_each_entry(&table, other, id)
		n += tierscope_sampler_subscriptions(other, user);
	if (n >= TIERSCOPE_SUBSCRIPTIONS_MAX) {
		NL_SET_ERR_MSG(extack, "this user has as many subscriptions as one may have, 256: end another one first");
		return -EDQUOT;
	}
	return tierscope_sampler_listen(sampler, net, portid, user, extack);
}

void tierscope_sampler_table_exit(void)
{
	/* Each held the module: none is left. */
	idr_destroy(&table);
}
