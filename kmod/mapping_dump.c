// SPDX-License-Identifier: GPL-2.0-only
/*
 * MAPPING_GET: the placement of one process, mapping by mapping.
 *
 * Between two messages only mm_count is held: a reader that stalls keeps an
 * empty mm_struct, and no page.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "compat/genetlink.h"
#include "core/tally.h"
#include "mapping.h"
#include "mapping_dump.h"
#include "message.h"
#include "mm_lock.h"
#include "netlink.h"
#include "process.h"
#include "walk.h"

const struct nla_policy
tierscope_mapping_get_policy[TIERSCOPE_MAPPING_SHARING + 1] = {
	[TIERSCOPE_MAPPING_PID] = { .type = NLA_U32 },
	[TIERSCOPE_MAPPING_SHARING] = { .type = NLA_FLAG },
};

/**
 * struct mapping_dump - from start to done
 * @pid: as the asker said it
 * @mm: with mm_count held
 * @address: all mappings below are done with
 * @layout: fingerprint of those that were sent
 * @generation: 1, and one more for each change of them that was noticed
 * @count: how many mappings there were when it was last looked for changes
 * @total: and how many pages they had
 * @spent: jiffies that went on walks, and on waiting for the lock
 * @taken: @mapping has still to be sent, because the last message was full
 * @ended: nothing more comes
 * @mapping: at hand
 */
struct mapping_dump {
	u32 pid;
	struct mm_struct *mm;
	unsigned long address;
	u64 layout;
	u32 generation;
	int count;
	unsigned long total;
	unsigned long spent;
	bool taken;
	bool ended;
	struct tierscope_mapping mapping;
};

/* Waiting is time spent, as walking is. */
static int mapping_lock(struct mapping_dump *dump, struct netlink_callback *cb)
{
	unsigned long began = jiffies;
	int ret;

	ret = tierscope_mm_lock(dump->mm, tierscope_walk_deadline(dump->spent));
	dump->spent += jiffies - began;
	return tierscope_walk_refuse(ret, cb->extack);
}

/*
 * Between two messages: whether what was sent is still so. Nearly every change
 * shows in one of two numbers, so that all mappings are gone through for a
 * reason only; the end of the dump, which always does that, misses none.
 */
static int mapping_notice(struct mapping_dump *dump,
			  struct netlink_callback *cb)
{
	struct mm_struct *mm = dump->mm;
	u64 layout = dump->layout;
	int ret;

	ret = mapping_lock(dump, cb);
	if (ret)
		return ret;
	if (dump->address &&
	    (mm->map_count != dump->count || mm->total_vm != dump->total))
		layout = tierscope_mapping_layout(mm, dump->address);
	dump->count = mm->map_count;
	dump->total = mm->total_vm;
	mmap_read_unlock(mm);
	if (layout != dump->layout) {
		dump->layout = layout;
		dump->generation++;
	}
	return 0;
}

/*
 * The first mapping that ends after @dump->address; -ENOENT if there is none.
 * Then the mappings as they are now are compared with those that were sent.
 */
static int mapping_take(struct mapping_dump *dump, struct netlink_callback *cb)
{
	struct mm_struct *mm = dump->mm;
	struct vm_area_struct *vma;
	int ret;

	ret = mapping_lock(dump, cb);
	if (ret)
		return ret;
	vma = find_vma(mm, dump->address);
	if (!vma) {
		if (dump->generation > 1 ||
		    tierscope_mapping_layout(mm, TASK_SIZE_MAX) != dump->layout)
			cb->seq++;
		mmap_read_unlock(mm);
		return -ENOENT;
	}
	ret = tierscope_mapping_take(&dump->mapping, vma, dump->address,
				     &dump->layout, &dump->spent);
	if (ret)	/* and the lock is gone */
		return tierscope_walk_refuse(ret, cb->extack);
	mmap_read_unlock(mm);
	dump->address = dump->mapping.end;
	return 0;
}

static int mapping_send(struct sk_buff *skb, struct netlink_callback *cb,
			const struct mapping_dump *dump)
{
	void *header;

	header = tierscope_dump_put(skb, cb, TIERSCOPE_CMD_MAPPING_GET);
	if (!header)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, header);
	if (tierscope_mapping_put(skb, dump->pid, dump->generation,
				  &dump->mapping)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static struct mapping_dump *mapping_dump_alloc(void)
{
	struct mapping_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);

	if (!dump)
		return NULL;
	dump->mapping.tally = tierscope_tally_alloc();
	if (!dump->mapping.tally) {
		kfree(dump);
		return NULL;
	}
	return dump;
}

static void mapping_dump_free(struct mapping_dump *dump)
{
	if (dump->mm)
		mmdrop(dump->mm);
	kvfree(dump->mapping.tally);
	kfree(dump);
}

int tierscope_nl_mapping_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = tierscope_dump_attrs(cb);
	struct nlattr *number = attrs[TIERSCOPE_MAPPING_PID];
	struct netlink_ext_ack own = {}, *extack;
	struct mapping_dump *dump;
	int ret;

	extack = tierscope_dump_extack(cb, &own);
	if (!number) {
		NL_SET_ERR_MSG(extack, "PID, of the process, is missing");
		NL_SET_ERR_ATTR_MISS(extack, NULL, TIERSCOPE_MAPPING_PID);
		return tierscope_dump_refuse(cb, extack, -EINVAL);
	}
	dump = mapping_dump_alloc();
	if (!dump)
		return -ENOMEM;
	dump->pid = nla_get_u32(number);
	dump->generation = 1;
	dump->mapping.tally->sharing =
		nla_get_flag(attrs[TIERSCOPE_MAPPING_SHARING]);
	ret = tierscope_process_grab(cb->skb, dump->pid, extack, &dump->mm);
	if (ret) {
		mapping_dump_free(dump);
		NL_SET_BAD_ATTR(extack, number);
		return tierscope_dump_refuse(cb, extack, ret);
	}
	/* The largest record fits an empty message. */
	cb->min_dump_alloc = max_t(u32, cb->min_dump_alloc,
				   nlmsg_total_size(GENL_HDRLEN +
						    tierscope_mapping_bytes(dump->mapping.tally->room)));
	/*
	 * Not 0, which says that nothing is known of consistency. And known
	 * before the first record: the process may end before that is sent.
	 */
	cb->prev_seq = 1;
	cb->seq = 1;
	tierscope_dump(cb)->state = dump;
	return 0;
}

/* As many as fit; the caller holds mm_users. */
static int mapping_fill(struct sk_buff *skb, struct netlink_callback *cb,
			struct mapping_dump *dump)
{
	int ret;

	ret = mapping_notice(dump, cb);
	if (ret)
		return ret;
	for (;;) {
		if (!dump->taken) {
			ret = mapping_take(dump, cb);
			if (ret)
				break;
			dump->taken = true;
		}
		ret = mapping_send(skb, cb, dump);
		if (ret)
			return skb->len ? skb->len : ret;
		dump->taken = false;
	}
	if (ret != -ENOENT)
		return ret;
	dump->ended = true;
	return skb->len;
}

int tierscope_nl_mapping_get_dumpit(struct sk_buff *skb,
				    struct netlink_callback *cb)
{
	struct mapping_dump *dump = tierscope_dump(cb)->state;
	int ret;

	ret = tierscope_dump_refused(cb);
	if (ret)
		return ret;
	if (dump->ended)
		return 0;
	if (!mmget_not_zero(dump->mm)) {
		/* It exited, or runs another program: there is no rest. */
		cb->seq++;
		return 0;
	}
	ret = mapping_fill(skb, cb, dump);
	mmput_async(dump->mm);
	return ret;
}

int tierscope_nl_mapping_get_done(struct netlink_callback *cb)
{
	struct mapping_dump *dump = tierscope_dump(cb)->state;

	if (dump)
		mapping_dump_free(dump);
	return 0;
}

int tierscope_nl_mapping_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	NL_SET_ERR_MSG(info->extack,
		       "mappings come as a dump only: NLM_F_DUMP is missing");
	return -EOPNOTSUPP;
}
