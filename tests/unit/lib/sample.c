// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "lib/sample.h"

#include "message.h"
#include "suite.h"

#define COUNTERS 3

static struct tierscope_reading readings[COUNTERS], base[COUNTERS];

static struct tierscope_series make_series(void)
{
	memset(readings, 0, sizeof(readings));
	memset(base, 0, sizeof(base));
	return (struct tierscope_series){
		.sampler = 7, .n = COUNTERS, .readings = readings, .base = base,
	};
}

/* An array of @n readings, the values ascending from @value. */
static void put_readings(struct nl_msg *message, int type, size_t n,
			 uint64_t value, uint64_t enabled)
{
	uint64_t words[(COUNTERS + 1) * TIERSCOPE_READING_WORDS];
	uint64_t *at = words;

	for (size_t i = 0; i < n; i++, at += TIERSCOPE_READING_WORDS) {
		at[TIERSCOPE_READING_TIME_NS] = 10 * (value + i);
		at[TIERSCOPE_READING_VALUE] = value + i;
		at[TIERSCOPE_READING_ENABLED_NS] = enabled;
		at[TIERSCOPE_READING_RUNNING_NS] = enabled / 2;
	}
	if (nla_put(message, type, (int)((at - words) * sizeof(*words)), words))
		abort();
}

static struct nl_msg *make_bare(uint64_t sampler, uint64_t seq)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_SAMPLE);

	put_u32(message, TIERSCOPE_SAMPLE_SAMPLER, sampler);
	put_u64(message, TIERSCOPE_SAMPLE_SEQ, seq);
	put_u64(message, TIERSCOPE_SAMPLE_TIME_NS, 1000 + seq);
	put_u64(message, TIERSCOPE_SAMPLE_TICKS_LOST, 2);
	return message;
}

static struct nl_msg *make_sample(uint64_t sampler, uint64_t seq, uint64_t value)
{
	struct nl_msg *message = make_bare(sampler, seq);

	put_readings(message, TIERSCOPE_SAMPLE_READINGS, COUNTERS, value, 100);
	return message;
}

/* The answer to SAMPLER_NEW, of a sampler that had counted 100 and more. */
static struct nl_msg *make_answer(bool shared, size_t n)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_SAMPLER_NEW);

	put_u32(message, TIERSCOPE_SAMPLER_ID, 9);
	if (!shared)
		return message;
	nla_put_flag(message, TIERSCOPE_SAMPLER_SHARED);
	put_u64(message, TIERSCOPE_SAMPLER_TICKS, 40);
	put_u64(message, TIERSCOPE_SAMPLER_TICKS_LOST, 1);
	put_readings(message, TIERSCOPE_SAMPLER_READINGS, n, 100, 60);
	return message;
}

static int join(struct tierscope_series *series, struct nl_msg *message)
{
	int error = tierscope_series_join(series, nlmsg_hdr(message));

	nlmsg_free(message);
	return error;
}

static int take(struct tierscope_series *series, struct nl_msg *message,
		struct tierscope_sample *ret)
{
	int error = tierscope_sample_parse(series, nlmsg_hdr(message), ret);

	nlmsg_free(message);
	return error;
}

static void test_whole(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;

	CU_ASSERT_EQUAL_FATAL(take(&series, make_sample(7, 41, 500), &sample), 0);
	CU_ASSERT_EQUAL(sample.seq, 41);
	CU_ASSERT_EQUAL(sample.time_ns, 1041);
	CU_ASSERT_EQUAL(sample.ticks_lost, 2);
	/* What was taken before we listened is not lost. */
	CU_ASSERT_EQUAL(sample.samples_lost, 0);
	CU_ASSERT_EQUAL_FATAL(sample.n_readings, COUNTERS);
	for (unsigned int i = 0; i < COUNTERS; i++) {
		CU_ASSERT_EQUAL(sample.readings[i].value, 500 + i);
		CU_ASSERT_EQUAL(sample.readings[i].time_ns, 10 * (500 + i));
		CU_ASSERT_EQUAL(sample.readings[i].enabled_ns, 100);
		CU_ASSERT_EQUAL(sample.readings[i].running_ns, 50);
	}
}

static void test_gaps(void)
{
	static const struct {
		uint64_t seq;
		uint64_t lost;
	} steps[] = { { 5, 0 }, { 6, 0 }, { 9, 2 }, { 10, 2 }, { 110, 101 } };
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		CU_ASSERT_EQUAL(take(&series, make_sample(7, steps[i].seq, 1),
				     &sample), 0);
		CU_ASSERT_EQUAL(sample.samples_lost, steps[i].lost);
	}
	/* Time does not go back, and nothing is counted twice. */
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 110, 200), &sample), -EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 3, 200), &sample), -EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 111, 200), &sample), 0);
	CU_ASSERT_EQUAL(sample.samples_lost, 101);
}

static void test_not_ours(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	CU_ASSERT_EQUAL(take(&series, make_sample(8, 0, 200), &sample), -ENOMSG);
	message = message_begin(TIERSCOPE_CMD_SAMPLER_GET);
	CU_ASSERT_EQUAL(take(&series, message, &sample), -ENOMSG);
	CU_ASSERT_FALSE(series.begun);
}

static void test_bad(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	CU_ASSERT_EQUAL(take(&series, make_bare(7, 0), &sample), -EBADMSG);
	for (size_t n = 0; n <= COUNTERS + 1; n++) {
		message = make_bare(7, 0);
		put_readings(message, TIERSCOPE_SAMPLE_READINGS, n, 4, 100);
		if (n == COUNTERS)
			nlmsg_free(message);
		else
			CU_ASSERT_EQUAL(take(&series, message, &sample), -EBADMSG);
	}
	CU_ASSERT_EQUAL(take(&series, make_sample(7, ABSENT, 4), &sample),
			-EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(ABSENT, 1, 4), &sample),
			-EBADMSG);
	/* Nothing of them was taken in. */
	CU_ASSERT_FALSE(series.begun);
	CU_ASSERT_EQUAL(readings[0].value, 0);
}

static void test_first(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;

	CU_ASSERT_EQUAL(join(&series, make_answer(false, 0)), 0);
	CU_ASSERT_EQUAL(series.sampler, 9);
	CU_ASSERT_EQUAL(take(&series, make_sample(9, 0, 6), &sample), 0);
	CU_ASSERT_EQUAL(sample.seq, 0);
	CU_ASSERT_EQUAL(sample.ticks_lost, 2);
	CU_ASSERT_EQUAL(sample.readings[1].value, 7);
	CU_ASSERT_EQUAL(sample.readings[1].enabled_ns, 100);
}

/* What the sampler had counted, taken and lost before is not ours. */
static void test_shared(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	CU_ASSERT_EQUAL(join(&series, make_answer(true, COUNTERS)), 0);
	CU_ASSERT_EQUAL(series.sampler, 9);
	/* Read up to 10 * 102; this one began at 1019. */
	message = make_sample(9, 40, 90);
	nla_put_u64(message, TIERSCOPE_SAMPLE_TIME_NS, 1019);
	CU_ASSERT_EQUAL(take(&series, message, &sample), -ENOMSG);
	CU_ASSERT_EQUAL(readings[0].value, 0);

	CU_ASSERT_EQUAL(take(&series, make_sample(9, 42, 150), &sample), 0);
	CU_ASSERT_EQUAL(sample.seq, 1);
	CU_ASSERT_EQUAL(sample.ticks_lost, 0);
	CU_ASSERT_EQUAL(sample.samples_lost, 0);
	CU_ASSERT_EQUAL(sample.time_ns, 1042);
	for (unsigned int i = 0; i < COUNTERS; i++) {
		CU_ASSERT_EQUAL(sample.readings[i].value, 50);
		CU_ASSERT_EQUAL(sample.readings[i].enabled_ns, 40);
		CU_ASSERT_EQUAL(sample.readings[i].running_ns, 20);
		CU_ASSERT_EQUAL(sample.readings[i].time_ns, 1500 + 10 * i);
	}
	CU_ASSERT_EQUAL(take(&series, make_sample(9, 45, 200), &sample), 0);
	CU_ASSERT_EQUAL(sample.seq, 4);
	CU_ASSERT_EQUAL(sample.samples_lost, 2);
}

/* Without a sample that was under way, what was lost before is in the answer. */
static void test_shared_at_rest(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;

	CU_ASSERT_EQUAL(join(&series, make_answer(true, COUNTERS)), 0);
	CU_ASSERT_EQUAL(take(&series, make_sample(9, 40, 200), &sample), 0);
	CU_ASSERT_EQUAL(sample.seq, 0);
	CU_ASSERT_EQUAL(sample.ticks_lost, 1);
	/* Numbers from before cannot come. */
	series = make_series();
	CU_ASSERT_EQUAL(join(&series, make_answer(true, COUNTERS)), 0);
	CU_ASSERT_EQUAL(take(&series, make_sample(9, 39, 200), &sample), -EBADMSG);
}

static void test_bad_answers(void)
{
	struct tierscope_series series = make_series();
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_SAMPLER_NEW);

	CU_ASSERT_EQUAL(join(&series, message), -EBADMSG);
	/* One counter would count from before us. */
	CU_ASSERT_EQUAL(join(&series, make_answer(true, COUNTERS - 1)), -EBADMSG);
	CU_ASSERT_EQUAL(join(&series, make_answer(true, COUNTERS + 1)), -EBADMSG);
	message = message_begin(TIERSCOPE_CMD_SAMPLER_NEW);
	put_u32(message, TIERSCOPE_SAMPLER_ID, 9);
	nla_put_flag(message, TIERSCOPE_SAMPLER_SHARED);
	CU_ASSERT_EQUAL(join(&series, message), -EBADMSG);
	CU_ASSERT_EQUAL(base[0].value, 0);
}

static void parse_answer(struct nlmsghdr *header)
{
	struct tierscope_series series = make_series();

	if (tierscope_series_join(&series, header))
		CU_ASSERT_EQUAL(series.sampler, 7);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;

	if (tierscope_sample_parse(&series, header, &sample) == 0)
		CU_ASSERT_EQUAL(sample.n_readings, COUNTERS);
}

static void test_spoilt(void)
{
	struct nl_msg *message = make_sample(7, 41, 500);

	message_spoil(message, parse);
	nlmsg_free(message);
	message = make_answer(true, COUNTERS);
	message_spoil(message, parse_answer);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "a whole sample", test_whole },
	{ "gaps are losses", test_gaps },
	{ "somebody else's", test_not_ours },
	{ "bad samples change nothing", test_bad },
	{ "the first to ask", test_first },
	{ "a sampler that others have", test_shared },
	{ "and that is between two samples", test_shared_at_rest },
	{ "bad answers", test_bad_answers },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("sample", tests)
