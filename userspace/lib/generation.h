/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The generations of Xeon whose memory controllers are known.
 */
#pragma once

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
