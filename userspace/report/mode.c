/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/mode.h"

#include <stdio.h>

/* 256 KiB: less may be a module that idles, or a page table read once. */
#define LINES_MIN 4096

/* Of the Optane traffic that no miss explains, before the rest is called App
 * Direct: turns of multiplexed counters do not see the same lines. */
#define UNEXPLAINED_MIN 0.25

struct sums {
	bool tags_known, pmm_known, dram_known;
	double tags, pmm, dram, explained;
};

static double sum(const struct report_traffic *traffic, uint64_t roles)
{
	double total = 0;

	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		if (roles & REPORT_SLOT_BIT(role))
			total += traffic->count[role];
	return total;
}

static struct sums sums_of(const struct report_traffic *traffic)
{
	return (struct sums){
		.tags_known = (traffic->measured & REPORT_TAGS) == REPORT_TAGS,
		.pmm_known = (traffic->measured & REPORT_PMM) == REPORT_PMM,
		.dram_known = (traffic->measured & REPORT_DRAM),
		.tags = sum(traffic, traffic->measured & REPORT_TAGS),
		.pmm = sum(traffic, traffic->measured & REPORT_PMM),
		.dram = sum(traffic, traffic->measured & REPORT_DRAM),
		.explained = traffic->count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] +
			     2 * traffic->count[TIERSCOPE_ROLE_TAG_MISS_DIRTY],
	};
}

/* Whether the counts are such as only DRAM that is no cache brings. */
static bool no_cache(const struct sums *sums)
{
	return sums->tags_known && sums->tags == 0 &&
	       sums->dram + sums->pmm >= LINES_MIN;
}

static void find(const struct sums *sums, struct report_mode *ret)
{
	char *text = ret->evidence;
	size_t size = sizeof(ret->evidence);

	ret->mode = TIERSCOPE_MODE_UNKNOWN;
	if (sums->tags >= LINES_MIN) {
		ret->mode = TIERSCOPE_MODE_MEMORY_MODE;
		if (sums->tags_known && sums->pmm_known && sums->pmm >= LINES_MIN &&
		    sums->pmm * (1 - UNEXPLAINED_MIN) > sums->explained)
			snprintf(text, size, "mixed: %.0f tag checks, but their misses explain only %.0f of %.0f lines of Optane traffic",
				 sums->tags, sums->explained, sums->pmm);
		else
			snprintf(text, size, "%.0f tag checks of near memory",
				 sums->tags);
	} else if (!sums->tags_known) {
		snprintf(text, size, "tag checks were not counted");
	} else if (no_cache(sums) && sums->pmm >= LINES_MIN) {
		ret->mode = TIERSCOPE_MODE_APP_DIRECT;
		snprintf(text, size, "%.0f lines of Optane traffic without a tag check",
			 sums->pmm);
	} else if (no_cache(sums)) {
		snprintf(text, size, "%.0f lines of DRAM traffic without a tag check: DRAM is no cache",
			 sums->dram);
	} else {
		snprintf(text, size, "too little traffic to tell");
	}
}

static bool contradicts(const struct sums *sums, enum tierscope_mode counted,
			enum tierscope_mode said)
{
	switch (said) {
	case TIERSCOPE_MODE_MEMORY_MODE:
		return no_cache(sums);
	case TIERSCOPE_MODE_APP_DIRECT:
		return counted == TIERSCOPE_MODE_MEMORY_MODE;
	case TIERSCOPE_MODE_DRAM_ONLY:
		return counted != TIERSCOPE_MODE_UNKNOWN;
	case TIERSCOPE_MODE_UNKNOWN:
		break;
	}
	return false;
}

void report_mode_find(const struct report_traffic *traffic,
		      const struct tierscope_topology *topology,
		      struct report_mode *ret)
{
	struct sums sums = sums_of(traffic);

	find(&sums, ret);
	ret->contradiction[0] = '\0';
	if (topology && contradicts(&sums, ret->mode, topology->mode))
		snprintf(ret->contradiction, sizeof(ret->contradiction),
			 "the counters contradict the mode '%s' (%.256s): %.190s",
			 tierscope_mode_name(topology->mode),
			 topology->mode_evidence, ret->evidence);
}
