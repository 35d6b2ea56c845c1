/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cli/placement.h"

#define TIERS PLACEMENT_TIERS

static const struct report_column process_columns[] = {
	{ "pid", "pid", REPORT_INTEGER, 0 },
	{ "uid", "uid", REPORT_INTEGER, 0 },
	{ "command", "command", REPORT_STRING, 0 },
	{ "resident_bytes", "resident", REPORT_BYTES, 0 },
	{ "shared_bytes", "shared", REPORT_BYTES, 0 },
	{ "optane_bytes", "on Optane", REPORT_BYTES, 0 },
	{ "dram_bytes", "dram", REPORT_BYTES, 0 },
	{ "pmem_bytes", "pmem", REPORT_BYTES, 0 },
	{ "memory_mode_bytes", "memory-mode", REPORT_BYTES, 0 },
	{ "unknown_bytes", "unknown", REPORT_BYTES, 0 },
	{ "swap_bytes", "swapped", REPORT_BYTES, 0 },
	{ "migrating_bytes", "migrating", REPORT_BYTES, REPORT_NO_TABLE },
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
	{ "migrating_bytes", "migrating", REPORT_BYTES, REPORT_NO_TABLE },
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
	{ "shared_bytes", "shared", REPORT_BYTES, 0 },
};

static const struct report_column mapping_columns[] = {
	{ "pid", "pid", REPORT_INTEGER, REPORT_GROUP },
	{ "start_address", "start", REPORT_ADDRESS, 0 },
	{ "end_address", "end", REPORT_ADDRESS, 0 },
	{ "permissions", "perm", REPORT_STRING, 0 },
	{ "hugetlb", "hugetlb", REPORT_FLAG, REPORT_NO_TABLE },
	{ "interrupted", "interrupted", REPORT_FLAG, REPORT_NO_TABLE },
	{ "offset_bytes", "offset", REPORT_BYTES, REPORT_NO_TABLE },
	{ "swap_bytes", "swapped", REPORT_BYTES, REPORT_NO_TABLE },
	{ "migrating_bytes", "migrating", REPORT_BYTES, REPORT_NO_TABLE },
	{ "special_bytes", "special", REPORT_BYTES, REPORT_NO_TABLE },
	{ "hinted_bytes", "hinted", REPORT_BYTES, REPORT_NO_TABLE },
	{ "node", "node", REPORT_INTEGER, 0 },
	{ "tier", "tier", REPORT_STRING, 0 },
	{ "page_bytes", "page", REPORT_BYTES, 0 },
	{ "kind", "kind", REPORT_STRING, 0 },
	{ "pages", "pages", REPORT_INTEGER, 0 },
	{ "bytes", "bytes", REPORT_BYTES, 0 },
	{ "shared_bytes", "shared", REPORT_BYTES, 0 },
	{ "name", "name", REPORT_STRING, 0 },
};

/* Index into mapping_columns. */
#define INTERRUPTED 5

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int begin(struct placement_rows *rows, struct report_document *document,
		 const char *name, const struct report_column *columns, size_t n)
{
	memcpy(rows->columns, columns, n * sizeof(*columns));
	/* Nobody wants to look at a column of dashes. */
	for (size_t i = 0; i < n; i++)
		if (!rows->sharing && !strcmp(columns[i].name, "shared_bytes"))
			rows->columns[i].flags |= REPORT_NO_TABLE;
	return report_document_section(document, name, NULL, false,
				       rows->columns, n, 0, &rows->section);
}

_Static_assert(COUNT(process_columns) <= PLACEMENT_COLUMNS_MAX &&
	       COUNT(cell_columns) <= PLACEMENT_COLUMNS_MAX &&
	       COUNT(mapping_columns) <= PLACEMENT_COLUMNS_MAX, "room for them");

int placement_begin(struct placement_rows *rows,
		    struct report_document *document)
{
	switch (rows->by) {
	case PLACEMENT_BY_PROCESS:
		return begin(rows, document, "processes", process_columns,
			     COUNT(process_columns));
	case PLACEMENT_BY_CELL:
		return begin(rows, document, "cells", cell_columns,
			     COUNT(cell_columns));
	case PLACEMENT_BY_MAPPING:
		return begin(rows, document, "mappings", mapping_columns,
			     COUNT(mapping_columns));
	}
	return -EINVAL;
}

static uint64_t bytes_of(const struct tierscope_cell *cell)
{
	return cell->pages * cell->page_bytes;
}

void placement_tier_bytes(const struct tierscope_topology *topology,
			  const struct tierscope_placement *placement,
			  uint64_t bytes[static TIERS])
{
	for (int tier = 0; tier < TIERS; tier++)
		bytes[tier] = 0;
	for (size_t i = 0; i < placement->n_cells; i++)
		bytes[tierscope_topology_tier(topology, &placement->cells[i])] +=
			bytes_of(&placement->cells[i]);
}

uint64_t placement_slow_bytes(const struct tierscope_topology *topology,
			      const struct tierscope_placement *placement)
{
	uint64_t bytes[TIERS];

	placement_tier_bytes(topology, placement, bytes);
	return bytes[TIERSCOPE_TIER_PMEM] + bytes[TIERSCOPE_TIER_CACHED];
}

uint64_t placement_bytes(const struct tierscope_placement *placement)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < placement->n_cells; i++)
		bytes += bytes_of(&placement->cells[i]);
	return bytes;
}

static struct report_value not_shared(void)
{
	return report_not_measured("--sharing was not given");
}

/* What is known of all its cells; DAX is left out. */
static struct report_value shared_of_process(const struct placement_rows *rows,
					     const struct tierscope_placement *placement)
{
	uint64_t bytes = 0;

	if (!rows->sharing)
		return not_shared();
	for (size_t i = 0; i < placement->n_cells; i++)
		bytes += placement->cells[i].shared_pages *
			 placement->cells[i].page_bytes;
	return report_number(bytes);
}

static struct report_value shared_of_cell(const struct placement_rows *rows,
					  const struct tierscope_cell *cell)
{
	if (!rows->sharing)
		return not_shared();
	if (!cell->sharing)
		return report_not_available("the kernel does not count who maps DAX pages");
	return report_number(cell->shared_pages * cell->page_bytes);
}

static int add_process(struct placement_rows *rows,
		       const struct tierscope_placement *placement)
{
	uint64_t bytes[TIERS];

	placement_tier_bytes(rows->topology, placement, bytes);
	const struct report_value values[] = {
		report_number(placement->pid),
		report_number(placement->uid),
		report_string(placement->comm),
		report_number(placement_bytes(placement)),
		shared_of_process(rows, placement),
		bytes[TIERSCOPE_TIER_UNKNOWN] ?
			report_not_measured("the tier of some of its memory is not known") :
			report_number(placement_slow_bytes(rows->topology, placement)),
		report_number(bytes[TIERSCOPE_TIER_DRAM]),
		report_number(bytes[TIERSCOPE_TIER_PMEM]),
		report_number(bytes[TIERSCOPE_TIER_CACHED]),
		report_number(bytes[TIERSCOPE_TIER_UNKNOWN]),
		report_number(placement->swap_bytes),
		report_number(placement->migrating_bytes),
		report_number(placement->special_bytes),
		report_number(placement->hinted_bytes),
		report_number(placement->time_ns),
		report_number(placement->duration_ns),
	};

	_Static_assert(COUNT(values) == COUNT(process_columns), "a value a column");
	return report_section_row(rows->section, values);
}

/* The seven columns from "node" on; without a cell they say so. */
#define CELL_VALUES 7

static void cell_values(const struct placement_rows *rows,
			const struct tierscope_cell *cell,
			struct report_value *values)
{
	if (!cell) {
		for (size_t i = 0; i < CELL_VALUES - 3; i++)
			values[i] = report_not_available("nothing is resident");
		values[4] = report_number(0);
		values[5] = report_number(0);
		values[6] = rows->sharing ? report_number(0) : not_shared();
		return;
	}
	values[0] = report_number(cell->node);
	values[1] = report_string(tierscope_tier_name(
			tierscope_topology_tier(rows->topology, cell)));
	values[2] = report_number(cell->page_bytes);
	values[3] = report_string(tierscope_kind_name(cell->kind));
	values[4] = report_number(cell->pages);
	values[5] = report_number(bytes_of(cell));
	values[6] = shared_of_cell(rows, cell);
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
		report_number(placement->migrating_bytes),
		report_number(placement->special_bytes),
		report_number(placement->hinted_bytes),
		report_number(placement->time_ns),
		report_number(placement->duration_ns),
	};

	cell_values(rows, cell, values + COUNT(values) - CELL_VALUES);
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
		[INTERRUPTED] = report_flag(false),
		report_number(mapping->offset_bytes),
		report_number(mapping->swap_bytes),
		report_number(mapping->migrating_bytes),
		report_number(mapping->special_bytes),
		report_number(mapping->hinted_bytes),
	};

	cell_values(rows, cell, values + COUNT(values) - CELL_VALUES - 1);
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

void placement_interrupted(struct placement_rows *rows, size_t first)
{
	for (size_t row = first; row < rows->section->n_rows; row++)
		rows->section->values[row * COUNT(mapping_columns) + INTERRUPTED] =
			report_flag(true);
}
