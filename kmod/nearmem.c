// SPDX-License-Identifier: GPL-2.0-only
/*
 * NEARMEM_GET: how many pages of a process, or of the machine, share each slot
 * of the DRAM cache in front of a node.
 *
 * Locks: nearmem_lock, then those of a walk.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/genetlink.h>

#include "access.h"
#include "message.h"
#include "nearmem.h"
#include "nearmem_table.h"
#include "netlink.h"
#include "process.h"
#include "walk.h"

static const struct nla_policy
nearmem_cache_policy[TIERSCOPE_NEARMEM_CACHE_MAX + 1] = {
	[TIERSCOPE_NEARMEM_CACHE_PAD] = { .type = NLA_FLAG },
	[TIERSCOPE_NEARMEM_CACHE_NODE] = { .type = NLA_U32 },
	[TIERSCOPE_NEARMEM_CACHE_BYTES] = { .type = NLA_U64 },
};

const struct nla_policy
tierscope_nearmem_get_policy[TIERSCOPE_NEARMEM_CACHE + 1] = {
	[TIERSCOPE_NEARMEM_PID] = { .type = NLA_U32 },
	[TIERSCOPE_NEARMEM_CACHE] = NLA_POLICY_NESTED(nearmem_cache_policy),
};

/* One table at a time: it is as large as a 4096th of near memory. */
static DEFINE_MUTEX(nearmem_lock);

/**
 * struct nearmem - what the reply says
 * @pid: as it was given, or NULL for the whole machine
 * @used_pages: base pages that have a slot
 * @other_pages: and that have none
 * @bins: slots, by how many pages share them
 * @time_ns: when counting began
 * @duration_ns: and how long it took
 */
struct nearmem {
	const struct nlattr *pid;
	u64 used_pages;
	u64 other_pages;
	u64 bins[TIERSCOPE_NEARMEM_BINS];
	u64 time_ns;
	u64 duration_ns;
};

static_assert(TIERSCOPE_NEARMEM_BINS == TIERSCOPE_NEARMEM_PAGES_MAX + 1);

/* ---- what is asked ------------------------------------------------------ */

static u32 nearmem_count_caches(const struct genl_info *info)
{
	const struct nlattr *attr;
	u32 n = 0;
	int rest;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest)
		n += nla_type(attr) == TIERSCOPE_NEARMEM_CACHE;
	return n;
}

static int nearmem_add_cache(struct tierscope_nearmem_table *table,
			     const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TIERSCOPE_NEARMEM_CACHE_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, TIERSCOPE_NEARMEM_CACHE_MAX, attr,
			       nearmem_cache_policy, extack);
	if (ret)
		return ret;
	NL_SET_BAD_ATTR(extack, attr);
	if (!tb[TIERSCOPE_NEARMEM_CACHE_NODE] ||
	    !tb[TIERSCOPE_NEARMEM_CACHE_BYTES]) {
		NL_SET_ERR_MSG(extack, "a CACHE lacks NODE or BYTES");
		return -EINVAL;
	}
	return tierscope_nearmem_table_add(table,
					   nla_get_u32(tb[TIERSCOPE_NEARMEM_CACHE_NODE]),
					   nla_get_u64(tb[TIERSCOPE_NEARMEM_CACHE_BYTES]),
					   extack);
}

/* An empty table with all caches; no more of them than nodes, or one is twice. */
static int nearmem_make_table(struct genl_info *info,
			      struct tierscope_nearmem_table **ret_table)
{
	u32 n = nearmem_count_caches(info);
	struct tierscope_nearmem_table *table;
	const struct nlattr *attr;
	int rest, ret = 0;

	if (!n) {
		NL_SET_ERR_MSG(info->extack,
			       "there is no CACHE, so no slots to share");
		return -EINVAL;
	}
	table = tierscope_nearmem_table_alloc(min_t(u32, n, nr_node_ids));
	if (!table)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) != TIERSCOPE_NEARMEM_CACHE)
			continue;
		ret = nearmem_add_cache(table, attr, info->extack);
		if (ret)
			goto free_table;
	}
	*ret_table = table;
	return 0;

free_table:
	tierscope_nearmem_table_free(table);
	return ret;
}

/* ---- counting ----------------------------------------------------------- */

static int nearmem_walk(const struct nlattr *attr, struct sk_buff *skb,
			struct tierscope_nearmem_table *table,
			struct netlink_ext_ack *extack)
{
	struct tierscope_process process;
	struct tierscope_asker asker;
	struct pid *pid;
	int ret;

	ret = tierscope_asker_get(&asker, skb, extack);
	if (ret)
		return ret;
	pid = tierscope_process_find(&asker, nla_get_u32(attr));
	ret = tierscope_process_get(&process, pid, &asker, extack);
	if (ret)
		goto put_pid;
	ret = tierscope_walk_visit(process.mm, 0, TASK_SIZE_MAX,
				   &table->visitor);
	ret = tierscope_walk_refuse(ret, extack);
	tierscope_process_put(&process);
put_pid:
	if (ret)
		NL_SET_BAD_ATTR(extack, attr);
	put_pid(pid);
	tierscope_asker_put(&asker);
	return ret;
}

/* With nearmem_lock held; leaves no table behind. */
static int nearmem_take(struct nearmem *nearmem, struct sk_buff *skb,
			struct genl_info *info)
{
	struct tierscope_nearmem_table *table;
	int ret;

	ret = nearmem_make_table(info, &table);
	if (ret)
		return ret;
	nearmem->time_ns = ktime_get_ns();
	if (nearmem->pid)
		ret = nearmem_walk(nearmem->pid, skb, table, info->extack);
	else
		ret = tierscope_nearmem_table_scan(table, info->extack);
	nearmem->duration_ns = ktime_get_ns() - nearmem->time_ns;
	if (ret)
		goto free_table;
	nearmem->used_pages = table->used_pages;
	nearmem->other_pages = table->other_pages;
	tierscope_nearmem_table_bins(table, nearmem->bins);
free_table:
	tierscope_nearmem_table_free(table);
	return ret;
}

/* ---- the reply ---------------------------------------------------------- */

static size_t nearmem_bytes(void)
{
	size_t bin = nla_total_size(0) +			/* BIN */
		     nla_total_size(sizeof(u32)) +		/* PAGES */
		     nla_total_size_64bit(sizeof(u64));		/* SLOTS */

	return TIERSCOPE_NEARMEM_BINS * bin +
	       2 * nla_total_size(sizeof(u32)) +	/* PID, SLOT_BYTES */
	       5 * nla_total_size_64bit(sizeof(u64));	/* pages, times */
}

static int nearmem_put_bin(struct sk_buff *skb, u32 pages, u64 slots)
{
	struct nlattr *nest = nla_nest_start(skb, TIERSCOPE_NEARMEM_BIN);

	if (!nest || nla_put_u32(skb, TIERSCOPE_NEARMEM_BIN_PAGES, pages) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_BIN_SLOTS, slots,
			      TIERSCOPE_NEARMEM_BIN_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nearmem_put(struct sk_buff *skb, const struct nearmem *nearmem)
{
	/* All but those that have their slot alone; no byte overflows there. */
	u64 competing_pages = nearmem->used_pages - nearmem->bins[1];
	u32 i;

	if (nearmem->pid && nla_put_u32(skb, TIERSCOPE_NEARMEM_PID,
					nla_get_u32(nearmem->pid)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, TIERSCOPE_NEARMEM_SLOT_BYTES,
			TIERSCOPE_NEARMEM_GRAIN_BYTES) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_USED_PAGES,
			      nearmem->used_pages, TIERSCOPE_NEARMEM_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_OTHER_PAGES,
			      nearmem->other_pages, TIERSCOPE_NEARMEM_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_COMPETING_PAGES,
			      competing_pages, TIERSCOPE_NEARMEM_PAD))
		return -EMSGSIZE;
	for (i = 0; i < TIERSCOPE_NEARMEM_BINS; i++)
		if (nearmem->bins[i] && nearmem_put_bin(skb, i, nearmem->bins[i]))
			return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_TIME_NS, nearmem->time_ns,
			      TIERSCOPE_NEARMEM_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_NEARMEM_DURATION_NS,
			      nearmem->duration_ns, TIERSCOPE_NEARMEM_PAD))
		return -EMSGSIZE;
	return 0;
}

static int nearmem_reply(struct genl_info *info, const struct nearmem *nearmem)
{
	struct sk_buff *reply;
	void *header;

	reply = tierscope_reply_new(info, nearmem_bytes(),
				    TIERSCOPE_CMD_NEARMEM_GET, &header);
	if (!reply)
		return -ENOMEM;
	if (nearmem_put(reply, nearmem)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

int tierscope_nl_nearmem_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nearmem *nearmem;
	int ret;

	ret = tierscope_may_see_conflicts(skb, info->extack);
	if (ret)
		return ret;
	nearmem = kzalloc(sizeof(*nearmem), GFP_KERNEL);
	if (!nearmem)
		return -ENOMEM;
	nearmem->pid = info->attrs[TIERSCOPE_NEARMEM_PID];
	if (!mutex_trylock(&nearmem_lock)) {
		NL_SET_ERR_MSG(info->extack,
			       "another one is being made, and there is one at a time");
		ret = -EBUSY;
		goto free_nearmem;
	}
	ret = nearmem_take(nearmem, skb, info);
	mutex_unlock(&nearmem_lock);
	if (!ret)
		ret = nearmem_reply(info, nearmem);
free_nearmem:
	kfree(nearmem);
	return ret;
}
