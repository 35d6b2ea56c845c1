// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "lib/last_look.h"

#include "message.h"
#include "suite.h"

#define CELL TIERSCOPE_WATCH_CELL

/* All but the cells. */
static struct nl_msg *make_event(uint64_t reason, uint64_t swap_pages)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_WATCH_EVENT);

	put_u32(message, TIERSCOPE_WATCH_ID, 7);
	put_u32(message, TIERSCOPE_WATCH_PID, 1234);
	put_u32(message, TIERSCOPE_WATCH_REASON, reason);
	if (nla_put_string(message, TIERSCOPE_WATCH_COMM, "tierscope-infer"))
		abort();
	put_u32(message, TIERSCOPE_WATCH_UID, 1000);
	put_u64(message, TIERSCOPE_WATCH_SWAP_PAGES, swap_pages);
	put_u64(message, TIERSCOPE_WATCH_MIGRATING_PAGES, 2);
	put_u64(message, TIERSCOPE_WATCH_SPECIAL_PAGES, 2);
	put_u64(message, TIERSCOPE_WATCH_HINTED_PAGES, 3);
	put_u64(message, TIERSCOPE_WATCH_TIME_NS, 5000000000);
	put_u64(message, TIERSCOPE_WATCH_DURATION_NS, 70000);
	return message;
}

static void check_refused(struct nl_msg *message, int wanted)
{
	struct tierscope_last_look look = { .watch = 99 };

	CU_ASSERT_EQUAL(tierscope_last_look_parse(nlmsg_hdr(message), &look),
			wanted);
	CU_ASSERT_EQUAL(look.watch, 99);
	nlmsg_free(message);
}

static void test_whole(void)
{
	struct nl_msg *message = make_event(TIERSCOPE_WATCH_REASON_EXEC, 1);
	struct tierscope_last_look look;
	uint64_t page = sysconf(_SC_PAGESIZE);

	put_cell(message, CELL, 2, 12, TIERSCOPE_KIND_ANON, 7);
	put_cell(message, CELL, 0, 21, TIERSCOPE_KIND_SHMEM, 4);
	CU_ASSERT_EQUAL_FATAL(tierscope_last_look_parse(nlmsg_hdr(message),
							&look), 0);
	CU_ASSERT_EQUAL(look.watch, 7);
	CU_ASSERT_EQUAL(look.reason, TIERSCOPE_WATCH_REASON_EXEC);
	CU_ASSERT_FALSE(look.partial);
	CU_ASSERT_EQUAL(look.placement.pid, 1234);
	CU_ASSERT_EQUAL(look.placement.uid, 1000);
	CU_ASSERT_STRING_EQUAL(look.placement.comm, "tierscope-infer");
	CU_ASSERT_EQUAL(look.placement.swap_bytes, page);
	CU_ASSERT_EQUAL(look.placement.migrating_bytes, 2 * page);
	CU_ASSERT_EQUAL(look.placement.special_bytes, 2 * page);
	CU_ASSERT_EQUAL(look.placement.hinted_bytes, 3 * page);
	CU_ASSERT_EQUAL(look.placement.time_ns, 5000000000);
	CU_ASSERT_EQUAL(look.placement.duration_ns, 70000);
	CU_ASSERT_EQUAL_FATAL(look.placement.n_cells, 2);
	CU_ASSERT_EQUAL(look.placement.cells[0].pages, 4);
	CU_ASSERT_EQUAL(look.placement.cells[1].node, 2);
	free(look.placement.cells);
	nlmsg_free(message);
}

static void test_partial(void)
{
	struct nl_msg *message = make_event(TIERSCOPE_WATCH_REASON_REAPED, 0);
	struct tierscope_last_look look;

	if (nla_put_flag(message, TIERSCOPE_WATCH_PARTIAL))
		abort();
	CU_ASSERT_EQUAL_FATAL(tierscope_last_look_parse(nlmsg_hdr(message),
							&look), 0);
	CU_ASSERT_TRUE(look.partial);
	CU_ASSERT_EQUAL(look.placement.n_cells, 0);
	free(look.placement.cells);
	nlmsg_free(message);
}

static void test_refused(void)
{
	struct nl_msg *message;

	check_refused(message_begin(TIERSCOPE_CMD_SAMPLE), -ENOMSG);
	check_refused(message_begin(TIERSCOPE_CMD_WATCH_EVENT), -EBADMSG);
	check_refused(make_event(ABSENT, 0), -EBADMSG);
	check_refused(make_event(TIERSCOPE_WATCH_REASON_MAX + 1, 0), -EBADMSG);
	check_refused(make_event(0, ABSENT), -EBADMSG);
	/* Whose bytes do not fit into 64 bits. */
	check_refused(make_event(0, UINT64_MAX / 2), -EBADMSG);
	message = make_event(0, 0);
	put_cell(message, CELL, 0, 64, 0, 1);
	check_refused(message, -EBADMSG);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_last_look look = { 0 };

	if (tierscope_last_look_parse(header, &look) == 0) {
		CU_ASSERT_TRUE(look.reason <= TIERSCOPE_WATCH_REASON_MAX);
		CU_ASSERT_TRUE(strlen(look.placement.comm) <
			       TIERSCOPE_COMM_MAX);
	}
	free(look.placement.cells);
}

static void test_spoilt(void)
{
	struct nl_msg *message = make_event(TIERSCOPE_WATCH_REASON_EXIT, 1);

	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_ANON, 6);
	put_cell(message, CELL, 2, 12, TIERSCOPE_KIND_FILE, 7);
	message_spoil(message, parse);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "a whole last look", test_whole },
	{ "one that is partial", test_partial },
	{ "what is none", test_refused },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("last look", tests)
