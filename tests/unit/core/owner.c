/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "owner.h"
#include "suite.h"

static void all_three_ids_must_be_ones_own(void)
{
	for (__u32 real = 0; real < 3; real++)
		for (__u32 effective = 0; effective < 3; effective++)
			for (__u32 saved = 0; saved < 3; saved++) {
				struct tierscope_owner_ids ids = { real, effective, saved };
				bool own = real == 1 && effective == 1 && saved == 1;

				CU_ASSERT_EQUAL(tierscope_owner_match(1, &ids), own);
			}
}

/* Root's ids give nothing here: its rights are capabilities. */
static void zero_is_an_id_like_others(void)
{
	struct tierscope_owner_ids users = { 1000, 1000, 1000 };
	struct tierscope_owner_ids roots = { 0, 0, 0 };

	CU_ASSERT_FALSE(tierscope_owner_match(0, &users));
	CU_ASSERT_TRUE(tierscope_owner_match(0, &roots));
}

static const struct suite_test tests[] = {
	{ "all three ids must be one's own", all_three_ids_must_be_ones_own },
	{ "zero is an id like others", zero_is_an_id_like_others },
};

SUITE_MAIN("owner", tests)
