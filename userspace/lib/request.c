// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>

#include <linux/genetlink.h>

#include "context.h"
#include "extack.h"
#include "request.h"

struct nl_msg *tierscope_message(uint16_t family, uint8_t command, int flags)
{
	/* Room for a sampler of TIERSCOPE_COUNTERS_MAX counters. */
	struct nl_msg *message = nlmsg_alloc_size(64 * 1024);

	if (message &&
	    !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
			 command, TIERSCOPE_FAMILY_VERSION)) {
		nlmsg_free(message);
		return NULL;
	}
	return message;
}

/* The sentence for the kernel's answer: its own, or ours if it gave none. */
static int refused(struct tierscope *ts, struct nl_msg *message,
		   const struct tierscope_request *request,
		   const struct tierscope_extack *extack)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	int error = extack->error;

	if (extack->message)
		return tierscope_fail(ts, error, "%s", extack->message);
	if (extack->missing >= 0)
		return tierscope_fail(ts, error, "%s: attribute %d is missing",
				      request->what, extack->missing);
	if (extack->offset >= NLMSG_HDRLEN + GENL_HDRLEN &&
	    extack->offset + NLA_HDRLEN <= header->nlmsg_len) {
		const struct nlattr *attribute = (const struct nlattr *)
			((const char *)header + extack->offset);

		return tierscope_fail(ts, error, "%s: attribute %d: %s",
				      request->what, nla_type(attribute),
				      strerror(-error));
	}
	return tierscope_fail(ts, error, "%s: %s", request->what,
			      strerror(-error));
}

/* Waits on through signals: the deadline stands. */
static int next_answer(struct tierscope_link *link, struct nlmsghdr **ret)
{
	uint64_t deadline_ns = tierscope_now_ns() +
			       TIERSCOPE_ANSWER_MS * 1000000ULL;
	int error, left_ms = TIERSCOPE_ANSWER_MS;

	for (;;) {
		uint64_t now;

		error = tierscope_link_next(link, left_ms, ret);
		if (error != -EINTR)
			break;
		now = tierscope_now_ns();
		left_ms = now < deadline_ns ? (deadline_ns - now) / 1000000 : 0;
	}
	return error == -EAGAIN ? -ETIMEDOUT : error;
}

/* An NLMSG_ERROR or NLMSG_DONE: the end. */
static int finish(struct tierscope *ts, struct nl_msg *message,
		  struct tierscope_request *request,
		  const struct nlmsghdr *header)
{
	struct tierscope_extack extack;
	int error;

	error = tierscope_extack_parse(header, &extack);
	if (error)
		return tierscope_fail(ts, error,
				      "%s: the kernel's answer is cut short",
				      request->what);
	request->answered = true;
	return extack.error ? refused(ts, message, request, &extack) : 0;
}

int tierscope_call(struct tierscope *ts, struct tierscope_link *link,
		   struct nl_msg *message, struct tierscope_request *request)
{
	struct nlmsghdr *header;
	uint32_t seq;
	int error;

	request->answered = request->interrupted = false;
	error = tierscope_link_send(link, message, &seq);
	if (error)
		return tierscope_fail(ts, error,
				      "%s: cannot send to the kernel: %s",
				      request->what, strerror(-error));
	for (;;) {
		error = next_answer(link, &header);
		if (error == -ETIMEDOUT)
			return tierscope_fail(ts, error,
					      "%s: the kernel did not answer within %d s",
					      request->what,
					      TIERSCOPE_ANSWER_MS / 1000);
		if (error)
			return tierscope_fail(ts, error,
					      "%s: cannot receive from the kernel: %s",
					      request->what, strerror(-error));
		/* Samples and last looks carry 0. */
		if (header->nlmsg_seq == 0 && request->unasked) {
			error = request->unasked(header, request->unasked_data);
			if (error)
				return tierscope_fail(ts, error,
						      "%s: cannot read the module's message: %s",
						      request->what,
						      strerror(-error));
		}
		if (header->nlmsg_seq != seq)
			continue;
		if (header->nlmsg_flags & NLM_F_DUMP_INTR)
			request->interrupted = true;
		if (header->nlmsg_type == NLMSG_ERROR ||
		    header->nlmsg_type == NLMSG_DONE)
			return finish(ts, message, request, header);
		if (header->nlmsg_type < NLMSG_MIN_TYPE || !request->answer)
			continue;
		error = request->answer(header, request->data);
		if (error)
			return error;
	}
}

struct family {
	bool found;
	uint16_t id;
	uint32_t version;
};

static int read_family(struct nlmsghdr *header, void *data)
{
	static const struct nla_policy policy[CTRL_ATTR_MAX + 1] = {
		[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
		[CTRL_ATTR_VERSION] = { .type = NLA_U32 },
	};
	struct nlattr *attributes[CTRL_ATTR_MAX + 1];
	struct family *family = data;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, CTRL_ATTR_MAX,
			  policy) ||
	    !attributes[CTRL_ATTR_FAMILY_ID] || !attributes[CTRL_ATTR_VERSION])
		return -EBADMSG;
	family->found = true;
	family->id = nla_get_u16(attributes[CTRL_ATTR_FAMILY_ID]);
	family->version = nla_get_u32(attributes[CTRL_ATTR_VERSION]);
	return 0;
}

int tierscope_family(struct tierscope *ts, struct tierscope_link *link,
		     uint16_t *ret)
{
	struct family family = { 0 };
	struct tierscope_request request = {
		.what = "looking for the tierscope module",
		.answer = read_family,
		.data = &family,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	message = tierscope_message(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	if (!message || nla_put_string(message, CTRL_ATTR_FAMILY_NAME,
				       TIERSCOPE_FAMILY_NAME))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	error = tierscope_call(ts, link, message, &request);
	if (error == -ENOENT)
		return tierscope_fail(ts, error,
				      "the tierscope module is not loaded: load it with modprobe tierscope");
	if (error == -EBADMSG || (!error && !family.found))
		return tierscope_fail(ts, -EBADMSG,
				      "%s: cannot read the kernel's answer",
				      request.what);
	if (error)
		return error;
	if (family.version != TIERSCOPE_FAMILY_VERSION)
		return tierscope_fail(ts, -EPROTONOSUPPORT,
				      "the tierscope module speaks version %u of its protocol and this library version %d: install module and library of the same release",
				      family.version, TIERSCOPE_FAMILY_VERSION);
	*ret = family.id;
	return 0;
}

static int open_link(struct tierscope *ts, struct tierscope_link **ret)
{
	int error = tierscope_link_open(ret);

	return error ? tierscope_fail(ts, error,
				      "cannot open a generic netlink socket: %s",
				      strerror(-error)) : 0;
}

int tierscope_family_of_module(struct tierscope *ts, uint16_t *ret)
{
	scope_link struct tierscope_link *link = NULL;
	int error = open_link(ts, &link);

	return error ? error : tierscope_family(ts, link, ret);
}

static int call_module(struct tierscope *ts, struct tierscope_link *link,
		       struct nl_msg *message,
		       struct tierscope_request *request)
{
	uint16_t family;
	int error;

	error = tierscope_family(ts, link, &family);
	if (error)
		return error;
	nlmsg_hdr(message)->nlmsg_type = family;
	return tierscope_call(ts, link, message, request);
}

int tierscope_ask(struct tierscope *ts, struct nl_msg *message,
		  struct tierscope_request *request)
{
	int error;

	if (!ts->link) {
		error = open_link(ts, &ts->link);
		if (error)
			return error;
	}
	error = call_module(ts, ts->link, message, request);
	if (error && !request->answered) {
		tierscope_link_close(ts->link);
		ts->link = NULL;
	}
	return error;
}

int tierscope_dump(struct tierscope *ts, struct nl_msg *message,
		   struct tierscope_request *request)
{
	scope_link struct tierscope_link *link = NULL;
	int error;

	error = open_link(ts, &link);
	return error ? error : call_module(ts, link, message, request);
}

int tierscope_unreadable(struct tierscope *ts, const char *what, int error)
{
	return tierscope_fail(ts, error, "%s: cannot read the module's answer: %s",
			      what, strerror(-error));
}
