/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a plan, and its memory. */
#include "cli/pin_plan.h"

#include <errno.h>
#include <stdlib.h>

static const struct {
	const char *name, *reason;
} verdicts[PIN_VERDICTS] = {
	[PIN_MOVE] = { "move", NULL },
	[PIN_THERE] = { "there", "is on the target" },
	[PIN_SHARED] = { "shared", "mapped more than once, which needs CAP_SYS_NICE" },
	[PIN_POOL] = { "no_pool", "no free huge page in the target's pool" },
	[PIN_DAX] = { "dax", "DAX pages stay on their device" },
	[PIN_SPECIAL] = { "special", "nobody's memory: the zero page, vdso, a device" },
	[PIN_SWAPPED] = { "swapped", "not in memory" },
};

const char *pin_verdict_name(enum pin_verdict verdict)
{
	return verdicts[verdict].name;
}

const char *pin_verdict_reason(enum pin_verdict verdict)
{
	return verdicts[verdict].reason;
}

int pin_ranges_add(struct pin_ranges *ranges, const struct tierscope_range *range)
{
	if (ranges->n == ranges->room) {
		size_t room = ranges->room ? 2 * ranges->room : 64;
		struct tierscope_range *at = reallocarray(ranges->at, room,
							  sizeof(*at));

		if (!at)
			return -ENOMEM;
		ranges->at = at;
		ranges->room = room;
	}
	ranges->at[ranges->n++] = *range;
	return 0;
}

void pin_process_clear(struct pin_process *process)
{
	free(process->move.at);
	free(process->stay.at);
	cpuset_clear(&process->cpuset);
	*process = (struct pin_process){ 0 };
}

void pin_plan_clear(struct pin_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		pin_process_clear(&plan->processes[i]);
	free(plan->processes);
	free(plan->rows);
	*plan = (struct pin_plan){ 0 };
}

int pin_plan_count(struct pin_plan *plan, const struct pin_row *row)
{
	struct pin_row *rows;

	if (!row->pages)
		return 0;
	for (size_t i = plan->n_rows; i-- > 0;) {
		struct pin_row *at = &plan->rows[i];

		if (at->pid == row->pid && at->from == row->from &&
		    at->to == row->to && at->page_bytes == row->page_bytes &&
		    at->verdict == row->verdict) {
			at->pages += row->pages;
			return 0;
		}
	}
	rows = reallocarray(plan->rows, plan->n_rows + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	plan->rows = rows;
	rows[plan->n_rows++] = *row;
	return 0;
}

uint64_t pin_plan_bytes(const struct pin_plan *plan, enum pin_verdict verdict)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < plan->n_rows; i++)
		if (plan->rows[i].verdict == verdict)
			bytes += plan->rows[i].pages * plan->rows[i].page_bytes;
	return bytes;
}
