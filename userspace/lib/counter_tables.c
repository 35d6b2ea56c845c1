// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sources, row by row: Intel's perfmon event files (github.com/intel/perfmon,
 * <generation>/events/<name>_uncore.json):
 *   SKX  SKX/events/skylakex_uncore.json
 *   CLX  CLX/events/cascadelakex_uncore.json; CPX is mapped to it by mapfile.csv
 *   ICX  ICX/events/icelakex_uncore.json
 *   SPR  SPR/events/sapphirerapids_uncore.json
 *   EMR  EMR/events/emeraldrapids_uncore.json. It still lists the events of
 *        Optane, which its core events and metrics have given up: left out.
 * libpfm4 knows some of these events too; a unit test compares.
 */
#include <errno.h>

#include "counter_tables.h"

#define SKX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_SKX)
#define CLX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_CLX)
#define CPX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_CPX)
#define ICX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_ICX)
#define SPR TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_SPR)
#define EMR TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_EMR)

static const struct tierscope_encoding encodings[] = {
	/* DRAM clock. On SPR and EMR umask 0 is half of it (HCLOCKTICKS), and
	 * that is what the kernel's alias "clockticks" counts there. */
	{ SKX | CLX | CPX | ICX, TIERSCOPE_ROLE_CLOCKTICKS, 0x00, 0x00,
	  "UNC_M_CLOCKTICKS" },
	{ SPR | EMR, TIERSCOPE_ROLE_CLOCKTICKS, 0x01, 0x01,
	  "UNC_M_CLOCKTICKS" },

	/* Reads with the underfills of partial writes: all that the DRAM does. */
	{ SKX | CLX | CPX, TIERSCOPE_ROLE_DRAM_READ, 0x04, 0x03,
	  "UNC_M_CAS_COUNT.RD" },
	{ ICX, TIERSCOPE_ROLE_DRAM_READ, 0x04, 0x0f, "UNC_M_CAS_COUNT.RD" },
	{ SPR | EMR, TIERSCOPE_ROLE_DRAM_READ, 0x05, 0xcf,
	  "UNC_M_CAS_COUNT.RD" },

	{ SKX | CLX | CPX, TIERSCOPE_ROLE_DRAM_WRITE, 0x04, 0x0c,
	  "UNC_M_CAS_COUNT.WR" },
	{ ICX, TIERSCOPE_ROLE_DRAM_WRITE, 0x04, 0x30, "UNC_M_CAS_COUNT.WR" },
	{ SPR | EMR, TIERSCOPE_ROLE_DRAM_WRITE, 0x05, 0xf0,
	  "UNC_M_CAS_COUNT.WR" },

	/* Requests that enter the queues to Optane, 64 bytes each. */
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_PMM_READ, 0xe3, 0x00,
	  "UNC_M_PMM_RPQ_INSERTS" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_PMM_WRITE, 0xe7, 0x00,
	  "UNC_M_PMM_WPQ_INSERTS" },

	/* Tag checks of the near memory. */
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_HIT, 0xd3, 0x01,
	  "UNC_M_TAGCHK.HIT" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_MISS_CLEAN, 0xd3, 0x02,
	  "UNC_M_TAGCHK.MISS_CLEAN" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_MISS_DIRTY, 0xd3, 0x04,
	  "UNC_M_TAGCHK.MISS_DIRTY" },
};

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

const struct tierscope_encoding *
tierscope_encoding_find(enum tierscope_generation generation,
			enum tierscope_role role)
{
	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (encodings[i].role == role &&
		    encodings[i].generations &
		    TIERSCOPE_GENERATION_BIT(generation))
			return &encodings[i];
	return NULL;
}
