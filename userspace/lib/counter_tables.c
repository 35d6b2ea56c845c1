// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sources, row by row: Intel's perfmon event files (github.com/intel/perfmon,
 * <generation>/events/<name>_uncore.json, where the row says EXPERIMENTAL
 * <name>_uncore_experimental.json):
 *   SKX  SKX/events/skylakex_uncore.json
 *   CLX  CLX/events/cascadelakex_uncore.json; CPX is mapped to it by mapfile.csv
 *   ICX  ICX/events/icelakex_uncore.json
 *   SPR  SPR/events/sapphirerapids_uncore.json
 *   EMR  EMR/events/emeraldrapids_uncore.json. It still lists the events of
 *        Optane, which its core events and metrics have given up: left out.
 * and, where it says KERNEL, the Linux driver's events of the free-running
 * counters (arch/x86/events/intel/uncore_snbep.c,
 * icx_uncore_imc_freerunning_events, named as there). They count lines of 64
 * bytes, whatever the .scale files say: those were 16 times too small before
 * Linux 5.10 (commit 8191016a026b), and nobody reads them here. Sapphire
 * Rapids' free-running counters have no traffic.
 *
 * libpfm4 knows some of these events too; a unit test compares.
 */
#include <stddef.h>

#include "counter_tables.h"

#define SKX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_SKX)
#define CLX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_CLX)
#define CPX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_CPX)
#define ICX TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_ICX)
#define SPR TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_SPR)
#define EMR TIERSCOPE_GENERATION_BIT(TIERSCOPE_GENERATION_EMR)

#define IMC		TIERSCOPE_BOX_IMC
#define M2M		TIERSCOPE_BOX_M2M
#define FREE_RUNNING	TIERSCOPE_BOX_IMC_FREE_RUNNING

#define MAIN		TIERSCOPE_LISTING_MAIN
#define EXPERIMENTAL	TIERSCOPE_LISTING_EXPERIMENTAL
#define KERNEL		TIERSCOPE_LISTING_KERNEL

/* Of two rows for one role the first is the better one. */
static const struct tierscope_encoding encodings[] = {
	/* DRAM clock. On SPR and EMR umask 0 is half of it (HCLOCKTICKS), and
	 * that is what the kernel's alias "clockticks" counts there. */
	{ SKX | CLX | CPX | ICX, TIERSCOPE_ROLE_CLOCKTICKS,
	  IMC, 0x00, 0x00, MAIN, "UNC_M_CLOCKTICKS" },
	{ SPR | EMR, TIERSCOPE_ROLE_CLOCKTICKS,
	  IMC, 0x01, 0x01, MAIN, "UNC_M_CLOCKTICKS" },

	/* Reads with the underfills of partial writes: all that the DRAM does. */
	{ SKX | CLX | CPX, TIERSCOPE_ROLE_DRAM_READ,
	  IMC, 0x04, 0x03, MAIN, "UNC_M_CAS_COUNT.RD" },
	{ ICX, TIERSCOPE_ROLE_DRAM_READ,
	  FREE_RUNNING, 0xff, 0x20, KERNEL, "read" },
	{ ICX, TIERSCOPE_ROLE_DRAM_READ,
	  IMC, 0x04, 0x0f, MAIN, "UNC_M_CAS_COUNT.RD" },
	{ SPR | EMR, TIERSCOPE_ROLE_DRAM_READ,
	  IMC, 0x05, 0xcf, MAIN, "UNC_M_CAS_COUNT.RD" },

	{ SKX | CLX | CPX, TIERSCOPE_ROLE_DRAM_WRITE,
	  IMC, 0x04, 0x0c, MAIN, "UNC_M_CAS_COUNT.WR" },
	{ ICX, TIERSCOPE_ROLE_DRAM_WRITE,
	  FREE_RUNNING, 0xff, 0x21, KERNEL, "write" },
	{ ICX, TIERSCOPE_ROLE_DRAM_WRITE,
	  IMC, 0x04, 0x30, MAIN, "UNC_M_CAS_COUNT.WR" },
	{ SPR | EMR, TIERSCOPE_ROLE_DRAM_WRITE,
	  IMC, 0x05, 0xf0, MAIN, "UNC_M_CAS_COUNT.WR" },

	/* Requests that enter the queues to Optane, 64 bytes each. */
	{ ICX, TIERSCOPE_ROLE_PMM_READ,
	  FREE_RUNNING, 0xff, 0x30, KERNEL, "ddrt_read" },
	{ ICX, TIERSCOPE_ROLE_PMM_WRITE,
	  FREE_RUNNING, 0xff, 0x31, KERNEL, "ddrt_write" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_PMM_READ,
	  IMC, 0xe3, 0x00, MAIN, "UNC_M_PMM_RPQ_INSERTS" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_PMM_WRITE,
	  IMC, 0xe7, 0x00, MAIN, "UNC_M_PMM_WPQ_INSERTS" },

	/* Tag checks of the near memory. */
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_HIT,
	  IMC, 0xd3, 0x01, MAIN, "UNC_M_TAGCHK.HIT" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_MISS_CLEAN,
	  IMC, 0xd3, 0x02, MAIN, "UNC_M_TAGCHK.MISS_CLEAN" },
	{ CLX | CPX | ICX | SPR, TIERSCOPE_ROLE_TAG_MISS_DIRTY,
	  IMC, 0xd3, 0x04, MAIN, "UNC_M_TAGCHK.MISS_DIRTY" },

	/* Clean and dirty together are no event of Intel's lists, but their
	 * umask bits are; pcm-memory programs them so (pcm, cpucounters.cpp).
	 * In 1LM the clean half counts reads of DRAM, says CLX's list. */
	{ CLX | CPX, TIERSCOPE_ROLE_M2M_READ_HIT,
	  M2M, 0x2c, 0x03, EXPERIMENTAL,
	  "UNC_M2M_TAG_HIT.NM_RD_HIT_CLEAN+NM_RD_HIT_DIRTY" },
	{ ICX, TIERSCOPE_ROLE_M2M_READ_HIT,
	  M2M, 0x2c, 0x03, MAIN,
	  "UNC_M2M_TAG_HIT.NM_RD_HIT_CLEAN+NM_RD_HIT_DIRTY" },
	{ SPR, TIERSCOPE_ROLE_M2M_READ_HIT,
	  M2M, 0x1f, 0x03, MAIN,
	  "UNC_M2M_TAG_HIT.NM_RD_HIT_CLEAN+NM_RD_HIT_DIRTY" },

	/* The upper half of a longer umask chooses the channels: all of them. */
	{ SKX | CLX | CPX, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  M2M, 0x38, 0x80, MAIN, "UNC_M2M_IMC_WRITES.NI" },
	{ ICX, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  M2M, 0x38, 0x1e00, EXPERIMENTAL, "UNC_M2M_IMC_WRITES.NI" },
	{ SPR | EMR, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  M2M, 0x25, 0x1a00, EXPERIMENTAL, "UNC_M2M_IMC_WRITES.NI" },

	{ CLX | CPX, TIERSCOPE_ROLE_M2M_READ_PMM,
	  M2M, 0x37, 0x08, MAIN, "UNC_M2M_IMC_READS.TO_PMM" },
	{ ICX, TIERSCOPE_ROLE_M2M_READ_PMM,
	  M2M, 0x37, 0x0720, MAIN, "UNC_M2M_IMC_READS.TO_PMM" },
	{ SPR, TIERSCOPE_ROLE_M2M_READ_PMM,
	  M2M, 0x24, 0x0320, MAIN, "UNC_M2M_IMC_READS.TO_PMM" },

	{ CLX | CPX, TIERSCOPE_ROLE_M2M_WRITE_PMM,
	  M2M, 0x38, 0x20, MAIN, "UNC_M2M_IMC_WRITES.TO_PMM" },
	{ ICX, TIERSCOPE_ROLE_M2M_WRITE_PMM,
	  M2M, 0x38, 0x1c80, MAIN, "UNC_M2M_IMC_WRITES.TO_PMM" },
	{ SPR, TIERSCOPE_ROLE_M2M_WRITE_PMM,
	  M2M, 0x25, 0x1880, MAIN, "UNC_M2M_IMC_WRITES.TO_PMM" },
};

static const struct tierscope_encoding *
find_from(size_t first, enum tierscope_generation generation,
	  enum tierscope_role role, uint32_t boxes)
{
	for (size_t i = first; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (encodings[i].role == role &&
		    boxes & TIERSCOPE_BOX_BIT(encodings[i].box) &&
		    encodings[i].generations &
		    TIERSCOPE_GENERATION_BIT(generation))
			return &encodings[i];
	return NULL;
}

const struct tierscope_encoding *
tierscope_encoding_find(enum tierscope_generation generation,
			enum tierscope_role role, uint32_t boxes)
{
	return find_from(0, generation, role, boxes);
}

const struct tierscope_encoding *
tierscope_encoding_next(const struct tierscope_encoding *encoding,
			enum tierscope_generation generation)
{
	return find_from(encoding - encodings + 1, generation, encoding->role,
			 TIERSCOPE_BOXES_ALL);
}
