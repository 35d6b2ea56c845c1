/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What /proc says about one process. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PROCESS_GROUPS_MAX 256

/**
 * struct process - the lines of /proc/PID/status that decide about rights
 * @uids, @gids: real, effective, saved, file system
 * @seccomp, @n_filters: mode (0 if none), and how many filters
 * @cap_permitted, @cap_bounding: as masks
 */
struct process {
	uid_t uids[4];
	gid_t gids[4];
	gid_t groups[PROCESS_GROUPS_MAX];
	size_t n_groups;
	mode_t umask;
	bool no_new_privs;
	unsigned int seccomp;
	unsigned int n_filters;
	uint64_t cap_permitted;
	uint64_t cap_bounding;
};

/* -ESRCH, -E2BIG (too many groups), -EBADMSG (a line is missing). */
int process_read(pid_t pid, struct process *ret);

/* 1 if @pid is in our namespace of that name (a file of /proc/PID/ns), 0 if
 * not, -errno. */
int process_same_namespace(pid_t pid, const char *name);

/* 1 if @pid has our root directory, 0 if another (chroot), -errno. */
int process_same_root(pid_t pid);

/* 1 if a security module confines @pid otherwise than us, 0 if not. */
int process_confined(pid_t pid);

/* Whether the process behind @pidfd still is there (a zombie is not). */
bool process_alive(int pidfd);
