// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "lib/sample.h"

#include "message.h"
#include "suite.h"

#define COUNTERS 3

static struct tierscope_reading readings[COUNTERS];

static struct tierscope_series make_series(void)
{
	memset(readings, 0, sizeof(readings));
	return (struct tierscope_series){
		.sampler = 7, .n = COUNTERS, .readings = readings,
	};
}

static struct nl_msg *make_sample(uint64_t sampler, uint64_t seq)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_SAMPLE);

	put_u32(message, TIERSCOPE_SAMPLE_SAMPLER, sampler);
	put_u64(message, TIERSCOPE_SAMPLE_SEQ, seq);
	put_u64(message, TIERSCOPE_SAMPLE_TIME_NS, 1000 + seq);
	put_u64(message, TIERSCOPE_SAMPLE_TICKS_LOST, 2);
	return message;
}

static void put_reading(struct nl_msg *message, uint64_t index, uint64_t value)
{
	struct nlattr *nest = nla_nest_start(message, TIERSCOPE_SAMPLE_READING);

	put_u32(message, TIERSCOPE_READING_INDEX, index);
	put_u64(message, TIERSCOPE_READING_TIME_NS, 10 * value);
	put_u64(message, TIERSCOPE_READING_VALUE, value);
	put_u64(message, TIERSCOPE_READING_ENABLED_NS, 100);
	put_u64(message, TIERSCOPE_READING_RUNNING_NS, 50);
	nla_nest_end(message, nest);
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
	struct nl_msg *message = make_sample(7, 41);
	struct tierscope_sample sample;

	for (unsigned int i = 0; i < COUNTERS; i++)
		put_reading(message, i, 500 + i);
	CU_ASSERT_EQUAL_FATAL(take(&series, message, &sample), 0);
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
		CU_ASSERT_EQUAL(take(&series, make_sample(7, steps[i].seq),
				     &sample), 0);
		CU_ASSERT_EQUAL(sample.samples_lost, steps[i].lost);
	}
	/* Time does not go back, and nothing is counted twice. */
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 110), &sample), -EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 3), &sample), -EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(7, 111), &sample), 0);
	CU_ASSERT_EQUAL(sample.samples_lost, 101);
}

static void test_reading_absent(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	message = make_sample(7, 0);
	put_reading(message, 0, 1);
	put_reading(message, 1, 2);
	CU_ASSERT_EQUAL(take(&series, message, &sample), 0);
	message = make_sample(7, 1);
	put_reading(message, 1, 20);
	CU_ASSERT_EQUAL(take(&series, message, &sample), 0);
	CU_ASSERT_EQUAL(sample.readings[0].value, 1);
	CU_ASSERT_EQUAL(sample.readings[0].time_ns, 10);
	CU_ASSERT_EQUAL(sample.readings[1].value, 20);
	CU_ASSERT_EQUAL(sample.readings[2].enabled_ns, 0);
}

static void test_not_ours(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	CU_ASSERT_EQUAL(take(&series, make_sample(8, 0), &sample), -ENOMSG);
	message = message_begin(TIERSCOPE_CMD_SAMPLER_GET);
	CU_ASSERT_EQUAL(take(&series, message, &sample), -ENOMSG);
	CU_ASSERT_FALSE(series.begun);
}

static void test_bad(void)
{
	struct tierscope_series series = make_series();
	struct tierscope_sample sample;
	struct nl_msg *message;

	message = make_sample(7, 0);
	put_reading(message, 0, 4);
	put_reading(message, COUNTERS, 4);
	CU_ASSERT_EQUAL(take(&series, message, &sample), -EBADMSG);
	message = make_sample(7, 0);
	put_reading(message, 0, 4);
	put_reading(message, ABSENT, 4);
	CU_ASSERT_EQUAL(take(&series, message, &sample), -EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(7, ABSENT), &sample),
			-EBADMSG);
	CU_ASSERT_EQUAL(take(&series, make_sample(ABSENT, 1), &sample),
			-EBADMSG);
	/* Not even half of them was taken in. */
	CU_ASSERT_FALSE(series.begun);
	CU_ASSERT_EQUAL(readings[0].value, 0);
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
	struct nl_msg *message = make_sample(7, 41);

	for (unsigned int i = 0; i < COUNTERS; i++)
		put_reading(message, i, 500 + i);
	message_spoil(message, parse);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "a whole sample", test_whole },
	{ "gaps are losses", test_gaps },
	{ "a reading is absent", test_reading_absent },
	{ "somebody else's", test_not_ours },
	{ "bad samples change nothing", test_bad },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("sample", tests)
