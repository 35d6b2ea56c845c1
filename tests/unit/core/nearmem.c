/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "nearmem.h"
#include "suite.h"

#define SECTION_PAGES 32

static struct tierscope_nearmem_slots make(__u64 n)
{
	/* Exactly as large, so that a sanitizer sees who leaves it. */
	struct tierscope_nearmem_slots slots = { .n = n, .pages = calloc(n, 1) };

	CU_ASSERT_PTR_NOT_NULL_FATAL(slots.pages);
	return slots;
}

static void a_section_begins_where_the_one_before_ended(void)
{
	CU_ASSERT_EQUAL(tierscope_nearmem_base(0, 32, 48), 0);
	CU_ASSERT_EQUAL(tierscope_nearmem_base(1, 32, 48), 32);
	CU_ASSERT_EQUAL(tierscope_nearmem_base(2, 32, 48), 16);
	CU_ASSERT_EQUAL(tierscope_nearmem_base(3, 32, 48), 0);
	/* A cache that is smaller than a section. */
	CU_ASSERT_EQUAL(tierscope_nearmem_base(1, 32, 5), 2);
	CU_ASSERT_EQUAL(tierscope_nearmem_base(7, 32, 1), 0);
	/* 96 GiB in front of 64 TiB, sections of 128 MiB. */
	CU_ASSERT_EQUAL(tierscope_nearmem_base(524287, 32768, 25165824),
			524287ULL * 32768 % 25165824);
}

static void pages_that_follow_each_other_wrap(void)
{
	struct tierscope_nearmem_slots slots = make(5);
	static const __u8 want[] = { 3, 3, 2, 2, 3 };

	tierscope_nearmem_add(&slots, 4, 0, 13);
	CU_ASSERT_FALSE(memcmp(slots.pages, want, sizeof(want)));
	tierscope_nearmem_add(&slots, 4, 3, 0);
	CU_ASSERT_FALSE(memcmp(slots.pages, want, sizeof(want)));
	free(slots.pages);
}

static void a_byte_says_255_or_more(void)
{
	struct tierscope_nearmem_slots slots = make(2);
	__u64 bins[TIERSCOPE_NEARMEM_BINS] = { 0 };

	tierscope_nearmem_add(&slots, 0, 0, 2 * 254);
	CU_ASSERT_EQUAL(slots.pages[0], 254);
	tierscope_nearmem_add(&slots, 0, 0, 1);
	tierscope_nearmem_add(&slots, 0, 0, 1000);
	CU_ASSERT_EQUAL(slots.pages[0], 255);
	CU_ASSERT_EQUAL(slots.pages[1], 255);
	tierscope_nearmem_histogram(slots.pages, slots.n, bins);
	CU_ASSERT_EQUAL(bins[255], 2);
	CU_ASSERT_EQUAL(bins[254], 0);
	free(slots.pages);
}

static void a_histogram_may_be_made_in_parts(void)
{
	static const __u8 pages[] = { 0, 1, 1, 0, 7, 255, 1 };
	__u64 bins[TIERSCOPE_NEARMEM_BINS] = { 0 }, sum = 0;

	tierscope_nearmem_histogram(pages, 3, bins);
	tierscope_nearmem_histogram(pages + 3, sizeof(pages) - 3, bins);
	CU_ASSERT_EQUAL(bins[0], 2);
	CU_ASSERT_EQUAL(bins[1], 3);
	CU_ASSERT_EQUAL(bins[7], 1);
	CU_ASSERT_EQUAL(bins[255], 1);
	for (int i = 0; i < TIERSCOPE_NEARMEM_BINS; i++)
		sum += bins[i];
	CU_ASSERT_EQUAL(sum, sizeof(pages));
}

/*
 * Against a model that knows nothing of sections, bases or bytes: the pages of
 * the node are put into a list one by one, and number i of the list is in slot
 * i modulo the slots. Holes are where a fixed generator puts them, and so are
 * the ranges that are counted.
 */
static void check_against_list(__u64 n_slots, __u64 seed)
{
	enum { SECTIONS = 40, PAGES = SECTIONS * SECTION_PAGES };
	struct tierscope_nearmem_slots slots = make(n_slots);
	unsigned long *want = calloc(n_slots, sizeof(*want));
	__u64 base[SECTIONS], ordinal = 0, list = 0, state = seed;
	__u64 number_in_list[PAGES];
	unsigned int wrong = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(want);
	for (int section = 0; section < SECTIONS; section++) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		base[section] = TIERSCOPE_NEARMEM_NOWHERE;
		if (state >> 62 == 0)
			continue;
		base[section] = tierscope_nearmem_base(ordinal++, SECTION_PAGES,
						       n_slots);
		for (int i = 0; i < SECTION_PAGES; i++)
			number_in_list[section * SECTION_PAGES + i] = list++;
	}
	for (int i = 0; i < 2000; i++) {
		__u64 section, offset, n;

		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		section = (state >> 33) % SECTIONS;
		offset = (state >> 40) % SECTION_PAGES;
		n = (state >> 48) % (SECTION_PAGES - offset + 1);
		if (base[section] == TIERSCOPE_NEARMEM_NOWHERE)
			continue;
		tierscope_nearmem_add(&slots, base[section], offset, n);
		for (; n; n--, offset++)
			want[number_in_list[section * SECTION_PAGES + offset] %
			     n_slots]++;
	}
	for (__u64 i = 0; i < n_slots; i++)
		wrong += slots.pages[i] != (want[i] < 255 ? want[i] : 255);
	CU_ASSERT_EQUAL(wrong, 0);
	free(want);
	free(slots.pages);
}

static void slots_are_those_of_a_plain_list(void)
{
	/* Below, at and above a section; powers of two and not; all of it. */
	static const __u64 sizes[] = { 1, 2, 3, 31, 32, 33, 48, 96, 100, 128,
				       777, 1280, 4096 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (__u64 seed = 1; seed <= 8; seed++)
			check_against_list(sizes[i], seed);
}

static const struct suite_test tests[] = {
	{ "a section begins where the one before ended", a_section_begins_where_the_one_before_ended },
	{ "pages that follow each other wrap", pages_that_follow_each_other_wrap },
	{ "a byte says 255 or more", a_byte_says_255_or_more },
	{ "a histogram may be made in parts", a_histogram_may_be_made_in_parts },
	{ "slots are those of a plain list", slots_are_those_of_a_plain_list },
};

SUITE_MAIN("nearmem", tests)
