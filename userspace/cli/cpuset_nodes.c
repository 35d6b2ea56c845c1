/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which nodes a process may be given, and which of them a cpuset. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cpuset.h"
#include "cli/process.h"
#include "lib/scope.h"

/* Whether a list such as "0-1,3" has it. */
static bool list_has(const char *list, int id)
{
	long first, last;
	char *end;

	for (const char *at = list; *at; at = *end ? end + 1 : end) {
		first = last = strtol(at, &end, 10);
		if (end == at)
			return false;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (first <= id && id <= last)
			return true;
	}
	return false;
}

int cpuset_allows(pid_t pid, const struct tierscope_nodes *nodes, bool widens,
		  char *allowed, size_t size)
{
	int r = widens ? cpuset_granted(pid, allowed, size) : -ENOENT;

	if (r < 0)
		r = process_status(pid, "Mems_allowed_list", allowed, size);
	for (size_t i = 0; !r && i < nodes->n; i++)
		if (!list_has(allowed, nodes->ids[i]))
			r = -EACCES;
	return r;
}

/* /proc/zoneinfo: "Node 0, zone   Normal", and below it "present  262144". */
bool cpuset_takes_kernel(const struct tierscope_nodes *nodes)
{
	FILE *file scope_fclose = fopen("/proc/zoneinfo", "re");
	unsigned long present;
	char line[256], zone[32] = "";
	int node = -1;

	/* Nobody says otherwise. */
	if (!file)
		return true;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Node %d, zone %31s", &node, zone) == 2)
			continue;
		if (sscanf(line, " present %lu", &present) == 1 && present &&
		    strcmp(zone, "Movable") && strcmp(zone, "Device") &&
		    tierscope_nodes_have(nodes, node))
			return true;
	}
	return false;
}
