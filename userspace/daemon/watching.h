/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last looks at the processes of one run, added up. */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/residence.h"

/**
 * struct watching - who is watched, and what was seen
 * @watcher: NULL: nobody is
 * @processes: those of the run that were seen and have not ended
 * @seen: sum of the last looks
 * @n_reaped: of them, the OOM reaper came first
 * @n_partial: of them, not all was counted
 * @n_missed: processes of which there is none
 */
struct watching {
	struct tierscope *ts;
	struct tierscope_watcher *watcher;
	sd_event *event;
	sd_event_source *source;
	sd_event_source *again;
	struct watching_process *processes;
	size_t n_processes;
	struct residence seen;
	uint64_t n_reaped;
	uint64_t n_partial;
	uint64_t n_missed;
};

/* On failure nobody will be watched; tierscope_error() has the sentence. */
int watching_start(struct watching *watching, struct tierscope *ts,
		   sd_event *event);

/* Watches those of @pids, all of the run that are there now, that are not. */
void watching_see(struct watching *watching, const pid_t *pids, size_t n);

/* Is the last look at @pid, which has ended, still to come? */
bool watching_waits(struct watching *watching, pid_t pid);

/* The run is over: whoever has had no last look has been missed, or goes on. */
void watching_end(struct watching *watching);
void watching_stop(struct watching *watching);
