/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The model once more, written from its description and not from its code,
 * with lists that are searched from end to end: to be compared with it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "machine.h"

struct naive;

/** naive_new - a model with all caches empty, counting into @counts, or NULL */
struct naive *naive_new(const struct sim_machine *machine,
			struct tierscope_sim_region *counts);

/** naive_free - free it */
void naive_free(struct naive *naive);

/** naive_access - one access of one vCPU */
void naive_access(struct naive *naive, unsigned int vcpu, uint64_t address,
		  bool store);
