// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What can be known before hours are spent.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cli/bus.h"
#include "cli/duration.h"
#include "cli/experiment.h"
#include "cli/machine.h"
#include "cli/message.h"
#include "lib/scope.h"
#include "tierscope/tierscope.h"

/* Of a run of some hours, and what goes with it. */
#define ROOM_BYTES (32ULL << 20)
/* A daemon answers in milliseconds; one that is started, or an emulated machine's,
 * in less than this. */
#define PING_US (30ULL * 1000000)

static void scope_machine(struct cli_machine *machine)
{
	cli_machine_clear(machine);
}

/* ---- which cells ---------------------------------------------------------- */

static bool any_mode(const struct cli_lab *lab)
{
	for (size_t i = 0; i < lab->experiment->n_machines; i++)
		if (lab->experiment->machines[i].mode)
			return true;
	return false;
}

static bool here(const struct experiment_machine *machine, const char *mode)
{
	return !machine->mode || (mode && !strcmp(machine->mode, mode));
}

static int none_here(const struct cli_lab *lab, const char *mode)
{
	if (lab->only) {
		cli_error("machine '%s' of the experiment is in %s, and this one is in %s: --simulate boots one",
			  lab->only->name, lab->only->mode, mode);
		return CLI_FAILURE;
	}
	cli_error("no machine of the experiment is like this one, which is in %s: --simulate boots them",
		  mode);
	return CLI_FAILURE;
}

static int select_here(struct cli_lab *lab)
{
	struct cli_machine machine __attribute__((cleanup(scope_machine))) = { 0 };
	const char *mode = NULL;
	size_t runs = 0, selected = 0;
	int status;

	if (any_mode(lab)) {
		status = cli_machine_read(&machine);
		if (status)
			return status;
		mode = tierscope_mode_name(machine.topology->mode);
	}
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_machine *of = lab->cells.cells[i].machine;

		lab->selected[i] = of ? (!lab->only || lab->only == of) && here(of, mode) :
					!lab->only;
		runs += of != NULL;
		selected += of && lab->selected[i];
	}
	return runs && !selected ? none_here(lab, mode) : CLI_OK;
}

int cli_experiment_select(struct cli_lab *lab)
{
	if (!lab->simulate)
		return select_here(lab);
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_machine *of = lab->cells.cells[i].machine;

		lab->selected[i] = !lab->only || lab->only == of;
		if (lab->selected[i] && of && !of->simulated) {
			cli_error("%s: machine '%s' has no 'simulate', so it cannot be booted",
				  lab->experiment->path, of->name);
			return CLI_FAILURE;
		}
	}
	return CLI_OK;
}

/* ---- whether they can run ------------------------------------------------- */

/* As execvp(3) looks. */
static int find_program(const char *program, const char *path)
{
	char *copy scope_free = strdup(path), *rest = copy;
	const char *directory;

	if (!copy)
		return -ENOMEM;
	if (strchr(program, '/'))
		return access(program, X_OK) < 0 ? -errno : 0;
	while ((directory = strsep(&rest, ":"))) {
		char *candidate scope_free = NULL;
		struct stat st;

		if (asprintf(&candidate, "%s/%s", *directory ? directory : ".", program) < 0) {
			candidate = NULL;
			return -ENOMEM;
		}
		if (!stat(candidate, &st) && S_ISREG(st.st_mode) && !access(candidate, X_OK))
			return 0;
	}
	return -ENOENT;
}

static int check_program(const struct cli_lab *lab,
			 const struct experiment_cell *cell)
{
	const char *program = cell->command.words[0].text;
	const char *path = experiment_pairs_find(&cell->environment, "PATH");
	int r;

	if (!path)
		path = getenv("PATH");
	r = find_program(program, path ? path : "/usr/bin:/bin");
	if (!r)
		return CLI_OK;
	if (r == -ENOMEM)
		return cli_oom();
	if (r == -ENOENT && !strchr(program, '/'))
		cli_error("%s:%zu:%zu: '%s' is in none of the directories of PATH",
			  lab->experiment->path, cell->command.words[0].place.line,
			  cell->command.words[0].place.column, program);
	else
		cli_error("%s:%zu:%zu: '%s' cannot be executed: %s",
			  lab->experiment->path, cell->command.words[0].place.line,
			  cell->command.words[0].place.column, program, strerror(-r));
	return CLI_FAILURE;
}

/* The values that every run would be refused for. */
static int check_record(const struct experiment *experiment)
{
	const struct experiment_words *record = &experiment->record;

	for (size_t i = 0; i + 1 < record->n; i++) {
		const struct experiment_word *value = &record->words[i + 1];
		uint64_t ns = 0;
		uint32_t roles;

		if (!strcmp(record->words[i].text, "--interval") &&
		    (cli_duration(value->text, &ns) < 0 ||
		     ns < TIERSCOPE_RECORD_INTERVAL_MIN_NS ||
		     ns > TIERSCOPE_INTERVAL_MAX_NS)) {
			cli_error("%s:%zu:%zu: interval '%s' is no duration from %llums to %llus",
				  experiment->path, value->place.line,
				  value->place.column, value->text,
				  (unsigned long long)(TIERSCOPE_RECORD_INTERVAL_MIN_NS / 1000000),
				  (unsigned long long)(TIERSCOPE_INTERVAL_MAX_NS / 1000000000));
			return CLI_FAILURE;
		}
		if (!strcmp(record->words[i].text, "--group") &&
		    tierscope_roles_of_group(value->text, &roles) < 0) {
			cli_error("%s:%zu:%zu: there is no group '%s', only bandwidth, tags and all",
				  experiment->path, value->place.line,
				  value->place.column, value->text);
			return CLI_FAILURE;
		}
	}
	return CLI_OK;
}

static int check_foreign(const struct cli_lab *lab)
{
	const char *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < lab->cells.n; i++) {
		if (!lab->selected[i] || lab->results[i].state != EXPERIMENT_FOREIGN)
			continue;
		first = first ? first : lab->cells.cells[i].name;
		n++;
	}
	if (!n)
		return CLI_OK;
	cli_error("in '%s', '%s'%s made by another command, environment, machine or record than %s has now: take another --output, or remove them",
		  lab->directory, first, n > 1 ? " and others were" : " was",
		  lab->experiment->path);
	return CLI_FAILURE;
}

int cli_experiment_check(struct cli_lab *lab)
{
	const char *last = NULL;
	int status;

	status = check_record(lab->experiment);
	if (!status)
		status = cli_experiment_check_table(lab);
	if (!status)
		status = check_foreign(lab);
	for (size_t i = 0; !status && i < lab->cells.n; i++) {
		const struct experiment_cell *cell = &lab->cells.cells[i];

		if (!lab->selected[i])
			continue;
		/* Most have the same. */
		if (last && !strcmp(last, cell->command.words[0].text) &&
		    !experiment_pairs_find(&cell->environment, "PATH"))
			continue;
		status = check_program(lab, cell);
		last = cell->command.words[0].text;
	}
	return status ? status : cli_experiment_room(lab);
}

int cli_experiment_room(const struct cli_lab *lab)
{
	struct statvfs st;

	if (statvfs(lab->directory, &st) < 0) {
		cli_error("cannot see how much room there is in '%s': %s",
			  lab->directory, strerror(errno));
		return CLI_FAILURE;
	}
	if ((uint64_t)st.f_bavail * st.f_frsize < ROOM_BYTES) {
		cli_error("the disk of '%s' has less than %llu MiB left: free some, and the same command goes on, what is done is kept",
			  lab->directory, ROOM_BYTES >> 20);
		return CLI_FAILURE;
	}
	return CLI_OK;
}

/* The bus that `tierscope run` is told to use; NULL for the system's. */
static const char *bus_of(const struct experiment_words *record)
{
	static const char option[] = "--bus-address";
	size_t n = strlen(option);

	for (size_t i = 0; i < record->n; i++) {
		const char *word = record->words[i].text;

		if (strncmp(word, option, n))
			continue;
		if (word[n] == '=')
			return word + n + 1;
		if (!word[n] && i + 1 < record->n)
			return record->words[i + 1].text;
	}
	return NULL;
}

int cli_experiment_daemon(const struct cli_lab *lab)
{
	int r = cli_bus_ping(bus_of(&lab->experiment->record), PING_US);

	if (!r)
		return CLI_OK;
	if (r == -ESRCH)
		cli_error("nothing can be recorded: the daemon is not there, start it with 'systemctl start tierscoped' or run tierscoped as root, and the same command goes on");
	else
		cli_error("nothing can be recorded: the daemon cannot be asked: %s; what is done is kept, and the same command goes on",
			  strerror(-r));
	return CLI_FAILURE;
}
