// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/context.h"
#include "lib/nearmem.h"

#include "message.h"
#include "suite.h"

static void put_bin(struct nl_msg *message, uint64_t pages, uint64_t slots)
{
	struct nlattr *nest = nla_nest_start(message, TIERSCOPE_NEARMEM_BIN);

	put_u32(message, TIERSCOPE_NEARMEM_BIN_PAGES, pages);
	put_u64(message, TIERSCOPE_NEARMEM_BIN_SLOTS, slots);
	nla_nest_end(message, nest);
}

/* All but the bins. */
static struct nl_msg *make(uint64_t pid, uint64_t slot_bytes,
			   uint64_t used_pages, uint64_t competing_pages)
{
	struct nl_msg *message = message_begin(TIERSCOPE_CMD_NEARMEM_GET);

	put_u32(message, TIERSCOPE_NEARMEM_PID, pid);
	put_u32(message, TIERSCOPE_NEARMEM_SLOT_BYTES, slot_bytes);
	put_u64(message, TIERSCOPE_NEARMEM_USED_PAGES, used_pages);
	put_u64(message, TIERSCOPE_NEARMEM_OTHER_PAGES, 5);
	put_u64(message, TIERSCOPE_NEARMEM_COMPETING_PAGES, competing_pages);
	put_u64(message, TIERSCOPE_NEARMEM_TIME_NS, 5000000000);
	put_u64(message, TIERSCOPE_NEARMEM_DURATION_NS, 70000);
	return message;
}

static void check_refused(struct nl_msg *message)
{
	struct tierscope_nearmem *nearmem = NULL;

	CU_ASSERT_EQUAL(tierscope_nearmem_parse(nlmsg_hdr(message), &nearmem),
			-EBADMSG);
	CU_ASSERT_PTR_NULL(nearmem);
	nlmsg_free(message);
}

static void test_whole(void)
{
	struct nl_msg *message = make(1234, 4096, 10 + 2 * 4 + 3, 2 * 4 + 3);
	struct tierscope_nearmem *nearmem = NULL;
	double ratio = 0;

	put_bin(message, 0, 100);
	put_bin(message, 1, 10);
	put_bin(message, 2, 4);
	put_bin(message, 3, 1);
	CU_ASSERT_EQUAL_FATAL(tierscope_nearmem_parse(nlmsg_hdr(message),
						      &nearmem), 0);
	CU_ASSERT_EQUAL(nearmem->pid, 1234);
	CU_ASSERT_EQUAL(nearmem->slots, 115);
	CU_ASSERT_EQUAL(nearmem->used_bytes, 21 * 4096);
	CU_ASSERT_EQUAL(nearmem->other_bytes, 5 * 4096);
	CU_ASSERT_EQUAL(nearmem->competing_bytes, 11 * 4096);
	CU_ASSERT_EQUAL(nearmem->slots_by_pages[0], 100);
	CU_ASSERT_EQUAL(nearmem->slots_by_pages[2], 4);
	CU_ASSERT_EQUAL(nearmem->slots_by_pages[4], 0);
	CU_ASSERT_EQUAL(nearmem->duration_ns, 70000);
	CU_ASSERT_EQUAL(tierscope_nearmem_hit_ratio(nearmem, &ratio), 0);
	CU_ASSERT_DOUBLE_EQUAL(ratio, 15.0 / 21, 1e-12);
	tierscope_nearmem_free(nearmem);
	nlmsg_free(message);
}

static void test_machine(void)
{
	struct nl_msg *message = make(ABSENT, 4096, 0, 0);
	struct tierscope_nearmem *nearmem = NULL;
	double ratio = 42;

	put_bin(message, 0, 7);
	CU_ASSERT_EQUAL_FATAL(tierscope_nearmem_parse(nlmsg_hdr(message),
						      &nearmem), 0);
	CU_ASSERT_EQUAL(nearmem->pid, 0);
	CU_ASSERT_EQUAL(tierscope_nearmem_hit_ratio(nearmem, &ratio), -ENODATA);
	CU_ASSERT_EQUAL(ratio, 42);
	tierscope_nearmem_free(nearmem);
	nlmsg_free(message);
}

/* 300 pages in one slot, of which its byte can say 255. */
static void test_last_bin_is_or_more(void)
{
	struct nl_msg *message = make(1, 4096, 300, 300);
	struct tierscope_nearmem *nearmem = NULL;
	double ratio = 0;

	put_bin(message, 255, 1);
	CU_ASSERT_EQUAL_FATAL(tierscope_nearmem_parse(nlmsg_hdr(message),
						      &nearmem), 0);
	CU_ASSERT_EQUAL(tierscope_nearmem_hit_ratio(nearmem, &ratio), 0);
	CU_ASSERT_DOUBLE_EQUAL(ratio, 1.0 / 300, 1e-12);
	tierscope_nearmem_free(nearmem);
	nlmsg_free(message);
	message = make(1, 4096, 254, 254);
	put_bin(message, 255, 1);
	check_refused(message);
}

static void test_lacking(void)
{
	static const uint64_t absent[][3] = {
		{ ABSENT, 1, 0 }, { 4096, ABSENT, 0 }, { 4096, 1, ABSENT },
	};
	struct nl_msg *message;

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		message = make(1, absent[i][0], absent[i][1], absent[i][2]);
		put_bin(message, 1, 1);
		check_refused(message);
	}
	/* No slot at all. */
	check_refused(make(1, 4096, 0, 0));
	message = make(1, 4096, 1, 0);
	put_bin(message, ABSENT, 1);
	check_refused(message);
	message = make(1, 4096, 1, 0);
	put_bin(message, 1, ABSENT);
	check_refused(message);
}

static void check_bins_refused(uint64_t used_pages, uint64_t competing_pages,
			       uint64_t pages, uint64_t slots)
{
	struct nl_msg *message = make(1, 4096, used_pages, competing_pages);

	put_bin(message, pages, slots);
	check_refused(message);
}

static void test_contradicting(void)
{
	struct nl_msg *message;

	/* Pages that are in no slot, or in one too many. */
	check_bins_refused(3, 2, 1, 1);
	check_bins_refused(1, 1, 2, 1);
	/* Competitors where there are none. */
	check_bins_refused(1, 1, 1, 1);
	/* More slots, or pages in them, than there are numbers. */
	check_bins_refused(1, 0, 1, UINT64_MAX);
	check_bins_refused(0, 0, 255, UINT64_MAX / 4096);
	check_bins_refused(255, 255, 256, 1);
	message = make(1, 4096, 2, 0);
	put_bin(message, 1, 1);
	put_bin(message, 1, 1);
	check_refused(message);
	message = make(1, 4096, 0, 0);
	put_bin(message, 0, UINT64_MAX);
	put_bin(message, 1, 1);
	check_refused(message);
	/* Another grain than pages are counted in. */
	message = make(1, 8192, 1, 0);
	put_bin(message, 1, 1);
	check_refused(message);
	message = make(1, 0, 0, 0);
	put_bin(message, 0, 1);
	check_refused(message);
	/* A number of the wrong length. */
	message = make(1, 4096, 1, 0);
	put_bin(message, 1, 1);
	if (nla_put_u32(message, TIERSCOPE_NEARMEM_TIME_NS, 1))
		abort();
	check_refused(message);
}

static void parse(struct nlmsghdr *header)
{
	struct tierscope_nearmem *nearmem = NULL;
	double ratio;

	if (tierscope_nearmem_parse(header, &nearmem) == 0) {
		CU_ASSERT_TRUE(nearmem->slots > 0);
		CU_ASSERT_TRUE(nearmem->competing_bytes <= nearmem->used_bytes);
		if (tierscope_nearmem_hit_ratio(nearmem, &ratio) == 0)
			CU_ASSERT_TRUE(ratio > 0 && ratio <= 1);
	}
	tierscope_nearmem_free(nearmem);
}

static void test_spoilt(void)
{
	struct nl_msg *message = make(1234, 4096, 1 + 2 * 4, 2 * 4);

	put_bin(message, 0, 9);
	put_bin(message, 1, 1);
	put_bin(message, 2, 4);
	message_spoil(message, parse);
	nlmsg_free(message);
}

/* ---- which caches --------------------------------------------------------- */

#define GIB (1ULL << 30)

static struct tierscope *handle(void)
{
	struct tierscope *ts = NULL;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(NULL, &ts), 0);
	return ts;
}

/* "NODE:BYTES ..." or the error and whether it has a sentence. */
static void check_caches(const struct tierscope_topology *topology,
			 uint64_t socket_bytes, int want,
			 const struct tierscope_nearmem_cache *expected,
			 size_t n_expected)
{
	struct tierscope_nearmem_cache *caches = NULL;
	struct tierscope *ts = handle();
	size_t n = 42;

	CU_ASSERT_EQUAL(tierscope_nearmem_caches(ts, topology, socket_bytes,
						 &caches, &n), want);
	CU_ASSERT_EQUAL(n, want ? 42 : n_expected);
	CU_ASSERT_EQUAL(*tierscope_error(ts) != '\0', want != 0);
	for (size_t i = 0; !want && i < n && i < n_expected; i++) {
		CU_ASSERT_EQUAL(caches[i].node, expected[i].node);
		CU_ASSERT_EQUAL(caches[i].bytes, expected[i].bytes);
	}
	free(caches);
	tierscope_free(ts);
}

static void test_caches_of_sysfs(void)
{
	struct tierscope_node nodes[] = {
		{ .id = 0, .has_cpus = true, .total_bytes = 512 * GIB,
		  .tier = TIERSCOPE_TIER_CACHED, .near_bytes = 96 * GIB },
		{ .id = 1, .socket = 1, .has_cpus = true,
		  .total_bytes = 512 * GIB, .tier = TIERSCOPE_TIER_CACHED,
		  .near_bytes = 96 * GIB },
		{ .id = 2, .total_bytes = GIB, .tier = TIERSCOPE_TIER_PMEM },
	};
	static const struct tierscope_nearmem_cache want[] = {
		{ 0, 96 * GIB }, { 1, 96 * GIB },
	}, given[] = { { 0, 48 * GIB }, { 1, 48 * GIB } };
	struct tierscope_topology topology = { .n_nodes = 3, .nodes = nodes };

	check_caches(&topology, 0, 0, want, 2);
	/* What is given goes before what sysfs says. */
	check_caches(&topology, 48 * GIB, 0, given, 2);
	nodes[0].near_bytes = 96 * GIB + 512;
	check_caches(&topology, 0, -EINVAL, NULL, 0);
	nodes[0].near_bytes = nodes[1].near_bytes = 0;
	check_caches(&topology, 0, -ENODATA, NULL, 0);
}

/* Two nodes a socket (sub-NUMA clusters) share what their socket has. */
static void test_caches_are_shared_out(void)
{
	struct tierscope_node nodes[] = {
		{ .id = 0, .has_cpus = true, .total_bytes = GIB },
		{ .id = 1, .has_cpus = true, .total_bytes = GIB },
		{ .id = 2, .has_cpus = true, .total_bytes = GIB, .socket = 1 },
		{ .id = 3, .total_bytes = GIB, .tier = TIERSCOPE_TIER_PMEM },
		{ .id = 4, .has_cpus = true, .socket = 1 },
	};
	static const struct tierscope_nearmem_cache want[] = {
		{ 0, 8192 }, { 1, 8192 }, { 2, 16384 },
	};
	struct tierscope_topology topology = { .n_nodes = 5, .nodes = nodes };

	check_caches(&topology, 16384, 0, want, 3);
	check_caches(&topology, 4096, -EINVAL, NULL, 0);
	topology.n_nodes = 0;
	check_caches(&topology, 16384, -ENODATA, NULL, 0);
}

static const struct suite_test tests[] = {
	{ "a whole answer", test_whole },
	{ "the machine, of which nothing is used", test_machine },
	{ "the last bin is that many or more", test_last_bin_is_or_more },
	{ "something lacks", test_lacking },
	{ "what contradicts itself", test_contradicting },
	{ "cut and changed messages", test_spoilt },
	{ "caches of sysfs, or as given", test_caches_of_sysfs },
	{ "nodes share the cache of their socket", test_caches_are_shared_out },
};

SUITE_MAIN("nearmem", tests)
