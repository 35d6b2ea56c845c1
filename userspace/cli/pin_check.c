/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rule of the configuration holds for a process, and whether it is kept. */
#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "cli/nodes.h"
#include "cli/pin.h"
#include "cli/process.h"
#include "cli/rule.h"
#include "lib/scope.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void scope_config(struct tierscope_config **config)
{
	tierscope_config_free(*config);
}

static void scope_placement(struct tierscope_placement **placement)
{
	tierscope_placement_free(*placement);
}

static uint64_t bytes_on(const struct tierscope_placement *placement,
			 const struct tierscope_nodes *nodes, bool on)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < placement->n_cells; i++)
		if (tierscope_nodes_have(nodes, placement->cells[i].node) == on)
			bytes += placement->cells[i].pages *
				 placement->cells[i].page_bytes;
	return bytes;
}

static int print(const struct process *process,
		 const struct tierscope_config *config,
		 const struct tierscope_rule *rule, const char *nodes,
		 const struct report_value resident[static 2],
		 enum report_format format)
{
	static const struct report_column columns[] = {
		{ "pid", "pid", REPORT_INTEGER, 0 },
		{ "command", "command", REPORT_STRING, 0 },
		{ "rule", "rule", REPORT_STRING, 0 },
		{ "tier", "tier", REPORT_STRING, 0 },
		{ "nodes", "nodes", REPORT_STRING, 0 },
		{ "there_bytes", "resident there", REPORT_BYTES, 0 },
		{ "elsewhere_bytes", "elsewhere", REPORT_BYTES, 0 },
		{ "config_file", "file", REPORT_STRING, 0 },
		{ "config_line", "line", REPORT_INTEGER, 0 },
	};
	const struct report_value values[] = {
		report_number((uint64_t)process->pid),
		report_string(process->command),
		report_string(rule->name),
		report_string(rule->tier),
		report_string(nodes),
		resident[0],
		resident[1],
		report_string(config->file),
		report_number(rule->line),
	};
	struct report_document *document;
	struct report_section *section;
	int r;

	_Static_assert(COUNT(values) == COUNT(columns), "a value a column");
	if (report_document_new("tierscope.rule", 1, &document) < 0)
		return cli_oom();
	r = report_document_section(document, "rule", NULL, true, columns,
				    COUNT(columns), 0, &section);
	if (!r)
		r = report_section_row(section, values);
	if (r < 0) {
		report_document_free(document);
		return cli_oom();
	}
	return cli_print(document, format);
}

static int show(const struct cli_machine *machine, const struct process *process,
		const struct tierscope_config *config,
		const struct tierscope_rule *rule, enum report_format format)
{
	struct tierscope_placement *placement __attribute__((cleanup(scope_placement))) = NULL;
	struct tierscope_nodes nodes __attribute__((cleanup(tierscope_nodes_clear))) = { 0 };
	struct report_value resident[2];
	char *text scope_free = NULL;

	if (cli_nodes(machine, rule->tier, &nodes) < 0)
		return CLI_FAILURE;
	if (tierscope_nodes_format(&nodes, &text) < 0)
		return cli_oom();
	if (tierscope_placement_get(machine->ts, process->pid, 0, &placement) < 0) {
		resident[0] = report_not_measured(tierscope_error(machine->ts));
		resident[1] = resident[0];
	} else {
		resident[0] = report_number(bytes_on(placement, &nodes, true));
		resident[1] = report_number(bytes_on(placement, &nodes, false));
	}
	return print(process, config, rule, text, resident, format);
}

int pin_check(pid_t pid, enum report_format format)
{
	struct cli_machine machine __attribute__((cleanup(cli_machine_clear))) = { 0 };
	struct tierscope_config *config __attribute__((cleanup(scope_config))) = NULL;
	const struct tierscope_rule *rule = NULL;
	struct process process;
	int status, r;

	if (process_read(pid, &process) < 0) {
		cli_error("there is no process %d", pid);
		return CLI_FAILURE;
	}
	status = cli_machine_read(&machine);
	if (status)
		return status;
	if (tierscope_config_read(machine.ts, &config) < 0) {
		cli_error("%s", tierscope_error(machine.ts));
		return CLI_FAILURE;
	}
	r = rule_of_pid(config, pid, &rule);
	if (r < 0) {
		cli_error("cannot tell which rule of '%s' holds for process %d: %s",
			  config->file, pid, strerror(-r));
		return CLI_FAILURE;
	}
	if (!rule) {
		cli_error("no rule of '%s' holds for process %d (%s)", config->file,
			  pid, process.command);
		return CLI_FAILURE;
	}
	return show(&machine, &process, config, rule, format);
}
