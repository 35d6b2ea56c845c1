/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_nearmem.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "lib/scope.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What was asked about, and what came back. */
struct answer {
	const struct tierscope_topology *topology;
	uint64_t socket_bytes;
	struct tierscope_nearmem_cache *caches;
	size_t n_caches;
	struct tierscope_nearmem *nearmem;
};

static void answer_clear(struct answer *answer)
{
	free(answer->caches);
	tierscope_nearmem_free(answer->nearmem);
}

static const char *near_source(const struct answer *answer)
{
	return answer->socket_bytes ? "--near-memory" :
				      answer->topology->near_evidence;
}

static int add_summary(struct report_document *document,
		       const struct answer *answer)
{
	static const struct report_column columns[] = {
		{ "pid", "pid", REPORT_INTEGER, 0 },
		{ "used_bytes", "pages on nodes with near memory", REPORT_BYTES, 0 },
		{ "other_bytes", "pages elsewhere", REPORT_BYTES, 0 },
		{ "competing_bytes", "pages that compete for a slot", REPORT_BYTES, 0 },
		{ "competing_ratio", "  share of the pages", REPORT_RATIO, 0 },
		{ "highest_hit_ratio", "highest hit ratio, uniform access", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
		{ "mapping", "mapping assumed", REPORT_STRING, 0 },
		{ "near_memory_bytes", "near memory", REPORT_BYTES, 0 },
		{ "near_memory_source", "  size from", REPORT_STRING, 0 },
		{ "slots", "slots", REPORT_INTEGER, 0 },
		{ "slot_bytes", "slot", REPORT_BYTES, 0 },
		{ "mono_ns", "time", REPORT_DURATION, REPORT_NO_TABLE },
		{ "walk_ns", "walk", REPORT_DURATION, REPORT_NO_TABLE },
	};
	const struct tierscope_nearmem *nearmem = answer->nearmem;
	struct report_value none =
		report_not_available("no page is on a node with near memory");
	double hit_ratio;
	bool any = !tierscope_nearmem_hit_ratio(nearmem, &hit_ratio);
	const struct report_value values[] = {
		nearmem->pid ? report_number((uint64_t)nearmem->pid) :
			       report_not_available("all memory of the machine that is in use"),
		report_number(nearmem->used_bytes),
		report_number(nearmem->other_bytes),
		report_number(nearmem->competing_bytes),
		any ? report_real((double)nearmem->competing_bytes /
				  (double)nearmem->used_bytes) : none,
		any ? report_real(hit_ratio) : none,
		report_string("estimated"),
		report_string("slot = page of the node's memory (its 128 MiB sections in turn, holes left out) modulo slots; what real machines do is not published"),
		report_number(nearmem->slots * nearmem->slot_bytes),
		report_string(near_source(answer)),
		report_number(nearmem->slots),
		report_number(nearmem->slot_bytes),
		report_number(nearmem->time_ns),
		report_number(nearmem->duration_ns),
	};
	struct report_section *section;
	int r;

	_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
	r = report_document_section(document, "summary", "Near memory", true,
		columns, COUNT(columns), 0, &section);
	return r ? r : report_section_row(section, values);
}

static int add_caches(struct report_document *document,
		      const struct answer *answer)
{
	static const struct report_column columns[] = {
		{ "node", "node", REPORT_INTEGER, 0 },
		{ "near_memory_bytes", "near memory", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "caches", "Caches", false, columns,
		COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < answer->n_caches; i++) {
		const struct report_value values[] = {
			report_number((uint64_t)answer->caches[i].node),
			report_number(answer->caches[i].bytes),
		};

		r = report_section_row(section, values);
	}
	return r;
}

static int add_histogram(struct report_document *document,
			 const struct tierscope_nearmem *nearmem)
{
	static const struct report_column columns[] = {
		{ "pages", "pages a slot", REPORT_INTEGER, 0 },
		{ "or_more", "or more", REPORT_FLAG, 0 },
		{ "slots", "slots", REPORT_INTEGER, 0 },
		{ "slots_ratio", "share of slots", REPORT_RATIO, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "histogram", "Pages that share a slot",
		false, columns, COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < COUNT(nearmem->slots_by_pages); i++) {
		const uint64_t slots = nearmem->slots_by_pages[i];
		const struct report_value values[] = {
			report_number(i),
			report_flag(i == TIERSCOPE_NEARMEM_PAGES_MAX),
			report_number(slots),
			report_real((double)slots / (double)nearmem->slots),
		};

		_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
		if (slots)
			r = report_section_row(section, values);
	}
	return r;
}

static int print(const struct answer *answer, enum report_format format)
{
	struct report_document *document;
	int r;

	if (report_document_new("tierscope.nearmem", 1, &document) < 0)
		return cli_oom();
	r = add_summary(document, answer);
	if (!r)
		r = add_caches(document, answer);
	if (!r)
		r = add_histogram(document, answer->nearmem);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, format);
}

int placement_nearmem(pid_t pid, uint64_t socket_bytes,
		      enum report_format format)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct answer answer __attribute__((cleanup(answer_clear))) = {
		.socket_bytes = socket_bytes,
	};
	int r, status;

	status = cli_machine_read(&machine);
	if (status)
		return status;
	answer.topology = machine.topology;
	r = tierscope_nearmem_caches(machine.ts, machine.topology, socket_bytes,
				     &answer.caches, &answer.n_caches);
	if (r == -ENODATA) {
		cli_error("%s with --near-memory", tierscope_error(machine.ts));
		return CLI_FAILURE;
	}
	if (!r)
		r = tierscope_nearmem_get(machine.ts, pid, answer.caches,
					  answer.n_caches, &answer.nearmem);
	if (r < 0 && pid)
		cli_error("cannot look at process %d: %s", pid,
			  tierscope_error(machine.ts));
	else if (r < 0)
		cli_error("cannot look at the machine: %s",
			  tierscope_error(machine.ts));
	return r < 0 ? CLI_FAILURE : print(&answer, format);
}
