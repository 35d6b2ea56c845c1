// SPDX-License-Identifier: GPL-2.0-only
/* What is read and sent at an edge. */
#include <linux/perf_event.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "netlink.h"
#include "probe.h"

static size_t readings_bytes(u32 n_counters)
{
	return n_counters * TIERSCOPE_EDGE_WORDS * sizeof(u64);
}

static size_t edge_bytes(u32 n_counters)
{
	return 2 * nla_total_size(sizeof(u32)) +	/* INDEX, THREAD */
	       nla_total_size(0) +			/* BEGIN */
	       2 * nla_total_size_64bit(sizeof(u64)) +	/* TIME_NS, LOST */
	       nla_total_size_64bit(readings_bytes(n_counters));
}

/* Of all that have inherited them, wherever they run. */
static void read_counters(const struct tierscope_probes *probes, char *to)
{
	for (u32 i = 0; i < probes->n_counters; i++) {
		struct perf_event *event = probes->counters[i]->private_data;
		u64 words[TIERSCOPE_EDGE_WORDS];

		words[TIERSCOPE_EDGE_VALUE] =
			perf_event_read_value(event,
					      &words[TIERSCOPE_EDGE_ENABLED_NS],
					      &words[TIERSCOPE_EDGE_RUNNING_NS]);
		memcpy(to, words, sizeof(words));
		to += sizeof(words);
	}
}

/* The readings come last: they are what takes time, which is not the phase's. */
static int edge_put(struct sk_buff *skb, const struct tierscope_probes *probes,
		    u32 index, bool begin)
{
	u32 thread = task_pid_nr_ns(current, probes->pid_ns);
	struct nlattr *time_ns, *readings;
	u64 now = ktime_get_ns();

	if (nla_put_u32(skb, TIERSCOPE_PROBE_INDEX, index) ||
	    nla_put_u32(skb, TIERSCOPE_PROBE_THREAD, thread) ||
	    (begin && nla_put_flag(skb, TIERSCOPE_PROBE_BEGIN)) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_PROBE_LOST,
			      atomic64_read(&probes->lost),
			      TIERSCOPE_PROBE_PAD))
		return -EMSGSIZE;
	time_ns = nla_reserve_64bit(skb, TIERSCOPE_PROBE_TIME_NS, sizeof(now),
				    TIERSCOPE_PROBE_PAD);
	readings = nla_reserve_64bit(skb, TIERSCOPE_PROBE_READINGS,
				     readings_bytes(probes->n_counters),
				     TIERSCOPE_PROBE_PAD);
	if (!time_ns || !readings)
		return -EMSGSIZE;
	read_counters(probes, nla_data(readings));
	if (begin)
		now = ktime_get_ns();
	memcpy(nla_data(time_ns), &now, sizeof(now));
	return 0;
}

static bool edge_send(struct tierscope_probes *probes, u32 index, bool begin)
{
	struct sk_buff *skb;
	void *header;

	skb = genlmsg_new(edge_bytes(probes->n_counters), GFP_KERNEL);
	if (!skb)
		return false;
	header = genlmsg_put(skb, 0, 0, &tierscope_family, 0,
			     TIERSCOPE_CMD_PROBE_EDGE);
	if (WARN_ON_ONCE(!header || edge_put(skb, probes, index, begin))) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_end(skb, header);
	return !genlmsg_unicast(probes->net, skb, probes->portid);
}

void tierscope_probe_edge(struct tierscope_probes *probes, u32 index,
			  bool begin)
{
	atomic64_inc(&probes->edges);
	if (!edge_send(probes, index, begin))
		atomic64_inc(&probes->lost);
}

int tierscope_probe_put_account(struct sk_buff *skb,
				const struct tierscope_probes *probes)
{
	if (nla_put_u64_64bit(skb, TIERSCOPE_PROBE_EDGES,
			      atomic64_read(&probes->edges),
			      TIERSCOPE_PROBE_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_PROBE_LOST,
			      atomic64_read(&probes->lost),
			      TIERSCOPE_PROBE_PAD))
		return -EMSGSIZE;
	return 0;
}
