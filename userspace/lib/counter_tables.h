/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which event of the memory controller's PMU means what, by generation.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <tierscope/tierscope.h>

enum tierscope_generation {
	TIERSCOPE_GENERATION_SKX,	/* Skylake-SP */
	TIERSCOPE_GENERATION_CLX,	/* Cascade Lake */
	TIERSCOPE_GENERATION_CPX,	/* Cooper Lake */
	TIERSCOPE_GENERATION_ICX,	/* Ice Lake-SP */
	TIERSCOPE_GENERATION_SPR,	/* Sapphire Rapids */
	TIERSCOPE_GENERATION_EMR,	/* Emerald Rapids */

	TIERSCOPE_GENERATIONS,
};

#define TIERSCOPE_GENERATION_BIT(generation) (1U << (generation))

/**
 * struct tierscope_encoding - one event
 * @generations: TIERSCOPE_GENERATION_BIT()s that share it
 * @role: what it means
 * @event, @umask: to be placed by the format/ files of the PMU
 * @name: in Intel's lists
 */
struct tierscope_encoding {
	uint32_t generations;
	enum tierscope_role role;
	uint64_t event;
	uint64_t umask;
	const char *name;
};

/* Generation of a CPU. -EOPNOTSUPP if it is none of them. */
int tierscope_generation_find(unsigned int family, unsigned int model,
			      unsigned int stepping,
			      enum tierscope_generation *ret);

/* The encoding of @role, or NULL if the generation has no such event. */
const struct tierscope_encoding *
tierscope_encoding_find(enum tierscope_generation generation,
			enum tierscope_role role);
