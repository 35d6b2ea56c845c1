// SPDX-License-Identifier: GPL-2.0-only
/* What a sampler says: its readings, and what it is. */
#include <net/genetlink.h>

#include "netlink.h"
#include "sampler.h"

static size_t readings_bytes(u32 n_counters)
{
	return nla_total_size_64bit(n_counters * TIERSCOPE_READING_WORDS *
				    sizeof(u64));
}

/* Room for them, NULL if there is none. */
static char *reserve_readings(struct sk_buff *skb, int type, u32 n_counters,
			      int pad)
{
	struct nlattr *attr =
		nla_reserve_64bit(skb, type, n_counters *
				  TIERSCOPE_READING_WORDS * sizeof(u64), pad);

	return attr ? nla_data(attr) : NULL;
}

/* At @at, which is aligned to four bytes. */
static void put_reading(char *at, u32 index,
			const struct tierscope_sampler_reading *reading)
{
	const u64 words[TIERSCOPE_READING_WORDS] = {
		[TIERSCOPE_READING_TIME_NS] = reading->time_ns,
		[TIERSCOPE_READING_VALUE] = reading->value,
		[TIERSCOPE_READING_ENABLED_NS] = reading->enabled_ns,
		[TIERSCOPE_READING_RUNNING_NS] = reading->running_ns,
	};

	memcpy(at + index * sizeof(words), words, sizeof(words));
}

struct sk_buff *
tierscope_sampler_sample(const struct tierscope_sampler *sampler, u64 time_ns,
			 u64 lost)
{
	struct sk_buff *skb;
	char *readings;
	void *header;

	skb = genlmsg_new(nla_total_size(sizeof(u32)) +		/* SAMPLER */
			  nla_total_size_64bit(sizeof(u64)) +	/* SEQ */
			  nla_total_size_64bit(sizeof(u64)) +	/* TIME_NS */
			  nla_total_size_64bit(sizeof(u64)) +	/* TICKS_LOST */
			  readings_bytes(sampler->n_counters), GFP_KERNEL);
	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, &tierscope_family, 0,
			     TIERSCOPE_CMD_SAMPLE);
	if (!header)
		goto free_skb;
	if (nla_put_u32(skb, TIERSCOPE_SAMPLE_SAMPLER, sampler->id) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_SAMPLE_SEQ, sampler->ticks,
			      TIERSCOPE_SAMPLE_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_SAMPLE_TIME_NS, time_ns,
			      TIERSCOPE_SAMPLE_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_SAMPLE_TICKS_LOST, lost,
			      TIERSCOPE_SAMPLE_PAD))
		goto free_skb;
	readings = reserve_readings(skb, TIERSCOPE_SAMPLE_READINGS,
				    sampler->n_counters, TIERSCOPE_SAMPLE_PAD);
	if (!readings)
		goto free_skb;
	for (u32 i = 0; i < sampler->n_counters; i++)
		put_reading(readings, i, &sampler->counters[i].reading);
	genlmsg_end(skb, header);
	return skb;

free_skb:
	nlmsg_free(skb);
	return NULL;
}

size_t tierscope_sampler_made_bytes(const struct tierscope_sampler *sampler,
				    bool shared)
{
	size_t bytes = nla_total_size(sizeof(u32));	/* ID */

	if (shared)
		bytes += nla_total_size(0) +			/* SHARED */
			 nla_total_size_64bit(sizeof(u64)) +	/* TICKS */
			 nla_total_size_64bit(sizeof(u64)) +	/* TICKS_LOST */
			 readings_bytes(sampler->n_counters);
	return bytes;
}

static int put_ticks(struct sk_buff *skb,
		     const struct tierscope_sampler_account *account)
{
	return nla_put_u64_64bit(skb, TIERSCOPE_SAMPLER_TICKS, account->ticks,
				 TIERSCOPE_SAMPLER_PAD) ||
	       nla_put_u64_64bit(skb, TIERSCOPE_SAMPLER_TICKS_LOST,
				 account->lost, TIERSCOPE_SAMPLER_PAD) ?
	       -EMSGSIZE : 0;
}

/* Where the new holder's own counting begins: read for it now. */
static int put_baseline(struct sk_buff *skb, struct tierscope_sampler *sampler)
{
	char *readings = reserve_readings(skb, TIERSCOPE_SAMPLER_READINGS,
					  sampler->n_counters,
					  TIERSCOPE_SAMPLER_PAD);
	struct tierscope_sampler_reading reading;
	struct tierscope_sampler_account account;

	if (!readings)
		return -EMSGSIZE;
	for (u32 i = 0; i < sampler->n_counters; i++) {
		tierscope_sampler_counter_read(&sampler->counters[i], &reading);
		put_reading(readings, i, &reading);
	}
	mutex_lock(&sampler->lock);
	tierscope_sampler_carry(sampler, &account);
	mutex_unlock(&sampler->lock);
	return put_ticks(skb, &account);
}

int tierscope_sampler_put_made(struct sk_buff *skb,
			       struct tierscope_sampler *sampler, bool shared)
{
	if (nla_put_u32(skb, TIERSCOPE_SAMPLER_ID, sampler->id))
		return -EMSGSIZE;
	if (!shared)
		return 0;
	if (nla_put_flag(skb, TIERSCOPE_SAMPLER_SHARED))
		return -EMSGSIZE;
	return put_baseline(skb, sampler);
}

static size_t counter_bytes(void)
{
	return nla_total_size(nla_total_size(sizeof(u32)) +	/* TYPE */
			      nla_total_size_64bit(sizeof(u64)) + /* CONFIG */
			      nla_total_size_64bit(sizeof(u64)) + /* CONFIG1 */
			      nla_total_size_64bit(sizeof(u64)) + /* CONFIG2 */
			      nla_total_size(sizeof(u32)));	/* CPU */
}

size_t tierscope_sampler_describe_bytes(u32 n_counters)
{
	return nla_total_size(sizeof(u32)) +		/* ID */
	       nla_total_size_64bit(sizeof(u64)) +	/* INTERVAL_NS */
	       n_counters * counter_bytes() +
	       nla_total_size(sizeof(u32)) +		/* SUBSCRIBERS */
	       nla_total_size_64bit(sizeof(u64)) +	/* TICKS */
	       nla_total_size_64bit(sizeof(u64)) +	/* TICKS_LOST */
	       nla_total_size_64bit(sizeof(u64)) +	/* DELIVERED */
	       nla_total_size_64bit(sizeof(u64));	/* LOST */
}

static int put_counter(struct sk_buff *skb,
		       const struct tierscope_counter_request *request)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, TIERSCOPE_SAMPLER_COUNTER);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, TIERSCOPE_COUNTER_TYPE, request->type) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_COUNTER_CONFIG, request->config,
			      TIERSCOPE_COUNTER_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_COUNTER_CONFIG1, request->config1,
			      TIERSCOPE_COUNTER_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_COUNTER_CONFIG2, request->config2,
			      TIERSCOPE_COUNTER_PAD) ||
	    nla_put_u32(skb, TIERSCOPE_COUNTER_CPU, request->cpu)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_fate(struct sk_buff *skb,
		    struct tierscope_sampler *sampler,
		    const struct net *net, u32 portid)
{
	struct tierscope_sampler_account account;
	u64 delivered, lost;

	tierscope_sampler_carry(sampler, &account);
	if (nla_put_u32(skb, TIERSCOPE_SAMPLER_SUBSCRIBERS,
			sampler->n_listeners) ||
	    put_ticks(skb, &account))
		return -EMSGSIZE;
	if (!tierscope_sampler_fate(sampler, net, portid, &delivered, &lost))
		return 0;
	if (nla_put_u64_64bit(skb, TIERSCOPE_SAMPLER_DELIVERED, delivered,
			      TIERSCOPE_SAMPLER_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_SAMPLER_LOST, lost,
			      TIERSCOPE_SAMPLER_PAD))
		return -EMSGSIZE;
	return 0;
}

int tierscope_sampler_describe(struct sk_buff *skb,
			       struct tierscope_sampler *sampler,
			       const struct net *net, u32 portid)
{
	int err;

	if (nla_put_u32(skb, TIERSCOPE_SAMPLER_ID, sampler->id) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_SAMPLER_INTERVAL_NS,
			      sampler->interval_ns, TIERSCOPE_SAMPLER_PAD))
		return -EMSGSIZE;
	for (u32 i = 0; i < sampler->n_counters; i++) {
		err = put_counter(skb, &sampler->counters[i].request);
		if (err)
			return err;
	}
	mutex_lock(&sampler->lock);
	err = put_fate(skb, sampler, net, portid);
	mutex_unlock(&sampler->lock);
	return err;
}
