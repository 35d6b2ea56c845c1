/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan to pages that have moved, and new ones that follow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/pin_run.h"
#include "lib/scope.h"

static void scope_plan(struct pin_plan *plan)
{
	pin_plan_clear(plan);
}

/* ---- where new pages go ------------------------------------------------------ */

/* Why none of them gets a cpuset, or NULL. */
static const char *prepare(const struct pin_order *order,
			   const struct pin_room *room, struct pin_plan *plan)
{
	if (order->choice.by != PIN_MAPPINGS_ALL)
		return "a cpuset is for all mappings";
	if (order->resident_only)
		return "--resident-only was given";
	if (!cpuset_takes_kernel(&room->nodes))
		return "the target has movable memory only, and a cpuset of that alone breaks pipes: online it with --no-movable";
	for (size_t i = 0; i < plan->n; i++) {
		struct pin_process *process = &plan->processes[i];

		if (!process_lives(&process->process))
			continue;
		if (cpuset_prepare(process->process.pid, &process->cpuset) < 0)
			return process->cpuset.why;
	}
	return NULL;
}

/* As they were, those of the first @n processes. */
static void restore(struct pin_plan *plan, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct pin_process *process = &plan->processes[i];

		if (process->cpuset.group &&
		    cpuset_restore(process->process.pid, &process->cpuset) < 0)
			cli_error("%s", process->cpuset.why);
	}
}

/* All of them or none; what stands against it, or NULL. */
static const char *enter(struct pin_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct pin_process *process = &plan->processes[i];

		if (!process->cpuset.group ||
		    !cpuset_enter(process->process.pid, &process->cpuset) ||
		    !process_lives(&process->process))
			continue;
		restore(plan, i);
		return process->cpuset.why;
	}
	return NULL;
}

static int narrow(struct pin_plan *plan, const char *nodes)
{
	for (size_t i = 0; i < plan->n; i++) {
		struct pin_process *process = &plan->processes[i];

		if (!process->cpuset.group ||
		    !cpuset_narrow(&process->cpuset, nodes))
			continue;
		cli_error("new pages follow the policy of the process: %s",
			  process->cpuset.why);
		restore(plan, plan->n);
		return CLI_FAILURE;
	}
	return CLI_OK;
}

/* ---- before ---------------------------------------------------------------------- */

static int check_cpusets(const struct pin_room *room, const char *target,
			 bool widens, const struct pin_plan *plan)
{
	char allowed[4096], above[4096];

	for (size_t i = 0; i < plan->n; i++) {
		pid_t pid = plan->processes[i].process.pid;

		if (cpuset_allows(pid, &room->nodes, widens, allowed,
				  sizeof(allowed)) != -EACCES)
			continue;
		cli_error("the cpuset of process %d grants it nodes %s, and not all of %s%s",
			  pid, allowed, target,
			  !widens && !cpuset_granted(pid, above, sizeof(above)) ?
			  ": it is pinned to them, so unpin it first" : "");
		return CLI_FAILURE;
	}
	return CLI_OK;
}

static int carry_out(const struct pin_order *order, const struct cli_machine *machine,
		     struct pin_plan *plan, struct pin_summary *summary)
{
	struct pin_outcome outcome __attribute__((cleanup(pin_outcome_clear))) = { 0 };
	char *path scope_free = NULL;
	int status, shown;

	status = ledger_write(plan, summary->target, &path);
	if (status)
		return status;
	summary->ledger = path;
	if (!summary->reason)
		summary->reason = enter(plan);
	summary->policy = summary->reason ? "process" : "cpuset";
	if (summary->reason)
		cli_error("only pages that are resident now are moved, new ones follow the policy of the process: %s",
			  summary->reason);
	status = pin_move(machine->ts, plan, order->rate, &outcome);
	if (!summary->reason && status) {
		restore(plan, plan->n);
		summary->policy = "process";
		summary->reason = "the move was not finished";
	} else if (!summary->reason) {
		status = narrow(plan, summary->target);
		if (status) {
			summary->policy = "process";
			summary->reason = "the cpuset was refused";
		}
	}
	/* Nothing to take back. */
	if (!outcome.moved_bytes && summary->reason) {
		unlink(path);
		summary->ledger = NULL;
	} else {
		ledger_end(path, status ? "broken off" : "moved", outcome.moved_bytes);
	}
	shown = pin_show_outcome(order, machine->topology, plan, summary, &outcome);
	if (!status)
		status = pin_judge(&outcome);
	return status ? status : shown;
}

int pin_processes(const struct pin_order *order, const pid_t *pids, size_t n)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct pin_room room __attribute__((cleanup(pin_room_clear))) = { 0 };
	struct pin_plan plan __attribute__((cleanup(scope_plan))) = { 0 };
	struct pin_summary summary = { .policy = "cpuset", .room = &room };
	char *target scope_free = NULL;
	int status;

	status = cli_machine_read(&machine);
	if (!status)
		status = pin_room_read(&machine, order->target, &room);
	if (status)
		return status;
	if (tierscope_nodes_format(&room.nodes, &target) < 0)
		return cli_oom();
	summary.target = target;
	status = pin_plan_make(&machine, &room, &order->choice, pids, n, &plan);
	if (status)
		return status;
	summary.reason = prepare(order, &room, &plan);
	status = check_cpusets(&room, target, !summary.reason, &plan);
	if (status)
		return status;
	if (summary.reason) {
		summary.policy = "process";
		for (size_t i = 0; i < plan.n; i++) {
			free(plan.processes[i].cpuset.group);
			plan.processes[i].cpuset.group = NULL;
		}
	}
	status = pin_show_plan(order, machine.topology, &plan, &summary);
	if (!status)
		status = pin_room_check(&room);
	return status || order->dry_run ? status :
	       carry_out(order, &machine, &plan, &summary);
}
