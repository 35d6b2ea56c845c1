// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "lib/sysfs.h"

#include "suite.h"
#include "tree.h"

static void test_lists(void)
{
	struct tierscope_ids ids = { 0 };

	CU_ASSERT_EQUAL(tierscope_ids_parse("0-3,8,10-11", &ids), 0);
	CU_ASSERT_EQUAL(ids.n, 7);
	CU_ASSERT_EQUAL(ids.id[3], 3);
	CU_ASSERT_EQUAL(ids.id[4], 8);
	CU_ASSERT_EQUAL(ids.id[6], 11);
	CU_ASSERT_TRUE(tierscope_ids_have(&ids, 10));
	CU_ASSERT_FALSE(tierscope_ids_have(&ids, 9));

	/* A node without CPUs. */
	CU_ASSERT_EQUAL(tierscope_ids_parse("", &ids), 0);
	CU_ASSERT_EQUAL(ids.n, 0);
}

static void test_bad_lists(void)
{
	static const char *const bad[] = {
		"x", "-1", "1-", "3-1", "1,", ",1", "1,,2", "2,1", "1-3,3",
		" 1", "1 ", "+1", "0-8192", "99999999999999999999", "0-4294967296",
	};
	struct tierscope_ids ids;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(tierscope_ids_parse(bad[i], &ids), -EBADMSG);
}

static void test_numbers(void)
{
	struct tree tree = tree_make();
	uint64_t value = 7;
	int number = 7;

	tree_write(&tree, "size", "67108864\n");
	tree_write(&tree, "resource", "0x100200000\n");
	tree_write(&tree, "none", "-1\n");
	tree_write(&tree, "words", "12 kB\n");
	tree_write(&tree, "empty", "");
	tree_write(&tree, "large", "18446744073709551616\n");

	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "none", &value),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "words", &value),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "empty", &value),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "large", &value),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "absent", &value),
			-ENOENT);
	CU_ASSERT_EQUAL(value, 7);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "size", &value), 0);
	CU_ASSERT_EQUAL(value, 67108864);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_u64(tree.fd, "resource", &value),
			0);
	CU_ASSERT_EQUAL(value, 0x100200000);

	CU_ASSERT_EQUAL(tierscope_sysfs_read_int(tree.fd, "words", &number),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_int(tree.fd, "resource", &number),
			-EBADMSG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_int(tree.fd, "empty", &number),
			-EBADMSG);
	CU_ASSERT_EQUAL(number, 7);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_int(tree.fd, "none", &number), 0);
	CU_ASSERT_EQUAL(number, -1);
	tree_remove(&tree);
}

static void test_long_files(void)
{
	struct tree tree = tree_make();
	struct tierscope_ids ids;
	char text[8192] = "", cut[8];
	size_t length = 0;

	for (int i = 0; length < 5000; i += 2)
		length += sprintf(text + length, "%s%d", i ? "," : "", i);
	tree_write(&tree, "cpulist", text);
	CU_ASSERT_EQUAL(tierscope_sysfs_read_ids(tree.fd, "cpulist", &ids),
			-E2BIG);
	CU_ASSERT_EQUAL(tierscope_sysfs_read(tree.fd, "cpulist", sizeof(cut),
					     cut), 0);
	CU_ASSERT_STRING_EQUAL(cut, "0,2,4,6");
	tree_remove(&tree);
}

static void test_directories(void)
{
	scope_names struct tierscope_names names = { 0 };
	struct tree tree = tree_make();

	tree_write(&tree, "devices/uncore_imc_10/type", "1");
	tree_write(&tree, "devices/uncore_imc_9/type", "1");
	tree_write(&tree, "devices/cpu/type", "4");
	CU_ASSERT_EQUAL(tierscope_sysfs_list(tree.fd, "devices", "uncore",
					     &names), 0);
	CU_ASSERT_EQUAL_FATAL(names.n, 2);
	CU_ASSERT_STRING_EQUAL(names.name[0], "uncore_imc_9");
	CU_ASSERT_STRING_EQUAL(names.name[1], "uncore_imc_10");
	tierscope_names_clear(&names);

	CU_ASSERT_EQUAL(tierscope_sysfs_list(tree.fd, "nothing", "x", &names),
			0);
	CU_ASSERT_EQUAL(names.n, 0);
	tree_remove(&tree);
}

static const struct suite_test tests[] = {
	{ "lists", test_lists },
	{ "bad lists", test_bad_lists },
	{ "numbers", test_numbers },
	{ "long files", test_long_files },
	{ "directories", test_directories },
};

SUITE_MAIN("sysfs", tests)
