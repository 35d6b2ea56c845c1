/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says that the family can do. */
#include <err.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>
#include <stdio.h>

#include <netlink/attr.h>

#include "probe_family.h"

void probe_family_print(struct probe *probe)
{
	const struct nlmsghdr *answer;
	struct nlattr *all, *one, *tb[CTRL_ATTR_OP_MAX + 1];
	struct nl_msg *msg;
	int rest;

	probe->family = GENL_ID_CTRL;
	msg = probe_request(probe, CTRL_CMD_GETFAMILY, 0);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, TIERSCOPE_FAMILY_NAME);
	if (probe_ask(probe, msg, &answer) || !answer)
		errx(1, "the family cannot be asked for");
	all = nlmsg_find_attr((struct nlmsghdr *)answer, GENL_HDRLEN,
			      CTRL_ATTR_OPS);
	if (!all)
		errx(1, "the family has no operations");
	nla_for_each_nested(one, all, rest) {
		if (nla_parse_nested(tb, CTRL_ATTR_OP_MAX, one, NULL) ||
		    !tb[CTRL_ATTR_OP_ID] || !tb[CTRL_ATTR_OP_FLAGS])
			errx(1, "an operation cannot be parsed");
		if (nla_get_u32(tb[CTRL_ATTR_OP_FLAGS]) & GENL_CMD_CAP_DO)
			printf("%u do\n", nla_get_u32(tb[CTRL_ATTR_OP_ID]));
		if (nla_get_u32(tb[CTRL_ATTR_OP_FLAGS]) & GENL_CMD_CAP_DUMP)
			printf("%u dump\n", nla_get_u32(tb[CTRL_ATTR_OP_ID]));
	}
}
