// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stddef.h>

#include "generation.h"

/*
 * One model number, 0x55, stands for three generations, told apart by stepping:
 * arch/x86/events/intel/core.c (Cascade Lake from 5, Cooper Lake from 10), and
 * GenuineIntel-6-55-[01234] and -[56789ABCDEF] in perfmon's mapfile.csv.
 */
static const struct {
	unsigned int model;
	unsigned int first_stepping;
	unsigned int last_stepping;
	enum tierscope_generation generation;
} models[] = {
	{ 0x55, 0, 4, TIERSCOPE_GENERATION_SKX },
	{ 0x55, 5, 9, TIERSCOPE_GENERATION_CLX },
	{ 0x55, 10, 15, TIERSCOPE_GENERATION_CPX },
	{ 0x6a, 0, 15, TIERSCOPE_GENERATION_ICX },
	{ 0x8f, 0, 15, TIERSCOPE_GENERATION_SPR },
	{ 0xcf, 0, 15, TIERSCOPE_GENERATION_EMR },
};

int tierscope_generation_find(unsigned int family, unsigned int model,
			      unsigned int stepping,
			      enum tierscope_generation *ret)
{
	if (family != 6)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		if (models[i].model == model &&
		    stepping >= models[i].first_stepping &&
		    stepping <= models[i].last_stepping) {
			*ret = models[i].generation;
			return 0;
		}
	}
	return -EOPNOTSUPP;
}
