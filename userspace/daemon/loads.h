/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the cores count for a command and all that it starts, from exec on:
 * loads by where the line came from, instructions, cycles. By perf itself,
 * which hands a counter on to each child and adds them up. In groups, so that
 * what is read at the edges of phases is of one moment and costs few calls.
 */
#pragma once

#include <sys/types.h>

#include "daemon/phases.h"
#include "store/store.h"
#include "tierscope/events.h"

/* By CPU: of a simulated machine, which has few. */
#define LOADS_GROUPS_MAX	(PHASE_GROUPS_MAX - 8)

/**
 * struct loads_group - what is counted and read at once
 * @cpu: only there; -1: wherever the command runs
 * @fds: the leader's first
 */
struct loads_group {
	int cpu;
	size_t n;
	enum tierscope_task_role roles[TIERSCOPE_TASK_ROLES];
	int fds[TIERSCOPE_TASK_ROLES];
};

/**
 * struct loads - the counters of a run
 * @events: what they count, or why not
 * @counts: what loads_read() found; they point into @events
 */
struct loads {
	size_t n_groups;
	struct loads_group groups[LOADS_GROUPS_MAX];
	struct tierscope_task_event events[TIERSCOPE_TASK_ROLES];
	struct store_task_count counts[TIERSCOPE_TASK_ROLES];
};

/* Before anything else: one that counts nothing. */
void loads_init(struct loads *loads);

/* For a child that has not come to its exec yet. What cannot be counted has a
 * reason, and does not keep the command from running. @n_cpus: each of so many
 * CPUs by itself, if there is room for that; 0: all together. */
void loads_open(struct loads *loads, struct tierscope *ts, pid_t pid,
		unsigned int n_cpus);

/* So far: children that still run are in it. */
void loads_read(struct loads *loads);
void loads_close(struct loads *loads);
