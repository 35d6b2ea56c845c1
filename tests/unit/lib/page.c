// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "lib/page.h"

#include "message.h"
#include "suite.h"

/* What the pages of a message were. */
struct seen {
	size_t n;
	size_t most;		/* the next one is refused */
	struct tierscope_page last;
};

static int see(const struct tierscope_page *page, void *data)
{
	struct seen *seen = data;

	if (seen->n == seen->most)
		return -ECANCELED;
	seen->n++;
	seen->last = *page;
	return 0;
}

static void put_page(struct nl_msg *message, uint64_t address, uint64_t frame,
		     uint64_t node, uint64_t shift, uint64_t flags)
{
	struct nlattr *nest = nla_nest_start(message, TIERSCOPE_PAGE_PAGE);

	put_u64(message, TIERSCOPE_PAGE_ENTRY_ADDRESS, address);
	put_u64(message, TIERSCOPE_PAGE_ENTRY_FRAME, frame);
	put_u32(message, TIERSCOPE_PAGE_ENTRY_NODE, node);
	put_u32(message, TIERSCOPE_PAGE_ENTRY_PAGE_SHIFT, shift);
	put_u32(message, TIERSCOPE_PAGE_ENTRY_FLAGS, flags);
	nla_nest_end(message, nest);
}

static int parse(struct nl_msg *message, struct seen *seen)
{
	int reader = 0, error;

	error = tierscope_page_parse(nlmsg_hdr(message), see, seen, &reader);
	CU_ASSERT_TRUE(!reader || reader == error);
	return error;
}

static void test_pages(void)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_PAGE_GET);
	struct seen seen = { .most = 9 };

	put_page(message, 0x7f0000000000, 0x1234, 1, 12, TIERSCOPE_PAGE_WRITE);
	put_page(message, 0x7f0000200000, 0x200, 0, 21,
		 TIERSCOPE_PAGE_DIRTY | TIERSCOPE_PAGE_ACCESSED);
	CU_ASSERT_EQUAL(parse(message, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 2);
	CU_ASSERT_EQUAL(seen.last.address, 0x7f0000200000);
	CU_ASSERT_EQUAL(seen.last.frame, 0x200);
	CU_ASSERT_EQUAL(seen.last.node, 0);
	CU_ASSERT_EQUAL(seen.last.page_bytes, 2 << 20);
	CU_ASSERT_EQUAL(seen.last.flags, TIERSCOPE_PAGE_DIRTY |
					 TIERSCOPE_PAGE_ACCESSED);
	nlmsg_free(message);
}

static void test_nobodys(void)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_PAGE_GET);
	struct seen seen = { .most = 9 };

	put_page(message, 4096, 7, ABSENT, 12, TIERSCOPE_PAGE_SPECIAL);
	CU_ASSERT_EQUAL(parse(message, &seen), 0);
	CU_ASSERT_EQUAL(seen.n, 1);
	CU_ASSERT_EQUAL(seen.last.node, -1);
	nlmsg_free(message);
}

static void test_reader_ends_it(void)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_PAGE_GET);
	struct seen seen = { .most = 1 };
	int reader = 0;

	put_page(message, 4096, 7, 0, 12, 0);
	put_page(message, 8192, 8, 0, 12, 0);
	CU_ASSERT_EQUAL(tierscope_page_parse(nlmsg_hdr(message), see, &seen,
					     &reader), -ECANCELED);
	CU_ASSERT_EQUAL(reader, -ECANCELED);
	CU_ASSERT_EQUAL(seen.n, 1);
	nlmsg_free(message);
}

static void test_bad(void)
{
	static const struct {
		uint64_t address, frame, node, shift, flags;
	} pages[] = {
		{ ABSENT, 1, 0, 12, 0 },
		{ 4096, ABSENT, 0, 12, 0 },
		{ 4096, 1, 0, ABSENT, 0 },
		{ 4096, 1, 0, 12, ABSENT },
		{ 4096, 1, 0, 64, 0 },		/* no shift */
		{ 4096, 1, 0, 21, 0 },		/* not where a page of 2 MiB is */
		{ 0xfffffffffffff000, 1, 0, 12, 0 },	/* ends beyond all */
		{ 4096, 1, UINT32_MAX, 12, 0 },	/* no node */
	};

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct nl_msg *message = message_begin(TIERSCOPE_CMD_PAGE_GET);
		struct seen seen = { .most = 9 };

		put_page(message, pages[i].address, pages[i].frame,
			 pages[i].node, pages[i].shift, pages[i].flags);
		CU_ASSERT_EQUAL(parse(message, &seen), -EBADMSG);
		CU_ASSERT_EQUAL(seen.n, 0);
		nlmsg_free(message);
	}
}

static void parse_spoilt(struct nlmsghdr *header)
{
	struct seen seen = { .most = 9 };
	int reader;

	if (tierscope_page_parse(header, see, &seen, &reader) == 0 && seen.n)
		CU_ASSERT_TRUE(seen.last.page_bytes > 0 &&
			       seen.last.address % seen.last.page_bytes == 0);
}

static void test_spoilt(void)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_PAGE_GET);

	put_page(message, 0x7f0000000000, 0x1234, 1, 12, TIERSCOPE_PAGE_WRITE);
	put_page(message, 0x7f0000200000, 0x200, 0, 21, 0);
	message_spoil(message, parse_spoilt);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "pages", test_pages },
	{ "a page that is nobody's memory", test_nobodys },
	{ "a reader that has enough", test_reader_ends_it },
	{ "pages that no machine has", test_bad },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("page", tests)
