// SPDX-License-Identifier: GPL-2.0-or-later
#include "dax_gigantic.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel_mapping.h"
#include "kernel_page.h"
#include "module_answer.h"
#include "oracle_report.h"

#define GIGANTIC	30
#define GIGANTIC_PAGES	(1ULL << (GIGANTIC - 12))

uint64_t dax_gigantic_splits(void)
{
	FILE *file = fopen("/proc/vmstat", "re");
	uint64_t splits = 0;
	char line[128];

	if (!file)
		err(1, "/proc/vmstat");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "thp_split_pud %" SCNu64, &splits) == 1)
			break;
	fclose(file);
	return splits;
}

/* What a device's driver says of where it is. */
static uint32_t device_node(const char *name)
{
	unsigned int node = NODES_MAX;
	char path[384];
	FILE *file;

	if (strncmp(name, "/dev/dax", 8))
		return node;
	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/target_node", name + 5);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%u", &node) != 1)
		node = NODES_MAX;
	if (file)
		fclose(file);
	return node;
}

uint64_t dax_gigantic_add(const struct kernel_mapping *mapping,
			  const struct module_answer *ours,
			  struct kernel_pages *pages)
{
	uint32_t node = device_node(mapping->name);
	uint64_t n = 0;

	for (size_t i = 0; i < ours->n; i++)
		if (ours->cells[i].kind == KIND_DAX && ours->cells[i].shift == GIGANTIC)
			n += ours->cells[i].pages;
	if (!n)
		return 0;
	if (node >= NODES_MAX)
		errx(1, "%s is no DAX device with a target node", mapping->name);
	oracle_explain(n * GIGANTIC_PAGES,
		       "on node %" PRIu32 ": DAX by 1 GiB, which reading numa_maps has taken apart",
		       node);
	pages->dax[node] += n * GIGANTIC_PAGES;
	return n;
}
