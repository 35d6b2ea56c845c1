// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The keys of an experiment.
 */
#include "experiment/parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENVIRONMENT_MAX 1024
#define LABELS_MAX 64	/* as many as a run may have: tierscope/bus.h */

struct parser {
	struct experiment *experiment;
	struct experiment_grid *grid;
	struct experiment_machine *machine;
};

static int unknown(struct yaml_file *file, const yaml_node_t *key_node,
		   const char *key, const char *where, const char *known)
{
	return yaml_wrong(file, key_node, "there is no key '%s' in %s, only %s",
			  key, where, known);
}

/* ---- machines ------------------------------------------------------------- */

static int on_simulate(struct yaml_file *file, const char *key,
		       yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct parser *parser = data;
	struct experiment_machine *machine = parser->machine;

	if (!strcmp(key, "machine"))
		return experiment_parse_text(file, value, "machine", &machine->simulated);
	if (!strcmp(key, "kernel"))
		return experiment_parse_text(file, value, "kernel", &machine->kernel);
	if (!strcmp(key, "set"))
		return experiment_parse_pairs(file, value, "set", 64, &machine->set);
	return unknown(file, key_node, key, "simulate", "machine, kernel and set");
}

static int on_machine_key(struct yaml_file *file, const char *key,
			  yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct parser *parser = data;
	struct experiment_machine *machine = parser->machine;
	const char *text = yaml_text(value);
	int r;

	if (!strcmp(key, "mode")) {
		if (!text || (strcmp(text, "dram-only") && strcmp(text, "memory-mode") &&
			      strcmp(text, "app-direct")))
			return yaml_wrong(file, value, "mode is dram-only, memory-mode or app-direct");
		return experiment_parse_text(file, value, "mode", &machine->mode);
	}
	if (strcmp(key, "simulate"))
		return unknown(file, key_node, key, "a machine", "mode and simulate");
	/* "simulate: dram-only" for a machine file as it is. */
	if (text)
		return experiment_parse_text(file, value, "simulate", &machine->simulated);
	r = yaml_mapping(file, value, "simulate", on_simulate, parser);
	if (!r && !machine->simulated)
		return yaml_wrong(file, value, "simulate has no key 'machine', a file in tests/machines");
	return r;
}

static int on_machine(struct yaml_file *file, const char *key,
		      yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct parser *parser = data;
	struct experiment *experiment = parser->experiment;
	struct experiment_machine *grown;

	if (!experiment_is_name(key) || !strcmp(key, "plan"))
		return yaml_wrong(file, key_node,
			"'%s' is no name for a machine: letters, digits and ._+-, and not plan",
			key);
	if (experiment->n_machines == EXPERIMENT_MACHINES_MAX)
		return yaml_wrong(file, key_node, "more than %d machines",
				  EXPERIMENT_MACHINES_MAX);
	grown = reallocarray(experiment->machines, experiment->n_machines + 1,
			     sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	experiment->machines = grown;
	parser->machine = &grown[experiment->n_machines];
	*parser->machine = (struct experiment_machine){ .name = strdup(key) };
	if (!parser->machine->name)
		return -ENOMEM;
	experiment->n_machines++;
	return yaml_mapping(file, value, key, on_machine_key, parser);
}

static int parse_machines(struct yaml_file *file, yaml_node_t *value,
			  struct parser *parser)
{
	int r = yaml_mapping(file, value, "machines", on_machine, parser);

	if (!r && !parser->experiment->n_machines)
		return yaml_wrong(file, value, "there is no machine in machines");
	return r;
}

/* ---- the other keys ------------------------------------------------------- */

static int on_record(struct yaml_file *file, const char *key,
		     yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	static const char *const options[] = { "interval", "group", "tier", "cpus" };
	struct parser *parser = data;
	struct experiment_words *record = &parser->experiment->record;
	char option[32];
	int r;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *text = yaml_text(value);

		if (strcmp(key, options[i]))
			continue;
		if (!text || !*text)
			return yaml_wrong(file, value, "%s is one word", key);
		snprintf(option, sizeof(option), "--%s", key);
		r = experiment_words_add(record, option, yaml_place(key_node));
		return r ? r : experiment_words_add(record, text, yaml_place(value));
	}
	if (!strcmp(key, "options")) {
		struct experiment_words more = { 0 };

		r = experiment_parse_words(file, value, "options", &more);
		for (size_t i = 0; !r && i < more.n; i++)
			r = experiment_words_add(record, more.words[i].text,
						 more.words[i].place);
		experiment_words_clear(&more);
		return r;
	}
	return unknown(file, key_node, key, "record",
		       "interval, group, tier, cpus and options");
}

static int on_plan(struct yaml_file *file, const char *key,
		   yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct parser *parser = data;

	if (!strcmp(key, "command"))
		return experiment_parse_words(file, value, "command",
					      &parser->experiment->plan);
	if (!strcmp(key, "show"))
		return experiment_parse_words(file, value, "show",
					      &parser->experiment->plan_show);
	return unknown(file, key_node, key, "plan", "command and show");
}

static int parse_plan(struct yaml_file *file, yaml_node_t *value,
		      struct parser *parser)
{
	int r;

	/* The command alone. */
	if (value->type != YAML_MAPPING_NODE)
		return experiment_parse_words(file, value, "plan",
					      &parser->experiment->plan);
	r = yaml_mapping(file, value, "plan", on_plan, parser);
	if (!r && !parser->experiment->plan.n)
		return yaml_wrong(file, value, "plan has no command");
	return r;
}

static int parse_name(struct yaml_file *file, yaml_node_t *value,
		      struct experiment *experiment)
{
	int r = experiment_parse_text(file, value, "name", &experiment->name);

	if (!r && !experiment_is_name(experiment->name))
		return yaml_wrong(file, value,
			"'%s' is no name for an experiment: letters, digits and ._+-, at most 63",
			experiment->name);
	return r;
}

/* A name of the environment has no "=", and what is not there cannot be
 * replaced by nothing. */
static int parse_environment(struct yaml_file *file, yaml_node_t *value,
			     struct experiment *experiment)
{
	int r = experiment_parse_pairs(file, value, "environment",
				       ENVIRONMENT_MAX, &experiment->environment);

	for (size_t i = 0; !r && i < experiment->environment.n; i++)
		if (strchr(experiment->environment.pairs[i].name, '='))
			return yaml_wrong(file, value, "'%s' is no name in an environment",
					  experiment->environment.pairs[i].name);
	return r;
}

static int on_key(struct yaml_file *file, const char *key,
		  yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct parser *parser = data;
	struct experiment *experiment = parser->experiment;

	if (!strcmp(key, "name"))
		return parse_name(file, value, experiment);
	if (!strcmp(key, "description"))
		return experiment_parse_text(file, value, key, &experiment->description);
	if (!strcmp(key, "command"))
		return experiment_parse_words(file, value, key, &experiment->command);
	if (!strcmp(key, "show"))
		return experiment_parse_words(file, value, key, &experiment->show);
	if (!strcmp(key, "plan"))
		return parse_plan(file, value, parser);
	if (!strcmp(key, "matrix"))
		return experiment_parse_matrix(file, value, parser->grid);
	if (!strcmp(key, "exclude"))
		return experiment_parse_choices(file, value, key, &parser->grid->exclude);
	if (!strcmp(key, "include"))
		return experiment_parse_choices(file, value, key, &parser->grid->include);
	if (!strcmp(key, "run"))
		return experiment_parse_choices(file, value, key, &parser->grid->run);
	if (!strcmp(key, "machines"))
		return parse_machines(file, value, parser);
	if (!strcmp(key, "repeats"))
		return experiment_parse_count(file, value, key, 1,
			EXPERIMENT_REPEATS_MAX, &experiment->repeats);
	if (!strcmp(key, "warmups"))
		return experiment_parse_count(file, value, key, 0,
			EXPERIMENT_WARMUPS_MAX, &experiment->warmups);
	if (!strcmp(key, "limit"))
		return experiment_parse_duration(file, value, key,
			EXPERIMENT_LIMIT_MAX_NS, &experiment->limit_ns);
	if (!strcmp(key, "environment"))
		return parse_environment(file, value, experiment);
	if (!strcmp(key, "labels"))
		return experiment_parse_pairs(file, value, key, LABELS_MAX,
					      &experiment->labels);
	if (!strcmp(key, "record"))
		return yaml_mapping(file, value, key, on_record, parser);
	return unknown(file, key_node, key, "an experiment",
		"name, description, command, show, plan, matrix, exclude, include, run, machines, repeats, warmups, limit, environment, labels and record");
}

/* Nothing said: the machine that this is, whatever its mode. */
static int default_machine(struct experiment *experiment)
{
	experiment->machines = calloc(1, sizeof(*experiment->machines));
	if (!experiment->machines)
		return -ENOMEM;
	experiment->machines->name = strdup("here");
	if (!experiment->machines->name)
		return -ENOMEM;
	experiment->n_machines = 1;
	return 0;
}

int experiment_parse(struct yaml_file *file, struct experiment *experiment,
		     struct experiment_grid *grid)
{
	struct parser parser = { .experiment = experiment, .grid = grid };
	yaml_node_t *root = yaml_file_root(file);
	int r;

	experiment->repeats = 1;
	experiment->limit_ns = EXPERIMENT_LIMIT_NS;
	r = yaml_mapping(file, root, "an experiment", on_key, &parser);
	if (r < 0)
		return r;
	if (!experiment->name)
		return yaml_wrong(file, root, "the experiment has no name");
	if (!experiment->command.n && !experiment->plan.n)
		return yaml_wrong(file, root, "the experiment has neither a command nor a plan");
	if (!experiment->command.n && grid->run.n)
		return yaml_wrong(file, root, "there are rows to run and no command");
	return experiment->n_machines ? 0 : default_machine(experiment);
}
