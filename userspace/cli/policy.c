/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/message.h"
#include "cli/nodes.h"
#include "cli/rule.h"
#include "lib/scope.h"

#define WEIGHT_MAX	255	/* the kernel has bytes */

static int out_of_memory(void)
{
	cli_oom();
	return -ENOMEM;
}

void cli_policy_clear(struct cli_policy *policy)
{
	free(policy->text);
	free(policy->rule);
	free(policy->weights);
	tierscope_nodes_clear(&policy->nodes);
	tierscope_cpus_clear(&policy->cpus);
	*policy = (struct cli_policy){ 0 };
}

/* What follows @prefix, or NULL. */
static const char *after(const char *text, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(text, prefix, n) ? NULL : text + n;
}

static int parse_weight(const char *term, const char *text, int *ret)
{
	char *end;
	long weight;

	errno = 0;
	weight = strtol(text, &end, 10);
	if (errno || end == text || *end || *text < '0' || *text > '9' ||
	    weight > WEIGHT_MAX) {
		cli_error("weight '%s' of %s is not between 1 and %d", text, term,
			  WEIGHT_MAX);
		return -ERANGE;
	}
	if (!weight) {
		cli_error("a weight of 0 is none: leave %s out", term);
		return -ERANGE;
	}
	*ret = (int)weight;
	return 0;
}

/* The weight @weight for each of @nodes, which stays ascending. */
static int add_weighted(struct cli_policy *policy,
			const struct tierscope_nodes *nodes, int weight)
{
	size_t room = policy->nodes.n + nodes->n;
	int *ids = reallocarray(policy->nodes.ids, room, sizeof(*ids)), *weights;

	if (!ids)
		return out_of_memory();
	policy->nodes.ids = ids;
	weights = reallocarray(policy->weights, room, sizeof(*weights));
	if (!weights)
		return out_of_memory();
	policy->weights = weights;
	for (size_t i = 0; i < nodes->n; i++) {
		size_t at = policy->nodes.n;

		if (tierscope_nodes_have(&policy->nodes, nodes->ids[i])) {
			cli_error("node %d has two weights in '%s'", nodes->ids[i],
				  policy->text);
			return -EINVAL;
		}
		for (; at > 0 && ids[at - 1] > nodes->ids[i]; at--) {
			ids[at] = ids[at - 1];
			weights[at] = weights[at - 1];
		}
		ids[at] = nodes->ids[i];
		weights[at] = weight;
		policy->nodes.n++;
	}
	return 0;
}

/* "dram=3,pmem=1" */
static int parse_weights(const struct cli_machine *machine, const char *text,
			 struct cli_policy *policy)
{
	char *list scope_free = strdup(text), *rest = list, *term;
	int r = 0;

	if (!list)
		return out_of_memory();
	while (!r && (term = strsep(&rest, ","))) {
		struct tierscope_nodes nodes = { 0 };
		char *equals = strchr(term, '=');
		int weight = 0;

		if (!equals) {
			cli_error("'%s' in '%s' has no weight such as %s=1", term,
				  policy->text, *term ? term : "dram");
			return -EINVAL;
		}
		*equals = '\0';
		r = parse_weight(term, equals + 1, &weight);
		if (!r)
			r = cli_nodes(machine, term, &nodes);
		if (!r)
			r = add_weighted(policy, &nodes, weight);
		tierscope_nodes_clear(&nodes);
	}
	return r;
}

static int parse(const struct cli_machine *machine, struct cli_policy *policy)
{
	const char *text = policy->text, *nodes;

	nodes = after(text, "prefer:");
	if (nodes) {
		policy->mode = "prefer";
		return cli_nodes(machine, nodes, &policy->nodes);
	}
	nodes = after(text, "interleave:");
	if (nodes && strchr(nodes, '=')) {
		policy->mode = "weighted-interleave";
		return parse_weights(machine, nodes, policy);
	}
	if (nodes || !strcmp(text, "interleave")) {
		policy->mode = "interleave";
		return cli_nodes(machine, nodes ? nodes : "all", &policy->nodes);
	}
	policy->mode = "bind";
	return cli_nodes(machine, text, &policy->nodes);
}

int cli_policy_parse(const struct cli_machine *machine, const char *text,
		     struct cli_policy *ret)
{
	struct cli_policy policy __attribute__((cleanup(cli_policy_clear))) = {
		.text = strdup(text),
	};
	int r = policy.text ? parse(machine, &policy) : out_of_memory();

	if (r < 0)
		return r;
	*ret = policy;
	policy = (struct cli_policy){ 0 };
	return 0;
}

static int by_text(struct cli_machine *machine, const char *text,
		   struct cli_policy *ret)
{
	return cli_machine_read(machine) ? -EIO :
	       cli_policy_parse(machine, text, ret);
}

/* By the rule of the configuration for @command, if there is one. */
static int by_rule(struct cli_machine *machine, const char *command,
		   struct cli_policy *ret)
{
	struct tierscope_config *config = NULL;
	char *nodes scope_free = NULL;
	const struct tierscope_rule *rule = NULL;
	int r;

	r = tierscope_config_read(machine->ts, &config);
	if (r < 0) {
		cli_error("%s", tierscope_error(machine->ts));
		return r;
	}
	r = rule_of_command(config, command, &rule);
	if (r < 0)
		cli_error("cannot tell which rule of '%s' holds: %s", config->file,
			  strerror(-r));
	else if (rule)
		r = by_text(machine, rule->tier, ret);
	if (r < 0 && rule)
		cli_error("that is the tier of rule %s, %s:%u", rule->name,
			  config->file, rule->line);
	if (!r && rule) {
		ret->rule = strdup(rule->name);
		nodes = cli_nodes_text(&ret->nodes);
		if (ret->rule && nodes)
			cli_error("rule %s: tier %s (%s)", rule->name, rule->tier, nodes);
		else
			r = out_of_memory();
	}
	tierscope_config_free(config);
	return r;
}

int cli_policy_find(const char *tier, const char *cpus, const char *command,
		    struct cli_policy *ret)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	int r = 0;

	if (cli_machine_open(&machine))
		return -EIO;
	r = tier ? by_text(&machine, tier, ret) :
		   by_rule(&machine, command, ret);
	if (!r && cpus) {
		r = tierscope_cpus_parse(machine.ts, cpus, &ret->cpus);
		if (r < 0)
			cli_error("%s", tierscope_error(machine.ts));
	}
	return r;
}
