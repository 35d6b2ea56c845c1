// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Probes on one socket, and the edges that come to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/perf_event.h>

#include <tierscope/prober.h>

#include "context.h"
#include "edge.h"
#include "request.h"
#include "scope.h"

/* Some thousand edges, of 1 to 4 KiB as the kernel counts them. */
#define RECEIVE_BYTES	(8 << 20)
/* The answer that ends it may find no room, either. */
#define STOP_TRIES	8

struct tierscope_prober {
	struct tierscope_link *link;
	uint16_t family;
	size_t n_functions;
	size_t n_counters;
	struct tierscope_edge edge;	/* read last */
	struct tierscope_edge_reading readings[TIERSCOPE_PROBE_COUNTERS_MAX];
};

void tierscope_prober_free(struct tierscope_prober *prober)
{
	if (!prober)
		return;
	/* The probes in the kernel die with their socket. */
	tierscope_link_close(prober->link);
	free(prober);
}

static void scope_free_prober_(struct tierscope_prober **prober)
{
	tierscope_prober_free(*prober);
}

int tierscope_prober_fd(const struct tierscope_prober *prober)
{
	return tierscope_link_fd(prober->link);
}

/* What all that @pid starts inherit, and what takes no counter of the core. */
static int open_mark(pid_t pid)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.inherit = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	long fd = syscall(SYS_perf_event_open, &attr, pid, -1, -1,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int put_function(struct nl_msg *message,
			const struct tierscope_function *function)
{
	struct nlattr *nest = nla_nest_start(message, TIERSCOPE_PROBE_FUNCTION);

	if (!nest ||
	    nla_put_u32(message, TIERSCOPE_FUNCTION_FILE,
			(uint32_t)function->file) ||
	    nla_put_u64(message, TIERSCOPE_FUNCTION_OFFSET, function->offset))
		return -ENOMEM;
	nla_nest_end(message, nest);
	return 0;
}

static int make(struct tierscope *ts, struct tierscope_prober *prober, int mark,
		const struct tierscope_function *functions, const int *counters)
{
	struct tierscope_request request = { .what = "probing functions" };
	scope_message struct nl_msg *message =
		tierscope_message(prober->family, TIERSCOPE_CMD_PROBE_NEW, 0);
	int error = message ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < prober->n_functions; i++)
		error = put_function(message, &functions[i]);
	if (!error)
		error = nla_put_u32(message, TIERSCOPE_PROBE_COUNTER,
				    (uint32_t)mark);
	for (size_t i = 0; !error && i < prober->n_counters; i++)
		error = nla_put_u32(message, TIERSCOPE_PROBE_COUNTER,
				    (uint32_t)counters[i]);
	if (error)
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	return tierscope_call(ts, prober->link, message, &request);
}

int tierscope_prober_new(struct tierscope *ts, pid_t pid,
			 const struct tierscope_function *functions,
			 size_t n_functions, const int *counters,
			 size_t n_counters, struct tierscope_prober **ret)
{
	__attribute__((cleanup(scope_free_prober_)))
	struct tierscope_prober *prober = calloc(1, sizeof(*prober));
	/* The module has references of its own. */
	int mark scope_close = -1;
	int error;

	if (!prober)
		return tierscope_fail(ts, -ENOMEM, "probing functions: out of memory");
	if (!n_functions || n_functions > TIERSCOPE_FUNCTIONS_MAX ||
	    n_counters >= TIERSCOPE_PROBE_COUNTERS_MAX)
		return tierscope_fail(ts, -ERANGE,
				      "probes have 1 to %d functions and up to %d counters, not %zu and %zu",
				      TIERSCOPE_FUNCTIONS_MAX,
				      TIERSCOPE_PROBE_COUNTERS_MAX - 1,
				      n_functions, n_counters);
	prober->n_functions = n_functions;
	prober->n_counters = n_counters;
	error = tierscope_link_open(&prober->link);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot open a generic netlink socket: %s",
				      strerror(-error));
	tierscope_link_widen(prober->link, RECEIVE_BYTES);
	error = tierscope_family(ts, prober->link, &prober->family);
	if (error)
		return error;
	mark = open_mark(pid);
	if (mark < 0)
		return tierscope_fail(ts, mark, "cannot mark process %d for probes: %s",
				      pid, strerror(-mark));
	error = make(ts, prober, mark, functions, counters);
	if (error)
		return error;
	*ret = scope_take(prober);
	return 0;
}

static int parse(struct tierscope_prober *prober, struct nlmsghdr *header)
{
	if (header->nlmsg_type != prober->family || header->nlmsg_seq != 0)
		return -ENOMSG;
	return tierscope_edge_parse(header, prober->n_functions,
				    prober->n_counters, prober->readings,
				    &prober->edge);
}

int tierscope_prober_read(struct tierscope_prober *prober,
			  const struct tierscope_edge **ret)
{
	struct nlmsghdr *header;
	int error;

	do {
		error = tierscope_link_next(prober->link, 0, &header);
		if (!error)
			error = parse(prober, header);
		/* What was dropped is in the next edge, or in the account. */
	} while (error == -ENOBUFS || error == -ENOMSG);
	if (error)
		return error;
	*ret = &prober->edge;
	return 0;
}

/* ---- the end --------------------------------------------------------------- */

struct stop {
	struct tierscope_prober *prober;
	tierscope_edge_fn fn;
	void *data;
	bool found;
	uint64_t lost;
};

static int take(struct nlmsghdr *header, void *data)
{
	struct stop *stop = data;
	int error = parse(stop->prober, header);

	if (!error)
		stop->fn(&stop->prober->edge, stop->data);
	return error == -ENOMSG ? 0 : error;
}

static int read_account(struct nlmsghdr *header, void *data)
{
	static const struct nla_policy policy[TIERSCOPE_PROBE_MAX + 1] = {
		[TIERSCOPE_PROBE_LOST] = { .type = NLA_U64 },
	};
	struct nlattr *attributes[TIERSCOPE_PROBE_MAX + 1];
	struct stop *stop = data;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_PROBE_MAX, policy) ||
	    !attributes[TIERSCOPE_PROBE_LOST])
		return -EBADMSG;
	stop->found = true;
	stop->lost = nla_get_u64(attributes[TIERSCOPE_PROBE_LOST]);
	return 0;
}

static void drain(struct stop *stop)
{
	const struct tierscope_edge *edge;

	while (!tierscope_prober_read(stop->prober, &edge))
		stop->fn(edge, stop->data);
}

int tierscope_prober_stop(struct tierscope *ts, struct tierscope_prober *prober,
			  tierscope_edge_fn fn, void *data, uint64_t *ret_lost)
{
	struct stop stop = { .prober = prober, .fn = fn, .data = data };
	struct tierscope_request request = {
		.what = "ending probes",
		.answer = read_account,
		.data = &stop,
		.unasked = take,
		.unasked_data = &stop,
	};
	int error = -ENOBUFS;

	for (int i = 0; i < STOP_TRIES && error == -ENOBUFS; i++) {
		scope_message struct nl_msg *message =
			tierscope_message(prober->family,
					  TIERSCOPE_CMD_PROBE_DEL, 0);

		if (!message)
			return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
					      request.what);
		drain(&stop);
		error = tierscope_call(ts, prober->link, message, &request);
	}
	if (!error && !stop.found)
		error = tierscope_fail(ts, -EBADMSG,
				       "%s: cannot read the module's answer",
				       request.what);
	if (!error)
		*ret_lost = stop.lost;
	return error;
}
