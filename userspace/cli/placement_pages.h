/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages of one process, each with its address and frame, as they come.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "cli/command.h"
#include "report/document.h"

/* Addresses from @start up to @end. */
struct placement_range {
	uint64_t start;
	uint64_t end;
};

/* The whole of whatever process. */
#define PLACEMENT_RANGE_ALL ((struct placement_range){ 0, UINT64_MAX })

/* "A-B", hexadecimal with or without 0x. Returns 0, or what cli_usage()
 * returned after a sentence about what is wrong with it. */
int placement_range(const struct cli_command *command, const char *argument,
		    struct placement_range *ret);

/* Says what failed. Returns the exit status. */
int placement_pages(pid_t pid, const struct placement_range *range,
		    enum report_format format);
