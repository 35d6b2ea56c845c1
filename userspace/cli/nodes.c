/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/nodes.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "lib/scope.h"

char *cli_nodes_text(const struct tierscope_nodes *nodes)
{
	char *list scope_free = NULL, *text = NULL;

	if (tierscope_nodes_format(nodes, &list) ||
	    asprintf(&text, "node%s %s", nodes->n == 1 ? "" : "s", list) < 0)
		return NULL;
	return text;
}

/* A tier alone, with or without its socket. */
static bool is_tier(const char *text)
{
	return islower((unsigned char)*text) && strcmp(text, "all") &&
	       !strpbrk(text, ",!+");
}

static int say(const char *text, const struct tierscope_nodes *nodes)
{
	char *list scope_free = NULL;

	/* Numbers are what they are. */
	if (!text[strspn(text, "0123456789,-")])
		return 0;
	list = cli_nodes_text(nodes);
	if (!list)
		return -ENOMEM;
	if (is_tier(text))
		cli_error("tier %s is %s", text, list);
	else
		cli_error("'%s' is %s", text, list);
	return 0;
}

int cli_nodes(const struct cli_machine *machine, const char *text,
	      struct tierscope_nodes *ret)
{
	struct tierscope_nodes nodes = { 0 };
	int r = tierscope_nodes_parse(machine->ts, machine->topology, text, &nodes);

	if (r < 0) {
		cli_error("%s", tierscope_error(machine->ts));
		return r;
	}
	r = say(text, &nodes);
	if (r < 0) {
		cli_oom();
		tierscope_nodes_clear(&nodes);
		return r;
	}
	*ret = nodes;
	return 0;
}
