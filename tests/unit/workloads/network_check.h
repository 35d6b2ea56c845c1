/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nodes of a network by their names, and whether they are as they should be. */
#pragma once

#include <string.h>

#include "suite.h"
#include "workloads/network.h"

/* NULL if there is none. */
static inline const struct network_node *find(const struct network *net,
					      const char *name)
{
	for (size_t i = 0; i < net->n_nodes; i++)
		if (!strcmp(net->nodes[i].name, name))
			return &net->nodes[i];
	return NULL;
}

/* Squares. */
static inline void check_shape(const struct network *net, const char *name,
			       uint32_t height, uint32_t channels)
{
	const struct network_node *node = find(net, name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(node);
	CU_ASSERT_EQUAL(node->out.height, height);
	CU_ASSERT_EQUAL(node->out.width, height);
	CU_ASSERT_EQUAL(node->out.channels, channels);
}
