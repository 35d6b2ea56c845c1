// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <netlink/genl/genl.h>

#include <linux/tierscope.h>

#include "edge.h"

static const struct nla_policy policy[TIERSCOPE_PROBE_MAX + 1] = {
	[TIERSCOPE_PROBE_INDEX] = { .type = NLA_U32 },
	[TIERSCOPE_PROBE_BEGIN] = { .type = NLA_FLAG },
	[TIERSCOPE_PROBE_THREAD] = { .type = NLA_U32 },
	[TIERSCOPE_PROBE_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_PROBE_LOST] = { .type = NLA_U64 },
};

static void read_words(const struct nlattr *attribute, size_t n,
		       struct tierscope_edge_reading *readings)
{
	uint64_t words[TIERSCOPE_EDGE_WORDS];
	const char *from = nla_data(attribute);

	for (size_t i = 0; i < n; i++) {
		from += sizeof(words);
		memcpy(words, from, sizeof(words));
		readings[i] = (struct tierscope_edge_reading){
			.value = words[TIERSCOPE_EDGE_VALUE],
			.enabled_ns = words[TIERSCOPE_EDGE_ENABLED_NS],
			.running_ns = words[TIERSCOPE_EDGE_RUNNING_NS],
		};
	}
}

int tierscope_edge_parse(struct nlmsghdr *header, size_t n_functions,
			 size_t n_counters,
			 struct tierscope_edge_reading *readings,
			 struct tierscope_edge *ret)
{
	size_t bytes = (n_counters + 1) * TIERSCOPE_EDGE_WORDS * sizeof(uint64_t);
	struct nlattr *attributes[TIERSCOPE_PROBE_MAX + 1];

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	if (genlmsg_hdr(header)->cmd != TIERSCOPE_CMD_PROBE_EDGE)
		return -ENOMSG;
	if (genlmsg_parse(header, 0, attributes, TIERSCOPE_PROBE_MAX, policy) ||
	    !attributes[TIERSCOPE_PROBE_INDEX] ||
	    !attributes[TIERSCOPE_PROBE_THREAD] ||
	    !attributes[TIERSCOPE_PROBE_TIME_NS] ||
	    !attributes[TIERSCOPE_PROBE_LOST] ||
	    !attributes[TIERSCOPE_PROBE_READINGS] ||
	    nla_get_u32(attributes[TIERSCOPE_PROBE_INDEX]) >= n_functions ||
	    (size_t)nla_len(attributes[TIERSCOPE_PROBE_READINGS]) != bytes)
		return -EBADMSG;
	read_words(attributes[TIERSCOPE_PROBE_READINGS], n_counters, readings);
	*ret = (struct tierscope_edge){
		.function = nla_get_u32(attributes[TIERSCOPE_PROBE_INDEX]),
		.thread = nla_get_u32(attributes[TIERSCOPE_PROBE_THREAD]),
		.begin = attributes[TIERSCOPE_PROBE_BEGIN],
		.time_ns = nla_get_u64(attributes[TIERSCOPE_PROBE_TIME_NS]),
		.lost = nla_get_u64(attributes[TIERSCOPE_PROBE_LOST]),
		.readings = readings,
	};
	return 0;
}
