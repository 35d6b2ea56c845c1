/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `tierscope pin` and `unpin` have to say.
 */
#pragma once

#include "cli/pin_move.h"
#include "report/document.h"

/**
 * struct pin_summary - one of each
 * @target: the nodes that are the target
 * @policy: "cpuset": new pages go there too; "process": they follow the policy
 *	of the process
 * @reason: why not "cpuset", or NULL
 * @ledger: path, or NULL
 * @room: on the target, or NULL
 */
struct pin_summary {
	const char *target;
	const char *policy;
	const char *reason;
	const char *ledger;
	const struct pin_room *room;
};

/* Sections of a document. Return 0 or -ENOMEM. */
int pin_rows_plan(struct report_document *document,
		  const struct tierscope_topology *topology,
		  const struct pin_plan *plan);
int pin_rows_room(struct report_document *document, const struct pin_room *room);
int pin_rows_ledger(struct report_document *document,
		    const struct tierscope_topology *topology,
		    const struct pin_plan *plan, const struct pin_outcome *outcome);
int pin_rows_summary(struct report_document *document,
		     const struct pin_summary *summary,
		     const struct pin_outcome *outcome);
