/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "machine.h"
#include "suite.h"

#define KEYS \
	"sockets=2\n" "vcpus=4\n" "llc_bytes=146432\n" "llc_ways=11\n" \
	"fetch_on_write_miss=1\n" "ddo_percent=0\n" "dclk_hz=1333333333\n"
#define NEAR "near_bytes=67108864\n"
#define NODE0 "block=node0:/m/node0:0:0x80000000:0:pmem:0\n"
#define NODE1 "block=node1:/m/node1:4294967296:2147483648:1:pmem\n"
#define MEMORY_MODE "mode=memory-mode\n"

static int read_text(const char *text, size_t n, struct sim_machine *machine,
		     char *why, size_t why_bytes)
{
	FILE *file = fmemopen((char *)text, n, "r");
	int err;

	CU_ASSERT_FATAL(file != NULL);
	err = sim_machine_read(file, machine, why, why_bytes);
	fclose(file);
	return err;
}

static void reads(void)
{
	static const char text[] = "# a machine\n\n" NODE1 MEMORY_MODE KEYS NEAR
				   "block=node0:/m/node0:0:0x80000000:0:dram:4096";
	struct sim_machine m;
	char why[256];

	CU_ASSERT_EQUAL_FATAL(read_text(text, strlen(text), &m, why, sizeof(why)), 0);
	CU_ASSERT_EQUAL(m.mode, TIERSCOPE_SIM_MEMORY_MODE);
	CU_ASSERT_EQUAL(m.sockets, 2);
	CU_ASSERT_EQUAL(m.vcpus, 4);
	CU_ASSERT_EQUAL(m.llc_bytes, 146432);
	CU_ASSERT_EQUAL(m.llc_ways, 11);
	CU_ASSERT_EQUAL(m.near_bytes, 64 << 20);
	CU_ASSERT(m.fetch_on_write_miss);
	CU_ASSERT_EQUAL(m.ddo_percent, 0);
	CU_ASSERT_EQUAL(m.dclk_hz, 1333333333);
	CU_ASSERT_EQUAL_FATAL(m.blocks, 2);
	CU_ASSERT_STRING_EQUAL(m.block[0].name, "node0");
	CU_ASSERT_STRING_EQUAL(m.block[0].file, "/m/node0");
	CU_ASSERT_EQUAL(m.block[0].base, 0);
	CU_ASSERT_EQUAL(m.block[0].bytes, 2ULL << 30);
	CU_ASSERT_EQUAL(m.block[0].offset, 4096);
	CU_ASSERT_EQUAL(m.block[0].medium, SIM_DRAM);
	CU_ASSERT_EQUAL(m.block[1].base, 4ULL << 30);
	CU_ASSERT_EQUAL(m.block[1].socket, 1);
	CU_ASSERT_EQUAL(m.block[1].offset, 0);
	CU_ASSERT_EQUAL(m.block[1].medium, SIM_PMEM);
}

static void refuses_bytes(const char *text, size_t n, const char *what)
{
	struct sim_machine m, before;
	char why[256] = "";

	memset(&m, 0x5a, sizeof(m));
	before = m;
	CU_ASSERT_EQUAL(read_text(text, n, &m, why, sizeof(why)), -EINVAL);
	if (!strstr(why, what))
		fprintf(stderr, "said \"%s\", not \"%s\"\n", why, what);
	CU_ASSERT(strstr(why, what) != NULL);
	CU_ASSERT(!memcmp(&m, &before, sizeof(m)));
}

static void refuses(const char *text, const char *what)
{
	refuses_bytes(text, strlen(text), what);
}

static void bad_keys(void)
{
	refuses("mode=memory\n", "mode memory is none");
	refuses(MEMORY_MODE MEMORY_MODE, "mode is given twice");
	refuses("sockets=2\nsockets=2\n", "sockets is given twice");
	refuses("sockets=0\n", "sockets is 0, not from 1 to 2");
	refuses("sockets=3\n", "sockets is 3, not from 1 to 2");
	refuses("vcpus=17\n", "vcpus is 17");
	refuses("vcpus=-1\n", "vcpus is not a number: -1");
	refuses("vcpus= 4\n", "not a number");
	refuses("vcpus=4 \n", "not a number");
	refuses("vcpus=\n", "not a number");
	refuses("llc_bytes=1M\n", "llc_bytes is not a number: 1M");
	refuses("llc_bytes=99999999999999999999\n", "not a number");
	refuses("llc_ways=33\n", "llc_ways is 33");
	refuses("fetch_on_write_miss=2\n", "fetch_on_write_miss is 2");
	refuses("ddo_percent=101\n", "ddo_percent is 101");
	refuses("dclk_hz=0\n", "dclk_hz is 0");
	refuses("colour=blue\n", "colour is no key");
	refuses("sockets\n", "\"sockets\" is not key=value");
	refuses("=\n", "is no key");
	refuses_bytes("sockets=2\0\n", 11, "NUL");
}

static void bad_machines(void)
{
	refuses("# nothing\n", "mode is missing");
	refuses(MEMORY_MODE, "sockets is missing");
	refuses(MEMORY_MODE KEYS NODE0 NODE1, "near_bytes is missing");
	refuses(MEMORY_MODE KEYS "near_bytes=0\n" NODE0 NODE1,
		"near_bytes is no multiple");
	refuses(MEMORY_MODE KEYS "near_bytes=100\n" NODE0 NODE1,
		"near_bytes is no multiple");
	refuses("mode=app-direct\n" KEYS NEAR NODE0 NODE1,
		"only Memory Mode has near memory");
	refuses("mode=dram-only\n" KEYS NODE0 NODE1, "has DRAM only");
	refuses("mode=dram-only\nsockets=2\nvcpus=3\nllc_bytes=640\nllc_ways=10\n"
		"fetch_on_write_miss=0\nddo_percent=0\ndclk_hz=1\n",
		"3 vCPUs do not fill 2 sockets");
	refuses("mode=dram-only\nsockets=2\nvcpus=2\nllc_bytes=700\nllc_ways=10\n"
		"fetch_on_write_miss=0\nddo_percent=0\ndclk_hz=1\n",
		"llc_bytes is no multiple of 10 ways");
	refuses(MEMORY_MODE KEYS NEAR NODE0, "socket 1 has no block");
	refuses(MEMORY_MODE KEYS NEAR NODE0 NODE1
		"block=x:/m/x:0x7ffff000:8192:0:pmem\n", "overlap");
}

static void bad_blocks(void)
{
	char many[4096] = "";

	refuses("block=a:/m/a:0:4096:0\n", "is not NAME:FILE");
	refuses("block=a:/m/a:0:4096:0:dram:0:0\n", "is not NAME:FILE");
	refuses("block=\n", "is not NAME:FILE");
	refuses("block=:/m/a:0:4096:0:dram\n", "empty or too long");
	refuses("block=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:/m/a:0:4096:0:dram\n",
		"empty or too long");
	refuses("block=a:m/a:0:4096:0:dram\n", "no absolute path");
	refuses("block=a:/m/a:1:4096:0:dram\n", "base 1 is no multiple");
	refuses("block=a:/m/a::4096:0:dram\n", "is no multiple");
	refuses("block=a:/m/a:0:0:0:dram\n", "size 0 is no multiple");
	refuses("block=a:/m/a:0:4097:0:dram\n", "size 4097 is no multiple");
	refuses("block=a:/m/a:0x1fffffe000:0x2000:0:dram\n", "ends above");
	refuses("block=a:/m/a:0xfffffffffffff000:4096:0:dram\n", "ends above");
	refuses("block=a:/m/a:4096:0xfffffffffffff000:0:dram\n", "ends above");
	refuses("block=a:/m/a:0:4096:2:dram\n", "socket 2 is none");
	refuses("block=a:/m/a:0:4096:0:nand\n", "medium nand is neither");
	refuses("block=a:/m/a:0:4096:0:dram:5\n", "offset 5 is no multiple");
	refuses("block=a:/m/a:0:4096:0:dram:\n", "is no multiple");
	for (unsigned int i = 0; i <= SIM_BLOCKS_MAX; i++)
		sprintf(many + strlen(many), "block=b:/b:%u:4096:0:dram\n",
			i * 4096);
	refuses(many, "more than 16 blocks");
}

static void one_socket(void)
{
	static const char text[] =
		"mode=dram-only\nsockets=1\nvcpus=1\nllc_bytes=64\nllc_ways=1\n"
		"fetch_on_write_miss=0\nddo_percent=100\ndclk_hz=1\n"
		"block=a:/m/a:0:4096:0:dram\n";
	struct sim_machine m;
	char why[256];

	CU_ASSERT_EQUAL(read_text(text, strlen(text), &m, why, sizeof(why)), 0);
	CU_ASSERT_EQUAL(m.near_bytes, 0);
	refuses("mode=dram-only\nsockets=1\nvcpus=1\nllc_bytes=64\nllc_ways=1\n"
		"fetch_on_write_miss=0\nddo_percent=100\ndclk_hz=1\n"
		"block=a:/m/a:0:4096:1:dram\n", "socket 1 of 1");
}

static const struct suite_test tests[] = {
	{ "a machine in full", reads },
	{ "keys that cannot be", bad_keys },
	{ "machines that cannot be", bad_machines },
	{ "blocks that cannot be", bad_blocks },
	{ "the smallest machine", one_socket },
};

SUITE_MAIN("simulator: machine", tests)
