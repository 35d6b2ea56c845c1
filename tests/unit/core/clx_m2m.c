/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "clx_event.h"
#include "clx_m2m.h"
#include "suite.h"

#define BIT(n)		(1U << (n))
#define HIT_CLEAN	BIT(TIERSCOPE_SIM_READ_HIT_CLEAN)
#define HIT_DIRTY	BIT(TIERSCOPE_SIM_READ_HIT_DIRTY)
#define READ		(HIT_CLEAN | HIT_DIRTY | BIT(TIERSCOPE_SIM_READ_MISS))
#define WRITE		(BIT(TIERSCOPE_SIM_WRITE_TAG) | \
			 BIT(TIERSCOPE_SIM_WRITE_NO_TAG))

static __u32 counted(__u64 config)
{
	__u32 set = 0xabcd;

	CU_ASSERT_EQUAL(tierscope_clx_m2m_decode(config, &set), 0);
	return set;
}

static void refused(__u64 config)
{
	__u32 set = 0xabcd;

	CU_ASSERT_EQUAL(tierscope_clx_m2m_decode(config, &set), -EINVAL);
	CU_ASSERT_EQUAL(set, 0xabcd);
}

static void named_events(void)
{
	CU_ASSERT_EQUAL(counted(0x0000), BIT(TIERSCOPE_CLX_M2M_CLOCKTICKS));
	CU_ASSERT_EQUAL(counted(0x012c), HIT_CLEAN);
	CU_ASSERT_EQUAL(counted(0x022c), HIT_DIRTY);
	CU_ASSERT_EQUAL(counted(0x0137), READ);
	CU_ASSERT_EQUAL(counted(0x0437), READ);
	CU_ASSERT_EQUAL(counted(0x0837), BIT(TIERSCOPE_CLX_M2M_PMM_READ));
	CU_ASSERT_EQUAL(counted(0x0138), WRITE);
	CU_ASSERT_EQUAL(counted(0x1038), WRITE);
	CU_ASSERT_EQUAL(counted(0x2038), BIT(TIERSCOPE_CLX_M2M_PMM_WRITE));
	CU_ASSERT_EQUAL(counted(0x8038), BIT(TIERSCOPE_SIM_WRITE_TAG));
}

/* Known, and 0 in a model of whole lines. */
static void partial_writes(void)
{
	CU_ASSERT_EQUAL(counted(0x042c), 0);
	CU_ASSERT_EQUAL(counted(0x082c), 0);
	CU_ASSERT_EQUAL(counted(0x0c2c), 0);
	CU_ASSERT_EQUAL(counted(0x0238), 0);
}

static void sums(void)
{
	CU_ASSERT_EQUAL(counted(0x032c), HIT_CLEAN |
					 HIT_DIRTY);
	CU_ASSERT_EQUAL(counted(0x0f2c), HIT_CLEAN |
					 HIT_DIRTY);
	CU_ASSERT_EQUAL(counted(0x052c), HIT_CLEAN);
}

static void what_the_model_has_not(void)
{
	refused(0x002c);	/* TAG_HIT without an umask */
	refused(0x102c);
	refused(0x112c);
	refused(0x0037);
	refused(0x0537);	/* NORMAL and ALL overlap */
	refused(0x0c37);	/* so do ALL and TO_PMM in App Direct */
	refused(0x0237);	/* ISOCH */
	refused(0x0038);
	refused(0x9038);	/* ALL and NI */
	refused(0x0438);	/* FULL_ISOCH */
	refused(0x012e);	/* DIRECTORY_UPDATE */
	refused(0x0061);	/* TAG_MISS: not on Cascade Lake */
	refused(0x0100);
	refused(0x00ff);
}

static void cycle_filters(void)
{
	refused(0x032c | TIERSCOPE_CLX_EDGE);
	refused(0x032c | TIERSCOPE_CLX_INV);
	refused(0x032c | 0x01000000);
}

/* Of all 65536 pairs of event and umask, those above and no other. */
static void nothing_else(void)
{
	unsigned int known = 0;

	for (__u64 config = 0; config < 0x10000; config++) {
		__u32 set = 0;

		if (tierscope_clx_m2m_decode(config, &set))
			continue;
		CU_ASSERT_EQUAL(set >> TIERSCOPE_CLX_M2M_COUNTERS, 0);
		known++;
	}
	CU_ASSERT_EQUAL(known, 1 + 15 + 3 + 5);
}

static const struct suite_test tests[] = {
	{ "named events", named_events },
	{ "partial writes count nothing", partial_writes },
	{ "sums", sums },
	{ "what the model has not", what_the_model_has_not },
	{ "cycle filters", cycle_filters },
	{ "nothing else", nothing_else },
};

SUITE_MAIN("clx-m2m", tests)
