// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "lib/extack.h"

#include "message.h"
#include "suite.h"

#define SENTENCE "interval_ns: must be 10 ms to 60 s"

/* An NLMSG_ERROR for a request with @echo bytes after its header. */
static struct nl_msg *make_error(int error, int flags, size_t echo)
{
	struct nl_msg *message = nlmsg_alloc_size(4096);
	struct nlmsgerr body = {
		.error = error,
		.msg.nlmsg_len = NLMSG_HDRLEN + echo,
	};
	char payload[256] = "";

	if (!message || !nlmsg_put(message, 0, 1, NLMSG_ERROR, 0, flags) ||
	    nlmsg_append(message, &body, sizeof(body), NLMSG_ALIGNTO))
		abort();
	if (!(flags & NLM_F_CAPPED) && error &&
	    nlmsg_append(message, payload, echo, NLMSG_ALIGNTO))
		abort();
	return message;
}

static void put_sentence(struct nl_msg *message)
{
	if (nla_put_string(message, NLMSGERR_ATTR_MSG, SENTENCE) ||
	    nla_put_u32(message, NLMSGERR_ATTR_OFFS, 20) ||
	    nla_put_u32(message, NLMSGERR_ATTR_MISS_TYPE, 3))
		abort();
}

static void check_sentence(struct nl_msg *message, int error)
{
	struct tierscope_extack extack = { 0 };

	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack), 0);
	CU_ASSERT_EQUAL(extack.error, error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(extack.message);
	CU_ASSERT_STRING_EQUAL(extack.message, SENTENCE);
	CU_ASSERT_EQUAL(extack.offset, 20);
	CU_ASSERT_EQUAL(extack.missing, 3);
	nlmsg_free(message);
}

static void test_capped(void)
{
	struct nl_msg *message;

	message = make_error(-ERANGE, NLM_F_CAPPED | NLM_F_ACK_TLVS, 100);
	put_sentence(message);
	check_sentence(message, -ERANGE);
}

/* Without NETLINK_CAP_ACK the request comes back before the attributes. */
static void test_echoed(void)
{
	for (size_t echo = 0; echo < 9; echo++) {
		struct nl_msg *message = make_error(-EPERM, NLM_F_ACK_TLVS,
						    echo);

		put_sentence(message);
		check_sentence(message, -EPERM);
	}
}

static void test_ack(void)
{
	struct nl_msg *message = make_error(0, 0, 64);
	struct tierscope_extack extack;

	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack), 0);
	CU_ASSERT_EQUAL(extack.error, 0);
	CU_ASSERT_PTR_NULL(extack.message);
	CU_ASSERT_EQUAL(extack.missing, -1);
	nlmsg_free(message);
}

static void test_end_of_dump(void)
{
	struct nl_msg *message = nlmsg_alloc_size(4096);
	const int error = -ESRCH;

	if (!nlmsg_put(message, 0, 1, NLMSG_DONE, 0, NLM_F_ACK_TLVS) ||
	    nlmsg_append(message, (void *)&error, sizeof(error), NLMSG_ALIGNTO))
		abort();
	put_sentence(message);
	check_sentence(message, -ESRCH);
}

static void test_sentence_without_end(void)
{
	struct nl_msg *message = make_error(-EPERM,
					    NLM_F_CAPPED | NLM_F_ACK_TLVS, 0);
	struct tierscope_extack extack;

	if (nla_put(message, NLMSGERR_ATTR_MSG, 4, "oops"))
		abort();
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack), 0);
	CU_ASSERT_PTR_NULL(extack.message);
	nlmsg_free(message);
}

static void test_absurd(void)
{
	struct tierscope_extack extack;
	struct nl_msg *message;
	struct nlmsgerr *body;

	/* Claims to echo more than there is. */
	message = make_error(-EPERM, NLM_F_ACK_TLVS, 16);
	body = nlmsg_data(nlmsg_hdr(message));
	body->msg.nlmsg_len = 1 << 20;
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack),
			-EBADMSG);
	body->msg.nlmsg_len = 3;
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack),
			-EBADMSG);
	body->msg.nlmsg_len = UINT32_MAX;
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack),
			-EBADMSG);
	nlmsg_free(message);

	message = make_error(5, NLM_F_CAPPED, 0);
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack),
			-EBADMSG);
	nlmsg_free(message);
	message = make_error(-5000, NLM_F_CAPPED, 0);
	CU_ASSERT_EQUAL(tierscope_extack_parse(nlmsg_hdr(message), &extack),
			-EBADMSG);
	nlmsg_free(message);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_extack extack = { 0 };

	if (tierscope_extack_parse(header, &extack) == 0) {
		CU_ASSERT_TRUE(extack.error <= 0);
		if (extack.message)
			CU_ASSERT_TRUE(strlen(extack.message) <
				       header->nlmsg_len);
	}
}

static void test_spoilt(void)
{
	struct nl_msg *message;

	message = make_error(-EPERM, NLM_F_CAPPED | NLM_F_ACK_TLVS, 0);
	put_sentence(message);
	message_spoil(message, parse);
	nlmsg_free(message);
	message = make_error(-EPERM, NLM_F_ACK_TLVS, 40);
	put_sentence(message);
	message_spoil(message, parse);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "capped refusal", test_capped },
	{ "refusal with the request", test_echoed },
	{ "plain ACK", test_ack },
	{ "end of a dump", test_end_of_dump },
	{ "sentence without an end", test_sentence_without_end },
	{ "absurd lengths and errors", test_absurd },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("extack", tests)
