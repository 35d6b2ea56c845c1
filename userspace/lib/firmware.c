// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What ACPI tables say of persistent memory, and the regions that the kernel
 * made of it. They are root's to read, but
 * everyone sees which there are.
 *
 * PCAT, the platform capability table of Intel's firmware, is laid out in
 * ipmctl's DcpmPkg/common/NvmTables.h: an ACPI header of 36 bytes and 4
 * reserved ones, then sub-tables of {u16 type, u16 length, ...}. Type 0 is the
 * platform capability, whose byte 6 is the mode: bits 1:0 the current volatile
 * mode, 00 1LM, 01 2LM (Memory Mode), 10 both.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "topology.h"

#define TABLES			"sys/firmware/acpi/tables"
#define PCAT_HEADER_BYTES	40
#define SUBTABLE_HEADER_BYTES	4
#define SUBTABLE_CAPABILITY	0
#define CAPABILITY_MODE_BYTE	6
#define VOLATILE_MODE_MASK	3

static unsigned int u16_at(const uint8_t *bytes)
{
	return bytes[0] | bytes[1] << 8;
}

int tierscope_pcat_parse(const uint8_t *table, size_t size)
{
	size_t at = PCAT_HEADER_BYTES;

	while (at + SUBTABLE_HEADER_BYTES <= size) {
		unsigned int type = u16_at(table + at);
		unsigned int length = u16_at(table + at + 2);

		if (length < SUBTABLE_HEADER_BYTES || length > size - at)
			break;
		if (type == SUBTABLE_CAPABILITY &&
		    length > CAPABILITY_MODE_BYTE) {
			int mode = table[at + CAPABILITY_MODE_BYTE] &
				   VOLATILE_MODE_MASK;

			return mode <= TIERSCOPE_PCAT_MIXED ?
				mode : TIERSCOPE_PCAT_UNKNOWN;
		}
		at += length;
	}
	return TIERSCOPE_PCAT_UNKNOWN;
}

/* The devtype of a region of persistent memory is nd_pmem, that of a volatile
 * one nd_volatile (drivers/nvdimm/region_devs.c). */
static int find_region(int root, struct tierscope_firmware *firmware)
{
	scope_names struct tierscope_names regions = { 0 };
	int error;

	error = tierscope_sysfs_list(root, "sys/bus/nd/devices", "region",
				     &regions);
	if (error)
		return error;
	for (size_t i = 0; i < regions.n; i++) {
		struct tierscope_path path;
		char type[32];

		if (!tierscope_sysfs_read(root, tierscope_path(&path,
					  "sys/bus/nd/devices/%s/devtype",
					  regions.name[i]),
					  sizeof(type), type) &&
		    strcmp(type, "nd_pmem") == 0) {
			snprintf(firmware->region, sizeof(firmware->region),
				 "%s", regions.name[i]);
			break;
		}
	}
	return 0;
}

int tierscope_firmware_read(int root, struct tierscope_firmware *ret)
{
	struct tierscope_firmware firmware = {
		.volatile_mode = TIERSCOPE_PCAT_UNKNOWN,
	};
	uint8_t table[4096];
	long size;
	int error;

	error = find_region(root, &firmware);
	if (error)
		return error;
	firmware.tables = tierscope_sysfs_exists(root, TABLES);
	firmware.nfit = tierscope_sysfs_exists(root, TABLES "/NFIT");
	size = tierscope_sysfs_read_bytes(root, TABLES "/PCAT", sizeof(table),
					  table);
	if (size >= 0) {
		firmware.pcat = TIERSCOPE_TABLE_READ;
		firmware.volatile_mode = tierscope_pcat_parse(table, size);
	} else if (size != -ENOENT) {
		firmware.pcat = TIERSCOPE_TABLE_UNREADABLE;
	}
	*ret = firmware;
	return 0;
}
