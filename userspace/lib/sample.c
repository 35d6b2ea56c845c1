// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include <netlink/genl/genl.h>

#include "sample.h"

static const struct nla_policy sample_policy[TIERSCOPE_SAMPLE_MAX + 1] = {
	[TIERSCOPE_SAMPLE_SAMPLER] = { .type = NLA_U32 },
	[TIERSCOPE_SAMPLE_SEQ] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_TICKS_LOST] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_READING] = { .type = NLA_NESTED },
};

static const struct nla_policy reading_policy[TIERSCOPE_READING_MAX + 1] = {
	[TIERSCOPE_READING_INDEX] = { .type = NLA_U32 },
	[TIERSCOPE_READING_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_READING_VALUE] = { .type = NLA_U64 },
	[TIERSCOPE_READING_ENABLED_NS] = { .type = NLA_U64 },
	[TIERSCOPE_READING_RUNNING_NS] = { .type = NLA_U64 },
};

static int parse_reading(struct nlattr *nest, size_t n, size_t *ret_index,
			 struct tierscope_reading *ret)
{
	struct nlattr *attributes[TIERSCOPE_READING_MAX + 1];

	if (nla_parse_nested(attributes, TIERSCOPE_READING_MAX, nest,
			     reading_policy) ||
	    !attributes[TIERSCOPE_READING_INDEX] ||
	    !attributes[TIERSCOPE_READING_TIME_NS] ||
	    !attributes[TIERSCOPE_READING_VALUE] ||
	    !attributes[TIERSCOPE_READING_ENABLED_NS] ||
	    !attributes[TIERSCOPE_READING_RUNNING_NS] ||
	    nla_get_u32(attributes[TIERSCOPE_READING_INDEX]) >= n)
		return -EBADMSG;
	*ret_index = nla_get_u32(attributes[TIERSCOPE_READING_INDEX]);
	ret->time_ns = nla_get_u64(attributes[TIERSCOPE_READING_TIME_NS]);
	ret->value = nla_get_u64(attributes[TIERSCOPE_READING_VALUE]);
	ret->enabled_ns = nla_get_u64(attributes[TIERSCOPE_READING_ENABLED_NS]);
	ret->running_ns = nla_get_u64(attributes[TIERSCOPE_READING_RUNNING_NS]);
	return 0;
}

/* Goes through all readings; keeps them if @series is to be changed. */
static int walk_readings(struct nlmsghdr *header, size_t n,
			 struct tierscope_reading *keep)
{
	struct genlmsghdr *payload = genlmsg_hdr(header);
	struct nlattr *attribute;
	int rest;

	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest) {
		struct tierscope_reading reading;
		size_t index;

		if (nla_type(attribute) != TIERSCOPE_SAMPLE_READING)
			continue;
		if (parse_reading(attribute, n, &index, &reading))
			return -EBADMSG;
		if (keep)
			keep[index] = reading;
	}
	return rest > 0 ? -EBADMSG : 0;
}

int tierscope_sample_parse(struct tierscope_series *series,
			   struct nlmsghdr *header,
			   struct tierscope_sample *ret)
{
	struct nlattr *attributes[TIERSCOPE_SAMPLE_MAX + 1];
	uint64_t seq;

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	if (genlmsg_hdr(header)->cmd != TIERSCOPE_CMD_SAMPLE)
		return -ENOMSG;
	if (genlmsg_parse(header, 0, attributes, TIERSCOPE_SAMPLE_MAX,
			  sample_policy) ||
	    !attributes[TIERSCOPE_SAMPLE_SAMPLER] ||
	    !attributes[TIERSCOPE_SAMPLE_SEQ] ||
	    !attributes[TIERSCOPE_SAMPLE_TIME_NS] ||
	    !attributes[TIERSCOPE_SAMPLE_TICKS_LOST])
		return -EBADMSG;
	if (nla_get_u32(attributes[TIERSCOPE_SAMPLE_SAMPLER]) !=
	    series->sampler)
		return -ENOMSG;
	seq = nla_get_u64(attributes[TIERSCOPE_SAMPLE_SEQ]);
	if (series->begun && seq < series->next_seq)
		return -EBADMSG;
	if (walk_readings(header, series->n, NULL))
		return -EBADMSG;

	/* Nothing fails from here on. */
	walk_readings(header, series->n, series->readings);
	if (series->begun)
		series->samples_lost += seq - series->next_seq;
	series->begun = true;
	series->next_seq = seq + 1;
	*ret = (struct tierscope_sample){
		.seq = seq,
		.time_ns = nla_get_u64(attributes[TIERSCOPE_SAMPLE_TIME_NS]),
		.ticks_lost =
			nla_get_u64(attributes[TIERSCOPE_SAMPLE_TICKS_LOST]),
		.samples_lost = series->samples_lost,
		.n_readings = series->n,
		.readings = series->readings,
	};
	return 0;
}
