// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "mapping.h"
#include "placement.h"
#include "request.h"
#include "scope.h"

static const struct nla_policy policy[TIERSCOPE_MAPPING_MAX + 1] = {
	[TIERSCOPE_MAPPING_PID] = { .type = NLA_U32 },
	[TIERSCOPE_MAPPING_START] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_END] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_FLAGS] = { .type = NLA_U32 },
	[TIERSCOPE_MAPPING_OFFSET] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_NAME] = { .type = NLA_STRING },
	[TIERSCOPE_MAPPING_CELL] = { .type = NLA_NESTED },
	[TIERSCOPE_MAPPING_SWAP_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_MIGRATING_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_SPECIAL_PAGES] = { .type = NLA_U64 },
	[TIERSCOPE_MAPPING_HINTED_PAGES] = { .type = NLA_U64 },
};

int tierscope_mapping_parse(struct nlmsghdr *header,
			    struct tierscope_mapping *ret,
			    struct tierscope_cell **ret_cells)
{
	struct nlattr *attributes[TIERSCOPE_MAPPING_MAX + 1];
	struct tierscope_mapping mapping = { .name = "" };
	struct tierscope_cell *cells;
	int error;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_MAPPING_MAX,
			  policy) ||
	    !attributes[TIERSCOPE_MAPPING_START] ||
	    !attributes[TIERSCOPE_MAPPING_END] ||
	    !attributes[TIERSCOPE_MAPPING_FLAGS] ||
	    !attributes[TIERSCOPE_MAPPING_OFFSET] ||
	    tierscope_pages_parse(attributes[TIERSCOPE_MAPPING_SWAP_PAGES],
				  &mapping.swap_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_MAPPING_MIGRATING_PAGES],
				  &mapping.migrating_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_MAPPING_SPECIAL_PAGES],
				  &mapping.special_bytes) ||
	    tierscope_pages_parse(attributes[TIERSCOPE_MAPPING_HINTED_PAGES],
				  &mapping.hinted_bytes))
		return -EBADMSG;
	mapping.start = nla_get_u64(attributes[TIERSCOPE_MAPPING_START]);
	mapping.end = nla_get_u64(attributes[TIERSCOPE_MAPPING_END]);
	mapping.flags = nla_get_u32(attributes[TIERSCOPE_MAPPING_FLAGS]);
	mapping.offset_bytes = nla_get_u64(attributes[TIERSCOPE_MAPPING_OFFSET]);
	if (mapping.start >= mapping.end)
		return -EBADMSG;
	if (attributes[TIERSCOPE_MAPPING_NAME])
		mapping.name = nla_get_string(attributes[TIERSCOPE_MAPPING_NAME]);
	error = tierscope_cells_parse(header, TIERSCOPE_MAPPING_CELL, &cells,
				      &mapping.n_cells);
	if (error)
		return error;
	mapping.cells = cells;
	*ret = mapping;
	*ret_cells = cells;
	return 0;
}

struct reader {
	struct tierscope *ts;
	const char *what;
	tierscope_mapping_fn fn;
	void *data;
};

static int pass_on(struct nlmsghdr *header, void *data)
{
	scope_free struct tierscope_cell *cells = NULL;
	struct tierscope_mapping mapping;
	struct reader *reader = data;
	int error;

	error = tierscope_mapping_parse(header, &mapping, &cells);
	if (error)
		return tierscope_fail(reader->ts, error,
				      "%s: cannot read the module's answer: %s",
				      reader->what, strerror(-error));
	error = reader->fn(&mapping, reader->data);
	return error < 0 ? tierscope_fail(reader->ts, error,
					  "%s: ended by its reader: %s",
					  reader->what, strerror(-error)) : 0;
}

int tierscope_mapping_dump(struct tierscope *ts, pid_t pid,
			   tierscope_mapping_fn fn, void *data,
			   bool *ret_interrupted)
{
	struct tierscope_request request = { .answer = pass_on };
	struct reader reader = {
		.ts = ts, .what = request.what, .fn = fn, .data = data,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	snprintf(request.what, sizeof(request.what), "mappings of process %d",
		 pid);
	request.data = &reader;
	message = tierscope_message(0, TIERSCOPE_CMD_MAPPING_GET, NLM_F_DUMP);
	if (!message || nla_put_u32(message, TIERSCOPE_MAPPING_PID, pid))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	error = tierscope_dump(ts, message, &request);
	if (!error && ret_interrupted)
		*ret_interrupted = request.interrupted;
	return error;
}
