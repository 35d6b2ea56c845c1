// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sets of nodes as users write them: numactl's grammar, with tiers by name.
 *
 * Not by numa_parse_nodestring(), which prints what is wrong to stderr, keeps
 * what it knows of the machine in globals, and knows no tiers.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "scope.h"
#include "sysfs.h"

#define STATUS "proc/self/status"

/* What is being parsed; @chosen and @usable are by place in the topology. */
struct nodes_parse {
	struct tierscope *ts;
	const struct tierscope_topology *topology;
	const char *text;
	bool *usable;
	bool *chosen;
};

static bool has_memory(const struct tierscope_node *node)
{
	return node->total_bytes > 0;
}

/* Nodes with memory that the caller's cpuset grants. */
static void find_usable(struct nodes_parse *parse)
{
	static const char key[] = "\nMems_allowed_list:";
	struct tierscope_ids allowed;
	char status[8192], *list;
	bool known = false;

	if (!tierscope_sysfs_read(parse->ts->root, STATUS, sizeof(status), status)) {
		list = strstr(status, key);
		if (list) {
			list += strlen(key);
			list += strspn(list, " \t");
			list[strcspn(list, "\n")] = '\0';
			known = !tierscope_ids_parse(list, &allowed);
		}
	}
	for (size_t i = 0; i < parse->topology->n_nodes; i++) {
		const struct tierscope_node *node = &parse->topology->nodes[i];

		parse->usable[i] = has_memory(node) &&
			(!known || tierscope_ids_have(&allowed, (unsigned int)node->id));
	}
}

static int malformed(const struct nodes_parse *parse)
{
	return tierscope_fail(parse->ts, -EINVAL,
			      "'%s' is no list of nodes such as 0-1, 0,2, !2, +0, all, dram, pmem or dram@0",
			      parse->text);
}

static int choose_node(struct nodes_parse *parse, unsigned long id)
{
	for (size_t i = 0; i < parse->topology->n_nodes; i++) {
		if ((unsigned long)parse->topology->nodes[i].id != id)
			continue;
		if (!has_memory(&parse->topology->nodes[i]))
			return tierscope_fail(parse->ts, -ENODEV,
					      "node %lu has no memory", id);
		parse->chosen[i] = true;
		return 0;
	}
	return tierscope_fail(parse->ts, -ENODEV,
			      "there is no node %lu with memory", id);
}

/* "+1": the second of those that the caller may use. */
static int choose_relative(struct nodes_parse *parse, unsigned long place)
{
	unsigned long n = 0;

	for (size_t i = 0; i < parse->topology->n_nodes; i++) {
		if (!parse->usable[i] || n++ != place)
			continue;
		parse->chosen[i] = true;
		return 0;
	}
	return tierscope_fail(parse->ts, -ENODEV,
			      "there is no node +%lu: there are %lu with memory that may be used, from +0 on",
			      place, n);
}

/* Digits only, which strtoul() would not insist on. */
static bool parse_number(const char **text, unsigned long *ret)
{
	unsigned long value;
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	value = strtoul(*text, &end, 10);
	if (errno || value > INT_MAX)
		return false;
	*text = end;
	*ret = value;
	return true;
}

/* "0", "0-3", "+0-1". */
static int choose_range(struct nodes_parse *parse, const char *term)
{
	bool relative = *term == '+';
	unsigned long first, last;

	if (relative)
		term++;
	if (!parse_number(&term, &first))
		return malformed(parse);
	last = first;
	if (*term == '-') {
		term++;
		if (!parse_number(&term, &last) || last < first)
			return malformed(parse);
	}
	if (*term)
		return malformed(parse);
	/* The first that is not there ends it: no machine has INT_MAX. */
	for (unsigned long id = first; id <= last; id++) {
		int error = relative ? choose_relative(parse, id) :
				       choose_node(parse, id);

		if (error)
			return error;
	}
	return 0;
}

/* "pmem", "dram@0". */
static int choose_tier(struct nodes_parse *parse, char *term)
{
	char *at = strchr(term, '@');
	unsigned long socket = 0;
	enum tierscope_tier tier;
	bool found = false;

	if (at) {
		const char *number = at + 1;

		if (!parse_number(&number, &socket) || *number)
			return malformed(parse);
		*at = '\0';
	}
	if (!strcmp(term, "cached"))
		tier = TIERSCOPE_TIER_CACHED;
	else if (tierscope_tier_from_name(term, &tier))
		return malformed(parse);
	for (size_t i = 0; i < parse->topology->n_nodes; i++) {
		const struct tierscope_node *node = &parse->topology->nodes[i];

		if (node->tier != tier || !has_memory(node) ||
		    (at && node->socket != (int)socket))
			continue;
		parse->chosen[i] = found = true;
	}
	if (found)
		return 0;
	if (at)
		return tierscope_fail(parse->ts, -ENODEV,
				      "socket %lu has no memory of tier %s (see tierscope topology)",
				      socket, term);
	return tierscope_fail(parse->ts, -ENODEV,
			      "this machine has no memory of tier %s (see tierscope topology)",
			      term);
}

static int choose(struct nodes_parse *parse, char *term)
{
	if (!strcmp(term, "all")) {
		for (size_t i = 0; i < parse->topology->n_nodes; i++)
			parse->chosen[i] |= parse->usable[i];
		return 0;
	}
	if (*term == '+' || (*term >= '0' && *term <= '9'))
		return choose_range(parse, term);
	return choose_tier(parse, term);
}

static int choose_all(struct nodes_parse *parse, char *list)
{
	bool inverted = *list == '!';
	char *term;
	int error;

	if (inverted)
		list++;
	while ((term = strsep(&list, ","))) {
		error = choose(parse, term);
		if (error)
			return error;
	}
	for (size_t i = 0; inverted && i < parse->topology->n_nodes; i++)
		parse->chosen[i] = parse->usable[i] && !parse->chosen[i];
	return 0;
}

static int hand_over(const struct nodes_parse *parse, struct tierscope_nodes *ret)
{
	int *ids = calloc(parse->topology->n_nodes + 1, sizeof(*ids));
	size_t n = 0;

	if (!ids)
		return tierscope_fail(parse->ts, -ENOMEM,
				      "reading a list of nodes: out of memory");
	for (size_t i = 0; i < parse->topology->n_nodes; i++)
		if (parse->chosen[i])
			ids[n++] = parse->topology->nodes[i].id;
	if (!n) {
		free(ids);
		return tierscope_fail(parse->ts, -ENODEV,
				      "'%s' leaves no node with memory", parse->text);
	}
	*ret = (struct tierscope_nodes){ n, ids };
	return 0;
}

int tierscope_nodes_parse(struct tierscope *ts,
			  const struct tierscope_topology *topology,
			  const char *text, struct tierscope_nodes *ret)
{
	scope_free bool *usable = calloc(topology->n_nodes + 1, sizeof(*usable));
	scope_free bool *chosen = calloc(topology->n_nodes + 1, sizeof(*chosen));
	scope_free char *list = strdup(text);
	struct nodes_parse parse = { ts, topology, text, usable, chosen };
	int error;

	if (!usable || !chosen || !list)
		return tierscope_fail(ts, -ENOMEM,
				      "reading a list of nodes: out of memory");
	find_usable(&parse);
	error = choose_all(&parse, list);
	return error ? error : hand_over(&parse, ret);
}

int tierscope_nodes_format(const struct tierscope_nodes *nodes, char **ret)
{
	scope_free char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	for (size_t i = 0; i < nodes->n; i++) {
		size_t last = i;

		while (last + 1 < nodes->n &&
		       nodes->ids[last + 1] == nodes->ids[last] + 1)
			last++;
		fprintf(stream, "%s%d", i ? "," : "", nodes->ids[i]);
		if (last > i)
			fprintf(stream, "-%d", nodes->ids[last]);
		i = last;
	}
	if (fclose(stream))
		return -ENOMEM;
	*ret = scope_take(text);
	return 0;
}

bool tierscope_nodes_have(const struct tierscope_nodes *nodes, int id)
{
	for (size_t i = 0; i < nodes->n; i++)
		if (nodes->ids[i] == id)
			return true;
	return false;
}

void tierscope_nodes_clear(struct tierscope_nodes *nodes)
{
	free(nodes->ids);
	*nodes = (struct tierscope_nodes){ 0 };
}
