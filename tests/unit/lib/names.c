// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <tierscope/tierscope.h>

#include "suite.h"

static void test_tiers(void)
{
	enum tierscope_tier tier;

	for (unsigned int i = 0; i <= TIERSCOPE_TIER_MAX; i++) {
		tier = TIERSCOPE_TIER_UNKNOWN;
		CU_ASSERT_EQUAL(tierscope_tier_from_name(tierscope_tier_name(i),
							 &tier), 0);
		CU_ASSERT_EQUAL(tier, i);
	}
	CU_ASSERT_PTR_NULL(tierscope_tier_name(TIERSCOPE_TIER_MAX + 1));
	CU_ASSERT_PTR_NULL(tierscope_tier_name(-1));
	CU_ASSERT_STRING_EQUAL(tierscope_tier_name(TIERSCOPE_TIER_CACHED),
			       "memory-mode");

	tier = TIERSCOPE_TIER_PMEM;
	CU_ASSERT_EQUAL(tierscope_tier_from_name("optane", &tier), -EINVAL);
	CU_ASSERT_EQUAL(tierscope_tier_from_name("", &tier), -EINVAL);
	CU_ASSERT_EQUAL(tierscope_tier_from_name("DRAM", &tier), -EINVAL);
	CU_ASSERT_EQUAL(tier, TIERSCOPE_TIER_PMEM);
}

static void test_kinds(void)
{
	enum tierscope_kind kind;

	for (unsigned int i = 0; i <= TIERSCOPE_KIND_MAX; i++) {
		kind = TIERSCOPE_KIND_ANON;
		CU_ASSERT_EQUAL(tierscope_kind_from_name(tierscope_kind_name(i),
							 &kind), 0);
		CU_ASSERT_EQUAL(kind, i);
	}
	CU_ASSERT_PTR_NULL(tierscope_kind_name(TIERSCOPE_KIND_MAX + 1));
	CU_ASSERT_EQUAL(tierscope_kind_from_name("heap", &kind), -EINVAL);
}

static void test_roles(void)
{
	enum tierscope_role role;

	for (unsigned int i = 0; i < TIERSCOPE_ROLES; i++) {
		role = TIERSCOPE_ROLE_CLOCKTICKS;
		CU_ASSERT_EQUAL(tierscope_role_from_name(tierscope_role_name(i),
							 &role), 0);
		CU_ASSERT_EQUAL(role, i);
	}
	CU_ASSERT_PTR_NULL(tierscope_role_name(TIERSCOPE_ROLES));
	CU_ASSERT_EQUAL(tierscope_role_from_name("pmm", &role), -EINVAL);
	for (unsigned int i = 0; i < TIERSCOPE_BOXES; i++)
		CU_ASSERT_PTR_NOT_NULL(tierscope_box_name(i));
	CU_ASSERT_STRING_EQUAL(tierscope_box_name(TIERSCOPE_BOX_IMC), "imc");
	CU_ASSERT_PTR_NULL(tierscope_box_name(TIERSCOPE_BOXES));
}

static void test_modes(void)
{
	CU_ASSERT_STRING_EQUAL(tierscope_mode_name(TIERSCOPE_MODE_UNKNOWN),
			       "unknown");
	CU_ASSERT_STRING_EQUAL(tierscope_mode_name(TIERSCOPE_MODE_DRAM_ONLY),
			       "dram-only");
	CU_ASSERT_STRING_EQUAL(tierscope_mode_name(TIERSCOPE_MODE_MEMORY_MODE),
			       "memory-mode");
	CU_ASSERT_STRING_EQUAL(tierscope_mode_name(TIERSCOPE_MODE_APP_DIRECT),
			       "app-direct");
	CU_ASSERT_PTR_NULL(tierscope_mode_name(TIERSCOPE_MODE_APP_DIRECT + 1));
}

static void test_reasons(void)
{
	CU_ASSERT_STRING_EQUAL(tierscope_watch_reason_name(TIERSCOPE_WATCH_REASON_EXIT),
			       "exit");
	CU_ASSERT_STRING_EQUAL(tierscope_watch_reason_name(TIERSCOPE_WATCH_REASON_REAPED),
			       "reaped");
	CU_ASSERT_PTR_NULL(tierscope_watch_reason_name(TIERSCOPE_WATCH_REASON_MAX + 1));
}

static const struct suite_test tests[] = {
	{ "tiers there and back", test_tiers },
	{ "kinds there and back", test_kinds },
	{ "roles there and back", test_roles },
	{ "modes", test_modes },
	{ "reasons of last looks", test_reasons },
};

SUITE_MAIN("names", tests)
