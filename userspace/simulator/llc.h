/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last-level cache of one socket: set-associative, true LRU, write-back,
 * write-allocate. The set is the line's number modulo the number of sets,
 * which need not be a power of two. (The hash by which real parts spread
 * lines over their slices is not published.)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A line's number plus one, then a dirty bit; 0 is an empty way. */
typedef uint32_t sim_llc_entry;

struct sim_llc {
	sim_llc_entry *entry;	/* by set, most recently used way first */
	uint32_t sets;
	uint32_t ways;
};

/** sim_llc_init - make an empty cache; -ENOMEM if there is no memory for it */
int sim_llc_init(struct sim_llc *llc, uint64_t bytes, uint32_t ways);

/** sim_llc_release - free what sim_llc_init() took */
void sim_llc_release(struct sim_llc *llc);

/**
 * sim_llc_access - look a line up, and bring it in if it is not there
 * @llc: the cache
 * @line: physical address / 64
 * @write: the line becomes dirty
 * @ret_victim: on a miss that evicted a dirty line, that line's entry, else 0
 *
 * Return: true for a hit.
 */
bool sim_llc_access(struct sim_llc *llc, uint32_t line, bool write,
		    sim_llc_entry *ret_victim);

/** sim_llc_line - the line of an entry */
static inline uint32_t sim_llc_line(sim_llc_entry entry)
{
	return (entry >> 1) - 1;
}
