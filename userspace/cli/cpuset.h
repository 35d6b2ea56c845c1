/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the new pages of another process go: its memory policy can only be set
 * by itself, but its cpuset by whoever may write to its cgroup (version 2).
 *
 * The cpuset is a threaded cgroup (Documentation/admin-guide/cgroup-v2.rst) of
 * its own, below the cgroup that the process is in: so that one's limits hold
 * on, and others in it are not touched.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "tierscope/tierscope.h"

#define CPUSET_WHY_MAX 512

/**
 * struct cpuset - of one process
 * @cgroup: the one that it was in, from the hierarchy's root
 * @group: the one of ours; NULL: there is none, and @why says why
 * @mems: the nodes that @group had before, NULL if it is a new one
 */
struct cpuset {
	char *cgroup;
	char *group;
	char *mems;
	char why[CPUSET_WHY_MAX];
};

/* What would be done; changes nothing. Returns 0, or -errno with @why. */
int cpuset_prepare(pid_t pid, struct cpuset *ret);
void cpuset_clear(struct cpuset *cpuset);

/**
 * cpuset_enter() - put the process into @group
 *
 * Its nodes are those of the cgroup above until cpuset_narrow(), so that the
 * kernel moves nothing by itself. Returns 0, or -errno with @why and everything
 * as it was.
 */
int cpuset_enter(pid_t pid, struct cpuset *cpuset);

/* New pages go to @nodes from here on, and the kernel takes along what is not
 * there yet. Returns 0 or -errno with @why. */
int cpuset_narrow(struct cpuset *cpuset, const char *nodes);

/* Everything as it was before cpuset_prepare(), but @mems not yet: first widen,
 * then move pages, then restore. Do nothing if @pid is not in @group. Return 0,
 * or -errno with @why. */
int cpuset_widen(pid_t pid, struct cpuset *cpuset);
int cpuset_restore(pid_t pid, struct cpuset *cpuset);

/* If the process is in a cpuset of ours: what the one above it has. Returns 0,
 * -ENOENT if it is in none, or -errno. */
int cpuset_granted(pid_t pid, char *nodes, size_t size);

/**
 * cpuset_allows() - whether the process may be given all of @nodes
 * @widens: one of ours will be widened, so what counts is the one above
 * @allowed: the nodes that it may have, for the sentence
 *
 * Returns 0, -EACCES, -ESRCH.
 */
int cpuset_allows(pid_t pid, const struct tierscope_nodes *nodes, bool widens,
		  char *allowed, size_t size);

/**
 * cpuset_takes_kernel() - whether any of them has memory that need not be movable
 *
 * If none has, the kernel does not grant a process in a cpuset of them what it
 * allocates for users and cannot move, such as the pages of a pipe: write(2)
 * then fails with ENOMEM (Documentation/admin-guide/mm/memory-hotplug.rst, and
 * "Unsupported (movable nodes only) cpuset configuration" in the kernel's log).
 * Optane that daxctl has made memory is such a node unless told --no-movable.
 */
bool cpuset_takes_kernel(const struct tierscope_nodes *nodes);
