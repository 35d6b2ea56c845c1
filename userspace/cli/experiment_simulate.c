// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Cells on simulated machines: scripts/vm boots one for all that a machine of
 * the experiment has, and in there this program runs them. Their results come
 * through the directory that the guest shares with us.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/experiment.h"
#include "cli/message.h"
#include "cli/spawn.h"
#include "cli/stop.h"
#include "experiment/file.h"
#include "lib/scope.h"

/* To boot, to load modules, to power off. */
#define BOOT_NS 300000000000ULL
/* scripts/vm takes no longer limit. */
#define BOOT_MAX_S (7 * 86400ULL)
/* Of `tierscope run` around each command. */
#define CELL_S 300
#define NAME_BYTES_MAX 512

static int add(struct experiment_words *words, const char *text)
{
	return experiment_words_add(words, text, (struct experiment_place){ 0 });
}

static int add_all(struct experiment_words *words, const char *const *texts)
{
	int r = 0;

	for (; !r && *texts; texts++)
		r = add(words, *texts);
	return r;
}

static size_t wanted(const struct cli_lab *lab, const struct experiment_machine *machine)
{
	size_t n = 0;

	for (size_t i = 0; i < lab->cells.n; i++)
		n += lab->cells.cells[i].machine == machine && cli_experiment_wanted(lab, i);
	return n;
}

/* --vm; else in TIERSCOPE_TREE; else in the tree that we were built in,
 * TREE/build/release/userspace/cli/tierscope. Says what is not there. */
static char *find_vm(const struct cli_lab *lab)
{
	const char *tree = getenv("TIERSCOPE_TREE");
	char *path scope_free = NULL, *real;
	char built[PATH_MAX];

	if (lab->vm) {
		path = strdup(lab->vm);
	} else {
		snprintf(built, sizeof(built), "%s", lab->program);
		for (int up = 0; up < 5; up++) {
			char *slash = strrchr(built, '/');

			if (slash)
				*slash = '\0';
		}
		path = experiment_file_path(tree && *tree ? tree : built, "scripts/vm", "");
	}
	if (!path) {
		cli_oom();
		return NULL;
	}
	real = realpath(path, NULL);
	if (!real || access(real, X_OK) < 0) {
		cli_error("cannot boot a machine by '%s': %s: give scripts/vm of the source tree by --vm, or the tree by TIERSCOPE_TREE",
			  path, strerror(errno));
		free(real);
		return NULL;
	}
	return real;
}

/* The machine's part of the command line. */
static int vm_words(const struct cli_lab *lab, const char *vm,
		    const struct experiment_machine *machine, size_t n_cells,
		    struct experiment_words *words)
{
	const struct experiment *experiment = lab->experiment;
	uint64_t s = (experiment->limit_ns / 1000000000 + 1 + CELL_S) *
		     (experiment->warmups + 1) * n_cells + BOOT_NS / 1000000000;
	char *log scope_free = experiment_file_path(lab->directory, machine->name,
						    ".kernel.log");
	char timeout[32];
	int r;

	if (!log)
		return -ENOMEM;
	snprintf(timeout, sizeof(timeout), "%llu",
		 (unsigned long long)(s < BOOT_MAX_S ? s : BOOT_MAX_S));
	r = add_all(words, (const char *const[]){
		vm, "--machine", machine->simulated, "--timeout", timeout,
		"--out", lab->directory, "--log", log, NULL });
	if (!r && machine->kernel)
		r = add_all(words, (const char *const[]){
			"--kernel", machine->kernel, NULL });
	for (size_t i = 0; !r && i < machine->set.n; i++) {
		char *set scope_free = NULL;

		if (asprintf(&set, "%s=%s", machine->set.pairs[i].name,
			     machine->set.pairs[i].value) < 0) {
			set = NULL;
			return -ENOMEM;
		}
		r = add_all(words, (const char *const[]){ "--set", set, NULL });
	}
	return r;
}

/* What runs in it. The host's files are the guest's, so commands are found as
 * they are here. */
static int guest_words(const struct cli_lab *lab, const char *vm,
		       const struct experiment_machine *machine, bool again,
		       struct experiment_words *words)
{
	char *scripts scope_free = strdup(vm), *session scope_free = NULL;
	char *path scope_free = NULL, *file scope_free = NULL;
	char *slash = scripts ? strrchr(scripts, '/') : NULL;
	const char *search = getenv("PATH");
	int r;

	if (slash)
		*slash = '\0';
	file = realpath(lab->experiment->path, NULL);
	session = scripts ? experiment_file_path(scripts, "guest-session", "") : NULL;
	if (asprintf(&path, "PATH=%s", search ? search : "/usr/bin:/bin:/usr/sbin:/sbin") < 0)
		path = NULL;
	if (!session || !path || !file)
		return -ENOMEM;
	r = add_all(words, (const char *const[]){
		"--", "env", path, session, "--", lab->program, "experiment",
		"run", file, "--output", lab->directory, "--machine",
		machine->name, NULL });
	return !r && again ? add(words, "--skip-failed") : r;
}

static int boot(const struct cli_lab *lab, const char *vm,
		const struct experiment_machine *machine, bool again, int *ret_status)
{
	struct experiment_words words = { 0 };
	struct spawn_end end = { 0 };
	char **argv scope_free = NULL;
	int r;

	r = vm_words(lab, vm, machine, wanted(lab, machine), &words);
	if (!r)
		r = guest_words(lab, vm, machine, again, &words);
	argv = r ? NULL : calloc(words.n + 1, sizeof(*argv));
	if (argv) {
		const struct spawn spawn = {
			.argv = argv,
			/* It has a limit of its own. */
			.limit_ns = (BOOT_MAX_S + 3600) * 1000000000,
			.let_in = &lab->let_in,
		};

		for (size_t i = 0; i < words.n; i++)
			argv[i] = words.words[i].text;
		r = spawn_run(&spawn, &end);
	} else if (!r) {
		r = -ENOMEM;
	}
	experiment_words_clear(&words);
	if (r < 0)
		return r;
	*ret_status = end.status;
	return 0;
}

/* The cell that ran when the machine ended, if one did, has failed. Returns 1 if
 * so, 0 if none ran, or -errno. */
static int blame(struct cli_lab *lab, const struct experiment_machine *machine,
		 const char *running, int status)
{
	char *name scope_free = NULL;

	if (experiment_file_read(running, NAME_BYTES_MAX, &name, NULL) < 0)
		return 0;
	for (size_t i = 0; i < lab->cells.n; i++) {
		const struct experiment_cell *cell = &lab->cells.cells[i];
		struct experiment_result result = {
			.state = EXPERIMENT_FAILED,
			.status = -1,
			.reason = (char *)"the machine ended while it ran",
		};
		int r;

		if (cell->machine != machine || strcmp(cell->name, name) ||
		    lab->results[i].state != EXPERIMENT_NOT_RUN)
			continue;
		cli_error("'%s' failed: the machine ended while it ran (status %d)",
			  cell->name, status);
		r = experiment_result_write(lab->directory, lab->experiment, cell, &result);
		unlink(running);
		return r < 0 ? r : cli_experiment_result(lab, i) ? -EIO : 1;
	}
	return 0;
}

int cli_experiment_boot(struct cli_lab *lab, const struct experiment_machine *machine)
{
	char *running scope_free = experiment_file_path(lab->directory, EXPERIMENT_RUNNING, "");
	char *vm scope_free = NULL;
	bool skip_failed = lab->skip_failed;
	int r = 0, status;

	if (!running)
		return -ENOMEM;
	for (bool again = skip_failed; !r && wanted(lab, machine); again = true) {
		if (!vm)
			vm = find_vm(lab);
		if (!vm)
			return -ENOENT;
		unlink(running);
		cli_error("booting %s for %zu cells of machine '%s'",
			  machine->simulated, wanted(lab, machine), machine->name);
		r = boot(lab, vm, machine, again, &status);
		if (r < 0 && r != -EINTR)
			cli_error("cannot boot a machine: %s", strerror(-r));
		if (r < 0)
			break;
		if (cli_experiment_results(lab))
			r = -EIO;
		/* What has failed in there has had its turn. */
		lab->skip_failed = true;
		if (r || !wanted(lab, machine))
			break;
		r = blame(lab, machine, running, status);
		if (r < 0)
			break;
		if (!r) {
			cli_error("machine '%s' ended with status %d and cells are left: they are not run",
				  machine->name, status);
			break;
		}
		r = 0;
	}
	unlink(running);
	lab->skip_failed = skip_failed;
	return r;
}
