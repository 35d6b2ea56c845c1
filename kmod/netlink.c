// SPDX-License-Identifier: GPL-2.0-only
/*
 * The family and its commands.
 */
#include <linux/module.h>
#include <linux/tierscope.h>

#include "mapping_dump.h"
#include "nearmem.h"
#include "netlink.h"
#include "node.h"
#include "page_dump.h"
#include "placement.h"
#include "probe.h"
#include "sampler.h"
#include "watch.h"

/*
 * A policy ends at the last attribute that its command takes: anything after
 * that is refused as unknown.
 */
static const struct genl_ops netlink_ops[] = {
	{
		.cmd = TIERSCOPE_CMD_NODE_GET,
		.policy = tierscope_node_get_policy,
		.maxattr = TIERSCOPE_NODE_ID,
		.doit = tierscope_nl_node_get_doit,
		.start = tierscope_nl_node_get_start,
		.dumpit = tierscope_nl_node_get_dumpit,
	}, {
		.cmd = TIERSCOPE_CMD_NODE_SET,
		.policy = tierscope_node_set_policy,
		.maxattr = TIERSCOPE_NODE_TIER,
		.doit = tierscope_nl_node_set_doit,
	}, {
		.cmd = TIERSCOPE_CMD_PLACEMENT_GET,
		.policy = tierscope_placement_get_policy,
		.maxattr = TIERSCOPE_PLACEMENT_SHARING,
		.doit = tierscope_nl_placement_get_doit,
		.start = tierscope_nl_placement_get_start,
		.dumpit = tierscope_nl_placement_get_dumpit,
		.done = tierscope_nl_placement_get_done,
	}, {
		.cmd = TIERSCOPE_CMD_MAPPING_GET,
		.policy = tierscope_mapping_get_policy,
		.maxattr = TIERSCOPE_MAPPING_SHARING,
		.doit = tierscope_nl_mapping_get_doit,
		.start = tierscope_nl_mapping_get_start,
		.dumpit = tierscope_nl_mapping_get_dumpit,
		.done = tierscope_nl_mapping_get_done,
	}, {
		.cmd = TIERSCOPE_CMD_SAMPLER_NEW,
		.policy = tierscope_sampler_new_policy,
		.maxattr = TIERSCOPE_SAMPLER_NEW_MAXATTR,
		.doit = tierscope_nl_sampler_new_doit,
	}, {
		.cmd = TIERSCOPE_CMD_SAMPLER_GET,
		.policy = tierscope_sampler_id_policy,
		.maxattr = TIERSCOPE_SAMPLER_ID_MAXATTR,
		.doit = tierscope_nl_sampler_get_doit,
		.start = tierscope_nl_sampler_get_start,
		.dumpit = tierscope_nl_sampler_get_dumpit,
	}, {
		.cmd = TIERSCOPE_CMD_SAMPLER_DEL,
		.policy = tierscope_sampler_id_policy,
		.maxattr = TIERSCOPE_SAMPLER_ID_MAXATTR,
		.doit = tierscope_nl_sampler_del_doit,
	}, {
		.cmd = TIERSCOPE_CMD_SAMPLER_SUBSCRIBE,
		.policy = tierscope_sampler_id_policy,
		.maxattr = TIERSCOPE_SAMPLER_ID_MAXATTR,
		.doit = tierscope_nl_sampler_subscribe_doit,
	}, {
		.cmd = TIERSCOPE_CMD_PAGE_GET,
		.policy = tierscope_page_get_policy,
		.maxattr = TIERSCOPE_PAGE_END,
		.doit = tierscope_nl_page_get_doit,
		.start = tierscope_nl_page_get_start,
		.dumpit = tierscope_nl_page_get_dumpit,
		.done = tierscope_nl_page_get_done,
	}, {
		.cmd = TIERSCOPE_CMD_NEARMEM_GET,
		.policy = tierscope_nearmem_get_policy,
		.maxattr = TIERSCOPE_NEARMEM_CACHE,
		.doit = tierscope_nl_nearmem_get_doit,
	}, {
		.cmd = TIERSCOPE_CMD_WATCH_NEW,
		.policy = tierscope_watch_new_policy,
		.maxattr = TIERSCOPE_WATCH_PID,
		.doit = tierscope_nl_watch_new_doit,
	}, {
		.cmd = TIERSCOPE_CMD_WATCH_DEL,
		.policy = tierscope_watch_del_policy,
		.maxattr = TIERSCOPE_WATCH_ID,
		.doit = tierscope_nl_watch_del_doit,
	}, {
		.cmd = TIERSCOPE_CMD_PROBE_NEW,
		.policy = tierscope_probe_new_policy,
		.maxattr = TIERSCOPE_PROBE_COUNTER,
		.doit = tierscope_nl_probe_new_doit,
	}, {
		.cmd = TIERSCOPE_CMD_PROBE_DEL,
		.policy = tierscope_probe_del_policy,
		.maxattr = TIERSCOPE_PROBE_PAD,
		.doit = tierscope_nl_probe_del_doit,
	},
};

/*
 * resv_start_op stays 0, and so does .validate of each operation: from the
 * first command on, attributes and header are validated strictly, for dumps
 * too. parallel_ops, because under genetlink's own mutex one long walk would
 * stall every other family of the machine.
 */
struct genl_family tierscope_family __ro_after_init = {
	.name = TIERSCOPE_FAMILY_NAME,
	.version = TIERSCOPE_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = netlink_ops,
	.n_ops = ARRAY_SIZE(netlink_ops),
};

int __init tierscope_netlink_init(void)
{
	return genl_register_family(&tierscope_family);
}

void tierscope_netlink_exit(void)
{
	genl_unregister_family(&tierscope_family);
}
