/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses that wait to be counted. Every lock that is taken waits for the
 * host's own loads, and a guest that streams misses on every line: so a vCPU
 * hands its accesses to the model a few at a time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"

#define SIM_BATCH_ACCESSES 32

struct sim_batch {
	unsigned int n;
	uint32_t access[SIM_BATCH_ACCESSES];	/* a line's number, then 1 for a store */
};

/**
 * sim_batch_add - put an access at the end
 * @batch: not full
 * @address: guest-physical; what is not below SIM_ADDRESS_END is nowhere
 * @store: not a load
 */
static inline void sim_batch_add(struct sim_batch *batch, uint64_t address,
				 bool store)
{
	if (address > SIM_ADDRESS_END)
		address = SIM_ADDRESS_END;
	batch->access[batch->n++] =
		(uint32_t)(address >> SIM_LINE_SHIFT) << 1 | store;
}

static inline bool sim_batch_is_full(const struct sim_batch *batch)
{
	return batch->n == SIM_BATCH_ACCESSES;
}
