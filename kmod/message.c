// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tally, as messages carry it.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/tierscope.h>
#include <net/netlink.h>

#include "core/tally.h"
#include "message.h"

size_t tierscope_tally_message_bytes(u32 cells)
{
	size_t cell = nla_total_size(0) +	/* CELL */
		      3 * nla_total_size(sizeof(u32)) +	/* NODE, SHIFT, KIND */
		      2 * nla_total_size_64bit(sizeof(u64));	/* PAGES, SHARED */

	return cells * cell + 4 * nla_total_size_64bit(sizeof(u64));
}

/* A DAX page has a map count that nobody keeps. */
static bool message_has_shared(const struct tierscope_tally *tally, u32 key)
{
	return tally->sharing &&
	       tierscope_tally_key_kind(key) != TIERSCOPE_KIND_DAX;
}

static int message_put_cell(struct sk_buff *skb, int type,
			    const struct tierscope_tally *tally,
			    const struct tierscope_tally_cell *cell)
{
	struct nlattr *nest = nla_nest_start(skb, type);
	u32 key = cell->key;

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, TIERSCOPE_CELL_NODE,
			tierscope_tally_key_node(key)) ||
	    nla_put_u32(skb, TIERSCOPE_CELL_PAGE_SHIFT,
			tierscope_tally_key_page_shift(key)) ||
	    nla_put_u32(skb, TIERSCOPE_CELL_KIND,
			tierscope_tally_key_kind(key)) ||
	    nla_put_u64_64bit(skb, TIERSCOPE_CELL_PAGES, cell->pages,
			      TIERSCOPE_CELL_PAD))
		goto cancel_nest;
	if (message_has_shared(tally, key) &&
	    nla_put_u64_64bit(skb, TIERSCOPE_CELL_SHARED_PAGES,
			      cell->shared_pages, TIERSCOPE_CELL_PAD))
		goto cancel_nest;
	nla_nest_end(skb, nest);
	return 0;

cancel_nest:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

int tierscope_tally_put(struct sk_buff *skb, const struct tierscope_tally *tally,
			const struct tierscope_tally_attrs *attrs)
{
	u32 i;

	for (i = 0; i < tally->n; i++)
		if (message_put_cell(skb, attrs->cell, tally, &tally->cell[i]))
			return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, attrs->swap_pages, tally->swap_pages,
			      attrs->pad) ||
	    nla_put_u64_64bit(skb, attrs->migrating_pages,
			      tally->migrating_pages, attrs->pad) ||
	    nla_put_u64_64bit(skb, attrs->special_pages, tally->special_pages,
			      attrs->pad) ||
	    nla_put_u64_64bit(skb, attrs->hinted_pages, tally->hinted_pages,
			      attrs->pad))
		return -EMSGSIZE;
	return 0;
}

struct tierscope_tally *tierscope_tally_alloc(void)
{
	u32 room = tierscope_tally_room(nr_node_ids);
	struct tierscope_tally *tally;

	tally = kvmalloc(tierscope_tally_bytes(room), GFP_KERNEL_ACCOUNT);
	if (tally)
		tierscope_tally_init(tally, room);
	return tally;
}

int tierscope_walk_refuse(int err, struct netlink_ext_ack *extack)
{
	if (err == -EINTR)
		NL_SET_ERR_MSG(extack, "a signal ended the walk");
	else if (err == -ETIME)
		NL_SET_ERR_MSG(extack,
			       "the walk took longer than the module allows (its parameter walk_max_ms)");
	else if (err == -EBUSY)
		NL_SET_ERR_MSG(extack,
			       "the process has kept its memory locked for longer than the module waits (its parameter walk_max_ms)");
	else if (err == -EOVERFLOW)
		NL_SET_ERR_MSG(extack,
			       "the process has memory on more nodes than one message can hold");
	return err;
}
