// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * NUMA nodes: Documentation/ABI/stable/sysfs-devices-node.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "scope.h"
#include "topology.h"

#define NODES "sys/devices/system/node"

/* "Node 0 MemTotal:  16384 kB" */
static uint64_t meminfo_bytes(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at ? strtoull(at + strlen(key), NULL, 10) * 1024 :
		    TIERSCOPE_BYTES_UNKNOWN;
}

/* The socket that all of them share, or -1. */
static int common_socket(int socket, const struct tierscope_node *node)
{
	if (socket == -2)
		return node->socket;
	return socket == node->socket ? socket : -1;
}

/* access0/initiators holds a link to each node that is nearest by HMAT. */
static int socket_by_initiators(int root,
				const struct tierscope_topology *topology,
				int id)
{
	scope_names struct tierscope_names names = { 0 };
	struct tierscope_path path;
	int socket = -2;

	if (tierscope_sysfs_list(root, tierscope_path(&path,
		NODES "/node%d/access0/initiators", id), "node", &names))
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		const struct tierscope_node *node =
			tierscope_topology_node(topology, atoi(names.name[i] + strlen("node")));

		if (node && node->has_cpus)
			socket = common_socket(socket, node);
	}
	return socket < 0 ? -1 : socket;
}

/* The row of a node has a column for each node that is online. */
static int socket_by_distance(int root,
			      const struct tierscope_topology *topology,
			      const struct tierscope_ids *online, int id)
{
	struct tierscope_path path;
	unsigned long nearest = ULONG_MAX;
	char text[8192], *at = text;
	int socket = -2;

	if (tierscope_sysfs_read(root, tierscope_path(&path,
				 NODES "/node%d/distance", id),
				 sizeof(text), text))
		return -1;
	for (size_t i = 0; i < online->n; i++) {
		const struct tierscope_node *node =
			tierscope_topology_node(topology, online->id[i]);
		char *end;
		unsigned long distance = strtoul(at, &end, 10);

		if (end == at)
			return -1;
		at = end;
		if (!node || !node->has_cpus || distance > nearest)
			continue;
		if (distance < nearest)
			socket = -2;
		nearest = distance;
		socket = common_socket(socket, node);
	}
	return socket < 0 ? -1 : socket;
}

static int socket_without_cpus(int root,
			       const struct tierscope_topology *topology,
			       const struct tierscope_daxes *daxes,
			       const struct tierscope_ids *online, int id)
{
	const struct tierscope_dax *dax = tierscope_dax_of_node(daxes, id);
	const struct tierscope_node *near;
	int socket;

	socket = socket_by_initiators(root, topology, id);
	if (socket >= 0)
		return socket;
	near = dax ? tierscope_topology_node(topology, dax->numa_node) : NULL;
	if (near && near->has_cpus)
		return near->socket;
	return socket_by_distance(root, topology, online, id);
}

static void read_one(int root, int id, struct tierscope_node *node)
{
	struct tierscope_path path;
	struct tierscope_ids cpus = { 0 };
	char text[4096] = "";

	node->id = id;
	node->socket = -1;
	if (!tierscope_sysfs_read_ids(root, tierscope_path(&path,
				      NODES "/node%d/cpulist", id), &cpus) &&
	    cpus.n > 0) {
		node->has_cpus = true;
		node->socket = tierscope_cpu_socket(root, cpus.id[0]);
		if (node->socket < 0)
			node->socket = -1;
	}
	if (tierscope_sysfs_read(root, tierscope_path(&path,
				 NODES "/node%d/meminfo", id),
				 sizeof(text), text))
		text[0] = '\0';
	node->total_bytes = meminfo_bytes(text, "MemTotal:");
	node->free_bytes = meminfo_bytes(text, "MemFree:");
}

int tierscope_node_read_all(struct tierscope *ts,
			    const struct tierscope_daxes *daxes,
			    struct tierscope_topology *topology)
{
	struct tierscope_ids online;
	int error;

	error = tierscope_sysfs_read_ids(ts->root, NODES "/online", &online);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read the NUMA nodes from /" NODES "/online: %s",
				      strerror(-error));
	topology->nodes = calloc(online.n + 1, sizeof(*topology->nodes));
	if (!topology->nodes)
		return tierscope_fail(ts, -ENOMEM,
				      "reading the NUMA nodes: out of memory");
	for (size_t i = 0; i < online.n; i++) {
		struct tierscope_node *node =
			&topology->nodes[topology->n_nodes];

		read_one(ts->root, online.id[i], node);
		if (node->has_cpus || node->total_bytes > 0)
			topology->n_nodes++;
		else
			memset(node, 0, sizeof(*node));
	}
	for (size_t i = 0; i < topology->n_nodes; i++) {
		struct tierscope_node *node = &topology->nodes[i];

		if (!node->has_cpus)
			node->socket = socket_without_cpus(ts->root, topology,
							   daxes, &online,
							   node->id);
	}
	return 0;
}
