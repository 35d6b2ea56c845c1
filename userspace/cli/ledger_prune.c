/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ledgers that nobody needs any more. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ledger.h"
#include "lib/scope.h"

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), length = strlen(end);

	return n > length && !strcmp(text + n - length, end);
}

static int is_ledger(const struct dirent *entry)
{
	return *entry->d_name != '.' &&
	       (ends_with(entry->d_name, LEDGER_SUFFIX) ||
		ends_with(entry->d_name, LEDGER_SUFFIX LEDGER_RETIRED));
}

/* Whether there is something to take back. What we cannot read may be a later
 * version's, and stays. */
static bool is_wanted(const char *path, const char *boot)
{
	struct ledger ledger __attribute__((cleanup(ledger_clear))) = { 0 };
	FILE *file scope_fclose = NULL;

	if (ends_with(path, LEDGER_RETIRED))
		return false;
	file = fopen(path, "re");
	if (!file || ledger_parse(file, &ledger))
		return true;
	for (size_t i = 0; !strcmp(ledger.boot, boot) && i < ledger.plan.n; i++)
		if (process_lives(&ledger.plan.processes[i].process))
			return true;
	return false;
}

void ledger_prune(const char *directory, size_t most)
{
	struct dirent **entries scope_free = NULL;
	char boot[PROCESS_BOOT_MAX];
	int n, left;

	if (process_boot(boot) < 0)
		return;
	/* Their names begin with the time. */
	left = n = scandir(directory, &entries, is_ledger, alphasort);
	for (int i = 0; i < n; i++) {
		char *path scope_free = NULL;

		if (asprintf(&path, "%s/%s", directory, entries[i]->d_name) < 0)
			path = NULL;
		if (path && (size_t)left > most && !is_wanted(path, boot) &&
		    !unlink(path))
			left--;
		free(entries[i]);
	}
}
