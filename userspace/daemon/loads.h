/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the cores count for a command and all that it starts, from exec on:
 * loads by where the line came from, instructions, cycles. By perf itself,
 * which hands a counter on to each child and adds them up.
 */
#pragma once

#include <sys/types.h>

#include "store/store.h"
#include "tierscope/events.h"

/**
 * struct loads - the counters of a run
 * @fds: by role; -1 for none
 * @events: what they count, or why not
 * @counts: what loads_read() found; they point into @events
 */
struct loads {
	int fds[TIERSCOPE_TASK_ROLES];
	struct tierscope_task_event events[TIERSCOPE_TASK_ROLES];
	struct store_task_count counts[TIERSCOPE_TASK_ROLES];
};

/* Before anything else: one that counts nothing. */
void loads_init(struct loads *loads);

/* For a child that has not come to its exec yet. What cannot be counted has a
 * reason, and does not keep the command from running. */
void loads_open(struct loads *loads, struct tierscope *ts, pid_t pid);

/* So far: children that still run are in it. */
void loads_read(struct loads *loads);
void loads_close(struct loads *loads);
