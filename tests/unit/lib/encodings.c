// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Our encodings against those of libpfm4, for every event that it knows.
 */
#include <errno.h>
#include <stdlib.h>

#include <perfmon/pfmlib.h>

#include "lib/counter_tables.h"
#include "lib/pfm.h"

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

/* Of boxes other than the channels. */
static const struct known must_m2m[] = {
	{ TIERSCOPE_GENERATION_SKX, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  "skx_unc_m2m0::UNC_M2_IMC_WRITES:NI" },
	{ TIERSCOPE_GENERATION_CLX, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  "skx_unc_m2m0::UNC_M2_IMC_WRITES:NI" },
};

static const struct known may_m2m[] = {
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_M2M_READ_PMM,
	  "icx_unc_m2m0::UNC_M2M_IMC_READS:TO_PMM" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_M2M_WRITE_PMM,
	  "icx_unc_m2m0::UNC_M2M_IMC_WRITES:TO_PMM" },
	{ TIERSCOPE_GENERATION_ICX, TIERSCOPE_ROLE_M2M_WRITE_NI,
	  "icx_unc_m2m0::UNC_M2M_IMC_WRITES:NI" },
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

static void compare(const struct known *known, enum tierscope_box box,
		    uint64_t code)
{
	const struct tierscope_encoding *ours =
		tierscope_encoding_find(known->generation, known->role,
					TIERSCOPE_BOX_BIT(box));

	CU_ASSERT_PTR_NOT_NULL_FATAL(ours);
	/* It adds the enable bit of the register, above event and umask. The
	 * upper half of a longer umask begins at bit 32. */
	CU_ASSERT_EQUAL(code & 0xff0000ffff,
			ours->event | (ours->umask & 0xff) << 8 |
			(ours->umask >> 8) << 32);
}

static void compare_must(const struct known *known, size_t n,
			 enum tierscope_box box)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t code = 0;

		CU_ASSERT_EQUAL_FATAL(encode(known[i].event, &code),
				      PFM_SUCCESS);
		compare(&known[i], box, code);
	}
}

static void compare_may(const struct known *known, size_t n,
			enum tierscope_box box)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t code = 0;
		int status = encode(known[i].event, &code);

		if (status == PFM_SUCCESS)
			compare(&known[i], box, code);
		else
			CU_ASSERT_EQUAL(status, PFM_ERR_NOTFOUND);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_must(void)
{
	compare_must(must, COUNT(must), TIERSCOPE_BOX_IMC);
	compare_must(must_m2m, COUNT(must_m2m), TIERSCOPE_BOX_M2M);
}

static void test_may(void)
{
	compare_may(may, COUNT(may), TIERSCOPE_BOX_IMC);
	compare_may(may_m2m, COUNT(may_m2m), TIERSCOPE_BOX_M2M);
}

/* What a core counts: our way through its lists ends where its encoder does,
 * and where Intel's lists do. */
static void test_core(void)
{
	static const char *const cores[] = { "skx", "clx", "icx", "spr" };
	static const struct {
		const char *event, *umask;
		uint64_t code;
		bool optane;
	} events[] = {
		{ "MEM_LOAD_L3_MISS_RETIRED", "LOCAL_DRAM", 0x01d3, false },
		{ "MEM_LOAD_L3_MISS_RETIRED", "REMOTE_DRAM", 0x02d3, false },
		{ "MEM_LOAD_L3_MISS_RETIRED", "REMOTE_PMM", 0x10d3, true },
		{ "MEM_LOAD_RETIRED", "LOCAL_PMM", 0x80d1, true },
		{ "MEM_LOAD_RETIRED", "L3_MISS", 0x20d1, false },
		{ "INST_RETIRED", "ANY_P", 0x00c0, false },
		{ "CPU_CLK_UNHALTED", "THREAD_P", 0x003c, false },
	};

	for (size_t i = 0; i < COUNT(cores); i++) {
		for (size_t k = 0; k < COUNT(events); k++) {
			uint64_t ours = 99, theirs = 0;
			char name[96];
			int error = tierscope_pfm_find(cores[i], events[k].event,
						       events[k].umask, &ours);

			if (events[k].optane && i == 0) {
				CU_ASSERT_EQUAL(error, -ENOENT);
				CU_ASSERT_EQUAL(ours, 99);
				continue;
			}
			CU_ASSERT_EQUAL(error, 0);
			CU_ASSERT_EQUAL(ours, events[k].code);
			snprintf(name, sizeof(name), "%s::%s:%s", cores[i],
				 events[k].event, events[k].umask);
			/* Its Skylake's cycles have no umask to give. */
			if (encode(name, &theirs) != PFM_SUCCESS) {
				snprintf(name, sizeof(name), "%s::%s", cores[i],
					 events[k].event);
				CU_ASSERT_EQUAL(encode(name, &theirs), PFM_SUCCESS);
				CU_ASSERT_EQUAL(ours >> 8, 0);
			}
			/* Rings, interrupt and enable are above. */
			CU_ASSERT_EQUAL(theirs & 0xffff, ours);
		}
	}
	CU_ASSERT_EQUAL(tierscope_pfm_find("no_such_core", "A", "B",
					   &(uint64_t){ 0 }), -ENODEV);
	CU_ASSERT_EQUAL(tierscope_pfm_find("clx", "A", "B", &(uint64_t){ 0 }),
			-ENOENT);
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
	{ "what a core counts is the same", test_core },
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
