/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tiers and nodes as users give them, and what became of them.
 */
#pragma once

#include "cli/machine.h"

/**
 * cli_nodes() - which nodes a text names
 * @text: as tierscope_nodes_parse() takes it
 * @ret: tierscope_nodes_clear() it
 *
 * Says on stderr what a name became: "tier pmem is node 2". Returns 0, or -errno
 * after a sentence on stderr: -EINVAL if @text is no list of nodes, -ENODEV if
 * the machine has them not, -ENOMEM.
 */
int cli_nodes(const struct cli_machine *machine, const char *text,
	      struct tierscope_nodes *ret);

/* "node 2", "nodes 0-1"; free() it. NULL without memory. */
char *cli_nodes_text(const struct tierscope_nodes *nodes);
