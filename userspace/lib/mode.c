// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How the machine uses its Optane: the mode, and the sentence that says why.
 *
 * "No Optane" is only said when there is evidence for it: the tables by which
 * firmware describes NVDIMMs are absent, or PCAT says 1LM and nothing is there.
 * Everything else without a finding is "unknown".
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "topology.h"

static void __attribute__((format(printf, 3, 4)))
conclude(struct tierscope_topology *topology, enum tierscope_mode mode,
	 const char *format, ...)
{
	va_list arguments;

	topology->mode = mode;
	va_start(arguments, format);
	vsnprintf(topology->mode_evidence, sizeof(topology->mode_evidence),
		  format, arguments);
	va_end(arguments);
}

static const struct tierscope_node *
first_of(const struct tierscope_topology *topology, enum tierscope_tier tier)
{
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].tier == tier)
			return &topology->nodes[i];
	return NULL;
}

static const char *find_nvdimm(const struct tierscope_daxes *daxes)
{
	for (size_t i = 0; i < daxes->n; i++)
		if (daxes->dax[i].nvdimm)
			return daxes->dax[i].name;
	return NULL;
}

static void without_finding(const struct tierscope_firmware *firmware,
			    struct tierscope_topology *topology)
{
	const struct tierscope_node *unknown =
		first_of(topology, TIERSCOPE_TIER_UNKNOWN);

	if (unknown)
		conclude(topology, TIERSCOPE_MODE_UNKNOWN, "node %d: %.220s",
			 unknown->id, unknown->evidence);
	else if (firmware->volatile_mode == TIERSCOPE_PCAT_1LM)
		conclude(topology, TIERSCOPE_MODE_DRAM_ONLY,
			 "/sys/firmware/acpi/tables/PCAT says 1LM, and there is no memory-side cache, DAX device or pmem region");
	else if (!firmware->tables)
		conclude(topology, TIERSCOPE_MODE_UNKNOWN,
			 "no memory-side cache, DAX device or pmem region in sysfs, but /sys/firmware/acpi/tables is missing, which could rule them out");
	else if (firmware->nfit || firmware->pcat != TIERSCOPE_TABLE_ABSENT)
		conclude(topology, TIERSCOPE_MODE_UNKNOWN,
			 "/sys/firmware/acpi/tables has %s, but there is no memory-side cache, DAX device or pmem region in sysfs",
			 firmware->nfit ? "NFIT, so there are NVDIMMs" : "PCAT");
	else
		conclude(topology, TIERSCOPE_MODE_DRAM_ONLY,
			 "no memory-side cache, DAX device or pmem region in sysfs, and neither NFIT nor PCAT in /sys/firmware/acpi/tables");
}

/* Whether DRAM may be a cache here, though no file gives its size. */
static bool may_be_cached(const struct tierscope_topology *topology)
{
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].has_cpus &&
		    (topology->nodes[i].tier == TIERSCOPE_TIER_CACHED ||
		     topology->nodes[i].tier == TIERSCOPE_TIER_UNKNOWN))
			return true;
	return topology->mode == TIERSCOPE_MODE_MEMORY_MODE ||
	       topology->mode == TIERSCOPE_MODE_UNKNOWN;
}

static void find_near(const struct tierscope_firmware *firmware,
		      struct tierscope_topology *topology)
{
	const char *evidence = "no node has a memory-side cache";

	for (size_t i = 0; i < topology->n_nodes; i++)
		topology->near_bytes += topology->nodes[i].near_bytes;
	if (topology->near_bytes)
		evidence = "sum of /sys/devices/system/node/node*/memory_side_cache/index1/size";
	else if (topology->mode == TIERSCOPE_MODE_MEMORY_MODE)
		evidence = "not known: firmware describes no memory-side cache in HMAT";
	else if (may_be_cached(topology) &&
		 firmware->pcat == TIERSCOPE_TABLE_UNREADABLE)
		evidence = "not known: no memory-side cache in sysfs, and /sys/firmware/acpi/tables/PCAT is root's to read";
	else if (may_be_cached(topology))
		evidence = "not known: no memory-side cache in sysfs, and nothing rules one out";
	snprintf(topology->near_evidence, sizeof(topology->near_evidence), "%s",
		 evidence);
}

void tierscope_mode_find(const struct tierscope_daxes *daxes,
			 const struct tierscope_firmware *firmware,
			 struct tierscope_topology *topology)
{
	const struct tierscope_node *cached, *pmem;
	const char *dax;

	dax = find_nvdimm(daxes);
	cached = first_of(topology, TIERSCOPE_TIER_CACHED);
	pmem = first_of(topology, TIERSCOPE_TIER_PMEM);

	if (cached && pmem)
		conclude(topology, TIERSCOPE_MODE_MEMORY_MODE,
			 "mixed: node %d is Optane as memory of its own, and of node %d: %.120s",
			 pmem->id, cached->id, cached->evidence);
	else if (cached)
		conclude(topology, TIERSCOPE_MODE_MEMORY_MODE, "%s",
			 cached->evidence);
	else if (firmware->volatile_mode == TIERSCOPE_PCAT_MIXED)
		conclude(topology, TIERSCOPE_MODE_MEMORY_MODE,
			 "/sys/firmware/acpi/tables/PCAT says 1LM and 2LM together; which memory is cached is not known");
	else if (pmem)
		conclude(topology, TIERSCOPE_MODE_APP_DIRECT, "node %d: %.200s",
			 pmem->id, pmem->evidence);
	else if (dax)
		conclude(topology, TIERSCOPE_MODE_APP_DIRECT,
			 "/sys/bus/dax/devices/%s is a DAX device on an NVDIMM",
			 dax);
	else if (firmware->region[0])
		conclude(topology, TIERSCOPE_MODE_APP_DIRECT,
			 "/sys/bus/nd/devices/%s is a region of persistent memory",
			 firmware->region);
	else
		without_finding(firmware, topology);
	find_near(firmware, topology);
}
