// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_mapping.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE	4096

static FILE *open_of(const char *pid, const char *name)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		err(1, "%s", path);
	return file;
}

static struct kernel_mapping *append(struct kernel_mapping **mappings, size_t *n)
{
	struct kernel_mapping *mapping;

	*mappings = reallocarray(*mappings, *n + 1, sizeof(**mappings));
	if (!*mappings)
		errx(1, "out of memory");
	mapping = &(*mappings)[(*n)++];
	memset(mapping, 0, sizeof(*mapping));
	return mapping;
}

/* START-END PERMISSIONS OFFSET DEVICE INODE NAME, or none of that. */
static bool read_head(const char *line, struct kernel_mapping *ret)
{
	uint64_t start, end;
	char name[sizeof(ret->name)] = "";

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %255[^\n]",
		   &start, &end, name) < 2)
		return false;
	ret->start = start;
	ret->end = end;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	return true;
}

static void read_flags(const char *flags, struct kernel_mapping *mapping)
{
	mapping->raw = strstr(flags, " pf") || strstr(flags, " io");
	mapping->may_share = strstr(flags, " sh");
	mapping->accessible = strstr(flags, " rd") || strstr(flags, " wr") ||
			      strstr(flags, " ex");
}

static void read_field(const char *line, struct kernel_mapping *mapping)
{
	const struct {
		const char *name;
		uint64_t *pages;
	} fields[] = {
		{ "Rss:", &mapping->resident },
		{ "Shared_Hugetlb:", &mapping->resident },
		{ "Private_Hugetlb:", &mapping->resident },
		{ "Shared_Clean:", &mapping->shared },
		{ "Shared_Dirty:", &mapping->shared },
		{ "Shared_Hugetlb:", &mapping->shared },
		{ "AnonHugePages:", &mapping->huge },
		{ "ShmemPmdMapped:", &mapping->huge },
		{ "FilePmdMapped:", &mapping->huge },
		{ "Swap:", &mapping->swap },
		{ "Locked:", &mapping->locked },
	};
	const char *colon = strchr(line, ':');
	size_t length = colon ? (size_t)(colon - line) + 1 : 0;
	uint64_t kb = colon ? strtoull(colon + 1, NULL, 10) : 0;

	if (!strncmp(line, "KernelPageSize:", 15))
		mapping->page_bytes = kb << 10;
	if (!strncmp(line, "VmFlags:", 8))
		read_flags(line + 8, mapping);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i].name) == length &&
		    !strncmp(line, fields[i].name, length))
			*fields[i].pages += kb / 4;
}

static size_t read_smaps(const char *pid, struct kernel_mapping **ret)
{
	FILE *file = open_of(pid, "smaps");
	struct kernel_mapping *mapping = NULL;
	size_t size = 0, n = 0;
	char *line = NULL;

	while (getline(&line, &size, file) > 0) {
		struct kernel_mapping head = { 0 };

		if (read_head(line, &head)) {
			mapping = NULL;
			if (!strcmp(head.name, "[vsyscall]"))
				continue;
			mapping = append(ret, &n);
			*mapping = head;
		} else if (mapping) {
			read_field(line, mapping);
		}
	}
	free(line);
	fclose(file);
	return n;
}

/* The page size comes last; what is counted are pages of that size. */
static void read_numa_line(char *line, struct kernel_mapping *mapping)
{
	uint64_t pages, node, kb = 4;
	char *word, *rest = NULL;

	for (word = strtok_r(line, " \n", &rest); word;
	     word = strtok_r(NULL, " \n", &rest)) {
		if (sscanf(word, "N%" SCNu64 "=%" SCNu64, &node, &pages) == 2) {
			if (node >= NODES_MAX)
				errx(1, "node %" PRIu64, node);
			mapping->nodes[node] = pages;
		} else if (!strncmp(word, "anon=", 5)) {
			mapping->anon = strtoull(word + 5, NULL, 10);
		} else {
			sscanf(word, "kernelpagesize_kB=%" SCNu64, &kb);
		}
	}
	mapping->anon *= kb / 4;
	for (node = 0; node < NODES_MAX; node++)
		mapping->nodes[node] *= kb / 4;
}

static void read_numa_maps(const char *pid, struct kernel_mapping **ret, size_t *n)
{
	FILE *file = open_of(pid, "numa_maps");
	size_t size = 0;
	char *line = NULL;

	while (getline(&line, &size, file) > 0) {
		struct kernel_mapping *mapping = append(ret, n);

		mapping->start = strtoull(line, NULL, 16);
		read_numa_line(line, mapping);
	}
	free(line);
	fclose(file);
}

/*
 * numa_maps is first: walking over a 1 GiB page of a DAX device, it takes it
 * apart, as all files here do, and who reads it must see what that was worth.
 */
size_t kernel_mappings_read(const char *pid, struct kernel_mapping **ret)
{
	struct kernel_mapping *numa = NULL;
	size_t n_numa = 0, n;

	*ret = NULL;
	read_numa_maps(pid, &numa, &n_numa);
	n = read_smaps(pid, ret);
	if (n != n_numa)
		errx(1, "numa_maps has %zu mappings, smaps %zu", n_numa, n);
	for (size_t i = 0; i < n; i++) {
		if (numa[i].start != (*ret)[i].start)
			errx(1, "numa_maps has a mapping at %" PRIx64 ", smaps at %" PRIx64,
			     numa[i].start, (*ret)[i].start);
		memcpy((*ret)[i].nodes, numa[i].nodes, sizeof(numa[i].nodes));
		(*ret)[i].anon = numa[i].anon;
	}
	free(numa);
	return n;
}
