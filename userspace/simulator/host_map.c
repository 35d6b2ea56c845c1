/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host_map.h"

/* A line of /proc/PID/maps, see proc(5). */
struct mapping {
	uint64_t start, end, offset;
	const char *file;
};

static bool parse(char *line, struct mapping *ret_mapping)
{
	struct mapping m;
	int file = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %n",
		   &m.start, &m.end, &m.offset, &file) != 3 || !file)
		return false;
	m.file = line + file;
	*ret_mapping = m;
	return true;
}

/* The part of a block that this mapping shows, if any. */
static int add(struct sim_host_map *map, const struct sim_block *block,
	       const struct mapping *m)
{
	uint64_t first = m->offset, last = m->offset + (m->end - m->start);
	uint64_t block_last = block->offset + block->bytes;

	if (first < block->offset)
		first = block->offset;
	if (last > block_last)
		last = block_last;
	if (first >= last)
		return 0;
	if (map->segments == SIM_HOST_SEGMENTS_MAX)
		return -E2BIG;
	map->segment[map->segments].start = m->start + (first - m->offset);
	map->segment[map->segments].bytes = last - first;
	map->segment[map->segments].physical =
		block->base + (first - block->offset);
	map->segments++;
	return 0;
}

/* Is all of a block in the map, be it more than once? */
static bool covers(const struct sim_host_map *map, const struct sim_block *block)
{
	uint64_t at = block->base, end = block->base + block->bytes;

	while (at < end) {
		uint64_t before = at;

		for (unsigned int i = 0; i < map->segments; i++) {
			uint64_t start = map->segment[i].physical;

			if (at - start < map->segment[i].bytes)
				at = start + map->segment[i].bytes;
		}
		if (at == before)
			return false;
	}
	return true;
}

int sim_host_map_read(FILE *maps, const struct sim_machine *machine,
		      struct sim_host_map *ret_map, char *ret_why,
		      size_t why_bytes)
{
	struct sim_host_map map = { .segments = 0 };
	char *line = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, maps) >= 0) {
		struct mapping m;

		if (!parse(line, &m))
			continue;
		for (unsigned int i = 0; i < machine->blocks && !err; i++)
			if (!strcmp(m.file, machine->block[i].file))
				err = add(&map, &machine->block[i], &m);
	}
	free(line);
	if (err) {
		snprintf(ret_why, why_bytes,
			 "the files of the blocks are mapped in more than %u pieces",
			 SIM_HOST_SEGMENTS_MAX);
		return err;
	}
	if (ferror(maps)) {
		snprintf(ret_why, why_bytes, "the process's maps cannot be read");
		return -EIO;
	}
	for (unsigned int i = 0; i < machine->blocks; i++) {
		const struct sim_block *b = &machine->block[i];

		if (covers(&map, b))
			continue;
		snprintf(ret_why, why_bytes,
			 "block %s: %s is not mapped in full, is it the file of a memory-backend-file?",
			 b->name, b->file);
		return -ENOENT;
	}
	*ret_map = map;
	return 0;
}
