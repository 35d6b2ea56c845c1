/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who a process is: numbers come again, and with the time at which it started
 * they do so only after the machine did.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_BOOT_MAX 40

/**
 * struct process - one process
 * @start: clock ticks after the machine's start, field 22 of /proc/PID/stat
 * @command: its name
 */
struct process {
	pid_t pid;
	uint64_t start;
	char command[16];
};

/* Returns 0, or -ESRCH if there is none, or it has no program any more. */
int process_read(pid_t pid, struct process *ret);

/* Whether it is still there. */
bool process_lives(const struct process *process);

/* Which start of the machine this is. Returns 0 or -errno. */
int process_boot(char boot[static PROCESS_BOOT_MAX]);

/* A line of /proc/PID/status after "NAME:\t". Returns 0, -ESRCH, or -ENOENT if
 * it has no such line. */
int process_status(pid_t pid, const char *name, char *text, size_t size);
