/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each row of the cost table, with counts worked out by hand. */
#include <string.h>

#include "imc.h"
#include "small_machine.h"
#include "suite.h"

#define SLOTS 101		/* of the small machine's near memory */
#define LINE 9			/* slot 9, so channel 9 / 4 = 2 */
#define VICTIM (LINE + SLOTS)	/* shares the slot */

/* In the order of enum tierscope_sim_imc. */
#define COUNTS(cas_read, cas_write, pmm_read, pmm_write, hit, clean, dirty) \
	((const __u64[TIERSCOPE_SIM_IMC_COUNTERS]){ 0, cas_read, cas_write, \
		pmm_read, pmm_write, hit, clean, dirty })

/* In the order of enum tierscope_sim_m2m. */
#define M2M(hit_clean, hit_dirty, miss, write_tag, write_no_tag) \
	((const __u64[TIERSCOPE_SIM_M2M_COUNTERS]){ hit_clean, hit_dirty, miss, \
		write_tag, write_no_tag })

struct bench {
	struct sim_imc imc;
	struct tierscope_sim_channel channel[TIERSCOPE_SIM_CHANNELS];
};

static void set_up(struct bench *b, const struct sim_machine *machine)
{
	memset(b, 0, sizeof(*b));
	CU_ASSERT_EQUAL_FATAL(sim_imc_init(&b->imc, machine, b->channel), 0);
}

static enum sim_medium serve(struct bench *b, uint32_t line, bool write,
			     enum sim_medium medium)
{
	struct sim_request r = { .line = line, .write = write, .medium = medium };

	sim_imc_serve(&b->imc, &r, 1);
	return r.ret_source;
}

/* What was counted since the last look is this, and on this channel only. */
static void check(struct bench *b, unsigned int channel,
		  const __u64 want[TIERSCOPE_SIM_IMC_COUNTERS])
{
	static const struct tierscope_sim_channel none;

	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		CU_ASSERT(!memcmp(b->channel[c].imc,
				  c == channel ? want : none.imc,
				  sizeof(none.imc)));
	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		memset(b->channel[c].imc, 0, sizeof(b->channel[c].imc));
}

/* The same for the controllers' M2M. */
static void check_m2m(struct bench *b, unsigned int channel,
		      const __u64 want[TIERSCOPE_SIM_M2M_COUNTERS])
{
	static const struct tierscope_sim_channel none;

	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		CU_ASSERT(!memcmp(b->channel[c].m2m,
				  c == channel ? want : none.m2m,
				  sizeof(none.m2m)));
	memset(b->channel, 0, sizeof(b->channel));
}

static void reads(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	set_up(&b, &m);
	/* An empty slot, then a clean victim. */
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_PMEM), SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 0, 0, 1, 0));
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_PMEM), SIM_DRAM);
	check(&b, 2, COUNTS(1, 0, 0, 0, 1, 0, 0));
	CU_ASSERT_EQUAL(serve(&b, VICTIM, false, SIM_PMEM), SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 0, 0, 1, 0));

	/* A dirty victim; what takes its place is clean. */
	serve(&b, VICTIM, true, SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 0, 0, 1, 0, 0));
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_PMEM), SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 1, 0, 0, 1));
	serve(&b, VICTIM, false, SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 0, 0, 1, 0));
	sim_imc_release(&b.imc);
}

static void writes(bool fetch)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	m.fetch_on_write_miss = fetch;
	set_up(&b, &m);
	serve(&b, LINE, true, SIM_PMEM);
	check(&b, 2, fetch ? COUNTS(1, 2, 1, 0, 0, 1, 0) :
			     COUNTS(1, 1, 0, 0, 0, 1, 0));
	serve(&b, LINE, true, SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 0, 0, 1, 0, 0));
	serve(&b, VICTIM, true, SIM_PMEM);
	check(&b, 2, fetch ? COUNTS(1, 2, 1, 1, 0, 0, 1) :
			     COUNTS(1, 1, 0, 1, 0, 0, 1));
	/* What was written on a miss is dirty. */
	serve(&b, LINE, false, SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 1, 0, 0, 1));
	sim_imc_release(&b.imc);
}

static void writes_a(void)
{
	writes(true);
}

static void writes_b(void)
{
	writes(false);
}

/* Of ten write-backs to a resident line nine cost their data only. */
static void resident_writes(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	m.ddo_percent = 90;
	set_up(&b, &m);
	serve(&b, LINE, false, SIM_PMEM);
	check(&b, 2, COUNTS(1, 1, 1, 0, 0, 1, 0));
	for (int i = 0; i < 10; i++)
		serve(&b, LINE, true, SIM_PMEM);
	check(&b, 2, COUNTS(1, 10, 0, 0, 1, 0, 0));
	/* They made it dirty. A miss never skips. */
	serve(&b, VICTIM, true, SIM_PMEM);
	check(&b, 2, COUNTS(1, 2, 1, 1, 0, 0, 1));
	sim_imc_release(&b.imc);
}

/* 256 bytes a channel, six channels in turn, by slot of near memory. */
static void channels(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	set_up(&b, &m);
	serve(&b, 3, false, SIM_PMEM);
	check(&b, 0, COUNTS(1, 1, 1, 0, 0, 1, 0));
	serve(&b, 4, false, SIM_PMEM);
	check(&b, 1, COUNTS(1, 1, 1, 0, 0, 1, 0));
	serve(&b, 23, false, SIM_PMEM);
	check(&b, 5, COUNTS(1, 1, 1, 0, 0, 1, 0));
	serve(&b, 24, false, SIM_PMEM);
	check(&b, 0, COUNTS(1, 1, 1, 0, 0, 1, 0));
	/* Line 101 lies in slot 0 with channel 0, and not where 101 / 4 says. */
	serve(&b, SLOTS, false, SIM_PMEM);
	check(&b, 0, COUNTS(1, 1, 1, 0, 0, 1, 0));
	sim_imc_release(&b.imc);
}

static void dram_only(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_DRAM_ONLY);
	struct bench b;

	set_up(&b, &m);
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_DRAM), SIM_DRAM);
	check(&b, 2, COUNTS(1, 0, 0, 0, 0, 0, 0));
	serve(&b, VICTIM, true, SIM_DRAM);
	check(&b, VICTIM / 4 % 6, COUNTS(0, 1, 0, 0, 0, 0, 0));
	sim_imc_release(&b.imc);
}

static void app_direct(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_APP_DIRECT);
	struct bench b;

	set_up(&b, &m);
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_DRAM), SIM_DRAM);
	check(&b, 2, COUNTS(1, 0, 0, 0, 0, 0, 0));
	serve(&b, LINE, true, SIM_DRAM);
	check(&b, 2, COUNTS(0, 1, 0, 0, 0, 0, 0));
	CU_ASSERT_EQUAL(serve(&b, LINE, false, SIM_PMEM), SIM_PMEM);
	check(&b, 2, COUNTS(0, 0, 1, 0, 0, 0, 0));
	serve(&b, LINE, true, SIM_PMEM);
	check(&b, 2, COUNTS(0, 0, 0, 1, 0, 0, 0));
	sim_imc_release(&b.imc);
}

/* A read that near memory answers is one of a clean or of a dirty line. */
static void m2m_reads(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	set_up(&b, &m);
	serve(&b, LINE, false, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 1, 0, 0));
	serve(&b, LINE, false, SIM_PMEM);
	check_m2m(&b, 2, M2M(1, 0, 0, 0, 0));
	serve(&b, LINE, true, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 0, 1, 0));
	serve(&b, LINE, false, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 1, 0, 0, 0));
	serve(&b, VICTIM, false, SIM_PMEM);	/* its victim is dirty */
	check_m2m(&b, 2, M2M(0, 0, 1, 0, 0));
	serve(&b, VICTIM, false, SIM_PMEM);
	check_m2m(&b, 2, M2M(1, 0, 0, 0, 0));
	sim_imc_release(&b.imc);
}

static void m2m_writes(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct bench b;

	m.ddo_percent = 50;
	set_up(&b, &m);
	serve(&b, LINE, true, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 0, 1, 0));
	serve(&b, VICTIM, true, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 0, 1, 0));
	/* Of two to a resident line, one does without a tag check. */
	serve(&b, VICTIM, true, SIM_PMEM);
	serve(&b, VICTIM, true, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 0, 1, 1));
	sim_imc_release(&b.imc);
}

static void m2m_dram_only(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_DRAM_ONLY);
	struct bench b;

	set_up(&b, &m);
	serve(&b, LINE, false, SIM_DRAM);
	check_m2m(&b, 2, M2M(1, 0, 0, 0, 0));
	serve(&b, LINE, true, SIM_DRAM);
	check_m2m(&b, 2, M2M(0, 0, 0, 0, 1));
	/* Written or not: without near memory there is no dirty hit. */
	serve(&b, LINE, false, SIM_DRAM);
	check_m2m(&b, 2, M2M(1, 0, 0, 0, 0));
	sim_imc_release(&b.imc);
}

static void m2m_app_direct(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_APP_DIRECT);
	struct bench b;

	set_up(&b, &m);
	serve(&b, LINE, false, SIM_DRAM);
	check_m2m(&b, 2, M2M(1, 0, 0, 0, 0));
	serve(&b, LINE, true, SIM_DRAM);
	check_m2m(&b, 2, M2M(0, 0, 0, 0, 1));
	serve(&b, LINE, false, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 1, 0, 0));
	serve(&b, LINE, true, SIM_PMEM);
	check_m2m(&b, 2, M2M(0, 0, 0, 0, 1));
	sim_imc_release(&b.imc);
}

static const struct suite_test tests[] = {
	{ "reads: hit, clean victim, dirty victim", reads },
	{ "writes, model A", writes_a },
	{ "writes, model B", writes_b },
	{ "writes to a resident line without tag check", resident_writes },
	{ "channels take turns every 256 bytes of near memory", channels },
	{ "DRAM Only: no Optane, no tag check", dram_only },
	{ "App Direct: the block's medium decides", app_direct },
	{ "M2M: reads by what near memory answers", m2m_reads },
	{ "M2M: writes by whether the tag is checked", m2m_writes },
	{ "M2M in DRAM Only: DRAM reads are clean hits", m2m_dram_only },
	{ "M2M in App Direct: so are those of DRAM", m2m_app_direct },
};

SUITE_MAIN("simulator: imc", tests)
