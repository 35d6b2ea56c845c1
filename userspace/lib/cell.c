// SPDX-License-Identifier: LGPL-2.1-or-later
/* Cells: resident pages of one node, size and kind. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <netlink/genl/genl.h>

#include "placement.h"
#include "scope.h"
#include "sysfs.h"

static const struct nla_policy policy[TIERSCOPE_CELL_MAX + 1] = {
	[TIERSCOPE_CELL_NODE] = { .type = NLA_U32 },
	[TIERSCOPE_CELL_PAGE_SHIFT] = { .type = NLA_U32 },
	[TIERSCOPE_CELL_KIND] = { .type = NLA_U32 },
	[TIERSCOPE_CELL_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_CELL_SHARED_PAGES] = { .type = NLA_U64 },
};

static int parse_cell(struct nlattr *nest, struct tierscope_cell *ret)
{
	struct nlattr *attributes[TIERSCOPE_CELL_MAX + 1];
	uint64_t pages, shared_pages = 0;
	uint32_t node, shift, kind;
	struct nlattr *shared;

	if (nla_parse_nested(attributes, TIERSCOPE_CELL_MAX, nest, policy) ||
	    !attributes[TIERSCOPE_CELL_NODE] ||
	    !attributes[TIERSCOPE_CELL_PAGE_SHIFT] ||
	    !attributes[TIERSCOPE_CELL_KIND] ||
	    !attributes[TIERSCOPE_CELL_PAGES])
		return -EBADMSG;
	node = nla_get_u32(attributes[TIERSCOPE_CELL_NODE]);
	shift = nla_get_u32(attributes[TIERSCOPE_CELL_PAGE_SHIFT]);
	kind = nla_get_u32(attributes[TIERSCOPE_CELL_KIND]);
	pages = nla_get_u64(attributes[TIERSCOPE_CELL_PAGES]);
	shared = attributes[TIERSCOPE_CELL_SHARED_PAGES];
	if (shared)
		shared_pages = nla_get_u64(shared);
	/* Whoever adds up cells multiplies: what overflows is refused here. */
	if (node >= TIERSCOPE_IDS_MAX || shift >= 64 ||
	    kind > TIERSCOPE_KIND_MAX || pages > UINT64_MAX >> shift ||
	    shared_pages > pages)
		return -EBADMSG;
	ret->node = node;
	ret->page_bytes = 1ULL << shift;
	ret->kind = kind;
	ret->pages = pages;
	ret->sharing = shared != NULL;
	ret->shared_pages = shared_pages;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const struct tierscope_cell *a = left, *b = right;

	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	if (a->page_bytes != b->page_bytes)
		return a->page_bytes < b->page_bytes ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

int tierscope_cells_parse(struct nlmsghdr *header, int type,
			  struct tierscope_cell **ret, size_t *ret_n)
{
	struct genlmsghdr *payload = genlmsg_hdr(header);
	scope_free struct tierscope_cell *cells = NULL;
	struct nlattr *attribute;
	size_t n = 0;
	int rest;

	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest)
		n += nla_type(attribute) == type;
	/* One more, so that none is no failure. */
	cells = calloc(n + 1, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	n = 0;
	nla_for_each_attr(attribute, genlmsg_attrdata(payload, 0),
			  genlmsg_attrlen(payload, 0), rest) {
		if (nla_type(attribute) != type)
			continue;
		if (parse_cell(attribute, &cells[n]))
			return -EBADMSG;
		n++;
	}
	/* What is left over is shorter than an attribute's header. */
	if (rest > 0)
		return -EBADMSG;
	qsort(cells, n, sizeof(*cells), compare);
	*ret = scope_take(cells);
	*ret_n = n;
	return 0;
}

int tierscope_pages_parse(struct nlattr *attribute, uint64_t *ret_bytes)
{
	uint64_t bytes;

	if (!attribute ||
	    __builtin_mul_overflow(nla_get_u64(attribute),
				   (uint64_t)sysconf(_SC_PAGESIZE), &bytes))
		return -EBADMSG;
	*ret_bytes = bytes;
	return 0;
}
