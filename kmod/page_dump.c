// SPDX-License-Identifier: GPL-2.0-only
/*
 * PAGE_GET: the pages of one process in a range of addresses, each with its
 * frame.
 *
 * The walk writes into the message and stops where that is full. Between two
 * messages only mm_count and the address are kept.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "access.h"
#include "compat/genetlink.h"
#include "leaf.h"
#include "message.h"
#include "netlink.h"
#include "page_dump.h"
#include "process.h"
#include "walk.h"

const struct nla_policy tierscope_page_get_policy[TIERSCOPE_PAGE_END + 1] = {
	[TIERSCOPE_PAGE_PID] = { .type = NLA_U32 },
	[TIERSCOPE_PAGE_START] = { .type = NLA_U64 },
	[TIERSCOPE_PAGE_END] = { .type = NLA_U64 },
};

/**
 * struct page_dump - from start to done
 * @mm: with mm_count held
 * @address: all pages below are done with
 * @end: of the range
 */
struct page_dump {
	struct mm_struct *mm;
	u64 address;
	u64 end;
};

/**
 * struct page_message - one message that is being filled
 * @visitor: what the walk knows of it
 * @skb: where the pages go
 * @dump: whose address goes on with each of them
 */
struct page_message {
	struct tierscope_visitor visitor;
	struct sk_buff *skb;
	struct page_dump *dump;
};

static int page_put(struct sk_buff *skb, const struct tierscope_leaf *leaf)
{
	struct nlattr *nest = nla_nest_start(skb, TIERSCOPE_PAGE_PAGE);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, TIERSCOPE_PAGE_ENTRY_ADDRESS, leaf->address,
			      TIERSCOPE_PAGE_ENTRY_PAD) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_PAGE_ENTRY_FRAME, leaf->pfn,
			      TIERSCOPE_PAGE_ENTRY_PAD) ||
	    (leaf->node != NUMA_NO_NODE &&
	     nla_put_u32(skb, TIERSCOPE_PAGE_ENTRY_NODE, leaf->node)) ||
	    nla_put_u32(skb, TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT, leaf->shift) ||
	    nla_put_u32(skb, TIERSCOPE_PAGE_ENTRY_FLAGS, leaf->flags)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* Under a spinlock, maybe. */
static bool page_visit(struct tierscope_visitor *visitor,
		       const struct tierscope_leaf *leaf)
{
	struct page_message *message =
		container_of(visitor, struct page_message, visitor);

	if (page_put(message->skb, leaf))
		return false;
	message->dump->address = leaf->address + (1UL << leaf->shift);
	return true;
}

/* What the range is, which may be wrong; @dump->mm is taken. */
static int page_range(struct page_dump *dump, struct nlattr *start,
		      struct nlattr *end, struct netlink_ext_ack *extack)
{
	u64 limit = dump->mm->task_size;

	dump->address = start ? nla_get_u64(start) : 0;
	dump->end = end ? nla_get_u64(end) : limit;
	if (dump->address % PAGE_SIZE) {
		NL_SET_ERR_MSG_ATTR(extack, start,
				    "START must be a multiple of 4096");
		return -EINVAL;
	}
	if (dump->end % PAGE_SIZE) {
		NL_SET_ERR_MSG_ATTR(extack, end,
				    "END must be a multiple of 4096");
		return -EINVAL;
	}
	if (end && dump->address >= dump->end) {
		NL_SET_ERR_MSG_ATTR(extack, start, "START must be below END");
		return -EINVAL;
	}
	if (dump->end > limit || dump->address >= limit) {
		NL_SET_ERR_MSG_ATTR(extack, end ? end : start,
				    "the range is beyond the address space of the process");
		return -ERANGE;
	}
	return 0;
}

static int page_begin(struct page_dump *dump, struct netlink_callback *cb,
		      struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = tierscope_dump_attrs(cb);
	struct nlattr *number = attrs[TIERSCOPE_PAGE_PID];
	int ret;

	if (!number) {
		NL_SET_ERR_MSG(extack, "PID, of the process, is missing");
		NL_SET_ERR_ATTR_MISS(extack, NULL, TIERSCOPE_PAGE_PID);
		return -EINVAL;
	}
	ret = tierscope_may_see_frames(cb->skb, extack);
	if (ret)
		return ret;
	ret = tierscope_process_grab(cb->skb, nla_get_u32(number), extack,
				     &dump->mm);
	if (ret) {
		NL_SET_BAD_ATTR(extack, number);
		return ret;
	}
	ret = page_range(dump, attrs[TIERSCOPE_PAGE_START],
			 attrs[TIERSCOPE_PAGE_END], extack);
	if (ret)
		mmdrop(dump->mm);
	return ret;
}

int tierscope_nl_page_get_start(struct netlink_callback *cb)
{
	struct netlink_ext_ack own = {}, *extack;
	struct page_dump *dump;
	int ret;

	extack = tierscope_dump_extack(cb, &own);
	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return -ENOMEM;
	ret = page_begin(dump, cb, extack);
	if (ret) {
		kfree(dump);
		return tierscope_dump_refuse(cb, extack, ret);
	}
	/* Not 0, which says that nothing is known of consistency. */
	cb->seq = 1;
	tierscope_dump(cb)->state = dump;
	return 0;
}

/* As many as fit; the caller holds mm_users. */
static int page_fill(struct sk_buff *skb, struct netlink_callback *cb,
		     struct page_dump *dump)
{
	struct page_message message = {
		.visitor.leaf = page_visit,
		.skb = skb,
		.dump = dump,
	};
	unsigned int empty;
	void *header;
	int ret;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &tierscope_family, NLM_F_MULTI,
			     TIERSCOPE_CMD_PAGE_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	empty = skb->len;
	ret = tierscope_walk_visit(dump->mm, dump->address, dump->end,
				   &message.visitor);
	if (ret || skb->len == empty) {
		genlmsg_cancel(skb, header);
		if (message.visitor.stopped)
			return -EMSGSIZE;
		return tierscope_walk_refuse(ret, cb->extack);
	}
	if (!message.visitor.stopped)
		dump->address = dump->end;
	genlmsg_end(skb, header);
	return skb->len;
}

int tierscope_nl_page_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct page_dump *dump = tierscope_dump(cb)->state;
	int ret;

	ret = tierscope_dump_refused(cb);
	if (ret)
		return ret;
	if (dump->address >= dump->end)
		return 0;
	if (!mmget_not_zero(dump->mm)) {
		/* It exited, or runs another program: there is no rest. */
		cb->seq++;
		return 0;
	}
	ret = page_fill(skb, cb, dump);
	mmput_async(dump->mm);
	return ret;
}

int tierscope_nl_page_get_done(struct netlink_callback *cb)
{
	struct page_dump *dump = tierscope_dump(cb)->state;

	if (dump) {
		mmdrop(dump->mm);
		kfree(dump);
	}
	return 0;
}

int tierscope_nl_page_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	NL_SET_ERR_MSG(info->extack,
		       "pages come as a dump only: NLM_F_DUMP is missing");
	return -EOPNOTSUPP;
}
