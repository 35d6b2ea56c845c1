// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <netlink/genl/genl.h>

#include "last_look.h"
#include "placement.h"

static const struct nla_policy policy[TIERSCOPE_WATCH_MAX + 1] = {
	[TIERSCOPE_WATCH_ID] = { .type = NLA_U32 },
	[TIERSCOPE_WATCH_PID] = { .type = NLA_U32 },
	[TIERSCOPE_WATCH_REASON] = { .type = NLA_U32 },
	[TIERSCOPE_WATCH_COMM] = { .type = NLA_STRING },
	[TIERSCOPE_WATCH_UID] = { .type = NLA_U32 },
	[TIERSCOPE_WATCH_CELL] = { .type = NLA_NESTED },
	[TIERSCOPE_WATCH_SWAP_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_MIGRATING_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_SPECIAL_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_HINTED_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_DURATION_NS] = { .type = NLA_U64 },
	[TIERSCOPE_WATCH_PARTIAL] = { .type = NLA_FLAG },
};

int tierscope_last_look_parse(struct nlmsghdr *header,
			      struct tierscope_last_look *ret)
{
	struct nlattr *attributes[TIERSCOPE_WATCH_MAX + 1];
	struct tierscope_last_look look = { 0 };
	struct tierscope_placement *placement = &look.placement;
	int error;

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	if (genlmsg_hdr(header)->cmd != TIERSCOPE_CMD_WATCH_EVENT)
		return -ENOMSG;
	if (genlmsg_parse(header, 0, attributes, TIERSCOPE_WATCH_MAX, policy) ||
	    !attributes[TIERSCOPE_WATCH_ID] ||
	    !attributes[TIERSCOPE_WATCH_PID] ||
	    !attributes[TIERSCOPE_WATCH_REASON] ||
	    !attributes[TIERSCOPE_WATCH_COMM] ||
	    !attributes[TIERSCOPE_WATCH_UID] ||
	    !attributes[TIERSCOPE_WATCH_TIME_NS] ||
	    !attributes[TIERSCOPE_WATCH_DURATION_NS] ||
	    nla_get_u32(attributes[TIERSCOPE_WATCH_REASON]) >
		    TIERSCOPE_WATCH_REASON_MAX ||
	    tierscope_pages_parse(attributes[TIERSCOPE_WATCH_SWAP_PAGES],
				  &placement->swap_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_WATCH_MIGRATING_PAGES],
				  &placement->migrating_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_WATCH_SPECIAL_PAGES],
				  &placement->special_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_WATCH_HINTED_PAGES],
				  &placement->hinted_bytes))
		return -EBADMSG;
	look.watch = nla_get_u32(attributes[TIERSCOPE_WATCH_ID]);
	look.reason = nla_get_u32(attributes[TIERSCOPE_WATCH_REASON]);
	look.partial = attributes[TIERSCOPE_WATCH_PARTIAL];
	placement->pid = nla_get_u32(attributes[TIERSCOPE_WATCH_PID]);
	placement->uid = nla_get_u32(attributes[TIERSCOPE_WATCH_UID]);
	nla_strlcpy(placement->comm, attributes[TIERSCOPE_WATCH_COMM],
		    sizeof(placement->comm));
	placement->time_ns = nla_get_u64(attributes[TIERSCOPE_WATCH_TIME_NS]);
	placement->duration_ns =
		nla_get_u64(attributes[TIERSCOPE_WATCH_DURATION_NS]);
	error = tierscope_cells_parse(header, TIERSCOPE_WATCH_CELL,
				      &placement->cells, &placement->n_cells);
	if (!error)
		*ret = look;
	return error;
}
