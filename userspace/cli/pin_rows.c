/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin_rows.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct report_value node(int id)
{
	return id < 0 ? report_not_available("on no node") : report_number((uint64_t)id);
}

static struct report_value tier(const struct tierscope_topology *topology, int id)
{
	const struct tierscope_node *at = id < 0 ? NULL :
					  tierscope_topology_node(topology, id);

	if (id < 0)
		return report_not_available("on no node");
	return report_string(tierscope_tier_name(at ? at->tier : TIERSCOPE_TIER_UNKNOWN));
}

int pin_rows_plan(struct report_document *document,
		  const struct tierscope_topology *topology,
		  const struct pin_plan *plan)
{
	static const struct report_column columns[] = {
		{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
		{ "from_node", "from", REPORT_INTEGER, 0 },
		{ "from_tier", "tier", REPORT_STRING, 0 },
		{ "to_node", "to", REPORT_INTEGER, 0 },
		{ "to_tier", "tier", REPORT_STRING, 0 },
		{ "page_bytes", "page", REPORT_BYTES, 0 },
		{ "pages", "pages", REPORT_INTEGER, 0 },
		{ "bytes", "bytes", REPORT_BYTES, 0 },
		{ "verdict", "verdict", REPORT_STRING, 0 },
		{ "because", "because", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "plan", "Plan", false, columns,
				    COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < plan->n_rows; i++) {
		const struct pin_row *row = &plan->rows[i];
		const char *reason = pin_verdict_reason(row->verdict);
		const struct report_value values[] = {
			report_number((uint64_t)row->pid),
			node(row->from),
			tier(topology, row->from),
			node(row->to),
			tier(topology, row->to),
			report_number(row->page_bytes),
			report_number(row->pages),
			report_number(row->pages * row->page_bytes),
			report_string(pin_verdict_name(row->verdict)),
			report_string(reason ? reason : ""),
		};

		_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
		r = report_section_row(section, values);
	}
	return r;
}

int pin_rows_room(struct report_document *document, const struct pin_room *room)
{
	static const struct report_column columns[] = {
		{ "node", "node", REPORT_INTEGER, 0 },
		{ "wanted_bytes", "wanted", REPORT_BYTES, 0 },
		{ "wanted_huge_bytes", "in huge pages", REPORT_BYTES, 0 },
		{ "free_bytes", "free", REPORT_BYTES, 0 },
		{ "margin_bytes", "besides", REPORT_BYTES, 0 },
		{ "cache_bytes", "in place of cache", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "room", "Room", false, columns,
				    COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < room->nodes.n; i++) {
		const struct pin_node *at = &room->at[i];
		const struct report_value values[] = {
			report_number((uint64_t)at->id),
			report_number(at->wanted_bytes),
			report_number(at->whole_bytes),
			report_number(at->free_bytes),
			report_number(at->margin_bytes),
			report_number(at->cache_bytes),
		};

		_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
		r = report_section_row(section, values);
	}
	return r;
}

static int add_count(struct report_section *section,
		     const struct tierscope_topology *topology, pid_t pid,
		     const struct tierscope_move_count *count)
{
	uint64_t asked = 0;

	for (int i = 0; i < TIERSCOPE_MOVED_OUTCOMES; i++)
		asked += count->pages[i];
	const struct report_value values[] = {
		report_number((uint64_t)pid),
		node(count->from),
		tier(topology, count->from),
		node(count->to),
		tier(topology, count->to),
		report_number(count->page_bytes),
		report_number(asked),
		report_number(count->pages[TIERSCOPE_MOVED]),
		report_number(count->pages[TIERSCOPE_MOVED_BUSY]),
		report_number(count->pages[TIERSCOPE_MOVED_NO_ROOM]),
		report_number(count->pages[TIERSCOPE_MOVED_SHARED]),
		report_number(count->pages[TIERSCOPE_MOVED_GONE]),
		report_number(count->pages[TIERSCOPE_MOVED_SPECIAL]),
		report_number(count->pages[TIERSCOPE_MOVED_NOT_TRIED]),
		report_number(count->pages[TIERSCOPE_MOVED] * count->page_bytes),
	};

	return report_section_row(section, values);
}

int pin_rows_ledger(struct report_document *document,
		    const struct tierscope_topology *topology,
		    const struct pin_plan *plan, const struct pin_outcome *outcome)
{
	static const struct report_column columns[] = {
		{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
		{ "from_node", "from", REPORT_INTEGER, 0 },
		{ "from_tier", "tier", REPORT_STRING, 0 },
		{ "to_node", "to", REPORT_INTEGER, 0 },
		{ "to_tier", "tier", REPORT_STRING, 0 },
		{ "page_bytes", "page", REPORT_BYTES, 0 },
		{ "asked_pages", "asked", REPORT_INTEGER, 0 },
		{ "moved_pages", "moved", REPORT_INTEGER, 0 },
		{ "busy_pages", "busy", REPORT_INTEGER, 0 },
		{ "no_room_pages", "no room", REPORT_INTEGER, 0 },
		{ "shared_pages", "shared", REPORT_INTEGER, 0 },
		{ "gone_pages", "gone", REPORT_INTEGER, 0 },
		{ "special_pages", "special", REPORT_INTEGER, 0 },
		{ "not_tried_pages", "not tried", REPORT_INTEGER, 0 },
		{ "moved_bytes", "moved", REPORT_BYTES, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "ledger", "Ledger", false, columns,
				    COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < outcome->n; i++)
		for (size_t j = 0; !r && j < outcome->tallies[i].n; j++)
			r = add_count(section, topology,
				      plan->processes[i].process.pid,
				      &outcome->tallies[i].counts[j]);
	return r;
}

static struct report_value rate(const struct pin_outcome *outcome)
{
	if (!outcome || !outcome->moved_bytes || !outcome->elapsed_ns)
		return report_not_measured("nothing was moved");
	return report_real((double)outcome->moved_bytes * 1e9 /
			   (double)outcome->elapsed_ns);
}

int pin_rows_summary(struct report_document *document,
		     const struct pin_summary *summary,
		     const struct pin_outcome *outcome)
{
	static const struct report_column columns[] = {
		{ "target_nodes", "target nodes", REPORT_STRING, 0 },
		{ "policy", "new pages follow", REPORT_STRING, 0 },
		{ "policy_because", "because", REPORT_STRING, 0 },
		{ "moved_bytes", "moved", REPORT_BYTES, 0 },
		{ "elapsed_ns", "in", REPORT_DURATION, 0 },
		{ "bytes_per_second", "rate", REPORT_RATE, 0 },
		{ "ledger_file", "ledger", REPORT_STRING, 0 },
	};
	const struct report_value values[] = {
		report_string(summary->target),
		report_string(summary->policy),
		report_string(summary->reason ? summary->reason : ""),
		outcome ? report_number(outcome->moved_bytes) :
			  report_not_measured("nothing was moved"),
		outcome ? report_number(outcome->elapsed_ns) :
			  report_not_measured("nothing was moved"),
		rate(outcome),
		summary->ledger ? report_string(summary->ledger) :
				  report_not_available("nothing was moved"),
	};
	struct report_section *section;
	int r;

	_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
	r = report_document_section(document, "pin", NULL, true, columns,
				    COUNT(columns), 0, &section);
	return r ? r : report_section_row(section, values);
}
