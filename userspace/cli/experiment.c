// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/experiment.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/options.h"
#include "experiment/file.h"
#include "lib/scope.h"

enum {
	OPTION_FORMAT = 'f',
	OPTION_OUTPUT = 'o',
	OPTION_SIMULATE = 's',
	OPTION_MACHINE = 'm',
	OPTION_VM = 0x100,
	OPTION_SKIP_FAILED,
};

struct experiment_options {
	const char *output;
	const char *machine;
	const char *vm;
	bool simulate;
	bool skip_failed;
	bool formatted;
	enum report_format format;
};

static int option(const struct cli_command *command, int id,
		  const char *argument, void *data)
{
	struct experiment_options *options = data;

	switch (id) {
	case OPTION_FORMAT:
		options->formatted = true;
		return cli_format(command, argument, &options->format);
	case OPTION_OUTPUT:
		options->output = argument;
		break;
	case OPTION_SIMULATE:
		options->simulate = true;
		break;
	case OPTION_MACHINE:
		options->machine = argument;
		break;
	case OPTION_VM:
		options->vm = argument;
		break;
	case OPTION_SKIP_FAILED:
		options->skip_failed = true;
		break;
	}
	return 0;
}

static void lab_clear(struct cli_lab *lab)
{
	for (size_t i = 0; lab->results && i < lab->cells.n; i++)
		experiment_result_clear(&lab->results[i]);
	free(lab->results);
	free(lab->selected);
	free(lab->directory);
	free(lab->program);
	experiment_cells_clear(&lab->cells);
	experiment_free(lab->experiment);
	if (lab->lock >= 0)
		close(lab->lock);
}

int cli_experiment_result(struct cli_lab *lab, size_t i)
{
	const struct experiment_cell *cell = &lab->cells.cells[i];
	struct experiment_result result;
	char *run scope_free = NULL;
	int r;

	r = experiment_result_read(lab->directory, lab->experiment, cell, &result);
	if (r < 0) {
		cli_error("cannot read how '%s' ended in '%s': %s", cell->name,
			  lab->directory, strerror(-r));
		return CLI_FAILURE;
	}
	/* Somebody took away what it recorded. */
	if (cell->machine && result.state == EXPERIMENT_DONE) {
		run = experiment_file_path(lab->directory, cell->name, EXPERIMENT_RUN);
		if (!run) {
			experiment_result_clear(&result);
			return cli_oom();
		}
		if (access(run, F_OK) < 0 && errno == ENOENT) {
			experiment_result_clear(&result);
			result.status = -1;
		}
	}
	experiment_result_clear(&lab->results[i]);
	lab->results[i] = result;
	return CLI_OK;
}

int cli_experiment_results(struct cli_lab *lab)
{
	for (size_t i = 0; i < lab->cells.n; i++) {
		int status = cli_experiment_result(lab, i);

		if (status)
			return status;
	}
	return CLI_OK;
}

/* NAME.results here, unless told otherwise. */
static int find_directory(const char *output, struct cli_lab *lab)
{
	char *path scope_free = NULL;

	if (output)
		path = strdup(output);
	else if (asprintf(&path, "%s.results", lab->experiment->name) < 0)
		path = NULL;
	if (!path)
		return cli_oom();
	/* A guest, and a command that changes directory, must find it. */
	lab->directory = realpath(path, NULL);
	if (!lab->directory)
		lab->directory = strdup(path);
	return lab->directory ? CLI_OK : cli_oom();
}

static int lab_open(const char *path, const struct experiment_options *options,
		    struct cli_lab *lab)
{
	char error[1024] = "", program[PATH_MAX];
	ssize_t n;
	int r;

	r = experiment_read(path, error, sizeof(error), &lab->experiment);
	if (!r)
		r = experiment_expand(lab->experiment, error, sizeof(error), &lab->cells);
	if (r < 0) {
		cli_error("%s", error);
		return CLI_FAILURE;
	}
	lab->results = calloc(lab->cells.n + 1, sizeof(*lab->results));
	lab->selected = calloc(lab->cells.n + 1, sizeof(*lab->selected));
	if (!lab->results || !lab->selected)
		return cli_oom();
	n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	if (n < 0) {
		cli_error("cannot read /proc/self/exe: %s", strerror(errno));
		return CLI_FAILURE;
	}
	program[n] = '\0';
	lab->program = strdup(program);
	if (!lab->program)
		return cli_oom();
	if (options->machine) {
		lab->only = experiment_machine_find(lab->experiment, options->machine);
		if (!lab->only) {
			cli_error("%s: there is no machine '%s'", path, options->machine);
			return CLI_FAILURE;
		}
	}
	return find_directory(options->output, lab);
}

struct subcommand {
	const char *name;
	int (*run)(struct cli_lab *lab);
	bool runs;	/* takes the options of a run, and not --format */
};

static const struct subcommand subcommands[] = {
	{ "run", cli_experiment_run, true },
	{ "status", cli_experiment_status, false },
	{ "table", cli_experiment_table, false },
};

static const struct subcommand *find(const char *name)
{
	for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
		if (!strcmp(name, subcommands[i].name))
			return &subcommands[i];
	return NULL;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli_lab lab __attribute__((cleanup(lab_clear))) = { .lock = -1 };
	struct experiment_options options = { .format = REPORT_TABLE };
	const struct subcommand *subcommand;
	int first, status;

	if (!cli_options(command, argc, argv, false, option, &options, &first,
			 &status))
		return status;
	if (first == argc)
		return cli_usage(command, "what to do is missing: run, status or table");
	subcommand = find(argv[first]);
	if (!subcommand)
		return cli_usage(command, "there is nothing called '%s' to do, only run, status and table",
				 argv[first]);
	if (first + 1 == argc)
		return cli_usage(command, "the file of an experiment is missing");
	if (first + 2 < argc)
		return cli_usage(command, "one experiment at a time, '%s' is too much",
				 argv[first + 2]);
	if (!subcommand->runs && (options.simulate || options.machine ||
				  options.vm || options.skip_failed))
		return cli_usage(command, "--simulate, --machine, --vm and --skip-failed are for run");
	if (subcommand->runs && options.formatted)
		return cli_usage(command, "--format is for status and table");
	if (options.vm && !options.simulate)
		return cli_usage(command, "--vm is for --simulate");
	lab.simulate = options.simulate;
	lab.vm = options.vm;
	lab.skip_failed = options.skip_failed;
	lab.format = options.format;
	status = lab_open(argv[first + 1], &options, &lab);
	return status ? status : subcommand->run(&lab);
}

static const struct cli_option options_list[] = {
	{ OPTION_OUTPUT, "output", "DIR", "where results are; NAME.results here if not given" },
	{ OPTION_SIMULATE, "simulate", NULL, "run: boot the simulated machines for it" },
	{ OPTION_MACHINE, "machine", "NAME", "run: only what this machine of the file has, and no plan" },
	{ OPTION_VM, "vm", "PATH", "run: scripts/vm, if it is not in TIERSCOPE_TREE or beside us" },
	{ OPTION_SKIP_FAILED, "skip-failed", NULL, "run: leave cells that failed before as they are" },
	CLI_OPTION_FORMAT,
};

const struct cli_command cli_experiment = {
	.name = "experiment",
	.arguments = "run|status|table FILE",
	.summary = "a command over a matrix of values, on several machines, recorded",
	.details =
		"FILE is YAML: name, command with ${variables}, matrix, machines, repeats and so on\n"
		"(see experiments.md, or tierscope(1)). A cell is one command, once, on one machine.\n"
		"  run     runs the cells that are not done, goes past those that fail, and says so\n"
		"          at the end, with status 1; called again, it goes on where it stopped\n"
		"  status  how each cell ended\n"
		"  table   mean and spread over the repeats\n"
		"Without --simulate the cells of machines whose mode this machine is in are run.",
	.options = options_list,
	.n_options = sizeof(options_list) / sizeof(options_list[0]),
	.usage_status = CLI_USAGE,
	.run = run,
};
