/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking a move back: what is on the node that it was moved to goes to the one
 * that it came from.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/pin_run.h"
#include "lib/scope.h"

/* What a search through the old ranges is given. */
struct undoer {
	struct pin_plan *plan;
	struct pin_process *process;
	int to;
};

static int add_part(const struct tierscope_range *part, void *data)
{
	struct undoer *undoer = data;
	struct tierscope_range back = *part;
	const struct pin_row row = {
		undoer->process->process.pid, part->from, undoer->to,
		part->page_bytes, PIN_MOVE, part->pages,
	};

	back.to = undoer->to;
	return pin_ranges_add(&undoer->process->move, &back) ?:
	       pin_plan_count(undoer->plan, &row);
}

/* Replaces the ranges of one process by those that go back. */
static int reverse(struct tierscope *ts, struct pin_plan *plan,
		   struct pin_process *process)
{
	struct pin_ranges old = process->move;
	struct undoer undoer = { .plan = plan, .process = process };
	int r = 0;

	process->move = (struct pin_ranges){ 0 };
	for (size_t i = 0; !r && i < old.n; i++) {
		struct tierscope_range there = old.at[i];

		there.from = old.at[i].to;
		undoer.to = old.at[i].from;
		if (there.from != undoer.to)
			r = tierscope_range_check(ts, process->process.pid, &there,
						  add_part, &undoer);
	}
	free(old.at);
	return r;
}

/* Leaves out processes that have ended; says so if nothing is left. */
static int reverse_all(struct tierscope *ts, struct ledger *ledger)
{
	struct pin_plan *plan = &ledger->plan;
	pid_t first = plan->processes[0].process.pid;
	size_t all = plan->n;
	int status = CLI_OK;

	plan->n = 0;
	for (size_t i = 0; i < all; i++) {
		struct pin_process process = plan->processes[i];
		int r = 0;

		if (!status)
			r = process_lives(&process.process) ?
			    reverse(ts, plan, &process) : -ESRCH;
		if (r == -ESRCH) {
			pin_process_clear(&process);
			continue;
		}
		plan->processes[plan->n++] = process;
		if (r == -ENOMEM) {
			status = cli_oom();
		} else if (r < 0) {
			cli_error("%s", tierscope_error(ts));
			status = CLI_FAILURE;
		}
	}
	if (plan->n)
		return status;
	cli_error("process %d has ended: there is nothing to take back", first);
	return CLI_FAILURE;
}

/* ---- room ------------------------------------------------------------------------ */

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static int check_room(const struct tierscope_topology *topology,
		      const struct pin_plan *plan, char **ret_target)
{
	struct pin_room room __attribute__((cleanup(pin_room_clear))) = { 0 };
	struct tierscope_nodes nodes __attribute__((cleanup(tierscope_nodes_clear))) = { 0 };
	size_t n = 0;
	int status;

	nodes.ids = calloc(plan->n_rows + 1, sizeof(*nodes.ids));
	if (!nodes.ids)
		return cli_oom();
	for (size_t i = 0; i < plan->n_rows; i++)
		nodes.ids[nodes.n++] = plan->rows[i].to;
	if (nodes.n)
		qsort(nodes.ids, nodes.n, sizeof(*nodes.ids), by_number);
	for (size_t i = 0; i < nodes.n; i++)
		if (!n || nodes.ids[i] != nodes.ids[n - 1])
			nodes.ids[n++] = nodes.ids[i];
	nodes.n = n;
	if (tierscope_nodes_format(&nodes, ret_target) < 0)
		return cli_oom();
	status = pin_room_of(topology, &nodes, &room);
	if (status)
		return status;
	for (size_t i = 0; i < plan->n_rows; i++)
		pin_room_want(&room, plan->rows[i].to, plan->rows[i].page_bytes,
			      plan->rows[i].pages);
	return pin_room_check(&room);
}

/* ---- cpusets --------------------------------------------------------------------- */

/* A new cpuset is left before the pages go, what an old one was is what it
 * becomes after them: else the kernel would not let them go, or take them back. */
static int each_cpuset(struct pin_plan *plan, bool before)
{
	int status = CLI_OK;

	for (size_t i = 0; i < plan->n; i++) {
		struct pin_process *process = &plan->processes[i];
		struct cpuset *cpuset = &process->cpuset;
		pid_t pid = process->process.pid;
		int r = 0;

		if (!cpuset->group || !cpuset->cgroup)
			continue;
		if (before)
			r = cpuset->mems ? cpuset_widen(pid, cpuset) :
					   cpuset_restore(pid, cpuset);
		else if (cpuset->mems)
			r = cpuset_restore(pid, cpuset);
		if (r < 0 && process_lives(&process->process)) {
			cli_error("%s", cpuset->why);
			status = CLI_FAILURE;
		}
	}
	return status;
}

static int carry_out(const struct pin_order *order, const struct cli_machine *machine,
		     struct ledger *ledger, const struct pin_summary *summary)
{
	struct pin_outcome outcome __attribute__((cleanup(pin_outcome_clear))) = { 0 };
	int status, after, shown, r;

	status = each_cpuset(&ledger->plan, true);
	if (status)
		return status;
	status = pin_move(machine->ts, &ledger->plan, order->rate, &outcome);
	after = each_cpuset(&ledger->plan, false);
	shown = pin_show_outcome(order, machine->topology, &ledger->plan, summary,
				 &outcome);
	if (!status)
		status = after ? after : pin_judge(&outcome);
	if (status)
		return status;
	r = ledger_retire(ledger->path);
	if (r < 0)
		cli_error("cannot rename ledger '%s': %s", ledger->path, strerror(-r));
	return shown;
}

int pin_undo(const struct pin_order *order, const char *path)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct ledger ledger __attribute__((cleanup(ledger_clear))) = { 0 };
	struct pin_summary summary = { .policy = "before", .ledger = path };
	char *target scope_free = NULL;
	char boot[PROCESS_BOOT_MAX];
	int status, r;

	status = ledger_read(path, &ledger);
	if (status)
		return status;
	r = process_boot(boot);
	if (r < 0 || strcmp(boot, ledger.boot)) {
		cli_error("ledger '%s' is from before the machine was started: there is nothing to take back",
			  path);
		return CLI_FAILURE;
	}
	status = cli_machine_read(&machine);
	if (!status)
		status = reverse_all(machine.ts, &ledger);
	if (status)
		return status;
	status = check_room(machine.topology, &ledger.plan, &target);
	summary.target = target ? target : "";
	if (!status)
		status = pin_show_plan(order, machine.topology, &ledger.plan, &summary);
	return status || order->dry_run ? status :
	       carry_out(order, &machine, &ledger, &summary);
}
