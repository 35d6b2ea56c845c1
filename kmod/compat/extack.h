/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_COMPAT_EXTACK_H
#define TIERSCOPE_COMPAT_EXTACK_H

#include <linux/netlink.h>

/*
 * tierscope_extack_fmt() - a refusal whose sentence has a number in it
 *
 * Below 80 characters, which is what the kernel keeps (NETLINK_MAX_FMTMSG_LEN).
 * Sentences without a number are NL_SET_ERR_MSG()'s. Where the kernel has no
 * NL_SET_ERR_MSG_FMT(), the text must outlive the request and nobody says when
 * that ends: there every sentence that was ever said is kept until the module
 * goes. So use this after the rights have been checked, and for numbers of which
 * there are few, such as a counter's: not for any that the caller can choose.
 */
#ifdef NL_SET_ERR_MSG_FMT

#define tierscope_extack_fmt(extack, fmt, ...)				\
	NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__)

static inline void tierscope_extack_exit(void)
{
}

#else

__printf(2, 3)
void tierscope_extack_fmt(struct netlink_ext_ack *extack, const char *fmt, ...);

/* Once no request can be running any more. */
void tierscope_extack_exit(void);

#endif

#endif /* TIERSCOPE_COMPAT_EXTACK_H */
