// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How many pages share each slot of near memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "nearmem.h"
#include "placement.h"
#include "request.h"
#include "scope.h"

static const struct nla_policy policy[TIERSCOPE_NEARMEM_MAX + 1] = {
	[TIERSCOPE_NEARMEM_PID] = { .type = NLA_U32 },
	[TIERSCOPE_NEARMEM_SLOT_BYTES] = { .type = NLA_U32 },
	[TIERSCOPE_NEARMEM_USED_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_NEARMEM_OTHER_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_NEARMEM_COMPETING_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_NEARMEM_BIN] = { .type = NLA_NESTED },
	[TIERSCOPE_NEARMEM_TIME_NS] = { .type = NLA_U64 },
	[TIERSCOPE_NEARMEM_DURATION_NS] = { .type = NLA_U64 },
};

static const struct nla_policy bin_policy[TIERSCOPE_NEARMEM_BIN_MAX + 1] = {
	[TIERSCOPE_NEARMEM_BIN_PAGES] = { .type = NLA_U32 },
	[TIERSCOPE_NEARMEM_BIN_SLOTS] = { .type = NLA_U64 },
};

void tierscope_nearmem_free(struct tierscope_nearmem *nearmem)
{
	free(nearmem);
}

static void scope_free_nearmem(struct tierscope_nearmem **nearmem)
{
	tierscope_nearmem_free(*nearmem);
}

#define scope_nearmem __attribute__((cleanup(scope_free_nearmem)))

static int parse_bin(struct nlattr *nest, struct tierscope_nearmem *nearmem)
{
	struct nlattr *attributes[TIERSCOPE_NEARMEM_BIN_MAX + 1];
	uint64_t slots;
	uint32_t pages;

	if (nla_parse_nested(attributes, TIERSCOPE_NEARMEM_BIN_MAX, nest,
			     bin_policy) ||
	    !attributes[TIERSCOPE_NEARMEM_BIN_PAGES] ||
	    !attributes[TIERSCOPE_NEARMEM_BIN_SLOTS])
		return -EBADMSG;
	pages = nla_get_u32(attributes[TIERSCOPE_NEARMEM_BIN_PAGES]);
	slots = nla_get_u64(attributes[TIERSCOPE_NEARMEM_BIN_SLOTS]);
	if (pages > TIERSCOPE_NEARMEM_PAGES_MAX || nearmem->slots_by_pages[pages] ||
	    __builtin_add_overflow(nearmem->slots, slots, &nearmem->slots))
		return -EBADMSG;
	nearmem->slots_by_pages[pages] = slots;
	return 0;
}

static int parse_bins(struct nlmsghdr *header,
		      struct tierscope_nearmem *nearmem)
{
	struct genlmsghdr *payload = genlmsg_hdr(header);
	struct nlattr *attribute;
	int rest;

	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest)
		if (nla_type(attribute) == TIERSCOPE_NEARMEM_BIN &&
		    parse_bin(attribute, nearmem))
			return -EBADMSG;
	/* What is left over is shorter than an attribute's header. */
	return rest > 0 ? -EBADMSG : 0;
}

/* The bins account for every page: exactly, unless the last may stand for more
 * than it says. */
static bool adds_up(const struct tierscope_nearmem *nearmem)
{
	uint64_t bytes = 0, alone, product;

	for (unsigned int i = 1; i <= TIERSCOPE_NEARMEM_PAGES_MAX; i++)
		if (__builtin_mul_overflow(nearmem->slots_by_pages[i],
					   i * nearmem->slot_bytes, &product) ||
		    __builtin_add_overflow(bytes, product, &bytes))
			return false;
	alone = nearmem->slots_by_pages[1] * nearmem->slot_bytes;
	if (nearmem->competing_bytes != nearmem->used_bytes - alone)
		return false;
	return nearmem->slots_by_pages[TIERSCOPE_NEARMEM_PAGES_MAX] ?
	       nearmem->used_bytes >= bytes : nearmem->used_bytes == bytes;
}

int tierscope_nearmem_parse(struct nlmsghdr *header,
			    struct tierscope_nearmem **ret)
{
	struct nlattr *attributes[TIERSCOPE_NEARMEM_MAX + 1];
	scope_nearmem struct tierscope_nearmem *nearmem = NULL;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_NEARMEM_MAX,
			  policy) ||
	    !attributes[TIERSCOPE_NEARMEM_SLOT_BYTES] ||
	    !attributes[TIERSCOPE_NEARMEM_TIME_NS] ||
	    !attributes[TIERSCOPE_NEARMEM_DURATION_NS])
		return -EBADMSG;
	nearmem = calloc(1, sizeof(*nearmem));
	if (!nearmem)
		return -ENOMEM;
	if (attributes[TIERSCOPE_NEARMEM_PID])
		nearmem->pid = nla_get_u32(attributes[TIERSCOPE_NEARMEM_PID]);
	nearmem->slot_bytes =
		nla_get_u32(attributes[TIERSCOPE_NEARMEM_SLOT_BYTES]);
	nearmem->time_ns = nla_get_u64(attributes[TIERSCOPE_NEARMEM_TIME_NS]);
	nearmem->duration_ns =
		nla_get_u64(attributes[TIERSCOPE_NEARMEM_DURATION_NS]);
	/* A slot is as large as a base page: that is how they are counted. */
	if (nearmem->slot_bytes != TIERSCOPE_NEARMEM_GRAIN_BYTES ||
	    tierscope_pages_parse(attributes[TIERSCOPE_NEARMEM_USED_PAGES],
				  &nearmem->used_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_NEARMEM_OTHER_PAGES],
				  &nearmem->other_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_NEARMEM_COMPETING_PAGES],
				  &nearmem->competing_bytes) ||
	    parse_bins(header, nearmem) || !nearmem->slots || !adds_up(nearmem))
		return -EBADMSG;
	*ret = scope_take(nearmem);
	return 0;
}

int tierscope_nearmem_hit_ratio(const struct tierscope_nearmem *nearmem,
				double *ret)
{
	uint64_t used_pages = nearmem->used_bytes / nearmem->slot_bytes;

	if (!used_pages)
		return -ENODATA;
	*ret = (double)(nearmem->slots - nearmem->slots_by_pages[0]) /
	       (double)used_pages;
	return 0;
}

/* ---- which caches -------------------------------------------------------- */

/* The nodes that near memory stands before, or would: those of which the
 * firmware says so, else those with CPUs, which have DRAM to make it of. */
static bool has_cache(const struct tierscope_topology *topology,
		      const struct tierscope_node *node)
{
	if (!node->total_bytes)
		return false;
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].tier == TIERSCOPE_TIER_CACHED)
			return node->tier == TIERSCOPE_TIER_CACHED;
	return node->has_cpus;
}

/* How many nodes share the near memory of the socket of @node. */
static uint64_t nodes_of_socket(const struct tierscope_topology *topology,
				const struct tierscope_node *node)
{
	uint64_t n = 0;

	for (size_t i = 0; i < topology->n_nodes; i++)
		n += has_cache(topology, &topology->nodes[i]) &&
		     topology->nodes[i].socket == node->socket;
	return n;
}

int tierscope_nearmem_caches(struct tierscope *ts,
			     const struct tierscope_topology *topology,
			     uint64_t socket_bytes,
			     struct tierscope_nearmem_cache **ret, size_t *ret_n)
{
	scope_free struct tierscope_nearmem_cache *caches = NULL;
	size_t n = 0;

	caches = calloc(topology->n_nodes + 1, sizeof(*caches));
	if (!caches)
		return tierscope_fail(ts, -ENOMEM, "near memory: out of memory");
	for (size_t i = 0; i < topology->n_nodes; i++) {
		const struct tierscope_node *node = &topology->nodes[i];
		uint64_t bytes = node->near_bytes;

		if (socket_bytes)
			bytes = has_cache(topology, node) ?
				socket_bytes / nodes_of_socket(topology, node) : 0;
		if (!bytes)
			continue;
		/* Of sysfs as well: what it says may be rounded. */
		if (bytes % TIERSCOPE_NEARMEM_GRAIN_BYTES)
			return tierscope_fail(ts, -EINVAL,
					      "near memory of node %d: %llu bytes are no multiple of %d",
					      node->id, (unsigned long long)bytes,
					      TIERSCOPE_NEARMEM_GRAIN_BYTES);
		caches[n].node = node->id;
		caches[n++].bytes = bytes;
	}
	if (!n)
		return tierscope_fail(ts, -ENODATA,
				      "no near memory is known: %s; its size can be given",
				      *topology->near_evidence ?
				      topology->near_evidence :
				      "no node has a memory-side cache");
	*ret = scope_take(caches);
	*ret_n = n;
	return 0;
}

/* ---- asking --------------------------------------------------------------- */

struct reader {
	struct tierscope *ts;
	const char *what;
	struct tierscope_nearmem *nearmem;
};

static int keep(struct nlmsghdr *header, void *data)
{
	struct reader *reader = data;
	int error;

	if (reader->nearmem)
		return tierscope_unreadable(reader->ts, reader->what, -EBADMSG);
	error = tierscope_nearmem_parse(header, &reader->nearmem);
	return error ? tierscope_unreadable(reader->ts, reader->what, error) :
		       0;
}

static int put_cache(struct nl_msg *message,
		     const struct tierscope_nearmem_cache *cache)
{
	struct nlattr *nest = nla_nest_start(message, TIERSCOPE_NEARMEM_CACHE);

	if (!nest || nla_put_u32(message, TIERSCOPE_NEARMEM_CACHE_NODE,
				 (uint32_t)cache->node) ||
	    nla_put_u64(message, TIERSCOPE_NEARMEM_CACHE_BYTES, cache->bytes))
		return -ENOMEM;
	nla_nest_end(message, nest);
	return 0;
}

int tierscope_nearmem_get(struct tierscope *ts, pid_t pid,
			  const struct tierscope_nearmem_cache *caches, size_t n,
			  struct tierscope_nearmem **ret)
{
	struct tierscope_request request = { .answer = keep };
	struct reader reader = { .ts = ts, .what = request.what };
	scope_message struct nl_msg *message = NULL;
	int error;

	if (pid)
		snprintf(request.what, sizeof(request.what),
			 "near memory of process %d", pid);
	else
		snprintf(request.what, sizeof(request.what),
			 "near memory of the machine");
	request.data = &reader;
	message = tierscope_message(0, TIERSCOPE_CMD_NEARMEM_GET, 0);
	error = message ? 0 : -ENOMEM;
	if (!error && pid && nla_put_u32(message, TIERSCOPE_NEARMEM_PID, pid))
		error = -ENOMEM;
	for (size_t i = 0; !error && i < n; i++)
		error = put_cache(message, &caches[i]);
	if (error)
		return tierscope_fail(ts, error, "%s: out of memory",
				      request.what);
	error = tierscope_ask(ts, message, &request);
	if (!error && !reader.nearmem)
		error = tierscope_unreadable(ts, request.what, -EBADMSG);
	if (error) {
		tierscope_nearmem_free(reader.nearmem);
		return error;
	}
	*ret = reader.nearmem;
	return 0;
}
