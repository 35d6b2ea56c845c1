// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tiers that an administrator has said, which win over what sysfs says: at run
 * time in the module, for as long as it is loaded, and for good in the
 * configuration. The module's wins, being the later word.
 *
 * Nobody but an administrator tells the module a tier, so one that it has by
 * NODE_SET is always such a word.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "context.h"
#include "override.h"
#include "request.h"
#include "scope.h"
#include "topology.h"

static const struct nla_policy policy[TIERSCOPE_NODE_MAX + 1] = {
	[TIERSCOPE_NODE_ID] = { .type = NLA_U32 },
	[TIERSCOPE_NODE_TIER] = { .type = NLA_U32 },
	[TIERSCOPE_NODE_TIER_SOURCE] = { .type = NLA_U32 },
};

static struct tierscope_node *find(struct tierscope_topology *topology, int id)
{
	for (size_t i = 0; i < topology->n_nodes; i++)
		if (topology->nodes[i].id == id)
			return &topology->nodes[i];
	return NULL;
}

static void __attribute__((format(printf, 3, 4)))
override(struct tierscope_node *node, enum tierscope_tier tier,
	 const char *format, ...)
{
	char said[160];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(said, sizeof(said), format, arguments);
	va_end(arguments);
	snprintf(node->evidence, sizeof(node->evidence),
		 "%s; without that it would be %s", said,
		 tierscope_tier_name(node->tier));
	node->tier = tier;
	if (tier != TIERSCOPE_TIER_CACHED)
		node->near_bytes = 0;
}

int tierscope_override_by_config(struct tierscope *ts,
				 struct tierscope_topology *topology)
{
	struct tierscope_config *config = NULL;
	int error = tierscope_config_read(ts, &config);

	if (error)
		return error;
	for (size_t i = 0; i < config->n_nodes; i++) {
		const struct tierscope_config_node *said = &config->nodes[i];
		struct tierscope_node *node = find(topology, said->id);

		/* It may be offline, or on another machine with the same file. */
		if (node)
			override(node, said->tier, "set in %.100s:%u", config->file,
				 said->line);
	}
	tierscope_config_free(config);
	return 0;
}

int tierscope_override_parse(struct nlmsghdr *header,
			     struct tierscope_topology *topology)
{
	struct nlattr *attributes[TIERSCOPE_NODE_MAX + 1];
	struct tierscope_node *node;
	uint32_t tier;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attributes, TIERSCOPE_NODE_MAX, policy) ||
	    !attributes[TIERSCOPE_NODE_ID] ||
	    !attributes[TIERSCOPE_NODE_TIER] ||
	    !attributes[TIERSCOPE_NODE_TIER_SOURCE])
		return -EBADMSG;
	tier = nla_get_u32(attributes[TIERSCOPE_NODE_TIER]);
	if (tier > TIERSCOPE_TIER_MAX)
		return -EBADMSG;
	if (nla_get_u32(attributes[TIERSCOPE_NODE_TIER_SOURCE]) !=
	    TIERSCOPE_TIER_SOURCE_SET)
		return 0;
	node = find(topology, (int)nla_get_u32(attributes[TIERSCOPE_NODE_ID]));
	if (node)
		override(node, tier, "set in the kernel module (tierscope topology --set)");
	return 0;
}

static int on_node(struct nlmsghdr *header, void *data)
{
	return tierscope_override_parse(header, data);
}

int tierscope_override_by_module(struct tierscope *ts,
				 struct tierscope_topology *topology)
{
	struct tierscope_request request = {
		.what = "tiers that were set in the module",
		.answer = on_node,
		.data = topology,
	};
	scope_message struct nl_msg *message = NULL;
	int error;

	/* A captured tree is not this machine. To ask for a family that is not
	 * there would have the kernel look for a module of that name. */
	if (!ts->live || !tierscope_sysfs_exists(ts->root, "sys/module/tierscope"))
		return 0;
	message = tierscope_message(0, TIERSCOPE_CMD_NODE_GET, NLM_F_DUMP);
	if (!message)
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory", request.what);
	error = tierscope_dump(ts, message, &request);
	/* It is being unloaded. */
	return error == -ENOENT ? 0 : error;
}

int tierscope_node_set(struct tierscope *ts, int id, enum tierscope_tier tier)
{
	struct tierscope_request request = { 0 };
	scope_message struct nl_msg *message = NULL;

	snprintf(request.what, sizeof(request.what),
		 "setting the tier of node %d", id);
	message = tierscope_message(0, TIERSCOPE_CMD_NODE_SET, 0);
	if (!message ||
	    nla_put_u32(message, TIERSCOPE_NODE_ID, (uint32_t)id) ||
	    nla_put_u32(message, TIERSCOPE_NODE_TIER, tier))
		return tierscope_fail(ts, -ENOMEM, "%s: out of memory",
				      request.what);
	return tierscope_ask(ts, message, &request);
}
