// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DAX devices: Documentation/ABI/testing/sysfs-bus-dax.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scope.h"
#include "topology.h"

#define DEVICES "sys/bus/dax/devices"

static int number_or_none(int root, const char *device, const char *file)
{
	struct tierscope_path path;
	int value;

	if (tierscope_sysfs_read_int(root, tierscope_path(&path, DEVICES "/%s/%s",
							  device, file), &value))
		return -1;
	return value;
}

static void read_one(int root, const char *name, struct tierscope_dax *dax)
{
	struct tierscope_path path;
	const char *driver;
	char link[PATH_MAX];

	snprintf(dax->name, sizeof(dax->name), "%s", name);
	dax->target_node = number_or_none(root, name, "target_node");
	dax->numa_node = number_or_none(root, name, "numa_node");
	/* Entries of a bus are links into the tree of devices, which names the
	 * NVDIMM bus above it: …/ndbus0/region0/dax0.0/dax0.0 */
	if (!tierscope_sysfs_read_link(root, tierscope_path(&path, DEVICES "/%s",
							    name),
				       sizeof(link), link))
		dax->nvdimm = strstr(link, "/ndbus") != NULL;
	if (!tierscope_sysfs_read_link(root, tierscope_path(&path,
							    DEVICES "/%s/driver",
							    name),
				       sizeof(link), link)) {
		driver = strrchr(link, '/');
		dax->kmem = strcmp(driver ? driver + 1 : link, "kmem") == 0;
	}
}

int tierscope_dax_read(int root, struct tierscope_daxes *ret)
{
	scope_names struct tierscope_names names = { 0 };
	struct tierscope_daxes daxes = { 0 };
	int error;

	error = tierscope_sysfs_list(root, DEVICES, "dax", &names);
	if (error)
		return error;
	daxes.dax = calloc(names.n + 1, sizeof(*daxes.dax));
	if (!daxes.dax)
		return -ENOMEM;
	for (size_t i = 0; i < names.n; i++)
		read_one(root, names.name[i], &daxes.dax[daxes.n++]);
	*ret = daxes;
	return 0;
}

const struct tierscope_dax *
tierscope_dax_of_node(const struct tierscope_daxes *daxes, int id)
{
	for (size_t i = 0; i < daxes->n; i++)
		if (daxes->dax[i].kmem && daxes->dax[i].target_node == id)
			return &daxes->dax[i];
	return NULL;
}
