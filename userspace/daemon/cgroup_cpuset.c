// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A cgroup that confines a run: what a memory policy and an affinity are to a
 * process, which may change them, its cpuset is to all that it starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/cgroup.h"
#include "lib/scope.h"

static int write_list(const struct cgroup *cgroup, const char *name,
		      const char *list)
{
	int fd scope_close = openat(cgroup->fd, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, list, strlen(list)) < 0 ? -errno : 0;
}

static bool has_node(const struct policy *policy, int node)
{
	for (size_t i = 0; i < policy->n_nodes; i++)
		if (policy->nodes[i] == node)
			return true;
	return false;
}

/*
 * Whether one of the nodes has memory that is not movable. What the kernel
 * allocates for a process where a cpuset holds, and cannot move (the buffers of
 * a pipe), finds no place on movable memory alone and fails: as Optane is that
 * daxctl brings online. A memory policy does not apply to it.
 */
static bool has_fixed_memory(const struct policy *policy)
{
	FILE *file scope_fclose = fopen("/proc/zoneinfo", "re");
	char line[256], zone[32] = "";
	unsigned long managed;
	int node = -1;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %31s", &node, zone) == 2)
			continue;
		if (sscanf(line, " managed %lu", &managed) == 1 && managed &&
		    has_node(policy, node) && strcmp(zone, "Movable") &&
		    strcmp(zone, "Device"))
			return true;
	}
	return false;
}

int cgroup_confine(const struct cgroup *cgroup, const struct policy *policy,
		   const char **ret_why)
{
	char list[TIERSCOPE_BUS_NODES_MAX * 5];
	int err = 0;

	if (cgroup->fd < 0) {
		*ret_why = "the run has no cgroup of version 2";
		return -ENOENT;
	}
	if (faccessat(cgroup->fd, "cpuset.mems", F_OK, 0)) {
		*ret_why = "its cgroup has no cpuset controller";
		return -ENOENT;
	}
	if (policy->n_cpus) {
		policy_format(policy->cpus, policy->n_cpus, list, sizeof(list));
		err = write_list(cgroup, "cpuset.cpus", list);
	}
	if (!err && policy->mode == POLICY_BIND) {
		if (!has_fixed_memory(policy)) {
			*ret_why = "these nodes have movable memory only, to which a cpuset cannot confine a process";
			return -EOPNOTSUPP;
		}
		policy_format(policy->nodes, policy->n_nodes, list, sizeof(list));
		err = write_list(cgroup, "cpuset.mems", list);
	}
	if (err)
		*ret_why = strerror(-err);
	return err;
}
