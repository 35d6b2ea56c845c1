// SPDX-License-Identifier: GPL-2.0-only
/*
 * A socket's release comes from a blocking notifier chain, in process context,
 * so all that it takes along is taken there and then.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>

#include "probe.h"
#include "sampler.h"
#include "socket.h"
#include "watch.h"

static int netlink_event(struct notifier_block *block, unsigned long event,
			 void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC) {
		tierscope_sampler_forget_socket(notify->net, notify->portid);
		tierscope_watch_forget_socket(notify->net, notify->portid);
		tierscope_probes_forget_socket(notify->net, notify->portid);
	}
	return NOTIFY_DONE;
}

static struct notifier_block netlink_block = {
	.notifier_call = netlink_event,
};

int tierscope_socket_init(void)
{
	return netlink_register_notifier(&netlink_block);
}

void tierscope_socket_exit(void)
{
	netlink_unregister_notifier(&netlink_block);
}
