// SPDX-License-Identifier: LGPL-2.1-or-later
/* Pages of a process, each with its frame. */
#include <errno.h>
#include <string.h>

#include "context.h"
#include "page.h"
#include "request.h"
#include "scope.h"
#include "sysfs.h"

static const struct nla_policy policy[TIERSCOPE_PAGE_ENTRY_MAX + 1] = {
	[TIERSCOPE_PAGE_ENTRY_ADDRESS] = { .type = NLA_U64 },
	[TIERSCOPE_PAGE_ENTRY_FRAME] = { .type = NLA_U64 },
	[TIERSCOPE_PAGE_ENTRY_NODE] = { .type = NLA_U32 },
	[TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT] = { .type = NLA_U32 },
	[TIERSCOPE_PAGE_ENTRY_FLAGS] = { .type = NLA_U32 },
};

static int parse_page(struct nlattr *nest, struct tierscope_page *ret)
{
	struct nlattr *attributes[TIERSCOPE_PAGE_ENTRY_MAX + 1];
	struct tierscope_page page = { .node = -1 };
	uint32_t shift;

	if (nla_parse_nested(attributes, TIERSCOPE_PAGE_ENTRY_MAX, nest,
			     policy) ||
	    !attributes[TIERSCOPE_PAGE_ENTRY_ADDRESS] ||
	    !attributes[TIERSCOPE_PAGE_ENTRY_FRAME] ||
	    !attributes[TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT] ||
	    !attributes[TIERSCOPE_PAGE_ENTRY_FLAGS])
		return -EBADMSG;
	page.address = nla_get_u64(attributes[TIERSCOPE_PAGE_ENTRY_ADDRESS]);
	page.frame = nla_get_u64(attributes[TIERSCOPE_PAGE_ENTRY_FRAME]);
	page.flags = nla_get_u32(attributes[TIERSCOPE_PAGE_ENTRY_FLAGS]);
	shift = nla_get_u32(attributes[TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT]);
	/* Whoever asks for the address after the page adds up. */
	if (shift >= 64 || page.address % (1ULL << shift) ||
	    page.address + (1ULL << shift) < page.address)
		return -EBADMSG;
	page.page_bytes = 1ULL << shift;
	if (attributes[TIERSCOPE_PAGE_ENTRY_NODE]) {
		uint32_t node = nla_get_u32(attributes[TIERSCOPE_PAGE_ENTRY_NODE]);

		if (node >= TIERSCOPE_IDS_MAX)
			return -EBADMSG;
		page.node = node;
	}
	*ret = page;
	return 0;
}

int tierscope_page_parse(struct nlmsghdr *header, tierscope_page_fn fn,
			 void *data, int *ret_reader)
{
	struct genlmsghdr *payload = genlmsg_hdr(header);
	struct nlattr *attribute;
	int error, rest;

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest) {
		struct tierscope_page page;

		if (nla_type(attribute) != TIERSCOPE_PAGE_PAGE)
			continue;
		if (parse_page(attribute, &page))
			return -EBADMSG;
		error = fn(&page, data);
		if (error < 0) {
			*ret_reader = error;
			return error;
		}
	}
	/* What is left over is shorter than an attribute's header. */
	return rest > 0 ? -EBADMSG : 0;
}

struct reader {
	struct tierscope *ts;
	const char *what;
	tierscope_page_fn fn;
	void *data;
};

static int pass_on(struct nlmsghdr *header, void *data)
{
	struct reader *reader = data;
	int error, ended_by = 0;

	error = tierscope_page_parse(header, reader->fn, reader->data,
				     &ended_by);
	if (ended_by)
		return tierscope_fail(reader->ts, error,
				      "%s: ended by its reader: %s",
				      reader->what, strerror(-error));
	return error ? tierscope_unreadable(reader->ts, reader->what, error) :
		       0;
}

int tierscope_page_dump(struct tierscope *ts, pid_t pid, uint64_t start,
			uint64_t end, tierscope_page_fn fn, void *data,
			bool *ret_interrupted)
{
	struct tierscope_request request = { .answer = pass_on };
	struct reader reader = {
		.ts = ts, .what = request.what, .fn = fn, .data = data,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	snprintf(request.what, sizeof(request.what), "pages of process %d", pid);
	request.data = &reader;
	message = tierscope_message(0, TIERSCOPE_CMD_PAGE_GET, NLM_F_DUMP);
	if (!message || nla_put_u32(message, TIERSCOPE_PAGE_PID, pid) ||
	    (start && nla_put_u64(message, TIERSCOPE_PAGE_START, start)) ||
	    (end != UINT64_MAX &&
	     nla_put_u64(message, TIERSCOPE_PAGE_END, end)))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	error = tierscope_dump(ts, message, &request);
	if (!error && ret_interrupted)
		*ret_interrupted = request.interrupted;
	return error;
}
