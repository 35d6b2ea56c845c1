/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cli/placement.h"

#define TIERS (TIERSCOPE_TIER_MAX + 1)

static const struct report_column process_columns[] = {
	{ "pid", "pid", REPORT_INTEGER, 0 },
	{ "uid", "uid", REPORT_INTEGER, 0 },
	{ "command", "command", REPORT_STRING, 0 },
	{ "resident_bytes", "resident", REPORT_BYTES, 0 },
	{ "optane_bytes", "on Optane", REPORT_BYTES, 0 },
	{ "dram_bytes", "dram", REPORT_BYTES, 0 },
	{ "pmem_bytes", "pmem", REPORT_BYTES, 0 },
	{ "memory_mode_bytes", "memory-mode", REPORT_BYTES, 0 },
	{ "unknown_bytes", "unknown", REPORT_BYTES, 0 },
	{ "swap_bytes", "swapped", REPORT_BYTES, 0 },
	{ "special_bytes", "special", REPORT_BYTES, REPORT_NO_TABLE },
	{ "hinted_bytes", "hinted", REPORT_BYTES, REPORT_NO_TABLE },
	{ "mono_ns", "time", REPORT_DURATION, REPORT_NO_TABLE },
	{ "walk_ns", "walk", REPORT_DURATION, REPORT_NO_TABLE },
};

static const struct report_column cell_columns[] = {
	{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
	{ "uid", "uid", REPORT_INTEGER, REPORT_GROUP },
	{ "command", "command", REPORT_STRING, REPORT_GROUP },
	{ "resident_bytes", "resident", REPORT_BYTES, REPORT_GROUP },
	{ "swap_bytes", "swapped", REPORT_BYTES, REPORT_GROUP },
	{ "special_bytes", "special", REPORT_BYTES, REPORT_NO_TABLE },
	{ "hinted_bytes", "hinted", REPORT_BYTES, REPORT_NO_TABLE },
	{ "mono_ns", "time", REPORT_DURATION, REPORT_NO_TABLE },
	{ "walk_ns", "walk", REPORT_DURATION, REPORT_NO_TABLE },
	{ "node", "node", REPORT_INTEGER, 0 },
	{ "tier", "tier", REPORT_STRING, 0 },
	{ "page_bytes", "page", REPORT_BYTES, 0 },
	{ "kind", "kind", REPORT_STRING, 0 },
	{ "pages", "pages", REPORT_INTEGER, 0 },
	{ "bytes", "bytes", REPORT_BYTES, 0 },
};

static const struct report_column mapping_columns[] = {
	{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
	{ "start_address", "start", REPORT_ADDRESS, 0 },
	{ "end_address", "end", REPORT_ADDRESS, 0 },
	{ "permissions", "perm", REPORT_STRING, 0 },
	{ "hugetlb", "hugetlb", REPORT_FLAG, REPORT_NO_TABLE },
	{ "offset_bytes", "offset", REPORT_HEX, REPORT_NO_TABLE },
	{ "swap_bytes", "swapped", REPORT_BYTES, REPORT_NO_TABLE },
	{ "special_bytes", "special", REPORT_BYTES, REPORT_NO_TABLE },
	{ "hinted_bytes", "hinted", REPORT_BYTES, REPORT_NO_TABLE },
	{ "node", "node", REPORT_INTEGER, 0 },
	{ "tier", "tier", REPORT_STRING, 0 },
	{ "page_bytes", "page", REPORT_BYTES, 0 },
	{ "kind", "kind", REPORT_STRING, 0 },
	{ "pages", "pages", REPORT_INTEGER, 0 },
	{ "bytes", "bytes", REPORT_BYTES, 0 },
	{ "name", "name", REPORT_STRING, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int placement_begin(struct placement_rows *rows,
		    struct report_document *document)
{
	switch (rows->by) {
	case PLACEMENT_BY_PROCESS:
		return report_document_section(document, "processes", NULL, false,
			process_columns, COUNT(process_columns), 0, &rows->section);
	case PLACEMENT_BY_CELL:
		return report_document_section(document, "cells", NULL, false,
			cell_columns, COUNT(cell_columns), 0, &rows->section);
	case PLACEMENT_BY_MAPPING:
		return report_document_section(document, "mappings", NULL, false,
			mapping_columns, COUNT(mapping_columns), 0, &rows->section);
	}
	return -EINVAL;
}

static enum tierscope_tier tier_of(const struct tierscope_topology *topology,
				   int node)
{
	const struct tierscope_node *at = tierscope_topology_node(topology, node);

	return at ? at->tier : TIERSCOPE_TIER_UNKNOWN;
}

static uint64_t bytes_of(const struct tierscope_cell *cell)
{
	return cell->pages * cell->page_bytes;
}

void placement_by_tier(const struct tierscope_topology *topology,
		       const struct tierscope_placement *placement,
		       uint64_t bytes[static TIERS])
{
	for (int tier = 0; tier < TIERS; tier++)
		bytes[tier] = 0;
	for (size_t i = 0; i < placement->n_cells; i++)
		bytes[tier_of(topology, placement->cells[i].node)] +=
			bytes_of(&placement->cells[i]);
}

uint64_t placement_slow_bytes(const struct tierscope_topology *topology,
			      const struct tierscope_placement *placement)
{
	uint64_t bytes[TIERS];

	placement_by_tier(topology, placement, bytes);
	return bytes[TIERSCOPE_TIER_PMEM] + bytes[TIERSCOPE_TIER_CACHED];
}

uint64_t placement_bytes(const struct tierscope_placement *placement)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < placement->n_cells; i++)
		bytes += bytes_of(&placement->cells[i]);
	return bytes;
}

static int add_process(struct placement_rows *rows,
		       const struct tierscope_placement *placement)
{
	uint64_t bytes[TIERS];

	placement_by_tier(rows->topology, placement, bytes);
	const struct report_value values[] = {
		report_number(placement->pid),
		report_number(placement->uid),
		report_string(placement->comm),
		report_number(placement_bytes(placement)),
		report_number(placement_slow_bytes(rows->topology, placement)),
		report_number(bytes[TIERSCOPE_TIER_DRAM]),
		report_number(bytes[TIERSCOPE_TIER_PMEM]),
		report_number(bytes[TIERSCOPE_TIER_CACHED]),
		report_number(bytes[TIERSCOPE_TIER_UNKNOWN]),
		report_number(placement->swap_bytes),
		report_number(placement->special_bytes),
		report_number(placement->hinted_bytes),
		report_number(placement->time_ns),
		report_number(placement->duration_ns),
	};

	_Static_assert(COUNT(values) == COUNT(process_columns), "a value a column");
	return report_section_row(rows->section, values);
}

/* The six columns from "node" on; without a cell they say so. */
#define CELL_VALUES 6

static void cell_values(const struct tierscope_topology *topology,
			const struct tierscope_cell *cell,
			struct report_value *values)
{
	if (!cell) {
		for (size_t i = 0; i < CELL_VALUES - 2; i++)
			values[i] = report_not_available("nothing is resident");
		values[4] = report_number(0);
		values[5] = report_number(0);
		return;
	}
	values[0] = report_number(cell->node);
	if (cell->node < 0)
		values[0] = report_not_available("the device has no node");
	values[1] = report_string(tierscope_tier_name(tier_of(topology, cell->node)));
	values[2] = report_number(cell->page_bytes);
	values[3] = report_string(tierscope_kind_name(cell->kind));
	values[4] = report_number(cell->pages);
	values[5] = report_number(bytes_of(cell));
}

static int add_cell(struct placement_rows *rows,
		    const struct tierscope_placement *placement,
		    const struct tierscope_cell *cell)
{
	struct report_value values[COUNT(cell_columns)] = {
		report_number(placement->pid),
		report_number(placement->uid),
		report_string(placement->comm),
		report_number(placement_bytes(placement)),
		report_number(placement->swap_bytes),
		report_number(placement->special_bytes),
		report_number(placement->hinted_bytes),
		report_number(placement->time_ns),
		report_number(placement->duration_ns),
	};

	cell_values(rows->topology, cell, values + COUNT(values) - CELL_VALUES);
	return report_section_row(rows->section, values);
}

int placement_add(struct placement_rows *rows,
		  const struct tierscope_placement *placement)
{
	int r = 0;

	if (rows->by == PLACEMENT_BY_PROCESS)
		return add_process(rows, placement);
	if (!placement->n_cells)
		return add_cell(rows, placement, NULL);
	for (size_t i = 0; !r && i < placement->n_cells; i++)
		r = add_cell(rows, placement, &placement->cells[i]);
	return r;
}

static int add_mapping_cell(struct placement_rows *rows, pid_t pid,
			    const struct tierscope_mapping *mapping,
			    const struct tierscope_cell *cell)
{
	uint32_t flags = mapping->flags;
	const char permissions[] = {
		flags & TIERSCOPE_MAPPING_READ ? 'r' : '-',
		flags & TIERSCOPE_MAPPING_WRITE ? 'w' : '-',
		flags & TIERSCOPE_MAPPING_EXEC ? 'x' : '-',
		flags & TIERSCOPE_MAPPING_SHARED ? 's' : 'p',
		'\0',
	};
	struct report_value values[COUNT(mapping_columns)] = {
		report_number(pid),
		report_number(mapping->start),
		report_number(mapping->end),
		report_string(permissions),
		report_flag(flags & TIERSCOPE_MAPPING_HUGETLB),
		report_number(mapping->offset_bytes),
		report_number(mapping->swap_bytes),
		report_number(mapping->special_bytes),
		report_number(mapping->hinted_bytes),
	};

	cell_values(rows->topology, cell, values + COUNT(values) - CELL_VALUES - 1);
	values[COUNT(values) - 1] = report_string(mapping->name);
	return report_section_row(rows->section, values);
}

int placement_add_mapping(struct placement_rows *rows, pid_t pid,
			  const struct tierscope_mapping *mapping)
{
	int r = 0;

	if (!mapping->n_cells)
		return add_mapping_cell(rows, pid, mapping, NULL);
	for (size_t i = 0; !r && i < mapping->n_cells; i++)
		r = add_mapping_cell(rows, pid, mapping, &mapping->cells[i]);
	return r;
}
