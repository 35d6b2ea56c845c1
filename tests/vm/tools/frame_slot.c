// SPDX-License-Identifier: GPL-2.0-or-later
#include "frame_slot.h"

#include <dirent.h>
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE		4096

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_FRAME	((1ULL << 55) - 1)

static int compare(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static uint64_t read_block_bytes(void)
{
	const char *path = "/sys/devices/system/memory/block_size_bytes";
	FILE *file = fopen(path, "re");
	uint64_t bytes;

	if (!file || fscanf(file, "%" SCNx64, &bytes) != 1)
		err(1, "%s", path);
	fclose(file);
	return bytes;
}

void frame_slots_read(const char *text, struct frame_slots *ret)
{
	struct frame_slots slots = { 0 };
	unsigned int node;
	struct dirent *entry;
	uint64_t bytes;
	char path[64];
	DIR *directory;

	if (sscanf(text, "%u:%" SCNu64, &node, &bytes) != 2 || bytes < PAGE)
		errx(2, "%s is no NODE:BYTES", text);
	slots.slots = bytes / PAGE;
	slots.block_pages = read_block_bytes() / PAGE;
	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", node);
	directory = opendir(path);
	if (!directory)
		err(1, "%s", path);
	while ((entry = readdir(directory))) {
		uint64_t number;

		if (sscanf(entry->d_name, "memory%" SCNu64, &number) != 1)
			continue;
		slots.block = reallocarray(slots.block, slots.n + 1,
					   sizeof(*slots.block));
		if (!slots.block)
			errx(1, "out of memory");
		slots.block[slots.n++] = number;
	}
	closedir(directory);
	if (!slots.n)
		errx(1, "%s has no memory block", path);
	qsort(slots.block, slots.n, sizeof(*slots.block), compare);
	*ret = slots;
}

uint64_t frame_slot(const struct frame_slots *slots, uint64_t frame)
{
	uint64_t number = frame / slots->block_pages;
	const uint64_t *block = bsearch(&number, slots->block, slots->n,
					sizeof(*slots->block), compare);

	if (!block)
		return FRAME_SLOT_NONE;
	return ((uint64_t)(block - slots->block) * slots->block_pages +
		frame % slots->block_pages) % slots->slots;
}

void frames_of(int pagemap, uint64_t address, size_t n, uint64_t *ret)
{
	ssize_t bytes = (ssize_t)(n * sizeof(*ret));

	if (pread(pagemap, ret, (size_t)bytes,
		  (off_t)(address / PAGE * sizeof(*ret))) != bytes)
		err(1, "pagemap");
	for (size_t i = 0; i < n; i++)
		ret[i] = ret[i] & PAGEMAP_PRESENT ? ret[i] & PAGEMAP_FRAME : 0;
}
