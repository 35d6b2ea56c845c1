/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pin_run.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/message.h"
#include "report/human.h"

#define SCHEMA "tierscope.pin"
#define SCHEMA_VERSION 1

int pin_show_plan(const struct pin_order *order,
		  const struct tierscope_topology *topology,
		  const struct pin_plan *plan, const struct pin_summary *summary)
{
	struct report_document *document;
	int r;

	if (!order->dry_run && order->format != REPORT_TABLE)
		return CLI_OK;
	if (report_document_new(SCHEMA, SCHEMA_VERSION, &document) < 0)
		return cli_oom();
	r = pin_rows_plan(document, topology, plan);
	if (!r && summary->room)
		r = pin_rows_room(document, summary->room);
	if (!r && order->dry_run)
		r = pin_rows_summary(document, summary, NULL);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	r = cli_print(document, order->format);
	if (!r && !order->dry_run)
		putchar('\n');
	return r;
}

int pin_show_outcome(const struct pin_order *order,
		     const struct tierscope_topology *topology,
		     const struct pin_plan *plan,
		     const struct pin_summary *summary,
		     const struct pin_outcome *outcome)
{
	struct report_document *document;
	int r = 0;

	if (report_document_new(SCHEMA, SCHEMA_VERSION, &document) < 0)
		return cli_oom();
	if (order->format != REPORT_TABLE)
		r = pin_rows_plan(document, topology, plan);
	if (!r && summary->room && order->format != REPORT_TABLE)
		r = pin_rows_room(document, summary->room);
	if (!r)
		r = pin_rows_ledger(document, topology, plan, outcome);
	if (!r)
		r = pin_rows_summary(document, summary, outcome);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, order->format);
}

static uint64_t bytes_of(const struct pin_outcome *outcome,
			 enum tierscope_moved what)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < outcome->n; i++)
		bytes += tierscope_move_tally_bytes(&outcome->tallies[i], what);
	return bytes;
}

int pin_judge(const struct pin_outcome *outcome)
{
	char text[REPORT_CELL_MAX];
	struct report_value value;
	uint64_t no_room = bytes_of(outcome, TIERSCOPE_MOVED_NO_ROOM);
	uint64_t left = bytes_of(outcome, TIERSCOPE_MOVED_BUSY) +
			bytes_of(outcome, TIERSCOPE_MOVED_SHARED);

	if (no_room) {
		value = report_number(no_room);
		cli_error("%s did not find room on the target after all",
			  report_human(REPORT_BYTES, &value, text));
		return CLI_FAILURE;
	}
	if (left) {
		value = report_number(left);
		cli_error("%s stay where they were, busy or shared: the ledger has them",
			  report_human(REPORT_BYTES, &value, text));
	}
	return CLI_OK;
}
