// SPDX-License-Identifier: GPL-2.0-only
/* The commands PROBE_NEW and PROBE_DEL. */
#include <linux/file.h>
#include <linux/fs.h>
#include <net/genetlink.h>

#include "access.h"
#include "compat/extack.h"
#include "netlink.h"
#include "probe.h"

static const struct nla_policy function_policy[TIERSCOPE_FUNCTION_MAX + 1] = {
	[TIERSCOPE_FUNCTION_PAD] = { .type = NLA_FLAG },
	[TIERSCOPE_FUNCTION_FILE] = { .type = NLA_U32 },
	[TIERSCOPE_FUNCTION_OFFSET] = { .type = NLA_U64 },
};

const struct nla_policy
tierscope_probe_new_policy[TIERSCOPE_PROBE_COUNTER + 1] = {
	[TIERSCOPE_PROBE_PAD] = { .type = NLA_FLAG },
	[TIERSCOPE_PROBE_FUNCTION] = NLA_POLICY_NESTED(function_policy),
	[TIERSCOPE_PROBE_COUNTER] = { .type = NLA_U32 },
};

/* It takes nothing: a policy of no attribute would take any. */
const struct nla_policy
tierscope_probe_del_policy[TIERSCOPE_PROBE_PAD + 1] = {
	[TIERSCOPE_PROBE_PAD] = { .type = NLA_REJECT },
};

/* Takes @file over. */
static int take_function(struct tierscope_probes *probes, struct file *file,
			 u64 offset, struct netlink_ext_ack *extack)
{
	struct tierscope_probe *probe = &probes->functions[probes->n_functions];
	u32 index = probes->n_functions;

	probe->probes = probes;
	probe->file = file;
	/* What is mapped: on overlayfs the file below. */
	probe->uprobe.inode = d_real_inode(file->f_path.dentry);
	probe->uprobe.offset = offset;
	probes->n_functions++;
	if (!(file->f_mode & FMODE_READ)) {
		tierscope_extack_fmt(extack, "function %u: FILE is not open for reading",
				     index);
		return -EBADF;
	}
	if (!S_ISREG(probe->uprobe.inode->i_mode)) {
		tierscope_extack_fmt(extack, "function %u: FILE is no regular file",
				     index);
		return -EINVAL;
	}
	if (offset >= i_size_read(probe->uprobe.inode)) {
		tierscope_extack_fmt(extack, "function %u: OFFSET is not in FILE",
				     index);
		return -EINVAL;
	}
	return 0;
}

static int parse_function(struct tierscope_probes *probes,
			  const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TIERSCOPE_FUNCTION_MAX + 1];
	u32 index = probes->n_functions;
	struct file *file;
	int err;

	if (index == TIERSCOPE_FUNCTIONS_MAX) {
		NL_SET_ERR_MSG(extack, "there are more FUNCTIONs than a socket may have, 32");
		return -ERANGE;
	}
	err = nla_parse_nested(tb, TIERSCOPE_FUNCTION_MAX, attr,
			       function_policy, extack);
	if (err)
		return err;
	if (!tb[TIERSCOPE_FUNCTION_FILE] || !tb[TIERSCOPE_FUNCTION_OFFSET]) {
		tierscope_extack_fmt(extack, "function %u lacks FILE or OFFSET",
				     index);
		return -EINVAL;
	}
	file = fget(nla_get_u32(tb[TIERSCOPE_FUNCTION_FILE]));
	if (!file) {
		tierscope_extack_fmt(extack, "function %u: FILE is no descriptor that can be read",
				     index);
		return -EBADF;
	}
	return take_function(probes, file,
			     nla_get_u64(tb[TIERSCOPE_FUNCTION_OFFSET]),
			     extack);
}

static int parse_counter(struct tierscope_probes *probes,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u32 index = probes->n_counters;
	struct file *file;

	if (index == TIERSCOPE_PROBE_COUNTERS_MAX) {
		NL_SET_ERR_MSG(extack, "there are more COUNTERs than a probe reads, 64");
		return -ERANGE;
	}
	file = fget(nla_get_u32(attr));
	if (!file) {
		tierscope_extack_fmt(extack, "counter %u is no descriptor",
				     index);
		return -EBADF;
	}
	probes->counters[probes->n_counters++] = file;
	if (!tierscope_probe_counter(file)) {
		tierscope_extack_fmt(extack, "counter %u is no perf event of a task with inherit",
				     index);
		return -EINVAL;
	}
	return 0;
}

static int parse(struct genl_info *info, struct tierscope_probes *probes)
{
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *attr;
	int rest, err = 0;

	BUILD_BUG_ON(TIERSCOPE_FUNCTIONS_MAX != 32);	/* the sentences say so */
	BUILD_BUG_ON(TIERSCOPE_PROBE_COUNTERS_MAX != 64);

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) == TIERSCOPE_PROBE_FUNCTION)
			err = parse_function(probes, attr, extack);
		else if (nla_type(attr) == TIERSCOPE_PROBE_COUNTER)
			err = parse_counter(probes, attr, extack);
		if (err) {
			NL_SET_BAD_ATTR(extack, attr);
			return err;
		}
	}
	if (!probes->n_functions) {
		NL_SET_ERR_MSG(extack, "there is no FUNCTION, so nothing to probe");
		return -ERANGE;
	}
	if (!probes->n_counters) {
		NL_SET_ERR_MSG(extack, "there is no COUNTER: who inherits the first one is probed");
		return -ERANGE;
	}
	return 0;
}

int tierscope_nl_probe_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_probes *probes;
	int err;

	err = tierscope_may_count(skb, info->extack);
	if (err)
		return err;
	probes = tierscope_probes_alloc(genl_info_net(info), info->snd_portid);
	if (!probes)
		return -ENOMEM;
	err = parse(info, probes);
	if (!err)
		err = tierscope_probes_open(probes, info->extack);
	if (err)
		tierscope_probes_free(probes);
	return err;
}

int tierscope_nl_probe_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tierscope_probes *probes;
	struct sk_buff *reply;
	void *header;

	/* First: without memory they had better stay. */
	reply = tierscope_reply_new(info, 2 * nla_total_size_64bit(sizeof(u64)),
				    TIERSCOPE_CMD_PROBE_DEL, &header);
	if (!reply)
		return -ENOMEM;
	probes = tierscope_probes_close(genl_info_net(info), info->snd_portid);
	if (!probes) {
		nlmsg_free(reply);
		NL_SET_ERR_MSG(info->extack, "this socket has no probes");
		return -ENOENT;
	}
	WARN_ON_ONCE(tierscope_probe_put_account(reply, probes));
	tierscope_probes_free(probes);
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}
