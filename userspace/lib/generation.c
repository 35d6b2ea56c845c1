// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "context.h"
#include "generation.h"
#include "topology.h"

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

int tierscope_generation_here(struct tierscope *ts,
			      enum tierscope_generation *ret)
{
	struct tierscope_topology cpu = { 0 };
	int error;

	error = tierscope_cpu_identify(ts->root, &cpu);
	if (error)
		return tierscope_fail(ts, error, "cannot read /proc/cpuinfo: %s",
				      strerror(-error));
	error = tierscope_generation_find(cpu.family, cpu.model, cpu.stepping,
					  ret);
	if (error)
		return tierscope_fail(ts, error,
				      "the memory controller of %s (family %u, model %u, stepping %u) is not known: Skylake-SP to Emerald Rapids are",
				      cpu.cpu_model[0] ? cpu.cpu_model : "this CPU",
				      cpu.family, cpu.model, cpu.stepping);
	return 0;
}

/*
 * Ice Lake-SP shows three boxes a memory controller, as many as the die was
 * made for (arch/x86/events/intel/uncore_snbep.c, icx_uncore_imc: 12 boxes,
 * ICX_NUMBER_IMC_CHN 3), of which Xeons have two (drivers/edac/i10nm_base.c,
 * ddr_imc_num 4, ddr_chan_num 2; eight channels a socket in the datasheets).
 * What a box without a channel counts is nowhere said, so it is not asked.
 * Sapphire Rapids' firmware lists the boxes that there are
 * (uncore_discovery.c).
 *
 * Emerald Rapids' core is listed as Sapphire Rapids' but for Optane
 * (EMR/events/emeraldrapids_core.json), and libpfm4 4.13 does not know it.
 */
static const struct tierscope_generation_facts facts[] = {
	[TIERSCOPE_GENERATION_SKX] = { "Skylake-SP", "SKX/events/skylakex",
				       false, "skx", false, 3, 3 },
	[TIERSCOPE_GENERATION_CLX] = { "Cascade Lake", "CLX/events/cascadelakex",
				       false, "clx", true, 3, 3 },
	[TIERSCOPE_GENERATION_CPX] = { "Cooper Lake", "CLX/events/cascadelakex",
				       true, "clx", true, 3, 3 },
	[TIERSCOPE_GENERATION_ICX] = { "Ice Lake-SP", "ICX/events/icelakex",
				       false, "icx", true, 3, 2 },
	[TIERSCOPE_GENERATION_SPR] = { "Sapphire Rapids", "SPR/events/sapphirerapids",
				       false, "spr", true, 2, 2 },
	[TIERSCOPE_GENERATION_EMR] = { "Emerald Rapids", "EMR/events/emeraldrapids",
				       false, "spr", false, 2, 2 },
};

const struct tierscope_generation_facts *
tierscope_generation_facts(enum tierscope_generation generation)
{
	return &facts[generation];
}

bool tierscope_generation_has_channel(enum tierscope_generation generation,
				      unsigned int unit)
{
	return unit % facts[generation].slots < facts[generation].channels;
}
