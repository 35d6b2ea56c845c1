/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps by which the machine is read, in their order: CPUs, nodes, DAX
 * devices and firmware tables are facts; tiers and the mode are drawn from
 * them, each with a sentence that names the files.
 */
#pragma once

#include <tierscope/tierscope.h>

#include "sysfs.h"

/* ---- cpu.c ---- */

/* Model name, family, model, stepping of the first CPU. */
int tierscope_cpu_identify(int root, struct tierscope_topology *topology);

/* Physical package of an online CPU, or -errno. */
int tierscope_cpu_socket(int root, unsigned int cpu);

/* Fills topology->sockets. */
int tierscope_cpu_sockets(int root, struct tierscope_topology *topology);

/* ---- dax.c ---- */

/**
 * struct tierscope_dax - one DAX device
 * @name: "dax0.0"
 * @target_node: node of its memory once kmem has onlined it, -1 for none
 * @numa_node: nearest node with CPUs, -1 for none
 * @kmem: it is in use as system memory
 * @nvdimm: it sits on an NVDIMM bus; else it is CXL or memory that firmware
 *	set aside
 */
struct tierscope_dax {
	char name[32];
	int target_node;
	int numa_node;
	bool kmem;
	bool nvdimm;
};

struct tierscope_daxes {
	size_t n;
	struct tierscope_dax *dax;
};

/* free() the array. */
int tierscope_dax_read(int root, struct tierscope_daxes *ret);

/* The device whose memory is node @id, or NULL. */
const struct tierscope_dax *
tierscope_dax_of_node(const struct tierscope_daxes *daxes, int id);

/* ---- firmware.c ---- */

enum tierscope_table {
	TIERSCOPE_TABLE_ABSENT,
	TIERSCOPE_TABLE_UNREADABLE,	/* it is there, and root's to read */
	TIERSCOPE_TABLE_READ,
};

/**
 * struct tierscope_firmware - what ACPI says of persistent memory
 * @tables: whether /sys/firmware/acpi/tables is there at all
 * @nfit: there is an NVDIMM firmware interface table
 * @pcat: the platform capability table
 * @volatile_mode: TIERSCOPE_PCAT_, unknown unless @pcat was read
 * @region: a region of persistent memory that NFIT describes, "" without one
 */
struct tierscope_firmware {
	bool tables;
	bool nfit;
	enum tierscope_table pcat;
	int volatile_mode;
	char region[32];
};

/* Current volatile mode in PCAT's platform capability. */
#define TIERSCOPE_PCAT_UNKNOWN	(-1)
#define TIERSCOPE_PCAT_1LM	0
#define TIERSCOPE_PCAT_2LM	1
#define TIERSCOPE_PCAT_MIXED	2

int tierscope_firmware_read(int root, struct tierscope_firmware *ret);

/* The mode in the bytes of a PCAT, or TIERSCOPE_PCAT_UNKNOWN. */
int tierscope_pcat_parse(const uint8_t *table, size_t size);

/* ---- node.c ---- */

/* Fills topology->nodes but for their tiers. */
int tierscope_node_read_all(struct tierscope *ts,
			    const struct tierscope_daxes *daxes,
			    struct tierscope_topology *topology);

/* ---- tier.c ---- */

/* Fills tier, near_bytes and evidence of every node. */
int tierscope_tier_find_all(int root, const struct tierscope_daxes *daxes,
			    const struct tierscope_firmware *firmware,
			    struct tierscope_topology *topology);

/* ---- mode.c ---- */

/* Fills mode and near_bytes with their evidence; the nodes have tiers. */
void tierscope_mode_find(const struct tierscope_daxes *daxes,
			 const struct tierscope_firmware *firmware,
			 struct tierscope_topology *topology);
