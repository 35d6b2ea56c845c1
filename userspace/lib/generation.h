/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The generations of Xeon whose memory controllers are known.
 */
#pragma once

#include <stdbool.h>

struct tierscope;

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

/* Generation of a CPU. -EOPNOTSUPP if it is none of them. */
int tierscope_generation_find(unsigned int family, unsigned int model,
			      unsigned int stepping,
			      enum tierscope_generation *ret);

/* That of this machine, or a sentence: as above, or -errno of /proc/cpuinfo. */
int tierscope_generation_here(struct tierscope *ts,
			      enum tierscope_generation *ret);

/**
 * struct tierscope_generation_facts - what holds for all of a generation
 * @name: "Cascade Lake"
 * @list: path of its event lists in Intel's perfmon, up to "_uncore.json"
 * @assumed: no list is its own, and nobody has said that this one holds
 * @core: libpfm4's name of its core PMU
 * @has_optane: there are core events that tell Optane apart
 * @slots, @channels: boxes of a memory controller, and how many of them, the
 *	first ones, have a channel behind them
 */
struct tierscope_generation_facts {
	const char *name;
	const char *list;
	bool assumed;
	const char *core;
	bool has_optane;
	unsigned int slots;
	unsigned int channels;
};

const struct tierscope_generation_facts *
tierscope_generation_facts(enum tierscope_generation generation);

/* Whether box @unit of uncore_imc has a channel that DIMMs could be on. */
bool tierscope_generation_has_channel(enum tierscope_generation generation,
				      unsigned int unit);
