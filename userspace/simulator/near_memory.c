/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "machine.h"
#include "near_memory.h"

#define DIRTY 1U

int sim_near_memory_init(struct sim_near_memory *near, uint64_t bytes)
{
	near->slots = (uint32_t)(bytes >> SIM_LINE_SHIFT);
	near->slot = calloc(near->slots, sizeof(*near->slot));
	return near->slot ? 0 : -ENOMEM;
}

void sim_near_memory_release(struct sim_near_memory *near)
{
	free(near->slot);
	near->slot = NULL;
}

enum sim_tag_check sim_near_memory_access(struct sim_near_memory *near,
					  uint32_t line, bool write,
					  uint32_t *ret_victim)
{
	uint32_t index = line % near->slots;
	uint32_t *slot = near->slot + index;
	uint32_t clean = (line / near->slots + 1) << 1;
	uint32_t old = *slot;

	if ((old & ~DIRTY) == clean) {
		*slot = old | write;
		return old & DIRTY ? SIM_HIT_DIRTY : SIM_HIT_CLEAN;
	}
	*slot = clean | write;
	if (!(old & DIRTY))
		return SIM_MISS_CLEAN;
	*ret_victim = ((old >> 1) - 1) * near->slots + index;
	return SIM_MISS_DIRTY;
}
