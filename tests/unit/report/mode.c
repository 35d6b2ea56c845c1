/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/mode.h"
#include "suite.h"

#define ALL (REPORT_TAGS | REPORT_DRAM | REPORT_PMM)

static struct tierscope_topology topology = { .mode_evidence = "so says a file" };

struct row {
	double hit, clean, dirty, dram, pmm_read, pmm_write;
	uint64_t measured;
	enum tierscope_mode counted;
	const char *evidence;
	bool against[TIERSCOPE_MODE_APP_DIRECT + 1];	/* by what sysfs says */
};

static void check(const struct row *row)
{
	struct report_traffic at = { .roles = ALL, .measured = row->measured };
	struct report_mode found;

	at.count[TIERSCOPE_ROLE_TAG_HIT] = row->hit;
	at.count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = row->clean;
	at.count[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = row->dirty;
	at.count[TIERSCOPE_ROLE_DRAM_READ] = row->dram;
	at.count[TIERSCOPE_ROLE_PMM_READ] = row->pmm_read;
	at.count[TIERSCOPE_ROLE_PMM_WRITE] = row->pmm_write;
	for (int mode = 0; mode <= TIERSCOPE_MODE_APP_DIRECT; mode++) {
		topology.mode = mode;
		report_mode_find(&at, &topology, &found);
		CU_ASSERT_EQUAL(found.mode, row->counted);
		CU_ASSERT_PTR_NOT_NULL(strstr(found.evidence, row->evidence));
		CU_ASSERT_EQUAL(*found.contradiction != '\0', row->against[mode]);
		if (*found.contradiction) {
			CU_ASSERT_PTR_NOT_NULL(strstr(found.contradiction, "so says a file"));
			CU_ASSERT_PTR_NOT_NULL(strstr(found.contradiction, row->evidence));
		}
	}
	report_mode_find(&at, NULL, &found);
	CU_ASSERT_EQUAL(found.mode, row->counted);
	CU_ASSERT_STRING_EQUAL(found.contradiction, "");
}

static void counters_tell_the_mode(void)
{
	static const struct row rows[] = {
		{ 80000, 10000, 10000, 100000, 20000, 10000, ALL,
		  TIERSCOPE_MODE_MEMORY_MODE, "100000 tag checks",
		  { [TIERSCOPE_MODE_DRAM_ONLY] = true, [TIERSCOPE_MODE_APP_DIRECT] = true } },
		/* 30000 lines from misses, 100000 in all. */
		{ 80000, 10000, 10000, 100000, 80000, 20000, ALL,
		  TIERSCOPE_MODE_MEMORY_MODE, "explain only 30000 of 100000",
		  { [TIERSCOPE_MODE_DRAM_ONLY] = true, [TIERSCOPE_MODE_APP_DIRECT] = true } },
		{ 0, 0, 0, 100000, 50000, 1, ALL,
		  TIERSCOPE_MODE_APP_DIRECT, "50001 lines of Optane",
		  { [TIERSCOPE_MODE_DRAM_ONLY] = true, [TIERSCOPE_MODE_MEMORY_MODE] = true } },
		{ 0, 0, 0, 100000, 0, 0, ALL,
		  TIERSCOPE_MODE_UNKNOWN, "DRAM is no cache",
		  { [TIERSCOPE_MODE_MEMORY_MODE] = true } },
		{ 0, 0, 0, 4000, 90, 5, ALL, TIERSCOPE_MODE_UNKNOWN, "too little", { false } },
		/* Nobody counted tag checks. */
		{ 0, 0, 0, 100000, 50000, 1, REPORT_DRAM | REPORT_PMM,
		  TIERSCOPE_MODE_UNKNOWN, "not counted", { false } },
		{ 80000, 10000, 10000, 0, 0, 0, REPORT_TAGS,
		  TIERSCOPE_MODE_MEMORY_MODE, "100000 tag checks of",
		  { [TIERSCOPE_MODE_DRAM_ONLY] = true, [TIERSCOPE_MODE_APP_DIRECT] = true } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

static const struct suite_test tests[] = {
	{ "counters tell the mode", counters_tell_the_mode },
};

SUITE_MAIN("report mode", tests)
