// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "override.h"
#include "scope.h"
#include "topology.h"

void tierscope_topology_free(struct tierscope_topology *topology)
{
	if (!topology)
		return;
	free(topology->nodes);
	free(topology->sockets);
	free(topology);
}

static void scope_free_topology_(struct tierscope_topology **topology)
{
	tierscope_topology_free(*topology);
}

static int failed(struct tierscope *ts, const char *what, int error)
{
	return tierscope_fail(ts, error, "cannot read %s: %s", what,
			      strerror(-error));
}

int tierscope_topology_read(struct tierscope *ts,
			    struct tierscope_topology **ret)
{
	__attribute__((cleanup(scope_free_topology_)))
	struct tierscope_topology *topology = calloc(1, sizeof(*topology));
	scope_free struct tierscope_dax *devices = NULL;
	struct tierscope_firmware firmware;
	struct tierscope_daxes daxes;
	int error;

	if (!topology)
		return tierscope_fail(ts, -ENOMEM,
				      "reading the topology: out of memory");
	error = tierscope_cpu_identify(ts->root, topology);
	if (error)
		return failed(ts, "/proc/cpuinfo", error);
	error = tierscope_cpu_sockets(ts->root, topology);
	if (error)
		return failed(ts, "/sys/devices/system/cpu/online", error);
	error = tierscope_dax_read(ts->root, &daxes);
	if (error)
		return failed(ts, "/sys/bus/dax/devices", error);
	devices = daxes.dax;
	error = tierscope_firmware_read(ts->root, &firmware);
	if (error)
		return failed(ts, "/sys/bus/nd/devices", error);
	error = tierscope_node_read_all(ts, &daxes, topology);
	if (error)
		return error;
	error = tierscope_tier_find_all(ts->root, &daxes, &firmware, topology);
	if (error)
		return failed(ts, "/sys/devices/virtual/memory_tiering", error);
	error = tierscope_override_by_config(ts, topology);
	if (!error)
		error = tierscope_override_by_module(ts, topology);
	if (error)
		return error;
	tierscope_mode_find(&daxes, &firmware, topology);
	topology->simulated = tierscope_sysfs_exists(ts->root,
						     "sys/module/tierscope_sim");
	*ret = scope_take(topology);
	return 0;
}

const struct tierscope_node *
tierscope_topology_node(const struct tierscope_topology *topology, int id)
{
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].id == id)
			return &topology->nodes[i];
	return NULL;
}

enum tierscope_tier
tierscope_topology_tier(const struct tierscope_topology *topology,
			const struct tierscope_cell *cell)
{
	const struct tierscope_node *node;

	if (cell->kind == TIERSCOPE_KIND_DAX &&
	    topology->mode == TIERSCOPE_MODE_APP_DIRECT)
		return TIERSCOPE_TIER_PMEM;
	node = tierscope_topology_node(topology, cell->node);
	return node ? node->tier : TIERSCOPE_TIER_UNKNOWN;
}
