/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "cli/machine.h"
#include "cli/message.h"
#include "cli/options.h"
#include "report/machine.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_DRY_RUN = 'n',
	OPTION_SET = 's',
};

#define SETS_MAX 64

struct topology_options {
	enum report_format format;
	bool dry_run;
	size_t n_sets;
	struct {
		int node;
		enum tierscope_tier tier;
	} sets[SETS_MAX];
};

/* "node2=pmem", also "2=pmem". */
static int add_set(const struct cli_command *command, const char *argument,
		   struct topology_options *options)
{
	const char *number = argument + (strncmp(argument, "node", 4) ? 0 : 4);
	size_t digits = strspn(number, "0123456789");
	const char *tier = number + digits + 1;

	if (!digits || digits > 5 || number[digits] != '=')
		return cli_usage(command, "'%s' is not NODE=TIER such as node2=pmem",
				 argument);
	if (options->n_sets == SETS_MAX)
		return cli_usage(command, "more than %d tiers to set", SETS_MAX);
	if (tierscope_tier_from_name(strcmp(tier, "cached") ? tier : "memory-mode",
				     &options->sets[options->n_sets].tier))
		return cli_usage(command, "'%s' is no tier, only dram, pmem, memory-mode and unknown are",
				 tier);
	options->sets[options->n_sets++].node = atoi(number);
	return 0;
}

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct topology_options *options = data;

	if (id == OPTION_SET)
		return add_set(command, argument, options);
	if (id == OPTION_DRY_RUN) {
		options->dry_run = true;
		return 0;
	}
	return cli_format(command, argument, &options->format);
}

/* Before any is set. */
static int check_sets(const struct topology_options *options,
		      const struct tierscope_topology *topology)
{
	for (size_t i = 0; i < options->n_sets; i++)
		if (!tierscope_topology_node(topology, options->sets[i].node)) {
			cli_error("there is no node %d", options->sets[i].node);
			return CLI_FAILURE;
		}
	return CLI_OK;
}

/* All or, at the first that the module refuses, those before. */
static int set_tiers(const struct topology_options *options)
{
	struct tierscope *ts = NULL;
	int r = options->n_sets ? tierscope_new(NULL, &ts) : 0;

	if (r < 0)
		return cli_oom();
	for (size_t i = 0; !r && i < options->n_sets; i++)
		r = tierscope_node_set(ts, options->sets[i].node,
				       options->sets[i].tier);
	if (r < 0)
		cli_error("%s", tierscope_error(ts));
	tierscope_free(ts);
	return r < 0 ? CLI_FAILURE : CLI_OK;
}

static int add_machine(struct report_document *document,
		       const struct tierscope_topology *topology)
{
	static const struct report_column columns[] = {
		{ "mode", "mode", REPORT_STRING, 0 },
		{ "mode_evidence", "  because", REPORT_STRING, 0 },
		{ "near_memory_bytes", "near memory (DRAM cache)", REPORT_BYTES, 0 },
		{ "near_memory_evidence", "  because", REPORT_STRING, 0 },
		{ "cpu_model", "CPU", REPORT_STRING, 0 },
		{ "cpu_family", "CPU family", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "cpu_model_number", "CPU model number", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "cpu_stepping", "CPU stepping", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "simulated", "counters simulated", REPORT_FLAG, 0 },
	};
	const struct report_value values[] = {
		report_string(tierscope_mode_name(topology->mode)),
		report_string(topology->mode_evidence),
		report_near_memory(topology),
		report_string(topology->near_evidence),
		report_string(topology->cpu_model),
		report_number(topology->family),
		report_number(topology->model),
		report_number(topology->stepping),
		report_flag(topology->simulated),
	};
	struct report_section *section;
	int r;

	_Static_assert(sizeof(values) / sizeof(values[0]) ==
		       sizeof(columns) / sizeof(columns[0]), "a value a column");
	r = report_document_section(document, "machine", "Machine", true, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	return r ? r : report_section_row(section, values);
}

static int add_nodes(struct report_document *document,
		     const struct tierscope_topology *topology)
{
	static const struct report_column columns[] = {
		{ "node", "node", REPORT_INTEGER, 0 },
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "socket", "socket", REPORT_INTEGER, 0 },
		{ "has_cpus", "CPUs", REPORT_FLAG, 0 },
		{ "total_bytes", "total", REPORT_BYTES, 0 },
		{ "free_bytes", "free", REPORT_BYTES, 0 },
		{ "near_memory_bytes", "near memory", REPORT_BYTES, 0 },
		{ "tier_evidence", "tier because", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "nodes", "Nodes", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < topology->n_nodes; i++) {
		const struct tierscope_node *node = &topology->nodes[i];
		const struct report_value values[] = {
			report_number(node->id),
			report_string(tierscope_tier_name(node->tier)),
			node->socket < 0 ? report_not_measured("sysfs does not say which") :
					   report_number(node->socket),
			report_flag(node->has_cpus),
			report_node_bytes(node->total_bytes),
			report_node_bytes(node->free_bytes),
			report_node_near_memory(node),
			report_string(node->evidence),
		};

		_Static_assert(sizeof(values) / sizeof(values[0]) ==
			       sizeof(columns) / sizeof(columns[0]), "a value a column");
		r = report_section_row(section, values);
	}
	return r;
}

static int add_sockets(struct report_document *document,
		       const struct tierscope_topology *topology)
{
	static const struct report_column columns[] = {
		{ "socket", "socket", REPORT_INTEGER, 0 },
		{ "cpus", "CPUs online", REPORT_INTEGER, 0 },
		{ "first_cpu", "first CPU", REPORT_INTEGER, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "sockets", "Sockets", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < topology->n_sockets; i++) {
		const struct report_value values[] = {
			report_number(topology->sockets[i].id),
			report_number(topology->sockets[i].cpus),
			report_number(topology->sockets[i].first_cpu),
		};

		r = report_section_row(section, values);
	}
	return r;
}

/* What would be set. */
static int add_sets(struct report_document *document,
		    const struct tierscope_topology *topology,
		    const struct topology_options *options)
{
	static const struct report_column columns[] = {
		{ "node", "node", REPORT_INTEGER, 0 },
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "set_tier", "would be set to", REPORT_STRING, 0 },
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "sets", "Would be set", false, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < options->n_sets; i++) {
		const struct tierscope_node *node =
			tierscope_topology_node(topology, options->sets[i].node);
		const struct report_value values[] = {
			report_number(node->id),
			report_string(tierscope_tier_name(node->tier)),
			report_string(tierscope_tier_name(options->sets[i].tier)),
		};

		r = report_section_row(section, values);
	}
	return r;
}

/* The machine as it is, once tiers are set or, in a dry run, have been checked. */
static int set_and_read(const struct topology_options *options,
			struct cli_machine *machine)
{
	int status = cli_machine_read(machine);

	if (!status)
		status = check_sets(options, machine->topology);
	if (status || options->dry_run || !options->n_sets)
		return status;
	cli_machine_clear(machine);
	*machine = (struct cli_machine){ 0 };
	status = set_tiers(options);
	return status ? status : cli_machine_read(machine);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct topology_options options = { .format = REPORT_TABLE };
	struct report_document *document;
	int first, status, r;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first < argc)
		return cli_usage(command, "there is nothing to do with '%s'", argv[first]);
	if (options.dry_run && !options.n_sets)
		return cli_usage(command, "--dry-run goes with --set");
	status = set_and_read(&options, &machine);
	if (status)
		return status;
	if (report_document_new("tierscope.topology", 1, &document) < 0)
		return cli_oom();
	r = add_machine(document, machine.topology);
	if (!r)
		r = add_nodes(document, machine.topology);
	if (!r)
		r = add_sockets(document, machine.topology);
	if (!r && options.dry_run)
		r = add_sets(document, machine.topology, &options);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, options.format);
}

static const struct cli_option options_list[] = {
	{ OPTION_SET, "set", "NODE=TIER", "what a node is (node2=pmem); may be given again" },
	{ OPTION_DRY_RUN, "dry-run", NULL, "show what --set would set and change nothing" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_topology = {
	.name = "topology",
	.arguments = "",
	.summary = "nodes, tiers, sockets and the memory mode, with the evidence",
	.details = "Needs neither the kernel module nor privilege. csv is one row a field:\n"
		   "section,row,field,value,reason.\n\n"
		   "--set says what stands behind a node, for everybody and for as long as the\n"
		   "module is loaded; it takes CAP_SYS_ADMIN, and wins over " TIERSCOPE_CONFIG ",\n"
		   "which wins over what sysfs says. --set NODE=unknown takes it back.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
