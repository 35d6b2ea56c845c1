// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "lib/mapping.h"

#include "message.h"
#include "suite.h"

static struct nl_msg *make_mapping(uint64_t start, uint64_t end,
				   const char *name, uint64_t generation)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_MAPPING_GET);

	put_u32(message, TIERSCOPE_MAPPING_PID, 1234);
	put_u64(message, TIERSCOPE_MAPPING_START, start);
	put_u64(message, TIERSCOPE_MAPPING_END, end);
	put_u32(message, TIERSCOPE_MAPPING_FLAGS,
		TIERSCOPE_MAPPING_READ | TIERSCOPE_MAPPING_SHARED);
	put_u64(message, TIERSCOPE_MAPPING_OFFSET, 8192);
	if (name && nla_put_string(message, TIERSCOPE_MAPPING_NAME, name))
		abort();
	put_u64(message, TIERSCOPE_MAPPING_SWAP_PAGES, 1);
	put_u64(message, TIERSCOPE_MAPPING_MIGRATING_PAGES, 3);
	put_u64(message, TIERSCOPE_MAPPING_SPECIAL_PAGES, 0);
	put_u64(message, TIERSCOPE_MAPPING_HINTED_PAGES, 2);
	put_u32(message, TIERSCOPE_MAPPING_GENERATION, generation);
	return message;
}

static void test_file(void)
{
	struct nl_msg *message = make_mapping(0x7f0000000000, 0x7f0000200000,
					      "/usr/lib/libc.so.6", 1);
	struct tierscope_cell *cells = NULL;
	struct tierscope_mapping mapping;
	uint32_t generation = 0;

	put_cell(message, TIERSCOPE_MAPPING_CELL, 1, 12, TIERSCOPE_KIND_FILE, 9);
	put_cell(message, TIERSCOPE_MAPPING_CELL, 0, 12, TIERSCOPE_KIND_FILE, 8);
	CU_ASSERT_EQUAL_FATAL(tierscope_mapping_parse(nlmsg_hdr(message),
						      &mapping, &cells,
						      &generation), 0);
	CU_ASSERT_EQUAL(mapping.start, 0x7f0000000000);
	CU_ASSERT_EQUAL(mapping.end, 0x7f0000200000);
	CU_ASSERT_EQUAL(mapping.flags, TIERSCOPE_MAPPING_READ |
				       TIERSCOPE_MAPPING_SHARED);
	CU_ASSERT_EQUAL(mapping.offset_bytes, 8192);
	CU_ASSERT_STRING_EQUAL(mapping.name, "/usr/lib/libc.so.6");
	CU_ASSERT_EQUAL(mapping.swap_bytes, sysconf(_SC_PAGESIZE));
	CU_ASSERT_EQUAL(mapping.migrating_bytes, 3 * sysconf(_SC_PAGESIZE));
	CU_ASSERT_EQUAL(mapping.special_bytes, 0);
	CU_ASSERT_EQUAL(mapping.hinted_bytes, 2 * sysconf(_SC_PAGESIZE));
	CU_ASSERT_EQUAL(generation, 1);
	CU_ASSERT_EQUAL_FATAL(mapping.n_cells, 2);
	CU_ASSERT_PTR_EQUAL(mapping.cells, cells);
	CU_ASSERT_EQUAL(cells[0].pages, 8);
	CU_ASSERT_EQUAL(cells[1].node, 1);
	free(cells);
	nlmsg_free(message);
}

static void test_anonymous(void)
{
	struct nl_msg *message = make_mapping(4096, 8192, NULL, 3);
	struct tierscope_cell *cells = NULL;
	struct tierscope_mapping mapping;
	uint32_t generation = 0;

	CU_ASSERT_EQUAL_FATAL(tierscope_mapping_parse(nlmsg_hdr(message),
						      &mapping, &cells,
						      &generation), 0);
	CU_ASSERT_STRING_EQUAL(mapping.name, "");
	CU_ASSERT_EQUAL(mapping.n_cells, 0);
	CU_ASSERT_EQUAL(generation, 3);
	free(cells);
	nlmsg_free(message);
}

static void test_bad(void)
{
	static const uint64_t ranges[][3] = {
		{ 8192, 4096, 1 }, { 4096, 4096, 1 }, { ABSENT, 4096, 1 },
		{ 4096, ABSENT, 1 }, { 4096, 8192, ABSENT },
	};
	struct tierscope_cell *cells = NULL;
	struct tierscope_mapping mapping;
	uint32_t generation = 0;

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		struct nl_msg *message = make_mapping(ranges[i][0],
						      ranges[i][1], "x",
						      ranges[i][2]);

		CU_ASSERT_EQUAL(tierscope_mapping_parse(nlmsg_hdr(message),
							&mapping, &cells,
							&generation),
				-EBADMSG);
		nlmsg_free(message);
	}
	CU_ASSERT_PTR_NULL(cells);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_cell *cells = NULL;
	struct tierscope_mapping mapping;
	uint32_t generation = 0;

	if (tierscope_mapping_parse(header, &mapping, &cells, &generation) == 0) {
		CU_ASSERT_TRUE(mapping.start < mapping.end);
		CU_ASSERT_TRUE(strlen(mapping.name) < header->nlmsg_len);
	}
	free(cells);
}

static void test_spoilt(void)
{
	struct nl_msg *message = make_mapping(4096, 1 << 30, "[heap]", 1);

	put_cell(message, TIERSCOPE_MAPPING_CELL, 0, 12, TIERSCOPE_KIND_ANON, 9);
	put_cell(message, TIERSCOPE_MAPPING_CELL, 0, 30, TIERSCOPE_KIND_ANON, 8);
	message_spoil(message, parse);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "a file", test_file },
	{ "anonymous memory", test_anonymous },
	{ "ranges that are none, and no generation", test_bad },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("mapping", tests)
