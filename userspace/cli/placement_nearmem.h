/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tierscope placement --nearmem`: how pages share the slots of near memory.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "report/document.h"

/* Of a process, or of the machine if @pid is 0; @socket_bytes of near memory,
 * or 0 for what sysfs says. Returns the exit status. */
int placement_nearmem(pid_t pid, uint64_t socket_bytes,
		      enum report_format format);
