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

static const struct nla_policy made_policy[TIERSCOPE_SAMPLER_MAX + 1] = {
	[TIERSCOPE_SAMPLER_ID] = { .type = NLA_U32 },
	[TIERSCOPE_SAMPLER_SHARED] = { .type = NLA_FLAG },
	[TIERSCOPE_SAMPLER_TICKS] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLER_TICKS_LOST] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLER_READING] = { .type = NLA_NESTED },
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

static void subtract(struct tierscope_reading *reading,
		     const struct tierscope_reading *base)
{
	reading->value -= base->value;
	reading->enabled_ns -= base->enabled_ns;
	reading->running_ns -= base->running_ns;
}

/* Goes through all readings in attributes of that type, of which there are
 * *@ret_found. Keeps them if @keep is given, without what is in @base, if it is
 * given. */
static int walk_readings(struct nlmsghdr *header, int type, size_t n,
			 struct tierscope_reading *keep,
			 const struct tierscope_reading *base,
			 size_t *ret_found)
{
	struct genlmsghdr *payload = genlmsg_hdr(header);
	struct nlattr *attribute;
	int rest;

	*ret_found = 0;
	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest) {
		struct tierscope_reading reading;
		size_t index;

		if (nla_type(attribute) != type)
			continue;
		if (parse_reading(attribute, n, &index, &reading))
			return -EBADMSG;
		if (base)
			subtract(&reading, &base[index]);
		if (keep)
			keep[index] = reading;
		++*ret_found;
	}
	return rest > 0 ? -EBADMSG : 0;
}

static int join_shared(struct tierscope_series *series,
		       struct nlmsghdr *header, struct nlattr **attributes)
{
	size_t found;

	if (!attributes[TIERSCOPE_SAMPLER_TICKS] ||
	    !attributes[TIERSCOPE_SAMPLER_TICKS_LOST] ||
	    walk_readings(header, TIERSCOPE_SAMPLER_READING, series->n, NULL,
			  NULL, &found) ||
	    found != series->n)
		return -EBADMSG;
	walk_readings(header, TIERSCOPE_SAMPLER_READING, series->n,
		      series->base, NULL, &found);
	for (size_t i = 0; i < series->n; i++)
		if (series->base[i].time_ns > series->base_ns)
			series->base_ns = series->base[i].time_ns;
	series->base_seq = nla_get_u64(attributes[TIERSCOPE_SAMPLER_TICKS]);
	series->base_ticks_lost =
		nla_get_u64(attributes[TIERSCOPE_SAMPLER_TICKS_LOST]);
	return 0;
}

int tierscope_series_join(struct tierscope_series *series,
			  struct nlmsghdr *header)
{
	struct nlattr *attributes[TIERSCOPE_SAMPLER_MAX + 1];

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_SAMPLER_MAX,
			  made_policy) ||
	    !attributes[TIERSCOPE_SAMPLER_ID])
		return -EBADMSG;
	if (attributes[TIERSCOPE_SAMPLER_SHARED] &&
	    join_shared(series, header, attributes))
		return -EBADMSG;
	series->sampler = nla_get_u32(attributes[TIERSCOPE_SAMPLER_ID]);
	return 0;
}

/* A sample that was begun before we had read where we begin. The ones after it
 * are ours, and so is what is lost from then on. */
static void pass_over(struct tierscope_series *series, uint64_t seq,
		      uint64_t ticks_lost)
{
	series->base_seq = seq + 1;
	series->base_ticks_lost = ticks_lost;
}

int tierscope_sample_parse(struct tierscope_series *series,
			   struct nlmsghdr *header,
			   struct tierscope_sample *ret)
{
	struct nlattr *attributes[TIERSCOPE_SAMPLE_MAX + 1];
	uint64_t seq, time_ns, ticks_lost;
	size_t found;

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
	time_ns = nla_get_u64(attributes[TIERSCOPE_SAMPLE_TIME_NS]);
	ticks_lost = nla_get_u64(attributes[TIERSCOPE_SAMPLE_TICKS_LOST]);
	if ((series->begun && seq < series->next_seq) ||
	    walk_readings(header, TIERSCOPE_SAMPLE_READING, series->n, NULL,
			  NULL, &found))
		return -EBADMSG;
	if (!series->begun && time_ns < series->base_ns) {
		pass_over(series, seq, ticks_lost);
		return -ENOMSG;
	}
	if (seq < series->base_seq || ticks_lost < series->base_ticks_lost)
		return -EBADMSG;

	/* Nothing fails from here on. */
	walk_readings(header, TIERSCOPE_SAMPLE_READING, series->n,
		      series->readings, series->base, &found);
	if (series->begun)
		series->samples_lost += seq - series->next_seq;
	series->begun = true;
	series->next_seq = seq + 1;
	*ret = (struct tierscope_sample){
		.seq = seq - series->base_seq,
		.time_ns = time_ns,
		.ticks_lost = ticks_lost - series->base_ticks_lost,
		.samples_lost = series->samples_lost,
		.n_readings = series->n,
		.readings = series->readings,
	};
	return 0;
}
