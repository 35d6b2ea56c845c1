// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "placement.h"
#include "request.h"
#include "scope.h"

static const struct nla_policy policy[TIERSCOPE_PLACEMENT_MAX + 1] = {
	[TIERSCOPE_PLACEMENT_PID] = { .type = NLA_U32 },
	[TIERSCOPE_PLACEMENT_COMM] = { .type = NLA_STRING },
	[TIERSCOPE_PLACEMENT_UID] = { .type = NLA_U32 },
	[TIERSCOPE_PLACEMENT_CELL] = { .type = NLA_NESTED },
	[TIERSCOPE_PLACEMENT_SWAP_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_MIGRATING_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_SPECIAL_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_HINTED_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_DURATION_NS] = { .type = NLA_U64 },
	[TIERSCOPE_PLACEMENT_ERROR] = { .type = NLA_U32 },
};

void tierscope_placement_free(struct tierscope_placement *placement)
{
	if (!placement)
		return;
	free(placement->cells);
	free(placement);
}

static void scope_free_placement_(struct tierscope_placement **placement)
{
	tierscope_placement_free(*placement);
}

#define scope_placement __attribute__((cleanup(scope_free_placement_)))

int tierscope_placement_parse(struct nlmsghdr *header,
			      struct tierscope_placement **ret)
{
	struct nlattr *attributes[TIERSCOPE_PLACEMENT_MAX + 1];
	scope_placement struct tierscope_placement *placement = NULL;
	int error;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_PLACEMENT_MAX,
			  policy) ||
	    !attributes[TIERSCOPE_PLACEMENT_PID] ||
	    !attributes[TIERSCOPE_PLACEMENT_COMM] ||
	    !attributes[TIERSCOPE_PLACEMENT_UID] ||
	    !attributes[TIERSCOPE_PLACEMENT_TIME_NS] ||
	    !attributes[TIERSCOPE_PLACEMENT_DURATION_NS])
		return -EBADMSG;
	placement = calloc(1, sizeof(*placement));
	if (!placement)
		return -ENOMEM;
	if (tierscope_pages_parse(attributes[TIERSCOPE_PLACEMENT_SWAP_PAGES],
				  &placement->swap_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_PLACEMENT_MIGRATING_PAGES],
				  &placement->migrating_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_PLACEMENT_SPECIAL_PAGES],
				  &placement->special_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_PLACEMENT_HINTED_PAGES],
				  &placement->hinted_bytes))
		return -EBADMSG;
	error = tierscope_cells_parse(header, TIERSCOPE_PLACEMENT_CELL,
				      &placement->cells, &placement->n_cells);
	if (error)
		return error;
	placement->pid = nla_get_u32(attributes[TIERSCOPE_PLACEMENT_PID]);
	placement->uid = nla_get_u32(attributes[TIERSCOPE_PLACEMENT_UID]);
	nla_strlcpy(placement->comm, attributes[TIERSCOPE_PLACEMENT_COMM],
		    sizeof(placement->comm));
	placement->time_ns =
		nla_get_u64(attributes[TIERSCOPE_PLACEMENT_TIME_NS]);
	placement->duration_ns =
		nla_get_u64(attributes[TIERSCOPE_PLACEMENT_DURATION_NS]);
	if (attributes[TIERSCOPE_PLACEMENT_ERROR])
		placement->error =
			-(int)nla_get_u32(attributes[TIERSCOPE_PLACEMENT_ERROR]);
	*ret = scope_take(placement);
	return 0;
}

/* What the answer functions are given. */
struct reader {
	struct tierscope *ts;
	const char *what;
	struct tierscope_placement *placement;
	tierscope_placement_fn fn;
	void *data;
};

static int keep(struct nlmsghdr *header, void *data)
{
	struct reader *reader = data;
	int error;

	if (reader->placement)
		return tierscope_unreadable(reader->ts, reader->what, -EBADMSG);
	error = tierscope_placement_parse(header, &reader->placement);
	return error ? tierscope_unreadable(reader->ts, reader->what, error) :
		       0;
}

static int pass_on(struct nlmsghdr *header, void *data)
{
	scope_placement struct tierscope_placement *placement = NULL;
	struct reader *reader = data;
	int error;

	error = tierscope_placement_parse(header, &placement);
	if (error)
		return tierscope_unreadable(reader->ts, reader->what, error);
	error = reader->fn(placement, reader->data);
	return error < 0 ? tierscope_fail(reader->ts, error,
					  "%s: ended by its reader: %s",
					  reader->what, strerror(-error)) : 0;
}

int tierscope_check_flags(struct tierscope *ts, const char *what,
			  unsigned int flags)
{
	unsigned int unknown = flags & ~TIERSCOPE_WITH_SHARING;

	return unknown ? tierscope_fail(ts, -EINVAL,
					"%s: this library has no flag %#x",
					what, unknown) : 0;
}

/* Without @pid, of all. NULL without memory. */
static struct nl_msg *question(const pid_t *pid, unsigned int flags)
{
	scope_message struct nl_msg *message =
		tierscope_message(0, TIERSCOPE_CMD_PLACEMENT_GET,
				  pid ? 0 : NLM_F_DUMP);

	if (!message ||
	    (pid && nla_put_u32(message, TIERSCOPE_PLACEMENT_PID, *pid)) ||
	    (flags & TIERSCOPE_WITH_SHARING &&
	     nla_put_flag(message, TIERSCOPE_PLACEMENT_SHARING)))
		return NULL;
	return scope_take(message);
}

int tierscope_placement_get(struct tierscope *ts, pid_t pid, unsigned int flags,
			    struct tierscope_placement **ret)
{
	struct tierscope_request request = { .answer = keep };
	struct reader reader = { .ts = ts, .what = request.what };
	scope_message struct nl_msg *message = NULL;
	int error;

	snprintf(request.what, sizeof(request.what), "placement of process %d",
		 pid);
	request.data = &reader;
	error = tierscope_check_flags(ts, request.what, flags);
	if (error)
		return error;
	message = question(&pid, flags);
	if (!message)
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	error = tierscope_ask(ts, message, &request);
	if (!error && !reader.placement)
		error = tierscope_unreadable(ts, request.what, -EBADMSG);
	if (error) {
		tierscope_placement_free(reader.placement);
		return error;
	}
	*ret = reader.placement;
	return 0;
}

int tierscope_placement_dump(struct tierscope *ts, unsigned int flags,
			     tierscope_placement_fn fn, void *data)
{
	struct tierscope_request request = {
		.what = "placement of all processes",
		.answer = pass_on,
	};
	struct reader reader = {
		.ts = ts, .what = request.what, .fn = fn, .data = data,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	request.data = &reader;
	error = tierscope_check_flags(ts, request.what, flags);
	if (error)
		return error;
	message = question(NULL, flags);
	if (!message)
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	return tierscope_dump(ts, message, &request);
}
