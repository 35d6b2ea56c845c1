/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "llc.h"
#include "machine.h"

#define DIRTY 1U

int sim_llc_init(struct sim_llc *llc, uint64_t bytes, uint32_t ways)
{
	llc->ways = ways;
	llc->sets = (uint32_t)(bytes / ((uint64_t)ways << SIM_LINE_SHIFT));
	llc->entry = calloc((size_t)llc->sets * ways, sizeof(*llc->entry));
	return llc->entry ? 0 : -ENOMEM;
}

void sim_llc_release(struct sim_llc *llc)
{
	free(llc->entry);
	llc->entry = NULL;
}

bool sim_llc_access(struct sim_llc *llc, uint32_t line, bool write,
		    sim_llc_entry *ret_victim)
{
	sim_llc_entry *way = llc->entry + (size_t)(line % llc->sets) * llc->ways;
	sim_llc_entry clean = (line + 1) << 1, moved = 0;
	uint32_t i;

	/*
	 * One pass searches and moves: every way that was used later than the
	 * line goes back by one, the line comes to the front.
	 */
	for (i = 0; i < llc->ways; i++) {
		sim_llc_entry here = way[i];

		way[i] = moved;
		if ((here & ~DIRTY) == clean) {
			way[0] = here | write;
			return true;
		}
		moved = here;
	}
	way[0] = clean | write;
	*ret_victim = moved & DIRTY ? moved : 0;
	return false;
}
