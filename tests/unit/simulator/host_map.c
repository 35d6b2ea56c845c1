/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host_map.h"
#include "suite.h"

#define MIB (1ULL << 20)

/* node0 lies in two pieces, as on q35 around the hole below 4 GiB. */
static const struct sim_machine machine = {
	.blocks = 3,
	.block = {
		{ .name = "low", .file = "/dev/shm/vm/node 0", .base = 0,
		  .bytes = 4 * MIB },
		{ .name = "node1", .file = "/dev/shm/vm/node1", .base = 4 * MIB,
		  .bytes = 2 * MIB },
		{ .name = "high", .file = "/dev/shm/vm/node 0",
		  .base = 4096 * MIB, .bytes = 2 * MIB, .offset = 4 * MIB },
	},
};

#define OTHER \
	"55d000000000-55d000001000 r-xp 00000000 08:01 11 /usr/bin/qemu\n" \
	"7f0000000000-7f0000100000 rw-p 00000000 00:00 0 \n"
#define NODE0 \
	"7f1000000000-7f1000100000 rw-s 00000000 00:19 77    /dev/shm/vm/node 0\n" \
	"7f1000100000-7f1000600000 rw-s 00100000 00:19 77    /dev/shm/vm/node 0\n"
#define NODE1 \
	"7f2000000000-7f2000200000 rw-s 00000000 00:19 78    /dev/shm/vm/node1\n"
#define NAMESAKE \
	"7f3000000000-7f3000200000 rw-s 00000000 00:19 79    /dev/shm/vm/node1.old\n"
#define STACK \
	"7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0     [stack]\n"

static int read_maps(const char *text, struct sim_host_map *map, char *why,
		     size_t why_bytes)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	int err;

	CU_ASSERT_FATAL(file != NULL);
	err = sim_host_map_read(file, &machine, map, why, why_bytes);
	fclose(file);
	return err;
}

static void finds(void)
{
	struct sim_host_map map;
	char why[256];

	CU_ASSERT_EQUAL_FATAL(read_maps(OTHER NODE0 NODE1 NAMESAKE STACK, &map,
					why, sizeof(why)), 0);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f1000000000), 0);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f1000100040), 0x100040);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f10003fffff), 4 * MIB - 1);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f1000400000), 4096 * MIB);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f10005fffff), 4098 * MIB - 1);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f2000000001), 4 * MIB + 1);

	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f1000600000),
			TIERSCOPE_SIM_NOWHERE);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f0fffffffff),
			TIERSCOPE_SIM_NOWHERE);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0x7f3000000000),
			TIERSCOPE_SIM_NOWHERE);
	CU_ASSERT_EQUAL(sim_host_map_find(&map, 0), TIERSCOPE_SIM_NOWHERE);
}

static void refuses(const char *text, int err, const char *what)
{
	struct sim_host_map map, before;
	char why[256] = "";

	memset(&map, 0x5a, sizeof(map));
	before = map;
	CU_ASSERT_EQUAL(read_maps(text, &map, why, sizeof(why)), err);
	CU_ASSERT(strstr(why, what) != NULL);
	CU_ASSERT(!memcmp(&map, &before, sizeof(map)));
}

static void missing(void)
{
	refuses(OTHER NODE0 NAMESAKE, -ENOENT, "block node1");
	refuses(OTHER NODE1, -ENOENT, "block low");
	/* A hole in the middle, and an end that is not there. */
	refuses("7f1000000000-7f1000100000 rw-s 0 00:19 77 /dev/shm/vm/node 0\n"
		"7f1000200000-7f1000600000 rw-s 200000 00:19 77 /dev/shm/vm/node 0\n"
		NODE1, -ENOENT, "block low");
	refuses("7f1000000000-7f1000500000 rw-s 0 00:19 77 /dev/shm/vm/node 0\n"
		NODE1, -ENOENT, "block high");
	refuses("rubbish\n", -ENOENT, "block low");
}

static void too_many_pieces(void)
{
	size_t room = 1 << 16, n = 0;
	char *text = malloc(room);

	CU_ASSERT_FATAL(text != NULL);
	for (unsigned int i = 0; i <= SIM_HOST_SEGMENTS_MAX; i++)
		n += (size_t)snprintf(text + n, room - n,
				      "%x-%x rw-s %x 00:19 78 /dev/shm/vm/node1\n",
				      0x100000 + i * 8192, 0x101000 + i * 8192,
				      i * 4096);
	refuses(text, -E2BIG, "pieces");
	free(text);
}

static const struct suite_test tests[] = {
	{ "addresses in the blocks, and outside", finds },
	{ "a block that is not mapped in full is refused", missing },
	{ "so are mappings without number", too_many_pieces },
};

SUITE_MAIN("simulator: host map", tests)
