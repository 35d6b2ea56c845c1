// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines of Optane's medium on machines that do not count them. Those that do
 * are tested in the virtual machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <tierscope/events.h>

#include "suite.h"
#include "tree.h"

#define DEVICE "sys/bus/event_source/devices/sim_media/"
#define CPUS "sys/devices/system/cpu/"

static void refuses(const char *root, unsigned int socket, int error,
		    const char *says)
{
	int fds[TIERSCOPE_MEDIA_EVENTS] = { -7, -7 };
	struct tierscope *ts;

	CU_ASSERT_EQUAL_FATAL(tierscope_new(root, &ts), 0);
	CU_ASSERT_EQUAL(tierscope_media_open(ts, socket, fds), error);
	CU_ASSERT_PTR_NOT_NULL(strstr(tierscope_error(ts), says));
	CU_ASSERT(fds[0] == -7 && fds[1] == -7);
	tierscope_free(ts);
}

static void test_silicon(void)
{
	refuses(FIXTURES "/sysfs-cascade-lake", 0, -ENOENT,
		"on the simulated machine only");
}

static void test_broken_pmu(void)
{
	struct tree tree = tree_make();

	tree_write(&tree, DEVICE "type", "40\n");
	tree_write(&tree, DEVICE "format/event", "config:0-7\n");
	tree_write(&tree, DEVICE "cpumask", "0,2\n");
	tree_write(&tree, CPUS "cpu0/topology/physical_package_id", "0\n");
	tree_write(&tree, CPUS "cpu2/topology/physical_package_id", "1\n");
	refuses(tree.path, 0, -ENOENT, "no field 'media_read'");
	tree_write(&tree, DEVICE "events/media_read", "event=0x01\n");
	tree_write(&tree, DEVICE "events/media_write", "event=0x02\n");
	tree_write(&tree, DEVICE "events/dram_read", "event=0x11\n");
	refuses(tree.path, 0, -ENODEV, "not this machine");
	refuses(tree.path, 2, -ENODEV, "no CPU of socket 2");
	refuses(tree.path, 4294967295U, -ENODEV, "no CPU of socket");
	tree_remove(&tree);
}

/* What no group of such events gives is no count. */
static void test_read(void)
{
	struct tierscope_media media = { .lines = { 7 } };
	int fds[TIERSCOPE_MEDIA_EVENTS] = { open("/dev/null", O_RDONLY | O_CLOEXEC), -1 };
	const int none[TIERSCOPE_MEDIA_EVENTS] = { -1, -1 };

	CU_ASSERT_EQUAL(tierscope_media_read(fds, &media), -ENODATA);
	close(fds[0]);
	CU_ASSERT_EQUAL(tierscope_media_read(none, &media), -EBADF);
	fds[0] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(tierscope_media_read(fds, &media), -ENODATA);
	close(fds[0]);
	CU_ASSERT_EQUAL(media.lines[0], 7);
}

static const struct suite_test tests[] = {
	{ "silicon has none", test_silicon },
	{ "a PMU without its events, and sockets that it is not on", test_broken_pmu },
	{ "what no group gives", test_read },
};

SUITE_MAIN("lib media", tests)
