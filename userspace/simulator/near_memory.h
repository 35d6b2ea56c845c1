/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The near memory of one socket: the DRAM that Memory Mode makes a cache of
 * Optane. Direct-mapped by physical line within the socket's memory, 64-byte
 * lines, tag and dirty bit beside each line's data.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a tag check finds; a slot that was never filled is a clean miss. */
enum sim_tag_check {
	SIM_HIT_CLEAN,
	SIM_HIT_DIRTY,
	SIM_MISS_CLEAN,
	SIM_MISS_DIRTY,
};

struct sim_near_memory {
	uint32_t *slot;		/* tag plus one, then a dirty bit; 0 is empty */
	uint32_t slots;
};

/** sim_near_memory_init - make an empty one; -ENOMEM if there is no memory */
int sim_near_memory_init(struct sim_near_memory *near, uint64_t bytes);

/** sim_near_memory_release - free what sim_near_memory_init() took */
void sim_near_memory_release(struct sim_near_memory *near);

/** sim_near_memory_slot - the slot of a line of the socket's memory */
static inline uint32_t sim_near_memory_slot(const struct sim_near_memory *near,
					    uint32_t line)
{
	return line % near->slots;
}

static inline bool sim_tag_check_hits(enum sim_tag_check found)
{
	return found <= SIM_HIT_DIRTY;
}

/**
 * sim_near_memory_access - check the tag of a line, and put the line there
 * @near: the near memory
 * @line: line of the socket's memory
 * @write: it is a write-back: the line becomes dirty
 * @ret_victim: line that has to be written back, on SIM_MISS_DIRTY
 *
 * Return: what the tag check found before.
 */
enum sim_tag_check sim_near_memory_access(struct sim_near_memory *near,
					  uint32_t line, bool write,
					  uint32_t *ret_victim);
