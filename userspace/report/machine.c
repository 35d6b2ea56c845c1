/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/machine.h"

struct report_value report_near_memory(const struct tierscope_topology *topology)
{
	bool known = topology->mode == TIERSCOPE_MODE_DRAM_ONLY ||
		     topology->mode == TIERSCOPE_MODE_APP_DIRECT;

	if (topology->near_bytes)
		return report_number(topology->near_bytes);
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].has_cpus &&
		    (topology->nodes[i].tier == TIERSCOPE_TIER_CACHED ||
		     topology->nodes[i].tier == TIERSCOPE_TIER_UNKNOWN))
			known = false;
	return known ? report_not_available("there is none") :
		       report_not_measured(topology->near_evidence);
}

struct report_value report_node_near_memory(const struct tierscope_node *node)
{
	if (node->near_bytes)
		return report_number(node->near_bytes);
	switch (node->tier) {
	case TIERSCOPE_TIER_CACHED:
		return report_not_measured("the size of the cache is not known");
	case TIERSCOPE_TIER_DRAM:
	case TIERSCOPE_TIER_PMEM:
		return report_not_available("there is no cache in front of it");
	default:
		return report_not_measured("it is not known whether there is a cache in front of it");
	}
}

struct report_value report_node_bytes(uint64_t bytes)
{
	if (bytes == TIERSCOPE_BYTES_UNKNOWN)
		return report_not_measured("its meminfo in sysfs cannot be read");
	return report_number(bytes);
}
