// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Our encodings against those of libpfm4, for every event that it knows.
 */
#include <errno.h>
#include <stdlib.h>

#include <perfmon/pfmlib.h>

#include "lib/counter_tables.h"

#include "suite.h"

struct known {
	enum tierscope_generation generation;
	enum tierscope_role role;
	const char *event;
};

/* In libpfm4 4.13 of Debian 12: Skylake's, which Cascade Lake and Cooper Lake
 * share, and no event of Optane. */
static const struct known must[] = {
	{ TIERSCOPE_GENERATION_SKX, TIERSCOPE_ROLE_CLOCKTICKS,
	  "skx_unc_imc0::UNC_M_CLOCKTICKS" },
	{ TIERSCOPE_GENERATION_SKX, TIERSCOPE_ROLE_DRAM_READ,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:RD" },
	{ TIERSCOPE_GENERATION_SKX, TIERSCOPE_ROLE_DRAM_WRITE,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:WR" },
	{ TIERSCOPE_GENERATION_CLX, TIERSCOPE_ROLE_CLOCKTICKS,
	  "skx_unc_imc0::UNC_M_CLOCKTICKS" },
	{ TIERSCOPE_GENERATION_CLX, TIERSCOPE_ROLE_DRAM_READ,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:RD" },
	{ TIERSCOPE_GENERATION_CLX, TIERSCOPE_ROLE_DRAM_WRITE,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:WR" },
	{ TIERSCOPE_GENERATION_CPX, TIERSCOPE_ROLE_DRAM_READ,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:RD" },
	{ TIERSCOPE_GENERATION_CPX, TIERSCOPE_ROLE_DRAM_WRITE,
	  "skx_unc_imc0::UNC_M_CAS_COUNT:WR" },
};

/* Newer ones know these too. Their clock of ICX is wrong: it encodes another
 * event of the same name. */
static const struct known may[] = {
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_DRAM_READ,
	  "icx_unc_imc0::UNC_M_CAS_COUNT:RD" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_DRAM_WRITE,
	  "icx_unc_imc0::UNC_M_CAS_COUNT:WR" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_PMM_READ,
	  "icx_unc_imc0::UNC_M_PMM_RPQ_INSERTS" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_PMM_WRITE,
	  "icx_unc_imc0::UNC_M_PMM_WPQ_INSERTS" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_TAG_HIT,
	  "icx_unc_imc0::UNC_M_TAGCHK:HIT" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_TAG_MISS_CLEAN,
	  "icx_unc_imc0::UNC_M_TAGCHK:MISS_CLEAN" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_TAG_MISS_DIRTY,
	  "icx_unc_imc0::UNC_M_TAGCHK:MISS_DIRTY" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_CLOCKTICKS,
	  "spr_unc_imc0::UNC_M_CLOCKTICKS" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_DRAM_READ,
	  "spr_unc_imc0::UNC_M_CAS_COUNT:RD" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_DRAM_WRITE,
	  "spr_unc_imc0::UNC_M_CAS_COUNT:WR" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_PMM_READ,
	  "spr_unc_imc0::UNC_M_PMM_RPQ_INSERTS" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_PMM_WRITE,
	  "spr_unc_imc0::UNC_M_PMM_WPQ_INSERTS" },
	{ TIERSCOPE_GENERATION_SPR, TIERSCOPE_ROLE_TAG_HIT,
	  "spr_unc_imc0::UNC_M_TAGCHK:HIT" },
};

/* The code that libpfm4 gives, or PFM_ERR_. */
static int encode(const char *event, uint64_t *ret)
{
	pfm_pmu_encode_arg_t argument = { .size = sizeof(argument) };
	int status;

	status = pfm_get_os_event_encoding(event, PFM_PLM0 | PFM_PLM3,
					   PFM_OS_NONE, &argument);
	if (status == PFM_SUCCESS)
		*ret = argument.count > 0 ? argument.codes[0] : 0;
	free(argument.codes);
	return status;
}

static void compare(const struct known *known, uint64_t code)
{
	const struct tierscope_encoding *ours =
		tierscope_encoding_find(known->generation, known->role,
					TIERSCOPE_BOX_BIT(TIERSCOPE_BOX_IMC));

	CU_ASSERT_PTR_NOT_NULL_FATAL(ours);
	/* It adds the enable bit of the register, above event and umask. */
	CU_ASSERT_EQUAL(code & 0xffff, ours->event | ours->umask << 8);
}

static void test_must(void)
{
	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		uint64_t code = 0;

		CU_ASSERT_EQUAL_FATAL(encode(must[i].event, &code),
				      PFM_SUCCESS);
		compare(&must[i], code);
	}
}

static void test_may(void)
{
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++) {
		uint64_t code = 0;
		int status = encode(may[i].event, &code);

		if (status == PFM_SUCCESS)
			compare(&may[i], code);
		else
			CU_ASSERT_EQUAL(status, PFM_ERR_NOTFOUND);
	}
}

/* The comparison itself can fail: read and write are told apart. */
static void test_apart(void)
{
	uint64_t read = 0, write = 0;

	CU_ASSERT_EQUAL(encode("skx_unc_imc0::UNC_M_CAS_COUNT:RD", &read),
			PFM_SUCCESS);
	CU_ASSERT_EQUAL(encode("skx_unc_imc0::UNC_M_CAS_COUNT:WR", &write),
			PFM_SUCCESS);
	CU_ASSERT_NOT_EQUAL(read & 0xffff, write & 0xffff);
}

/* Which roles a generation has, by which box. */
static void test_table(void)
{
	static const uint32_t boxes[] = {
		TIERSCOPE_BOX_BIT(TIERSCOPE_BOX_IMC),
		TIERSCOPE_BOX_BIT(TIERSCOPE_BOX_M2M),
	};

	for (unsigned int g = 0; g < TIERSCOPE_GENERATIONS; g++) {
		for (unsigned int role = 0; role < TIERSCOPE_ROLES; role++) {
			bool m2m = TIERSCOPE_ROLES_M2M & TIERSCOPE_ROLE_BIT(role);
			bool optane = role >= TIERSCOPE_ROLE_PMM_READ &&
				      role != TIERSCOPE_ROLE_M2M_WRITE_NI;
			bool has = g != TIERSCOPE_GENERATION_SKX &&
				   g != TIERSCOPE_GENERATION_EMR;
			const struct tierscope_encoding *found =
				tierscope_encoding_find(g, role, boxes[m2m]);

			CU_ASSERT_EQUAL(found != NULL, !optane || has);
			CU_ASSERT_PTR_NULL(tierscope_encoding_find(g, role,
								   boxes[!m2m]));
			if (!found)
				continue;
			CU_ASSERT_TRUE(found->event <= 0xff);
			CU_ASSERT_TRUE(found->umask <= (m2m ? 0xffff : 0xff));
			for (unsigned int r = 0; r < role; r++) {
				const struct tierscope_encoding *other =
					tierscope_encoding_find(g, r, boxes[m2m]);

				CU_ASSERT_FALSE(other &&
						other->event == found->event &&
						other->umask == found->umask);
			}
		}
	}
}

static const struct suite_test tests[] = {
	{ "what libpfm4 knows is the same", test_must },
	{ "what a newer one knows is the same", test_may },
	{ "libpfm4 tells events apart", test_apart },
	{ "the table is whole", test_table },
};

int main(void)
{
	/* Encode for machines other than this one. */
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	if (pfm_initialize() != PFM_SUCCESS)
		return EXIT_FAILURE;
	return suite_run("encodings", tests, sizeof(tests) / sizeof(tests[0]));
}
