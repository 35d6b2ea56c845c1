/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/identity.h"
#include "suite.h"

/* 100 requests by the cost table: 60 read hits, 10 write hits, then 8 read
 * misses and 4 write misses that are clean, and 12 and 6 that are dirty. */
static struct report_traffic requests(void)
{
	struct report_traffic at = {
		.roles = TIERSCOPE_ROLES_ALL, .measured = TIERSCOPE_ROLES_ALL,
	};

	at.count[TIERSCOPE_ROLE_TAG_HIT] = 70;
	at.count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] = 12;
	at.count[TIERSCOPE_ROLE_TAG_MISS_DIRTY] = 18;
	at.count[TIERSCOPE_ROLE_DRAM_READ] = 100;
	at.count[TIERSCOPE_ROLE_DRAM_WRITE] = 30 + 20;
	at.count[TIERSCOPE_ROLE_PMM_READ] = 30;
	at.count[TIERSCOPE_ROLE_PMM_WRITE] = 18;
	return at;
}

/* The name, read as an equation: "a = b + 2 c". */
static double by_name(const char *name, const double *count, bool right)
{
	char text[128], *rest = text, *word;
	double sum = 0, times = 1;
	enum tierscope_role role;

	snprintf(text, sizeof(text), "%s", name);
	if (right)
		rest = strchr(text, '=') + 1;
	else
		*strchr(text, '=') = '\0';
	while ((word = strsep(&rest, " "))) {
		if (*word == '2') {
			times = 2;
		} else if (*word && *word != '+') {
			CU_ASSERT_EQUAL_FATAL(tierscope_role_from_name(word, &role), 0);
			sum += times * count[role];
			times = 1;
		}
	}
	return sum;
}

static void sides_are_what_the_name_says(void)
{
	struct report_traffic at = requests();
	struct report_value none;
	double left, right;

	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		at.count[role] = 1000 + 37 * role * role;
	for (size_t i = 0; i < REPORT_IDENTITIES; i++) {
		const struct report_identity *identity = &report_identities[i];

		CU_ASSERT_TRUE_FATAL(report_identity_sides(identity, &at,
			TIERSCOPE_MODE_MEMORY_MODE, &left, &right, &none));
		CU_ASSERT_DOUBLE_EQUAL(left, by_name(identity->name, at.count, false), 1e-9);
		CU_ASSERT_DOUBLE_EQUAL(right, by_name(identity->name, at.count, true), 1e-9);
	}
}

static void they_hold_in_memory_mode(void)
{
	struct report_traffic at = requests();

	for (size_t i = 0; i < REPORT_IDENTITIES; i++) {
		CU_ASSERT_DOUBLE_EQUAL(report_identity_residual(&report_identities[i], &at,
			TIERSCOPE_MODE_MEMORY_MODE).real, 0, 1e-12);
		CU_ASSERT_EQUAL(report_identity_residual(&report_identities[i], &at,
			TIERSCOPE_MODE_APP_DIRECT).state, REPORT_NOT_AVAILABLE);
		CU_ASSERT_EQUAL(report_identity_residual(&report_identities[i], &at,
			TIERSCOPE_MODE_UNKNOWN).state, REPORT_NOT_AVAILABLE);
	}
	/* A cache that does not fetch on the 10 write misses. */
	at.count[TIERSCOPE_ROLE_PMM_READ] = 20;
	CU_ASSERT_DOUBLE_EQUAL(report_identity_residual(
		&report_identities[REPORT_IDENTITY_PMM_READ], &at,
		TIERSCOPE_MODE_MEMORY_MODE).real, -1. / 3, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(report_identity_residual(
		&report_identities[REPORT_IDENTITY_PMM], &at,
		TIERSCOPE_MODE_MEMORY_MODE).real, -10. / 48, 1e-12);
	at.measured &= ~REPORT_ROLE(TAG_MISS_DIRTY);
	CU_ASSERT_EQUAL(report_identity_residual(
		&report_identities[REPORT_IDENTITY_PMM], &at,
		TIERSCOPE_MODE_MEMORY_MODE).state, REPORT_NOT_MEASURED);
}

static void intervals_do_not_make_up_for_each_other(void)
{
	const struct report_identity *identity =
		&report_identities[REPORT_IDENTITY_PMM_WRITE];
	struct report_agreement agreement = { 0 };
	struct report_traffic at = requests();
	double residual = 7;

	CU_ASSERT_NOT_EQUAL(report_agreement_residual(&agreement, &residual), 0);
	CU_ASSERT_DOUBLE_EQUAL(residual, 7, 0);
	report_agreement_add(&agreement, identity, &at, TIERSCOPE_MODE_DRAM_ONLY);
	CU_ASSERT_NOT_EQUAL(report_agreement_residual(&agreement, &residual), 0);
	at.count[TIERSCOPE_ROLE_PMM_WRITE] = 20;	/* of 18 */
	report_agreement_add(&agreement, identity, &at, TIERSCOPE_MODE_MEMORY_MODE);
	at.count[TIERSCOPE_ROLE_PMM_WRITE] = 16;
	report_agreement_add(&agreement, identity, &at, TIERSCOPE_MODE_MEMORY_MODE);
	CU_ASSERT_EQUAL(report_agreement_residual(&agreement, &residual), 0);
	CU_ASSERT_DOUBLE_EQUAL(residual, 4. / 38, 1e-12);
}

static const struct suite_test tests[] = {
	{ "sides are what the name says", sides_are_what_the_name_says },
	{ "they hold in Memory Mode", they_hold_in_memory_mode },
	{ "intervals do not make up for each other", intervals_do_not_make_up_for_each_other },
};

SUITE_MAIN("report identity", tests)
