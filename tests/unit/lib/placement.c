// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include "lib/placement.h"

#include "message.h"
#include "suite.h"

#define CELL TIERSCOPE_PLACEMENT_CELL

/* All but the cells. */
static struct nl_msg *make_placement(const char *comm, uint64_t swap_pages)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_PLACEMENT_GET);

	put_u32(message, TIERSCOPE_PLACEMENT_PID, 1234);
	if (nla_put_string(message, TIERSCOPE_PLACEMENT_COMM, comm))
		abort();
	put_u32(message, TIERSCOPE_PLACEMENT_UID, 1000);
	put_u64(message, TIERSCOPE_PLACEMENT_SWAP_PAGES, swap_pages);
	put_u64(message, TIERSCOPE_PLACEMENT_MIGRATING_PAGES, 4);
	put_u64(message, TIERSCOPE_PLACEMENT_SPECIAL_PAGES, 2);
	put_u64(message, TIERSCOPE_PLACEMENT_HINTED_PAGES, 3);
	put_u64(message, TIERSCOPE_PLACEMENT_TIME_NS, 5000000000);
	put_u64(message, TIERSCOPE_PLACEMENT_DURATION_NS, 70000);
	return message;
}

static void check_refused(struct nl_msg *message)
{
	struct tierscope_placement *placement = NULL;

	CU_ASSERT_EQUAL(tierscope_placement_parse(nlmsg_hdr(message),
						  &placement), -EBADMSG);
	CU_ASSERT_PTR_NULL(placement);
	nlmsg_free(message);
}

static void test_whole(void)
{
	struct nl_msg *message = make_placement("tierscope-infer", 1);
	struct tierscope_placement *placement = NULL;
	uint64_t page = sysconf(_SC_PAGESIZE);

	/* Not in order. */
	put_cell(message, CELL, 2, 12, TIERSCOPE_KIND_ANON, 7);
	put_cell(message, CELL, 0, 21, TIERSCOPE_KIND_ANON, 4);
	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_SHMEM, 5);
	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_ANON, 6);
	CU_ASSERT_EQUAL_FATAL(tierscope_placement_parse(nlmsg_hdr(message),
							&placement), 0);
	CU_ASSERT_EQUAL(placement->pid, 1234);
	CU_ASSERT_EQUAL(placement->uid, 1000);
	CU_ASSERT_STRING_EQUAL(placement->comm, "tierscope-infer");
	CU_ASSERT_EQUAL(placement->swap_bytes, page);
	CU_ASSERT_EQUAL(placement->migrating_bytes, 4 * page);
	CU_ASSERT_EQUAL(placement->special_bytes, 2 * page);
	CU_ASSERT_EQUAL(placement->hinted_bytes, 3 * page);
	CU_ASSERT_EQUAL(placement->time_ns, 5000000000);
	CU_ASSERT_EQUAL(placement->duration_ns, 70000);
	CU_ASSERT_EQUAL_FATAL(placement->n_cells, 4);
	CU_ASSERT_EQUAL(placement->cells[0].pages, 6);
	CU_ASSERT_EQUAL(placement->cells[1].pages, 5);
	CU_ASSERT_EQUAL(placement->cells[1].kind, TIERSCOPE_KIND_SHMEM);
	CU_ASSERT_EQUAL(placement->cells[2].page_bytes, 2 << 20);
	CU_ASSERT_EQUAL(placement->cells[3].node, 2);
	tierscope_placement_free(placement);
	nlmsg_free(message);
}

/* Absent is not zero, and of DAX it is absent though the rest be there. */
static void test_sharing(void)
{
	struct nl_msg *message = make_placement("a", 0);
	struct tierscope_placement *placement = NULL;

	put_shared_cell(message, CELL, 0, 12, TIERSCOPE_KIND_ANON, 6, 0);
	put_shared_cell(message, CELL, 0, 12, TIERSCOPE_KIND_SHMEM, 5, 5);
	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_DAX, 4);
	CU_ASSERT_EQUAL_FATAL(tierscope_placement_parse(nlmsg_hdr(message),
							&placement), 0);
	CU_ASSERT_EQUAL_FATAL(placement->n_cells, 3);
	CU_ASSERT_TRUE(placement->cells[0].sharing);
	CU_ASSERT_EQUAL(placement->cells[0].shared_pages, 0);
	CU_ASSERT_TRUE(placement->cells[1].sharing);
	CU_ASSERT_EQUAL(placement->cells[1].shared_pages, 5);
	CU_ASSERT_FALSE(placement->cells[2].sharing);
	CU_ASSERT_EQUAL(placement->cells[2].shared_pages, 0);
	tierscope_placement_free(placement);
	nlmsg_free(message);
}

static void test_unknown_flag(void)
{
	struct tierscope *ts = NULL;
	struct tierscope_placement *placement = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(NULL, &ts), 0);
	CU_ASSERT_EQUAL(tierscope_placement_get(ts, getpid(), 1U << 31,
						&placement), -EINVAL);
	CU_ASSERT_PTR_NULL(placement);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), "0x80000000"));
	CU_ASSERT_EQUAL(tierscope_placement_dump(ts, 1U << 31, NULL, NULL),
			-EINVAL);
	CU_ASSERT_EQUAL(tierscope_mapping_dump(ts, getpid(), 1U << 31, NULL,
					       NULL, NULL), -EINVAL);
	tierscope_free(ts);
}

static void test_no_cells(void)
{
	struct nl_msg *message = make_placement("a", 0);
	struct tierscope_placement *placement = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_placement_parse(nlmsg_hdr(message),
							&placement), 0);
	CU_ASSERT_EQUAL(placement->n_cells, 0);
	tierscope_placement_free(placement);
	nlmsg_free(message);
}

static void test_long_name(void)
{
	struct nl_msg *message = make_placement("a name of more than sixteen",
						0);
	struct tierscope_placement *placement = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_placement_parse(nlmsg_hdr(message),
							&placement), 0);
	CU_ASSERT_STRING_EQUAL(placement->comm, "a name of more ");
	tierscope_placement_free(placement);
	nlmsg_free(message);
}

/* Absent is "not known", never zero. */
static void test_lacking(void)
{
	struct nl_msg *message = make_placement("a", ABSENT);

	check_refused(message);
	message = message_begin(TIERSCOPE_CMD_PLACEMENT_GET);
	check_refused(message);
	for (int missing = 0; missing < 4; missing++) {
		message = make_placement("a", 0);
		put_cell(message, CELL, missing == 0 ? ABSENT : 0,
			 missing == 1 ? ABSENT : 12, missing == 2 ? ABSENT : 0,
			 missing == 3 ? ABSENT : 1);
		check_refused(message);
	}
}

static void test_absurd(void)
{
	struct nl_msg *message = make_placement("a", UINT64_MAX / 2);

	check_refused(message);
	message = make_placement("a", 0);
	put_cell(message, CELL, UINT32_MAX, 12, 0, 1);
	check_refused(message);
	message = make_placement("a", 0);
	put_cell(message, CELL, 0, 64, 0, 1);
	check_refused(message);
	message = make_placement("a", 0);
	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_MAX + 1, 1);
	check_refused(message);
	/* Whose bytes do not fit into 64 bits. */
	message = make_placement("a", 0);
	put_cell(message, CELL, 0, 12, 0, 1ULL << 52);
	check_refused(message);
	/* More of them shared than there are. */
	message = make_placement("a", 0);
	put_shared_cell(message, CELL, 0, 12, 0, 1, 2);
	check_refused(message);
	/* A number of the wrong length. */
	message = make_placement("a", 0);
	if (nla_put_u32(message, TIERSCOPE_PLACEMENT_TIME_NS, 1))
		abort();
	check_refused(message);
	/* A name without its NUL. */
	message = make_placement("a", 0);
	if (nla_put(message, TIERSCOPE_PLACEMENT_COMM, 3, "abc"))
		abort();
	check_refused(message);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_placement *placement = NULL;
	uint64_t bytes = 0;

	if (tierscope_placement_parse(header, &placement) == 0) {
		for (size_t i = 0; i < placement->n_cells; i++)
			bytes |= placement->cells[i].pages *
				 placement->cells[i].page_bytes;
		CU_ASSERT_TRUE(placement->n_cells <= 3 || bytes > 0);
		CU_ASSERT_TRUE(strlen(placement->comm) < TIERSCOPE_COMM_MAX);
	}
	tierscope_placement_free(placement);
}

static void test_spoilt(void)
{
	struct nl_msg *message = make_placement("tierscope-infer", 1);

	put_cell(message, CELL, 0, 12, TIERSCOPE_KIND_ANON, 6);
	put_cell(message, CELL, 0, 21, TIERSCOPE_KIND_ANON, 4);
	put_shared_cell(message, CELL, 2, 12, TIERSCOPE_KIND_FILE, 7, 6);
	message_spoil(message, parse);
	nlmsg_free(message);
}

static const struct suite_test tests[] = {
	{ "a whole placement", test_whole },
	{ "pages mapped more than once", test_sharing },
	{ "a flag that there is not", test_unknown_flag },
	{ "no cells", test_no_cells },
	{ "a name that is too long", test_long_name },
	{ "something lacks", test_lacking },
	{ "absurd values", test_absurd },
	{ "cut and changed messages", test_spoilt },
};

SUITE_MAIN("placement", tests)
