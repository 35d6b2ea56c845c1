/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where ledgers are, and which of them is the one. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/message.h"
#include "cli/state.h"
#include "lib/scope.h"

char *ledger_directory(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *path = NULL;
	int n;

	if (!geteuid())
		n = asprintf(&path, "%s/ledgers", cli_state_dir(NULL));
	else if (state && *state == '/')
		n = asprintf(&path, "%s/tierscope/ledgers", state);
	else if (home && *home == '/')
		n = asprintf(&path, "%s/.local/state/tierscope/ledgers", home);
	else
		return NULL;
	return n < 0 ? NULL : path;
}

/* Their names begin with the time. */
static int is_ledger(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return n > strlen(LEDGER_SUFFIX) && *entry->d_name != '.' &&
	       !strcmp(entry->d_name + n - strlen(LEDGER_SUFFIX), LEDGER_SUFFIX);
}

static bool has_process(const char *path, const struct process *process,
			const char *boot)
{
	struct ledger ledger __attribute__((cleanup(ledger_clear))) = { 0 };
	FILE *file scope_fclose = fopen(path, "re");

	if (!file || ledger_parse(file, &ledger) || strcmp(ledger.boot, boot))
		return false;
	for (size_t i = 0; i < ledger.plan.n; i++)
		if (ledger.plan.processes[i].process.pid == process->pid &&
		    ledger.plan.processes[i].process.start == process->start)
			return true;
	return false;
}

static char *newest(const char *directory, struct dirent **entries, int n,
		    const struct process *process, const char *boot)
{
	while (n-- > 0) {
		char *path scope_free = NULL;

		if (asprintf(&path, "%s/%s", directory, entries[n]->d_name) < 0) {
			path = NULL;
			return NULL;
		}
		if (has_process(path, process, boot))
			return scope_take(path);
	}
	return NULL;
}

int ledger_find(const struct process *process, char **ret_path)
{
	char *directory scope_free = ledger_directory();
	struct dirent **entries scope_free = NULL;
	char boot[PROCESS_BOOT_MAX];
	int n, r = process_boot(boot);

	if (!directory || r < 0) {
		cli_error("there is no place for ledgers: set XDG_STATE_HOME or HOME");
		return CLI_FAILURE;
	}
	n = scandir(directory, &entries, is_ledger, alphasort);
	if (n < 0 && errno != ENOENT) {
		cli_error("cannot read '%s': %s", directory, strerror(errno));
		return CLI_FAILURE;
	}
	*ret_path = newest(directory, entries, n, process, boot);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	if (*ret_path)
		return CLI_OK;
	cli_error("there is no ledger of process %d in '%s' that has not been taken back",
		  process->pid, directory);
	return CLI_FAILURE;
}

int ledger_retire(const char *path)
{
	char *retired scope_free = NULL;
	size_t n = strlen(path), suffix = strlen(LEDGER_RETIRED);

	if (n > suffix && !strcmp(path + n - suffix, LEDGER_RETIRED))
		return 0;

	if (asprintf(&retired, "%s" LEDGER_RETIRED, path) < 0) {
		retired = NULL;
		return -ENOMEM;
	}
	return rename(path, retired) ? -errno : 0;
}
