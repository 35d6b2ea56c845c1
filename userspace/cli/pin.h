/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was asked of `tierscope pin` and `unpin`, and doing it.
 */
#pragma once

#include "cli/pin_plan.h"
#include "report/document.h"

/**
 * struct pin_order - what was asked for
 * @target: the nodes, as they were given
 * @choice: of the mappings
 * @resident_only: new pages are the process's own business
 * @rate: bytes a second, 0 for as fast as it goes
 * @dry_run: show the plan, change nothing
 */
struct pin_order {
	const char *target;
	struct pin_choice choice;
	bool resident_only;
	uint64_t rate;
	bool dry_run;
	enum report_format format;
};

/* The first of @pids must be there. Says what went wrong; returns the exit
 * status. */
int pin_processes(const struct pin_order *order, const pid_t *pids, size_t n);

/* Takes back what is in a ledger, as far as it is still there. Returns the exit
 * status. */
int pin_undo(const struct pin_order *order, const char *ledger);

/* Shows which rule of the configuration holds for a process; status 1 if none
 * does. */
int pin_check(pid_t pid, enum report_format format);

/* --rate. Returns 0 or what cli_usage() returned. */
struct cli_command;
int pin_rate(const struct cli_command *command, const char *argument,
	     uint64_t *ret);
