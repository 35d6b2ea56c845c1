/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_changes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/placement.h"
#include "cli/placement_saved.h"
#include "lib/scope.h"

static const struct report_column columns[] = {
	{ "pid", "pid", REPORT_INTEGER, 0 },
	{ "uid", "uid", REPORT_INTEGER, 0 },
	{ "command", "command", REPORT_STRING, 0 },
	{ "state", "state", REPORT_STRING, 0 },
	{ "resident_bytes", "resident", REPORT_BYTES, 0 },
	{ "resident_change_bytes", "change", REPORT_CHANGE, 0 },
	{ "optane_bytes", "on Optane", REPORT_BYTES, 0 },
	{ "optane_change_bytes", "change", REPORT_CHANGE, 0 },
	{ "dram_change_bytes", "dram", REPORT_CHANGE, 0 },
	{ "pmem_change_bytes", "pmem", REPORT_CHANGE, 0 },
	{ "memory_mode_change_bytes", "memory-mode", REPORT_CHANGE, 0 },
	{ "unknown_change_bytes", "unknown", REPORT_CHANGE, 0 },
	{ "swap_change_bytes", "swapped", REPORT_CHANGE, 0 },
	{ "since_ns", "since", REPORT_DURATION, REPORT_NO_TABLE },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One process in both, or in one of them. */
struct change {
	const struct saved_process *before;
	const struct tierscope_placement *after;
	struct saved_figures was, is;
};

static int64_t change_of(const struct change *change, enum saved_figure figure)
{
	return (int64_t)(change->is.bytes[figure] - change->was.bytes[figure]);
}

static uint64_t size_of(int64_t change)
{
	return change < 0 ? -(uint64_t)change : (uint64_t)change;
}

static pid_t pid_of(const struct change *change)
{
	return change->after ? change->after->pid : change->before->pid;
}

static int by_change(const void *a, const void *b)
{
	static const enum saved_figure order[] = { SAVED_OPTANE, SAVED_RESIDENT };
	const struct change *x = a, *y = b;

	for (size_t i = 0; i < COUNT(order); i++) {
		uint64_t p = size_of(change_of(x, order[i]));
		uint64_t q = size_of(change_of(y, order[i]));

		if (p != q)
			return p < q ? 1 : -1;
	}
	return (pid_of(x) > pid_of(y)) - (pid_of(x) < pid_of(y));
}

static struct saved_figures figures_of(const struct tierscope_topology *topology,
				       const struct tierscope_placement *at)
{
	uint64_t tiers[TIERSCOPE_TIER_MAX + 1];

	placement_tier_bytes(topology, at, tiers);
	return (struct saved_figures){ .bytes = {
		[SAVED_RESIDENT] = placement_bytes(at),
		[SAVED_OPTANE] = placement_slow_bytes(topology, at),
		[SAVED_DRAM] = tiers[TIERSCOPE_TIER_DRAM],
		[SAVED_PMEM] = tiers[TIERSCOPE_TIER_PMEM],
		[SAVED_MEMORY_MODE] = tiers[TIERSCOPE_TIER_CACHED],
		[SAVED_UNKNOWN] = tiers[TIERSCOPE_TIER_UNKNOWN],
		[SAVED_SWAP] = at->swap_bytes,
	} };
}

static bool same(const struct saved_process *before,
		 const struct tierscope_placement *after)
{
	return before->pid == after->pid && before->uid == after->uid &&
	       !strcmp(before->command, after->comm);
}

static const struct tierscope_placement *
find_now(const struct placement_snapshot *now, const struct saved_process *before)
{
	for (size_t i = 0; i < now->n; i++)
		if (same(before, &now->placements[i]))
			return &now->placements[i];
	return NULL;
}

static const struct saved_process *
find_before(const struct placement_saved *saved,
	    const struct tierscope_placement *after)
{
	for (size_t i = 0; i < saved->n; i++)
		if (same(&saved->processes[i], after))
			return &saved->processes[i];
	return NULL;
}

/* Was it asked for? Of a tree, a user or a cgroup nobody knows what it was. */
static bool meant(const struct selection *selection, pid_t pid)
{
	if (selection->by != SELECTION_PIDS)
		return true;
	for (size_t i = 0; i < selection->n; i++)
		if (selection->pids[i] == pid)
			return true;
	return false;
}

static size_t collect(struct change *changes,
		      const struct tierscope_topology *topology,
		      const struct selection *selection,
		      const struct placement_saved *saved,
		      const struct placement_snapshot *now)
{
	size_t n = 0;

	for (size_t i = 0; i < now->n; i++) {
		struct change *change = &changes[n++];

		change->after = &now->placements[i];
		change->is = figures_of(topology, change->after);
		change->before = find_before(saved, change->after);
		if (change->before)
			change->was = change->before->figures;
	}
	for (size_t i = 0; i < saved->n; i++) {
		const struct saved_process *before = &saved->processes[i];

		if (!meant(selection, before->pid) || find_now(now, before))
			continue;
		changes[n].before = before;
		changes[n++].was = before->figures;
	}
	return n;
}

static int add(struct report_section *section, const struct change *change,
	       uint64_t since_ns)
{
	const struct tierscope_placement *after = change->after;
	const struct saved_process *before = change->before;
	const struct report_value values[] = {
		report_number(pid_of(change)),
		report_number(after ? after->uid : before->uid),
		report_string(after ? after->comm : before->command),
		report_string(!before ? "new" : !after ? "gone" : "there"),
		report_number(change->is.bytes[SAVED_RESIDENT]),
		report_change(change_of(change, SAVED_RESIDENT)),
		report_number(change->is.bytes[SAVED_OPTANE]),
		report_change(change_of(change, SAVED_OPTANE)),
		report_change(change_of(change, SAVED_DRAM)),
		report_change(change_of(change, SAVED_PMEM)),
		report_change(change_of(change, SAVED_MEMORY_MODE)),
		report_change(change_of(change, SAVED_UNKNOWN)),
		report_change(change_of(change, SAVED_SWAP)),
		report_number(since_ns),
	};

	_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
	return report_section_row(section, values);
}

int placement_changes_add(struct report_document *document,
			  const struct tierscope_topology *topology,
			  const struct selection *selection,
			  const struct placement_saved *saved,
			  const struct placement_snapshot *now)
{
	struct change *changes scope_free = NULL;
	struct report_section *section;
	struct timespec clock;
	uint64_t now_ns;
	size_t n;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &clock);
	now_ns = (uint64_t)clock.tv_sec * 1000000000 + (uint64_t)clock.tv_nsec;
	if (saved->time_ns > now_ns)
		return -EINVAL;
	changes = calloc(now->n + saved->n + 1, sizeof(*changes));
	if (!changes)
		return -ENOMEM;
	n = collect(changes, topology, selection, saved, now);
	qsort(changes, n, sizeof(*changes), by_change);
	r = report_document_section(document, "changes", NULL, false, columns,
				    COUNT(columns), 0, &section);
	for (size_t i = 0; !r && i < n; i++)
		r = add(section, &changes[i], now_ns - saved->time_ns);
	return r;
}
