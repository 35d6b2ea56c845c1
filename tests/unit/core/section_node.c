/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "section_node.h"
#include "suite.h"

static void first_part_names_the_section(void)
{
	for (__u32 node = 0; node < TIERSCOPE_SECTION_MIXED; node++)
		CU_ASSERT_EQUAL(tierscope_section_merge(TIERSCOPE_SECTION_NONE, node),
				node);
}

static void same_node_stays(void)
{
	CU_ASSERT_EQUAL(tierscope_section_merge(3, 3), 3);
	CU_ASSERT_EQUAL(tierscope_section_merge(0, 0), 0);
}

static void two_nodes_are_mixed_for_good(void)
{
	__u8 have = tierscope_section_merge(3, 4);

	CU_ASSERT_EQUAL(have, TIERSCOPE_SECTION_MIXED);
	CU_ASSERT_EQUAL(tierscope_section_merge(have, 3), TIERSCOPE_SECTION_MIXED);
	CU_ASSERT_EQUAL(tierscope_section_merge(have, 4), TIERSCOPE_SECTION_MIXED);
}

/* A number that does not fit a byte must never look like another node. */
static void large_node_is_asked_of_the_page(void)
{
	CU_ASSERT_EQUAL(tierscope_section_merge(TIERSCOPE_SECTION_NONE, 254),
			TIERSCOPE_SECTION_MIXED);
	CU_ASSERT_EQUAL(tierscope_section_merge(TIERSCOPE_SECTION_NONE, 255),
			TIERSCOPE_SECTION_MIXED);
	CU_ASSERT_EQUAL(tierscope_section_merge(TIERSCOPE_SECTION_NONE, 256),
			TIERSCOPE_SECTION_MIXED);
	CU_ASSERT_EQUAL(tierscope_section_merge(0, 1023), TIERSCOPE_SECTION_MIXED);
}

static const struct suite_test tests[] = {
	{ "the first part names the section", first_part_names_the_section },
	{ "the same node stays", same_node_stays },
	{ "two nodes are mixed for good", two_nodes_are_mixed_for_good },
	{ "a large node is asked of the page", large_node_is_asked_of_the_page },
};

SUITE_MAIN("section_node", tests)
