// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <netlink/genl/genl.h>

#include "sample.h"

static const struct nla_policy sample_policy[TIERSCOPE_SAMPLE_MAX + 1] = {
	[TIERSCOPE_SAMPLE_SAMPLER] = { .type = NLA_U32 },
	[TIERSCOPE_SAMPLE_SEQ] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_TICKS_LOST] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLE_READINGS] = { .type = NLA_UNSPEC },
};

static const struct nla_policy made_policy[TIERSCOPE_SAMPLER_MAX + 1] = {
	[TIERSCOPE_SAMPLER_ID] = { .type = NLA_U32 },
	[TIERSCOPE_SAMPLER_SHARED] = { .type = NLA_FLAG },
	[TIERSCOPE_SAMPLER_TICKS] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLER_TICKS_LOST] = { .type = NLA_U64 },
	[TIERSCOPE_SAMPLER_READINGS] = { .type = NLA_UNSPEC },
};

/* Whether @attribute has a reading for each of @n counters. */
static bool has_readings(const struct nlattr *attribute, size_t n)
{
	return attribute && (size_t)nla_len(attribute) ==
		n * TIERSCOPE_READING_WORDS * sizeof(uint64_t);
}

/* All of them, without what is in @base if it is given. The array in the message
 * is aligned to four bytes. */
static void read_readings(const struct nlattr *attribute, size_t n,
			  const struct tierscope_reading *base,
			  struct tierscope_reading *ret)
{
	const char *data = nla_data(attribute);
	uint64_t words[TIERSCOPE_READING_WORDS];

	for (size_t i = 0; i < n; i++) {
		memcpy(words, data + i * sizeof(words), sizeof(words));
		ret[i] = (struct tierscope_reading){
			.time_ns = words[TIERSCOPE_READING_TIME_NS],
			.value = words[TIERSCOPE_READING_VALUE],
			.enabled_ns = words[TIERSCOPE_READING_ENABLED_NS],
			.running_ns = words[TIERSCOPE_READING_RUNNING_NS],
		};
		if (!base)
			continue;
		ret[i].value -= base[i].value;
		ret[i].enabled_ns -= base[i].enabled_ns;
		ret[i].running_ns -= base[i].running_ns;
	}
}

static int join_shared(struct tierscope_series *series,
		       struct nlattr **attributes)
{
	if (!attributes[TIERSCOPE_SAMPLER_TICKS] ||
	    !attributes[TIERSCOPE_SAMPLER_TICKS_LOST] ||
	    !has_readings(attributes[TIERSCOPE_SAMPLER_READINGS], series->n))
		return -EBADMSG;
	read_readings(attributes[TIERSCOPE_SAMPLER_READINGS], series->n, NULL,
		      series->base);
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
	    join_shared(series, attributes))
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

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	if (genlmsg_hdr(header)->cmd != TIERSCOPE_CMD_SAMPLE)
		return -ENOMSG;
	if (genlmsg_parse(header, 0, attributes, TIERSCOPE_SAMPLE_MAX,
			  sample_policy) ||
	    !attributes[TIERSCOPE_SAMPLE_SAMPLER] ||
	    !attributes[TIERSCOPE_SAMPLE_SEQ] ||
	    !attributes[TIERSCOPE_SAMPLE_TIME_NS] ||
	    !attributes[TIERSCOPE_SAMPLE_TICKS_LOST] ||
	    !has_readings(attributes[TIERSCOPE_SAMPLE_READINGS], series->n))
		return -EBADMSG;
	if (nla_get_u32(attributes[TIERSCOPE_SAMPLE_SAMPLER]) !=
	    series->sampler)
		return -ENOMSG;
	seq = nla_get_u64(attributes[TIERSCOPE_SAMPLE_SEQ]);
	time_ns = nla_get_u64(attributes[TIERSCOPE_SAMPLE_TIME_NS]);
	ticks_lost = nla_get_u64(attributes[TIERSCOPE_SAMPLE_TICKS_LOST]);
	if (series->begun && seq < series->next_seq)
		return -EBADMSG;
	if (series->joining) {
		read_readings(attributes[TIERSCOPE_SAMPLE_READINGS], series->n,
			      NULL, series->base);
		series->joining = false;
		pass_over(series, seq, ticks_lost);
		return -ENOMSG;
	}
	if (!series->begun && time_ns < series->base_ns) {
		pass_over(series, seq, ticks_lost);
		return -ENOMSG;
	}
	if (seq < series->base_seq || ticks_lost < series->base_ticks_lost)
		return -EBADMSG;

	/* Nothing fails from here on. */
	read_readings(attributes[TIERSCOPE_SAMPLE_READINGS], series->n,
		      series->base, series->readings);
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
