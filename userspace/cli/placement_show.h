/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Placements on standard output: once, or again and again.
 */
#pragma once

#include "cli/machine.h"
#include "cli/placement.h"
#include "cli/placement_changes.h"
#include "cli/selection.h"

/**
 * struct placement_view - what to show
 * @selection: of which processes
 * @by: what a row is; not used with @since
 * @sharing: also what is mapped more than once
 * @since: show what changed since then, or NULL
 * @watch_ns: show it again at this distance; 0: once
 * @count: how often; 0: until somebody stops it
 * @format: of the output
 */
struct placement_view {
	struct selection selection;
	enum placement_by by;
	bool sharing;
	const struct placement_saved *since;
	uint64_t watch_ns;
	uint64_t count;
	enum report_format format;
};

/* Says what failed. Returns the exit status. */
int placement_show(const struct cli_machine *machine,
		   const struct placement_view *view);
