/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <err.h>
#include <linux/genetlink.h>
#include <linux/tierscope.h>

#include <netlink/attr.h>

#include "placement_walk.h"

#define ANSWER_MS	60000
#define PAGE_SHIFT	12

static struct nl_msg *request(const struct probe *probe, uint8_t cmd, pid_t pid,
			      bool sharing)
{
	bool dump = !pid || cmd != TIERSCOPE_CMD_PLACEMENT_GET;
	struct nl_msg *msg = probe_request(probe, cmd, dump ? NLM_F_DUMP : 0);
	int pid_attr = TIERSCOPE_PLACEMENT_PID;
	int sharing_attr = TIERSCOPE_PLACEMENT_SHARING;

	if (cmd == TIERSCOPE_CMD_MAPPING_GET) {
		pid_attr = TIERSCOPE_MAPPING_PID;
		sharing_attr = TIERSCOPE_MAPPING_SHARING;
	} else if (cmd == TIERSCOPE_CMD_PAGE_GET) {
		pid_attr = TIERSCOPE_PAGE_PID;
	}
	if (pid)
		nla_put_u32(msg, pid_attr, pid);
	if (sharing)
		nla_put_flag(msg, sharing_attr);
	return msg;
}

int placement_walk(struct probe *probe, uint8_t cmd, pid_t pid, bool sharing,
		   void (*record)(const struct nlmsghdr *header, void *context),
		   void *context)
{
	struct nl_msg *msg = request(probe, cmd, pid, sharing);
	const struct nlmsghdr *header;

	probe_send(probe, msg);
	nlmsg_free(msg);
	for (;;) {
		int error = probe_receive(probe, ANSWER_MS, &header);

		if (error || !header)
			return error;
		record(header, context);
	}
}

void placement_parse(const struct nlmsghdr *header, struct nlattr **tb, int max)
{
	if (nlmsg_parse((struct nlmsghdr *)header, GENL_HDRLEN, tb, max, NULL))
		errx(1, "an answer cannot be parsed");
}

uint64_t placement_number(struct nlattr **tb, int type)
{
	if (!tb[type])
		errx(1, "attribute %d is missing in an answer", type);
	return nla_len(tb[type]) == sizeof(uint32_t) ? nla_get_u32(tb[type]) :
						       nla_get_u64(tb[type]);
}

static void add_cell(struct nlattr *cell, uint64_t pages[PLACEMENT_NODES])
{
	struct nlattr *tb[TIERSCOPE_CELL_MAX + 1];
	uint64_t node, n;

	if (nla_parse_nested(tb, TIERSCOPE_CELL_MAX, cell, NULL))
		errx(1, "a cell cannot be parsed");
	node = placement_number(tb, TIERSCOPE_CELL_NODE);
	if (node >= PLACEMENT_NODES)
		errx(1, "there is no node %lu", node);
	n = placement_number(tb, TIERSCOPE_CELL_PAGES);
	if (tb[TIERSCOPE_CELL_SHARED_PAGES] &&
	    placement_number(tb, TIERSCOPE_CELL_SHARED_PAGES) > n)
		errx(1, "more pages are shared than there are");
	pages[node] += n << (placement_number(tb, TIERSCOPE_CELL_PAGE_SHIFT) -
			     PAGE_SHIFT);
}

void placement_add_cells(const struct nlmsghdr *header, int type,
			 uint64_t pages[PLACEMENT_NODES])
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, (struct nlmsghdr *)header, GENL_HDRLEN, rest)
		if (nla_type(attr) == type)
			add_cell(attr, pages);
}
