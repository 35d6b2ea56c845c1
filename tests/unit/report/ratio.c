/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hit ratios against the requests themselves: by hand, and of a simulated
 * memory controller that is asked for random lines of four times its near
 * memory, 40 % of them written.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "imc.h"
#include "report/ratio.h"
#include "suite.h"

#define SLOTS 4096
#define FOOTPRINT (4 * SLOTS)
#define REQUESTS 400000

static void check_ratio(struct report_value value, double want, double off)
{
	CU_ASSERT_EQUAL_FATAL(value.state, REPORT_VALUE);
	CU_ASSERT_DOUBLE_EQUAL(value.real, want, off);
}

/* 70 reads and 30 writes, all of which check a tag: 56 read hits, 24 write
 * hits, 15 clean and 5 dirty misses. */
static void by_hand(void)
{
	struct report_traffic at = {
		.roles = TIERSCOPE_ROLES_ALL, .measured = TIERSCOPE_ROLES_ALL,
	};

	at.count[TIERSCOPE_ROLE_TAG_HIT] = 80;
	at.count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = 15;
	at.count[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = 5;
	at.count[TIERSCOPE_ROLE_M2M_READ_HIT] = 56;
	at.count[TIERSCOPE_ROLE_M2M_WRITE_NI] = 30;
	at.count[TIERSCOPE_ROLE_DRAM_READ] = 100;
	at.count[TIERSCOPE_ROLE_DRAM_WRITE] = 50;
	at.count[TIERSCOPE_ROLE_PMM_READ] = 20;
	at.count[TIERSCOPE_ROLE_PMM_WRITE] = 5;
	check_ratio(report_hit_ratio(&at), 0.8, 1e-12);
	check_ratio(report_miss_clean_ratio(&at), 0.15, 1e-12);
	check_ratio(report_miss_dirty_ratio(&at), 0.05, 1e-12);
	check_ratio(report_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE), 0.8, 1e-12);
	check_ratio(report_pcm_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE), 0.56, 1e-12);
	check_ratio(report_dram_share(&at), 150. / 175, 1e-12);
}

static void nothing_is_not_available(void)
{
	struct report_traffic at = {
		.roles = TIERSCOPE_ROLES_ALL, .measured = TIERSCOPE_ROLES_ALL,
	};
	const enum tierscope_mode mode = TIERSCOPE_MODE_MEMORY_MODE;

	CU_ASSERT_EQUAL(report_hit_ratio(&at).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_EQUAL(report_read_hit_ratio(&at, mode).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_EQUAL(report_pcm_read_hit_ratio(&at, mode).state, REPORT_NOT_AVAILABLE);
	CU_ASSERT_EQUAL(report_dram_share(&at).state, REPORT_NOT_AVAILABLE);
	/* The boxes were not read at the same moment. */
	at.count[TIERSCOPE_ROLE_M2M_WRITE_NI] = 3;
	CU_ASSERT_EQUAL(report_read_hit_ratio(&at, mode).state, REPORT_NOT_AVAILABLE);
	at.measured = 0;
	CU_ASSERT_EQUAL(report_hit_ratio(&at).state, REPORT_NOT_MEASURED);
	CU_ASSERT_EQUAL(report_read_hit_ratio(&at, mode).state, REPORT_NOT_MEASURED);
	CU_ASSERT_EQUAL(report_dram_share(&at).state, REPORT_NOT_MEASURED);
}

static void only_memory_mode_has_read_hits(void)
{
	struct report_traffic at = {
		.roles = TIERSCOPE_ROLES_ALL, .measured = TIERSCOPE_ROLES_ALL,
	};

	at.count[TIERSCOPE_ROLE_M2M_READ_HIT] = 100;
	at.count[TIERSCOPE_ROLE_DRAM_READ] = 100;
	check_ratio(report_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE), 1, 0);
	for (int mode = TIERSCOPE_MODE_UNKNOWN; mode <= TIERSCOPE_MODE_APP_DIRECT; mode++) {
		if (mode == TIERSCOPE_MODE_MEMORY_MODE)
			continue;
		CU_ASSERT_EQUAL(report_read_hit_ratio(&at, mode).state, REPORT_NOT_AVAILABLE);
		CU_ASSERT_EQUAL(report_pcm_read_hit_ratio(&at, mode).state,
				REPORT_NOT_AVAILABLE);
	}
}

/* ---- the simulated controller ------------------------------------------- */

/* What really happened: by request, not by counter. */
struct truth {
	double requests, hits, reads, read_hits;
};

/* xorshift64, Marsaglia 2003: the same on every host. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static double sum(const struct tierscope_sim_channel *channels,
		  enum tierscope_sim_imc what)
{
	double total = 0;

	for (int i = 0; i < TIERSCOPE_SIM_CHANNELS; i++)
		total += (double)channels[i].imc[what];
	return total;
}

static double m2m_sum(const struct tierscope_sim_channel *channels,
		      enum tierscope_sim_m2m what)
{
	double total = 0;

	for (int i = 0; i < TIERSCOPE_SIM_CHANNELS; i++)
		total += (double)channels[i].m2m[what];
	return total;
}

/* A line that is in its slot is a hit, whoever counts it and whether or not
 * its tag is checked. */
static void ask(struct sim_imc *imc, struct truth *truth)
{
	static uint32_t in_slot[SLOTS];	/* line + 1 */
	uint64_t state = 88172645463325252ULL;

	memset(in_slot, 0, sizeof(in_slot));
	for (int i = 0; i < REQUESTS; i++) {
		struct sim_request request = {
			.line = (uint32_t)(next(&state) % FOOTPRINT),
			.write = next(&state) % 10 < 4,
		};
		bool hit = in_slot[request.line % SLOTS] == request.line + 1;

		in_slot[request.line % SLOTS] = request.line + 1;
		truth->requests++;
		truth->hits += hit;
		truth->reads += !request.write;
		truth->read_hits += hit && !request.write;
		sim_imc_serve(imc, &request, 1);
	}
}

/* What the counters of such a controller say. */
static struct report_traffic counted(bool fetch, unsigned int ddo_percent,
				     struct truth *truth)
{
	const struct sim_machine machine = {
		.mode = TIERSCOPE_SIM_MEMORY_MODE, .near_bytes = SLOTS * 64,
		.fetch_on_write_miss = fetch, .ddo_percent = ddo_percent,
	};
	struct tierscope_sim_channel channels[TIERSCOPE_SIM_CHANNELS] = { 0 };
	struct report_traffic at = {
		.roles = TIERSCOPE_ROLES_ALL, .measured = TIERSCOPE_ROLES_ALL,
	};
	double *count = at.count;
	struct sim_imc imc;

	*truth = (struct truth){ 0 };
	CU_ASSERT_EQUAL_FATAL(sim_imc_init(&imc, &machine, channels), 0);
	ask(&imc, truth);
	count[TIERSCOPE_ROLE_DRAM_READ] = sum(channels, TIERSCOPE_SIM_CAS_READ);
	count[TIERSCOPE_ROLE_DRAM_WRITE] = sum(channels, TIERSCOPE_SIM_CAS_WRITE);
	count[TIERSCOPE_ROLE_PMM_READ] = sum(channels, TIERSCOPE_SIM_PMM_READ);
	count[TIERSCOPE_ROLE_PMM_WRITE] = sum(channels, TIERSCOPE_SIM_PMM_WRITE);
	count[TIERSCOPE_ROLE_TAG_HIT] = sum(channels, TIERSCOPE_SIM_TAG_HIT);
	count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = sum(channels, TIERSCOPE_SIM_TAG_MISS_CLEAN);
	count[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = sum(channels, TIERSCOPE_SIM_TAG_MISS_DIRTY);
	count[TIERSCOPE_ROLE_M2M_READ_HIT] =
		m2m_sum(channels, TIERSCOPE_SIM_READ_HIT_CLEAN) +
		m2m_sum(channels, TIERSCOPE_SIM_READ_HIT_DIRTY);
	count[TIERSCOPE_ROLE_M2M_WRITE_NI] = m2m_sum(channels, TIERSCOPE_SIM_WRITE_TAG);
	sim_imc_release(&imc);
	return at;
}

/*
 * With requests that are 0.6 reads and hit with probability h, the tag checks
 * see all of them, or less 0.9 x 0.4 h where nine of ten write hits skip
 * theirs, and the reads of DRAM are just as many. Model A or B makes no
 * difference to either.
 */
static void estimators_have_their_bias(void)
{
	for (int fetch = 0; fetch < 2; fetch++) {
		for (unsigned int ddo = 0; ddo <= 90; ddo += 90) {
			struct truth truth;
			struct report_traffic at = counted(fetch, ddo, &truth);
			double h = truth.hits / truth.requests;
			double skipped = ddo / 100. * 0.4 * h;

			CU_ASSERT_DOUBLE_EQUAL(h, 0.248, 0.003);
			check_ratio(report_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE),
				    truth.read_hits / truth.reads, 1e-12);
			check_ratio(report_hit_ratio(&at), (h - skipped) / (1 - skipped), 0.002);
			check_ratio(report_hit_ratio(&at), ddo ? 0.1745 : 0.248, 0.003);
			check_ratio(report_pcm_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE),
				    0.6 * h / (1 - skipped), 0.002);
			check_ratio(report_pcm_read_hit_ratio(&at, TIERSCOPE_MODE_MEMORY_MODE),
				    ddo ? 0.1635 : 0.1485, 0.003);
			if (!ddo)
				check_ratio(report_hit_ratio(&at), h, 1e-12);
			else
				CU_ASSERT(report_hit_ratio(&at).real < h - 0.05);
		}
	}
}

/* Each request moves a line or more, so traffic lies about requests. */
static void traffic_share_is_another_thing(void)
{
	struct truth truth;
	struct report_traffic a = counted(true, 0, &truth);
	struct report_traffic b = counted(false, 0, &truth);

	CU_ASSERT(fabs(report_dram_share(&a).real - truth.hits / truth.requests) > 0.2);
	/* Model B reads less of Optane. */
	CU_ASSERT(report_dram_share(&b).real > report_dram_share(&a).real + 0.01);
}

static const struct suite_test tests[] = {
	{ "by hand", by_hand },
	{ "nothing is not available", nothing_is_not_available },
	{ "only Memory Mode has read hits", only_memory_mode_has_read_hits },
	{ "estimators have their bias", estimators_have_their_bias },
	{ "traffic share is another thing", traffic_share_is_another_thing },
};

SUITE_MAIN("report ratio", tests)
