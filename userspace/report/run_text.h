/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run in words: its command, its end, its moments.
 */
#pragma once

#include <stddef.h>

#include "store/store.h"

#define REPORT_UTC_MAX 40
#define REPORT_ENDING_MAX 64

/* ISO 8601 in UTC, to the nanosecond; @buffer has REPORT_UTC_MAX bytes. */
const char *report_utc(uint64_t utc_ns, char *buffer);

/* The command as a shell would be given it; the caller frees. 0 or -ENOMEM. */
int report_run_command(const struct store_run *run, char **ret);

/* "key=value, key=value"; the caller frees. 0 or -ENOMEM. */
int report_run_labels(const struct store_run *run, char **ret);

/* "exited with 3", "killed by SIGKILL", "still running or lost";
 * @buffer has REPORT_ENDING_MAX bytes. */
const char *report_run_ending(const struct store_run *run, char *buffer);

/* "recording", "complete", "interrupted". */
const char *report_run_state(const struct store_run *run);
/* "unknown", "exited", "killed". */
const char *report_run_how(const struct store_run *run);
