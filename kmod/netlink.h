/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_NETLINK_H
#define TIERSCOPE_NETLINK_H

#include <net/genetlink.h>

/* The family "tierscope"; its grammar is in include/uapi/linux/tierscope.h. */
extern struct genl_family tierscope_family;

int tierscope_netlink_init(void);
void tierscope_netlink_exit(void);

#endif
