// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	[TIERSCOPE_MAPPING_GENERATION] = { .type = NLA_U32 },
};

int tierscope_mapping_parse(struct nlmsghdr *header,
			    struct tierscope_mapping *ret,
			    struct tierscope_cell **ret_cells,
			    uint32_t *ret_generation)
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
	    !attributes[TIERSCOPE_MAPPING_GENERATION] ||
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
	*ret_generation =
		nla_get_u32(attributes[TIERSCOPE_MAPPING_GENERATION]);
	return 0;
}

/* A process that maps all the time is given up at the third try; what changes
 * its mappings is mostly over in less than the pause. */
#define TRIES		3
#define PAUSE_NS	4000000

/* One mapping, and what of it is its own. */
struct record {
	struct tierscope_mapping mapping;
	struct tierscope_cell *cells;
	char *name;
};

/**
 * struct reader - one try
 * @last: there is none after it: read on, though it be interrupted
 * @interrupted: the mappings have changed
 */
struct reader {
	struct tierscope *ts;
	const char *what;
	bool last;
	bool interrupted;
	size_t n;
	size_t room;
	struct record *records;
};

static void clear(struct reader *reader)
{
	for (size_t i = 0; i < reader->n; i++) {
		free(reader->records[i].cells);
		free(reader->records[i].name);
	}
	free(reader->records);
	reader->records = NULL;
	reader->n = reader->room = 0;
}

static int out_of_memory(const struct reader *reader)
{
	return tierscope_fail(reader->ts, -ENOMEM, "%s: out of memory",
			      reader->what);
}

/* Takes @cells. */
static int add(struct reader *reader, const struct tierscope_mapping *mapping,
	       struct tierscope_cell *cells)
{
	struct record *at;

	if (reader->n == reader->room) {
		size_t room = reader->room ? 2 * reader->room : 64;
		struct record *records = reallocarray(reader->records, room,
						      sizeof(*records));

		if (!records)
			goto free_cells;
		reader->records = records;
		reader->room = room;
	}
	at = &reader->records[reader->n];
	at->name = strdup(mapping->name);
	if (!at->name)
		goto free_cells;
	at->cells = cells;
	at->mapping = *mapping;
	at->mapping.name = at->name;
	reader->n++;
	return 0;

free_cells:
	free(cells);
	return out_of_memory(reader);
}

static int keep(struct nlmsghdr *header, void *data)
{
	struct tierscope_mapping mapping;
	struct tierscope_cell *cells;
	struct reader *reader = data;
	uint32_t generation;
	int error;

	error = tierscope_mapping_parse(header, &mapping, &cells, &generation);
	if (error)
		return tierscope_unreadable(reader->ts, reader->what, error);
	if (generation > 1)
		reader->interrupted = true;
	if (reader->interrupted && !reader->last) {
		free(cells);
		return -ECANCELED;
	}
	return add(reader, &mapping, cells);
}

/* 0 also for a try that was interrupted. */
static int try(struct reader *reader, pid_t pid, unsigned int flags)
{
	struct tierscope_request request = { .answer = keep, .data = reader };
	scope_message struct nl_msg *message = NULL;
	int error;

	snprintf(request.what, sizeof(request.what), "%s", reader->what);
	message = tierscope_message(0, TIERSCOPE_CMD_MAPPING_GET, NLM_F_DUMP);
	if (!message || nla_put_u32(message, TIERSCOPE_MAPPING_PID, pid) ||
	    (flags & TIERSCOPE_WITH_SHARING &&
	     nla_put_flag(message, TIERSCOPE_MAPPING_SHARING)))
		return out_of_memory(reader);
	error = tierscope_dump(reader->ts, message, &request);
	if (error == -ECANCELED && reader->interrupted)
		return 0;
	reader->interrupted |= request.interrupted;
	return error;
}

static int hand_over(const struct reader *reader, tierscope_mapping_fn fn,
		     void *data)
{
	for (size_t i = 0; i < reader->n; i++) {
		struct record *record = &reader->records[i];
		int error = fn(&record->mapping, data);

		if (error < 0)
			return tierscope_fail(reader->ts, error,
					      "%s: ended by its reader: %s",
					      reader->what, strerror(-error));
	}
	return 0;
}

int tierscope_mapping_dump(struct tierscope *ts, pid_t pid, unsigned int flags,
			   tierscope_mapping_fn fn, void *data,
			   bool *ret_interrupted)
{
	const struct timespec a_while = { .tv_nsec = PAUSE_NS };
	char what[sizeof("mappings of process -2147483648")];
	struct reader reader __attribute__((cleanup(clear))) = {
		.ts = ts, .what = what,
	};
	int error;

	snprintf(what, sizeof(what), "mappings of process %d", pid);
	error = tierscope_check_flags(ts, what, flags);
	for (int i = 1; !error && i <= TRIES; i++) {
		clear(&reader);
		reader.interrupted = false;
		reader.last = i == TRIES;
		error = try(&reader, pid, flags);
		if (!reader.interrupted || reader.last)
			break;
		nanosleep(&a_while, NULL);
	}
	if (!error)
		error = hand_over(&reader, fn, data);
	if (!error && ret_interrupted)
		*ret_interrupted = reader.interrupted;
	return error;
}
