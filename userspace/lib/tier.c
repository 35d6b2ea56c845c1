// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What stands behind a node. Direct evidence first (a memory-side cache, a DAX
 * device), then what the kernel concluded (its memory tiers, whose numbers
 * depend on kernel and firmware: they are compared and mean nothing else).
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"
#include "topology.h"

#define NODES	"sys/devices/system/node"
#define TIERS	"sys/devices/virtual/memory_tiering"

/* Documentation/admin-guide/mm/numaperf.rst */
#define INDEXING_DIRECT		0
#define WRITE_POLICY_BACK	0

static void __attribute__((format(printf, 3, 4)))
conclude(struct tierscope_node *node, enum tierscope_tier tier,
	 const char *format, ...)
{
	va_list arguments;

	node->tier = tier;
	va_start(arguments, format);
	vsnprintf(node->evidence, sizeof(node->evidence), format, arguments);
	va_end(arguments);
}

/* index1 is the level next to the far memory. */
static bool by_memory_side_cache(int root, struct tierscope_node *node)
{
	uint64_t size, indexing, write_policy;
	struct tierscope_path path;

	if (tierscope_sysfs_read_u64(root, tierscope_path(&path,
		NODES "/node%d/memory_side_cache/index1/size", node->id),
		&size) || size == 0 ||
	    tierscope_sysfs_read_u64(root, tierscope_path(&path,
		NODES "/node%d/memory_side_cache/index1/indexing", node->id),
		&indexing) || indexing != INDEXING_DIRECT ||
	    tierscope_sysfs_read_u64(root, tierscope_path(&path,
		NODES "/node%d/memory_side_cache/index1/write_policy", node->id),
		&write_policy) || write_policy != WRITE_POLICY_BACK)
		return false;
	node->near_bytes = size;
	conclude(node, TIERSCOPE_TIER_CACHED,
		 "/" NODES "/node%d/memory_side_cache/index1 is a direct-mapped write-back cache",
		 node->id);
	return true;
}

static bool by_dax(const struct tierscope_daxes *daxes,
		   struct tierscope_node *node)
{
	const struct tierscope_dax *dax = tierscope_dax_of_node(daxes, node->id);

	if (node->has_cpus || !dax)
		return false;
	if (dax->nvdimm)
		conclude(node, TIERSCOPE_TIER_PMEM,
			 "no CPUs, and node %d is the target_node of /sys/bus/dax/devices/%s, an NVDIMM in use as memory by kmem",
			 node->id, dax->name);
	else
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "no CPUs, and node %d is the target_node of /sys/bus/dax/devices/%s, which is not on an NVDIMM bus",
			 node->id, dax->name);
	return true;
}

/* Number of the memory tier that holds node @id, or -1. */
static int memory_tier(int root, const struct tierscope_names *tiers, int id)
{
	for (size_t i = 0; i < tiers->n; i++) {
		struct tierscope_path path;
		struct tierscope_ids nodes;

		if (!tierscope_sysfs_read_ids(root, tierscope_path(&path,
				TIERS "/%s/nodelist", tiers->name[i]), &nodes) &&
		    tierscope_ids_have(&nodes, id))
			return atoi(tiers->name[i] + strlen("memory_tier"));
	}
	return -1;
}

/* The slowest tier of a node with CPUs: what is beyond is not DRAM. */
static int slowest_with_cpus(int root, const struct tierscope_names *tiers,
			     const struct tierscope_topology *topology)
{
	int slowest = -1;

	for (size_t i = 0; i < topology->n_nodes; i++) {
		const struct tierscope_node *node = &topology->nodes[i];
		int tier;

		if (!node->has_cpus)
			continue;
		tier = memory_tier(root, tiers, node->id);
		if (tier > slowest)
			slowest = tier;
	}
	return slowest;
}

/* Slower memory without CPUs is Optane only where firmware describes NVDIMMs:
 * CXL memory is as slow, and is onlined without a DAX device too. */
static bool by_memory_tier(int root, const struct tierscope_names *tiers,
			   const struct tierscope_firmware *firmware,
			   int slowest, struct tierscope_node *node)
{
	int tier = memory_tier(root, tiers, node->id);

	if (node->has_cpus || tier < 0 || slowest < 0)
		return false;
	if (tier > slowest && (firmware->nfit || firmware->region[0]))
		conclude(node, TIERSCOPE_TIER_PMEM,
			 "no CPUs, /" TIERS "/memory_tier%d is slower than memory_tier%d of the nodes with CPUs, and there are NVDIMMs",
			 tier, slowest);
	else if (tier > slowest)
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "no CPUs, and /" TIERS "/memory_tier%d is slower than memory_tier%d of the nodes with CPUs, but nothing describes NVDIMMs",
			 tier, slowest);
	else
		conclude(node, TIERSCOPE_TIER_DRAM,
			 "no CPUs, but in /" TIERS "/memory_tier%d, as fast as nodes with CPUs",
			 tier);
	return true;
}

static void by_cpus(int root, const struct tierscope_firmware *firmware,
		    struct tierscope_node *node)
{
	struct tierscope_path path;

	if (!node->has_cpus)
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "no CPUs, no DAX device and no memory tier say what node %d is",
			 node->id);
	else if (firmware->volatile_mode == TIERSCOPE_PCAT_2LM)
		conclude(node, TIERSCOPE_TIER_CACHED,
			 "/sys/firmware/acpi/tables/PCAT says 2LM; /" NODES "/node%d/memory_side_cache is missing, so the size of the cache is not known",
			 node->id);
	else if (firmware->volatile_mode == TIERSCOPE_PCAT_MIXED)
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "/sys/firmware/acpi/tables/PCAT says 1LM and 2LM together, and there is no /" NODES "/node%d/memory_side_cache to say which this is",
			 node->id);
	/* A region of persistent memory does not rule 2LM out: a part of the
	 * Optane may be App Direct's and the rest behind the cache. */
	else if (firmware->pcat == TIERSCOPE_TABLE_UNREADABLE)
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "no memory-side cache in sysfs, but /sys/firmware/acpi/tables/PCAT, which is root's to read, may say 2LM");
	else if (firmware->pcat == TIERSCOPE_TABLE_READ &&
		 firmware->volatile_mode == TIERSCOPE_PCAT_UNKNOWN)
		conclude(node, TIERSCOPE_TIER_UNKNOWN,
			 "no memory-side cache in sysfs, but /sys/firmware/acpi/tables/PCAT, which states no mode that is known, may mean 2LM");
	else if (!tierscope_sysfs_exists(root, tierscope_path(&path,
			NODES "/node%d/memory_side_cache", node->id)))
		conclude(node, TIERSCOPE_TIER_DRAM,
			 "has CPUs, and there is no /" NODES "/node%d/memory_side_cache",
			 node->id);
	else
		conclude(node, TIERSCOPE_TIER_DRAM,
			 "has CPUs, and /" NODES "/node%d/memory_side_cache/index1 is no direct-mapped write-back cache",
			 node->id);
}

int tierscope_tier_find_all(int root, const struct tierscope_daxes *daxes,
			    const struct tierscope_firmware *firmware,
			    struct tierscope_topology *topology)
{
	scope_names struct tierscope_names tiers = { 0 };
	int slowest, error;

	/* Kernels before 6.1 have none, which is no failure. */
	error = tierscope_sysfs_list(root, TIERS, "memory_tier", &tiers);
	if (error)
		return error;
	slowest = slowest_with_cpus(root, &tiers, topology);
	for (size_t i = 0; i < topology->n_nodes; i++) {
		struct tierscope_node *node = &topology->nodes[i];

		if (!by_memory_side_cache(root, node) && !by_dax(daxes, node) &&
		    !by_memory_tier(root, &tiers, firmware, slowest, node))
			by_cpus(root, firmware, node);
	}
	return 0;
}
