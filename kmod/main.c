// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tierscope: where the memory of processes lives, and what the memory
 * controllers do.
 */
#include <linux/module.h>

#include "netlink.h"
#include "sampler.h"
#include "section.h"
#include "socket.h"
#include "watch.h"

static int __init tierscope_init(void)
{
	int ret;

	ret = tierscope_section_init();
	if (ret)
		return ret;
	ret = tierscope_socket_init();
	if (ret)
		goto exit_section;
	ret = tierscope_netlink_init();
	if (ret)
		goto exit_socket;
	return 0;

exit_socket:
	tierscope_socket_exit();
exit_section:
	tierscope_section_exit();
	return ret;
}

static void __exit tierscope_exit(void)
{
	tierscope_netlink_exit();
	tierscope_socket_exit();
	tierscope_watch_exit();
	tierscope_sampler_exit();
	tierscope_section_exit();
}

module_init(tierscope_init);
module_exit(tierscope_exit);

MODULE_AUTHOR("Tierscope");
MODULE_DESCRIPTION("Memory placement and memory-controller counters over generic netlink");
MODULE_LICENSE("GPL");
