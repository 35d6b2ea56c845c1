// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What speaks against the mode that a machine seems to be in. Firmware tells
 * the same thing in several tables, and they need not agree.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "generation.h"
#include "topology.h"

struct doubts {
	char *text;
	size_t size;
};

static void __attribute__((format(printf, 2, 3)))
doubt(struct doubts *doubts, const char *format, ...)
{
	size_t used = strlen(doubts->text);
	va_list arguments;

	if (used) {
		snprintf(doubts->text + used, doubts->size - used, "; ");
		used = strlen(doubts->text);
	}
	va_start(arguments, format);
	vsnprintf(doubts->text + used, doubts->size - used, format, arguments);
	va_end(arguments);
}

/* PCAT is what ipmctl goes by. */
static void by_pcat(const struct tierscope_firmware *firmware,
		    const struct tierscope_topology *topology,
		    struct doubts *doubts)
{
	bool cached = topology->mode == TIERSCOPE_MODE_MEMORY_MODE;

	if (firmware->volatile_mode == TIERSCOPE_PCAT_1LM && cached)
		doubt(doubts, "/sys/firmware/acpi/tables/PCAT says 1LM, in which DRAM is no cache");
	if (firmware->volatile_mode == TIERSCOPE_PCAT_2LM && !cached)
		doubt(doubts, "/sys/firmware/acpi/tables/PCAT says 2LM, which is Memory Mode");
}

static void by_cpu(const struct tierscope_topology *topology,
		   struct doubts *doubts)
{
	enum tierscope_generation generation;

	if ((topology->mode == TIERSCOPE_MODE_MEMORY_MODE ||
	     topology->mode == TIERSCOPE_MODE_APP_DIRECT) &&
	    !tierscope_generation_find(topology->family, topology->model,
				       topology->stepping, &generation) &&
	    !tierscope_generation_facts(generation)->has_optane)
		doubt(doubts, "the CPU is a %s, which takes no Optane",
		      tierscope_generation_facts(generation)->name);
}

static void by_sizes(const struct tierscope_topology *topology,
		     struct doubts *doubts)
{
	for (size_t i = 0; i < topology->n_nodes; i++) {
		const struct tierscope_node *node = &topology->nodes[i];

		if (node->near_bytes && node->total_bytes != TIERSCOPE_BYTES_UNKNOWN &&
		    node->near_bytes >= node->total_bytes)
			doubt(doubts, "the near memory of node %d is not smaller than the node",
			      node->id);
	}
}

static void by_nvdimms(const struct tierscope_firmware *firmware,
		       const struct tierscope_topology *topology,
		       struct doubts *doubts)
{
	if (topology->mode == TIERSCOPE_MODE_DRAM_ONLY && firmware->nfit)
		doubt(doubts, "/sys/firmware/acpi/tables has NFIT, so there are NVDIMMs");
}

int tierscope_topology_doubts(struct tierscope *ts,
			      const struct tierscope_topology *topology,
			      size_t size, char *ret)
{
	struct doubts doubts = { .text = ret, .size = size };
	struct tierscope_firmware firmware;
	int error;

	error = tierscope_firmware_read(ts->root, &firmware);
	if (error)
		return tierscope_fail(ts, error,
				      "cannot read /sys/bus/nd/devices: %s",
				      strerror(-error));
	ret[0] = '\0';
	by_pcat(&firmware, topology, &doubts);
	by_cpu(topology, &doubts);
	by_sizes(topology, &doubts);
	by_nvdimms(&firmware, topology, &doubts);
	return 0;
}
