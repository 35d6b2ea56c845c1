// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel_page.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/kernel-page-flags.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "frame_slot.h"

#define PAGE		4096
#define PAGES_AT_ONCE	4096
#define REGIONS_MAX	8

/* Documentation/admin-guide/mm/pagemap.rst */
#define PRESENT		(1ULL << 63)
#define SWAPPED		(1ULL << 62)
#define FRAME		((1ULL << 55) - 1)
#define SWAP_TYPE	31

/* What /proc/kpageflags says besides, to tools/mm/page-types.c. */
#define KPF_RESERVED	32

/*
 * Of a swap entry: types of the kernel's own, behind those of swap devices.
 * First poisoned, then three of migration, then markers. (Kernels with memory that
 * only a device can reach have more; Debian's have not.)
 */
#define POISONED	0
#define MIGRATING_LAST	3

struct region {
	uint64_t first, end;	/* frames */
	uint32_t node;
};

static int pagemap, kpageflags;
static uint64_t swap_types;
static struct frame_slots nodes[NODES_MAX];
static struct region regions[REGIONS_MAX];
static size_t n_regions;

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static uint64_t read_number(const char *directory, const char *name)
{
	char path[512], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "re");
	if (!file || !fgets(text, sizeof(text), file))
		err(1, "%s", path);
	fclose(file);
	return strtoull(text, NULL, 0);
}

static void read_nodes(void)
{
	const char *parent = "/sys/devices/system/node";
	DIR *directory = opendir(parent);
	struct dirent *entry;

	if (!directory)
		err(1, "%s", parent);
	while ((entry = readdir(directory))) {
		unsigned int node;
		char slots[64];

		if (sscanf(entry->d_name, "node%u", &node) != 1 || node >= NODES_MAX)
			continue;
		/* How large a cache in front of it would be does not matter. */
		snprintf(slots, sizeof(slots), "%u:%u", node, PAGE);
		frame_slots_read(slots, &nodes[node]);
	}
	closedir(directory);
}

static void read_regions(void)
{
	const char *parent = "/sys/bus/nd/devices";
	DIR *directory = opendir(parent);
	struct dirent *entry;

	if (!directory)
		return;		/* a machine without */
	while ((entry = readdir(directory))) {
		struct region *region = &regions[n_regions];
		char path[512];
		unsigned int number;

		if (sscanf(entry->d_name, "region%u", &number) != 1)
			continue;
		if (n_regions++ == REGIONS_MAX)
			errx(1, "more than %d regions", REGIONS_MAX);
		snprintf(path, sizeof(path), "%s/%s", parent, entry->d_name);
		region->first = read_number(path, "resource") / PAGE;
		region->end = region->first + read_number(path, "size") / PAGE;
		region->node = (uint32_t)read_number(path, "target_node");
		if (region->node >= NODES_MAX)
			errx(1, "%s has no target node", path);
	}
	closedir(directory);
}

/* 6.1 has one more of its own, which 6.4 no longer has. */
static void read_swap_types(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		err(1, "uname");
	swap_types = major > 6 || (major == 6 && minor >= 4) ? 27 : 26;
}

void kernel_pages_open(const char *pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%s/pagemap", pid);
	pagemap = open_file(path);
	kpageflags = open_file("/proc/kpageflags");
	read_nodes();
	read_regions();
	read_swap_types();
}

static void count_swapped(uint64_t word, struct kernel_pages *ret)
{
	uint64_t type = word & SWAP_TYPE;

	if (type < swap_types)
		ret->swap++;
	else if (type - swap_types == POISONED)
		ret->poisoned++;
	else if (type - swap_types <= MIGRATING_LAST)
		ret->migrating++;
	else
		ret->markers++;
}

static void count_online(uint64_t frame, struct kernel_pages *ret)
{
	for (int node = 0; node < NODES_MAX; node++) {
		if (nodes[node].slots &&
		    frame_slot(&nodes[node], frame) != FRAME_SLOT_NONE) {
			ret->nodes[node]++;
			return;
		}
	}
	ret->outside++;
}

static void count_offline(uint64_t frame, struct kernel_pages *ret)
{
	for (size_t i = 0; i < n_regions; i++) {
		if (frame >= regions[i].first && frame < regions[i].end) {
			ret->dax[regions[i].node]++;
			return;
		}
	}
	ret->outside++;
}

/* @n pages on neighbouring frames: one look at what they are for all. */
static void count_frames(uint64_t frame, size_t n, struct kernel_pages *ret)
{
	static uint64_t flags[PAGES_AT_ONCE];
	ssize_t bytes = (ssize_t)(n * sizeof(*flags));

	/* Beyond the last frame there is no flag. */
	if (pread(kpageflags, flags, (size_t)bytes, (off_t)(frame * sizeof(*flags))) != bytes)
		for (size_t i = 0; i < n; i++)
			flags[i] = 1ULL << KPF_NOPAGE;
	for (size_t i = 0; i < n; i++) {
		if (flags[i] & 1ULL << KPF_ZERO_PAGE)
			ret->zero++;
		else if (flags[i] & 1ULL << KPF_NOPAGE)
			count_offline(frame + i, ret);
		else if (flags[i] & 1ULL << KPF_RESERVED)
			ret->reserved++;
		else
			count_online(frame + i, ret);
	}
}

static void count_words(const uint64_t *word, size_t n, struct kernel_pages *ret)
{
	size_t run;

	for (; n; word += run, n -= run) {
		run = 1;
		if (word[0] & PRESENT) {
			while (run < n && word[run] & PRESENT &&
			       (word[run] & FRAME) == (word[0] & FRAME) + run)
				run++;
			count_frames(word[0] & FRAME, run, ret);
		} else if (word[0] & SWAPPED) {
			count_swapped(word[0], ret);
		}
	}
}

void kernel_pages_count(const struct kernel_mapping *mapping,
			struct kernel_pages *ret)
{
	static uint64_t words[PAGES_AT_ONCE];
	uint64_t at = mapping->start / PAGE, end = mapping->end / PAGE, n;

	memset(ret, 0, sizeof(*ret));
	for (; at < end; at += n) {
		n = end - at < PAGES_AT_ONCE ? end - at : PAGES_AT_ONCE;
		if (pread(pagemap, words, n * sizeof(*words),
			  (off_t)(at * sizeof(*words))) != (ssize_t)(n * sizeof(*words)))
			err(1, "pagemap");
		count_words(words, n, ret);
	}
}
