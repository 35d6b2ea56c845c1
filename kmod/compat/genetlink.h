/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TIERSCOPE_COMPAT_GENETLINK_H
#define TIERSCOPE_COMPAT_GENETLINK_H

#include <linux/build_bug.h>
#include <net/genetlink.h>

/* The attributes of the request that began this dump. */
static inline struct nlattr **tierscope_dump_attrs(struct netlink_callback *cb)
{
#ifdef TIERSCOPE_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/**
 * struct tierscope_dump - what a dump of ours keeps in netlink_callback.ctx
 * @state: its own
 * @refused: -errno if its start refused it
 * @sentence: and why, a string that outlives it
 */
struct tierscope_dump {
	void *state;
	int refused;
	const char *sentence;
};

static inline struct tierscope_dump *tierscope_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct tierscope_dump) > sizeof(cb->ctx));
	return (struct tierscope_dump *)cb->ctx;
}

/*
 * Some kernels (6.1) give no extended ACK to the start of a generic netlink
 * dump, and what start refuses is refused without a word. There the refusal
 * waits for the first message of the dump, which the same system call makes.
 *
 * In start, use this one; @own is a zeroed one of the caller.
 */
static inline struct netlink_ext_ack *
tierscope_dump_extack(struct netlink_callback *cb, struct netlink_ext_ack *own)
{
	return cb->extack ? cb->extack : own;
}

/* End start with this when it fails, with nothing left behind in ->state. */
static inline int tierscope_dump_refuse(struct netlink_callback *cb,
					const struct netlink_ext_ack *extack,
					int err)
{
	if (cb->extack)
		return err;
	tierscope_dump(cb)->refused = err;
	tierscope_dump(cb)->sentence = extack->_msg;
	return 0;
}

/* Begin dumpit with this: if it is not 0, return it. */
static inline int tierscope_dump_refused(struct netlink_callback *cb)
{
	const struct tierscope_dump *dump = tierscope_dump(cb);

	if (dump->refused && dump->sentence && cb->extack)
		cb->extack->_msg = dump->sentence;
	return dump->refused;
}

#endif /* TIERSCOPE_COMPAT_GENETLINK_H */
