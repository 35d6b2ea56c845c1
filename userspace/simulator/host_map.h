/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which guest-physical address a host address is. The plugin interface of
 * QEMU 7.2 answers with an address inside a RAM block, of which several
 * overlap. But each block of the machine is a shared file, and this process's
 * own maps say where that file is mapped.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "machine.h"

/* QEMU maps a file once; policies and advice may split the mapping. */
#define SIM_HOST_SEGMENTS_MAX 128

/**
 * struct sim_host_map - pieces of host memory that are guest memory
 * @segments: how many
 * @segment: host addresses from @start on, @bytes of them, stand at
 *	guest-physical @physical
 */
struct sim_host_map {
	unsigned int segments;
	struct {
		uint64_t start;
		uint64_t bytes;
		uint64_t physical;
	} segment[SIM_HOST_SEGMENTS_MAX];
};

/**
 * sim_host_map_read - find the blocks of a machine in this process
 * @maps: /proc/self/maps
 * @machine: whose blocks
 * @ret_map: the answer, untouched on failure
 * @ret_why: on failure, a sentence that says what is wrong with which block
 * @why_bytes: room in @ret_why
 *
 * Return: 0, -ENOENT if a block is not mapped in full, -E2BIG if it is in too
 * many pieces, or what reading ended with.
 */
int sim_host_map_read(FILE *maps, const struct sim_machine *machine,
		      struct sim_host_map *ret_map, char *ret_why,
		      size_t why_bytes);

/** sim_host_map_find - guest-physical address, or TIERSCOPE_SIM_NOWHERE */
static inline uint64_t sim_host_map_find(const struct sim_host_map *map,
					 uint64_t host)
{
	for (unsigned int i = 0; i < map->segments; i++)
		if (host - map->segment[i].start < map->segment[i].bytes)
			return host - map->segment[i].start +
			       map->segment[i].physical;
	return TIERSCOPE_SIM_NOWHERE;
}
