/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Readings out of SAMPLE messages, and what was lost between them.
 */
#pragma once

#include <netlink/msg.h>

#include <tierscope/tierscope.h>

/**
 * struct tierscope_series - the samples of one sampler, as they come in
 * @sampler: its number
 * @n: how many counters it has
 * @readings: @n of them: the last of each
 * @base: @n of them: what each had counted before we came, all 0 if we were the
 *	first
 * @base_ns: when the last of @base was read; a sample from before is not ours
 * @base_seq: what the sampler's first sample of ours would be numbered
 * @base_ticks_lost: ticks that were lost before
 * @next_seq: what the next sample will carry if none is lost
 * @joining: nobody told us where we begin: the first sample that comes does, and
 *	is not one of ours
 * @begun: whether there was a sample yet: those before it were not lost
 * @samples_lost: the gaps in the numbers, added up
 */
struct tierscope_series {
	uint32_t sampler;
	size_t n;
	struct tierscope_reading *readings;
	struct tierscope_reading *base;
	uint64_t base_ns;
	uint64_t base_seq;
	uint64_t base_ticks_lost;
	uint64_t next_seq;
	bool joining;
	bool begun;
	uint64_t samples_lost;
};

/**
 * tierscope_series_join() - take the answer to SAMPLER_NEW in
 *
 * Sets the number, and if others have the sampler already, where our own
 * counting begins. Returns 0, or -EBADMSG.
 */
int tierscope_series_join(struct tierscope_series *series,
			  struct nlmsghdr *header);

/**
 * tierscope_sample_parse() - take one SAMPLE message in
 * @ret: points into @series; counts and numbers begin where we joined
 *
 * Returns 0, -ENOMSG if the message is no sample of this
 * sampler or was under way when we joined, or -EBADMSG, and then @series is as
 * it was.
 */
int tierscope_sample_parse(struct tierscope_series *series,
			   struct nlmsghdr *header,
			   struct tierscope_sample *ret);
