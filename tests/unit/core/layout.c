/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"
#include "suite.h"

static const __u64 base[] = { 0x10000, 0x20000, 0x1000, 3 };

static __u64 add(__u64 layout, const __u64 *m)
{
	return tierscope_layout_add(layout, m[0], m[1], m[2], (__u32)m[3]);
}

static void same_mappings_same_layout(void)
{
	__u64 other[] = { 0x30000, 0x40000, 0, 1 };

	CU_ASSERT_EQUAL(add(add(0, base), other), add(add(0, base), other));
}

static void every_bit_of_a_mapping_matters(void)
{
	__u64 layout = add(0, base);

	for (unsigned int part = 0; part < 4; part++)
		for (unsigned int bit = 0; bit < (part == 3 ? 32 : 64); bit++) {
			__u64 changed[] = { base[0], base[1], base[2], base[3] };

			changed[part] ^= 1ULL << bit;
			CU_ASSERT_NOT_EQUAL(add(0, changed), layout);
		}
}

static void order_matters(void)
{
	__u64 other[] = { 0x30000, 0x40000, 0, 1 };

	CU_ASSERT_NOT_EQUAL(add(add(0, base), other), add(add(0, other), base));
}

static void a_mapping_more_matters(void)
{
	__u64 nothing[] = { 0, 0, 0, 0 };

	CU_ASSERT_NOT_EQUAL(add(0, nothing), 0);
	CU_ASSERT_NOT_EQUAL(add(add(0, base), nothing), add(0, base));
}

static const struct suite_test tests[] = {
	{ "the same mappings, the same layout", same_mappings_same_layout },
	{ "every bit of a mapping matters", every_bit_of_a_mapping_matters },
	{ "order matters", order_matters },
	{ "a mapping more matters", a_mapping_more_matters },
};

SUITE_MAIN("layout", tests)
