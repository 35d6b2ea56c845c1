/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resident memory as rows: of a process, of its cells, of its mappings.
 */
#pragma once

#include "report/document.h"
#include "tierscope/tierscope.h"

/* What a row is. */
enum placement_by {
	PLACEMENT_BY_PROCESS,
	PLACEMENT_BY_CELL,
	PLACEMENT_BY_MAPPING,
};

struct placement_rows {
	const struct tierscope_topology *topology;
	enum placement_by by;
	struct report_section *section;
};

/* Adds the section to @document. Returns 0 or -ENOMEM. */
int placement_begin(struct placement_rows *rows,
		    struct report_document *document);

/* One process, by process or by cell. Returns 0 or -ENOMEM. */
int placement_add(struct placement_rows *rows,
		  const struct tierscope_placement *placement);

/* One mapping of @pid. Returns 0 or -ENOMEM. */
int placement_add_mapping(struct placement_rows *rows, pid_t pid,
			  const struct tierscope_mapping *mapping);

/* Bytes of each tier. */
void placement_by_tier(const struct tierscope_topology *topology,
		       const struct tierscope_placement *placement,
		       uint64_t bytes[static TIERSCOPE_TIER_MAX + 1]);

/* Bytes of @placement that stand on Optane, with or without a cache. */
uint64_t placement_slow_bytes(const struct tierscope_topology *topology,
			      const struct tierscope_placement *placement);
uint64_t placement_bytes(const struct tierscope_placement *placement);
