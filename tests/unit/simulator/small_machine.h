/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine so small that a few accesses fill it: two sockets of two vCPUs,
 * each with memory in two pieces, of which one is Optane in App Direct.
 */
#pragma once

#include "machine.h"

#define SMALL_BLOCK_BYTES	(64ULL << 10)
#define SMALL_BLOCK_LINES	(SMALL_BLOCK_BYTES / 64)

static inline struct sim_machine small_machine(enum tierscope_sim_mode mode)
{
	struct sim_machine m = {
		.mode = mode,
		.sockets = 2,
		.vcpus = 4,
		.llc_bytes = 3 * 5 * 64,
		.llc_ways = 5,
		.near_bytes = mode == TIERSCOPE_SIM_MEMORY_MODE ? 101 * 64 : 0,
		.fetch_on_write_miss = true,
		.dclk_hz = 1333333333,
		.blocks = 4,
	};

	/* Holes between them, and socket 1 below a part of socket 0. */
	for (unsigned int i = 0; i < m.blocks; i++) {
		m.block[i].base = (i + 1) * 3 * SMALL_BLOCK_BYTES;
		m.block[i].bytes = SMALL_BLOCK_BYTES;
		m.block[i].socket = i % 2;
		m.block[i].medium = i < 2 ? SIM_DRAM : SIM_PMEM;
	}
	return m;
}
