/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that is followed to its end: the highest snapshots of its memory,
 * and the last look.
 */
#pragma once

#include "report/document.h"
#include "tierscope/tierscope.h"

/* Until @pid ends, or SIGINT or SIGTERM comes. Returns the exit status. */
int placement_last_look(pid_t pid, uint64_t interval_ns,
			enum report_format format);
