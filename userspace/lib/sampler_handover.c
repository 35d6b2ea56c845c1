// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A sampler that one process makes and another reads: who may count gives the
 * socket to who may not. The socket gives it no rights: the module asks for those
 * of who sends a request, too.
 */
#include <errno.h>

#include "context.h"
#include "request.h"
#include "sampler.h"
#include "scope.h"

uint32_t tierscope_sampler_id(const struct tierscope_sampler *sampler)
{
	return sampler->series.sampler;
}

/* There is no waiting for the answer: others read from this socket. */
void tierscope_sampler_end(struct tierscope_sampler *sampler)
{
	scope_message struct nl_msg *message =
		tierscope_message(sampler->family, TIERSCOPE_CMD_SAMPLER_DEL, 0);
	uint32_t seq;

	if (message && !nla_put_u32(message, TIERSCOPE_SAMPLER_ID,
				    sampler->series.sampler))
		tierscope_link_send(sampler->link, message, &seq);
}

int tierscope_sampler_adopt(struct tierscope *ts, int fd, uint32_t id,
			    size_t n, struct tierscope_sampler **ret)
{
	scope_sampler struct tierscope_sampler *sampler = NULL;
	int error;

	if (n == 0 || n > TIERSCOPE_COUNTERS_MAX)
		return tierscope_fail(ts, -ERANGE,
				      "a sampler has 1 to %d counters, not %zu",
				      TIERSCOPE_COUNTERS_MAX, n);
	sampler = tierscope_sampler_alloc(n);
	if (!sampler)
		return tierscope_fail(ts, -ENOMEM,
				      "taking over a sampler: out of memory");
	sampler->series.sampler = id;
	sampler->series.joining = true;
	/* Not by @fd, from which others may read the answer. */
	error = tierscope_family_of_module(ts, &sampler->family);
	if (error)
		return error;
	error = tierscope_link_adopt(fd, &sampler->link);
	if (error)
		return tierscope_fail(ts, error,
				      "taking over a sampler: what was given is no socket of generic netlink: %s",
				      strerror(-error));
	*ret = scope_take(sampler);
	return 0;
}
