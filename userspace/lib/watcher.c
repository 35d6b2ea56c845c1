// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Watches on one socket, and the last looks that come to it: unasked, and so
 * also in the middle of an answer. Those wait here until they are read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "last_look.h"
#include "request.h"
#include "scope.h"

/* Events of TIERSCOPE_WATCHES_MAX watches that end at once, some 2 KiB each as
 * the kernel counts them. */
#define RECEIVE_BYTES (4 << 20)

struct waiting {
	struct waiting *next;
	struct tierscope_last_look look;
};

struct tierscope_watcher {
	struct tierscope_link *link;
	uint16_t family;
	struct waiting *first, **end;	/* not read yet, in order */
	struct tierscope_last_look look; /* read last */
};

void tierscope_watcher_free(struct tierscope_watcher *watcher)
{
	if (!watcher)
		return;
	while (watcher->first) {
		struct waiting *waiting = watcher->first;

		watcher->first = waiting->next;
		free(waiting->look.placement.cells);
		free(waiting);
	}
	free(watcher->look.placement.cells);
	/* The watches in the kernel die with their socket. */
	tierscope_link_close(watcher->link);
	free(watcher);
}

static void scope_free_watcher_(struct tierscope_watcher **watcher)
{
	tierscope_watcher_free(*watcher);
}

int tierscope_watcher_fd(const struct tierscope_watcher *watcher)
{
	return tierscope_link_fd(watcher->link);
}

int tierscope_watcher_new(struct tierscope *ts, struct tierscope_watcher **ret)
{
	__attribute__((cleanup(scope_free_watcher_)))
	struct tierscope_watcher *watcher = calloc(1, sizeof(*watcher));
	int error;

	if (!watcher)
		return tierscope_fail(ts, -ENOMEM, "watching: out of memory");
	watcher->end = &watcher->first;
	error = tierscope_link_open(&watcher->link);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot open a generic netlink socket: %s",
				      strerror(-error));
	tierscope_link_widen(watcher->link, RECEIVE_BYTES);
	error = tierscope_family(ts, watcher->link, &watcher->family);
	if (error)
		return error;
	*ret = scope_take(watcher);
	return 0;
}

/* One that came while something else was waited for. */
static int put_aside(struct nlmsghdr *header, void *data)
{
	struct tierscope_watcher *watcher = data;
	struct waiting *waiting;
	int error;

	if (header->nlmsg_type != watcher->family)
		return 0;
	waiting = calloc(1, sizeof(*waiting));
	if (!waiting)
		return -ENOMEM;
	error = tierscope_last_look_parse(header, &waiting->look);
	if (error) {
		free(waiting);
		return error == -ENOMSG ? 0 : error;
	}
	*watcher->end = waiting;
	watcher->end = &waiting->next;
	return 0;
}

/* The answer to WATCH_NEW. */
struct made {
	bool found;
	uint32_t id;
};

static int read_id(struct nlmsghdr *header, void *data)
{
	static const struct nla_policy policy[TIERSCOPE_WATCH_MAX + 1] = {
		[TIERSCOPE_WATCH_ID] = { .type = NLA_U32 },
	};
	struct nlattr *attributes[TIERSCOPE_WATCH_MAX + 1];
	struct made *made = data;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_WATCH_MAX, policy) ||
	    !attributes[TIERSCOPE_WATCH_ID])
		return -EBADMSG;
	made->found = true;
	made->id = nla_get_u32(attributes[TIERSCOPE_WATCH_ID]);
	return 0;
}

static int call(struct tierscope *ts, struct tierscope_watcher *watcher,
		uint8_t command, int attribute, uint32_t value,
		struct tierscope_request *request)
{
	scope_message struct nl_msg *message =
		tierscope_message(watcher->family, command, 0);

	request->unasked = put_aside;
	request->unasked_data = watcher;
	if (!message || nla_put_u32(message, attribute, value))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request->what);
	return tierscope_call(ts, watcher->link, message, request);
}

int tierscope_watcher_add(struct tierscope *ts,
			  struct tierscope_watcher *watcher, pid_t pid,
			  uint32_t *ret)
{
	struct made made = { 0 };
	struct tierscope_request request = { .answer = read_id, .data = &made };
	int error;

	snprintf(request.what, sizeof(request.what), "watching process %d", pid);
	error = call(ts, watcher, TIERSCOPE_CMD_WATCH_NEW, TIERSCOPE_WATCH_PID,
		     pid, &request);
	if (error == -EBADMSG || (!error && !made.found))
		return tierscope_fail(ts, -EBADMSG,
				      "%s: cannot read the module's answer",
				      request.what);
	if (error)
		return error;
	*ret = made.id;
	return 0;
}

int tierscope_watcher_remove(struct tierscope *ts,
			     struct tierscope_watcher *watcher, uint32_t watch)
{
	struct tierscope_request request = { .what = "ending a watch" };

	return call(ts, watcher, TIERSCOPE_CMD_WATCH_DEL, TIERSCOPE_WATCH_ID,
		    watch, &request);
}

static void keep(struct tierscope_watcher *watcher,
		 const struct tierscope_last_look *look,
		 const struct tierscope_last_look **ret)
{
	free(watcher->look.placement.cells);
	watcher->look = *look;
	*ret = &watcher->look;
}

int tierscope_watcher_read(struct tierscope_watcher *watcher, int timeout_ms,
			   const struct tierscope_last_look **ret)
{
	struct waiting *waiting = watcher->first;
	uint64_t deadline_ns = tierscope_now_ns();

	if (waiting) {
		watcher->first = waiting->next;
		if (!watcher->first)
			watcher->end = &watcher->first;
		keep(watcher, &waiting->look, ret);
		free(waiting);
		return 0;
	}
	if (timeout_ms > 0)
		deadline_ns += timeout_ms * 1000000ULL;
	for (;;) {
		uint64_t now = tierscope_now_ns();
		struct tierscope_last_look look;
		struct nlmsghdr *header;
		int error;

		error = tierscope_link_next(watcher->link, now < deadline_ns ?
			(deadline_ns - now + 999999) / 1000000 : 0, &header);
		/* Lost ones are found by asking for their watches. */
		if (error == -ENOBUFS)
			continue;
		if (error)
			return error;
		if (header->nlmsg_type != watcher->family ||
		    header->nlmsg_seq != 0)
			continue;
		error = tierscope_last_look_parse(header, &look);
		if (error == -ENOMSG)
			continue;
		if (error)
			return error;
		keep(watcher, &look, ret);
		return 0;
	}
}
