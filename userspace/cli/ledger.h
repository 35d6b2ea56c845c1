/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a move needs to be taken back: JSON, one object a line.
 *
 *	{"schema":"tierscope.ledger","version":1,"boot":...,"time_utc":...,"uid":...,"target":"2"}
 *	{"pid":...,"start":...,"command":...,"cgroup":...,"cpuset":...,"mems":...}
 *	{"pid":...,"address":...,"pages":...,"page_bytes":...,"from":0,"to":2}
 *	{"end":"moved","moved_bytes":...}
 *
 * Everything but the last line is there before anything is moved. What is taken
 * back is what is on "to" then: so it does not matter how far the move came, and
 * taking it back may itself be broken off and done again.
 */
#pragma once

#include <stdio.h>

#include "cli/pin_plan.h"

/**
 * struct ledger - one that was read
 * @boot: the start of the machine that it belongs to
 * @plan: processes and what was to be moved; no rows
 */
struct ledger {
	char *path;
	char boot[PROCESS_BOOT_MAX];
	struct pin_plan plan;
};

void ledger_clear(struct ledger *ledger);

/**
 * ledger_write() - keep a plan
 * @ret_path: free() it
 *
 * It is on the disk when this returns. Says what went wrong; returns the exit
 * status.
 */
int ledger_write(const struct pin_plan *plan, const char *target, char **ret_path);

/* How it ended. Not needed to take it back, so that a failure is only told. */
void ledger_end(const char *path, const char *how, uint64_t moved_bytes);

/* Says what is wrong with it. Returns the exit status. */
int ledger_read(const char *path, struct ledger *ret);

/* Of @file, from where it is. Returns 0, -EBADMSG or -ENOMEM. */
int ledger_parse(FILE *file, struct ledger *ret);

/* The newest that has not been taken back and has @process in it. Returns the
 * exit status. */
int ledger_find(const struct process *process, char **ret_path);

/* It has been taken back: not found any more, but still there. */
int ledger_retire(const char *path);

#define LEDGER_SUFFIX	".jsonl"
#define LEDGER_RETIRED	".undone"

/* So many are kept, and however many more can still be taken back. */
#define LEDGERS_MAX	256

/* The oldest beyond @most go, if they have been taken back or all their processes
 * have ended. */
void ledger_prune(const char *directory, size_t most);

/* Where they are kept; free() it. NULL if nothing says where home is. */
char *ledger_directory(void);
