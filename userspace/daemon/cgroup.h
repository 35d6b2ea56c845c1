/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cgroup v2: one cgroup for each run, which tells its processes, its peak
 * memory and its CPU time, children included.
 *
 * Under systemd (Delegate=yes) they are below the service's own cgroup, with
 * ourselves in a leaf "daemon" beside them, because a cgroup with controllers
 * may not hold processes itself. Started otherwise as root they are below
 * "tierscope" in the root cgroup.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/policy.h"

struct cgroup_base {
	int fd;			/* -1: no cgroups for runs */
	char path[512];
	bool delegated;
	uint64_t next;
};

struct cgroup {
	int fd;			/* -1: this run has none */
	char name[32];
};

#define CGROUP_BASE_NONE ((struct cgroup_base){ .fd = -1 })
#define CGROUP_NONE	((struct cgroup){ .fd = -1 })

/* @base is CGROUP_BASE_NONE afterwards if there is nothing to be had. */
void cgroup_base_open(struct cgroup_base *base);
/* Leaves a delegated cgroup as it was found, so that systemd can start the
 * service in it again while children of runs still live there. */
void cgroup_base_close(struct cgroup_base *base);
/* The same for a daemon that was killed, from systemd's ExecStopPost=, which
 * runs in a cgroup ".control" beside ours. -ENOENT if we are in none. */
int cgroup_base_release(void);
/* Removes what runs have left and no process is in any more. */
void cgroup_base_sweep(const struct cgroup_base *base);

/* -ENODEV without a base, -errno. */
int cgroup_make(struct cgroup_base *base, struct cgroup *ret);
/* Moves @pid there. 0 or -errno. */
int cgroup_enter(const struct cgroup *cgroup, pid_t pid);
/* Keeps all that runs in @cgroup, also later, on the CPUs of @policy, and with
 * POLICY_BIND on its nodes. -errno and why not if that cannot be. */
int cgroup_confine(const struct cgroup *cgroup, const struct policy *policy,
		   const char **ret_why);
/* Removed if empty; what still runs in it goes on. */
void cgroup_leave(const struct cgroup_base *base, struct cgroup *cgroup);

/* -ENOENT if the kernel does not measure it. */
int cgroup_peak_bytes(const struct cgroup *cgroup, uint64_t *ret);
int cgroup_cpu_ns(const struct cgroup *cgroup, uint64_t *ret_user,
		  uint64_t *ret_system);

/* Its processes, at most @max; how many, or -errno. */
ssize_t cgroup_pids(const struct cgroup *cgroup, pid_t *pids, size_t max);
