/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/state.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/scope.h"
#include "tierscope/bus.h"

const char *cli_state_dir(const char *option)
{
	const char *environment = getenv("TIERSCOPE_STATE_DIR");

	if (option)
		return option;
	return environment && *environment ? environment : TIERSCOPE_STATE_DIR;
}

/* ---- directories of users -------------------------------------------------- */

static int is_uid(const struct dirent *entry)
{
	const char *name = entry->d_name;

	return *name && !name[strspn(name, "0123456789")] && strlen(name) <= 10;
}

static int is_run(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name), suffix = strlen(TIERSCOPE_RUN_SUFFIX);

	return n > suffix &&
	       !strcmp(entry->d_name + n - suffix, TIERSCOPE_RUN_SUFFIX);
}

struct names {
	int n;
	struct dirent **entries;
};

static void names_clear(struct names *names)
{
	for (int i = 0; i < names->n; i++)
		free(names->entries[i]);
	free(names->entries);
}

static int names_read(const char *path, int (*filter)(const struct dirent *),
		      struct names *ret)
{
	int n = scandir(path, &ret->entries, filter, versionsort);

	if (n < 0)
		return -errno;
	ret->n = n;
	return 0;
}

/* The users to look at: everybody if we are root and they can be listed. */
static int users(const char *state, struct names *ret, char **ret_path)
{
	char *path scope_free = NULL;
	int r;

	if (asprintf(&path, "%s/runs", state) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = names_read(path, is_uid, ret);
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		*ret_path = scope_take(path);
	return r;
}

/* ---- walking ----------------------------------------------------------------- */

static int walk_user(const char *state, const char *user, cli_state_fn fn,
		     void *data, char **ret_path)
{
	struct names names __attribute__((cleanup(names_clear))) = { 0 };
	char *directory scope_free = NULL;
	uid_t uid = (uid_t)strtoul(user, NULL, 10);
	int r;

	if (asprintf(&directory, "%s/runs/%s", state, user) < 0) {
		directory = NULL;
		return -ENOMEM;
	}
	r = names_read(directory, is_run, &names);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		*ret_path = scope_take(directory);
		return r;
	}
	for (int i = 0; i < names.n; i++) {
		char *path scope_free = NULL;
		char *name = names.entries[i]->d_name;

		if (asprintf(&path, "%s/%s", directory, name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		name[strlen(name) - strlen(TIERSCOPE_RUN_SUFFIX)] = '\0';
		r = fn(uid, name, path, data);
		if (r < 0)
			return r;
	}
	return 0;
}

int cli_state_walk(const char *state, cli_state_fn fn, void *data,
		   char **ret_path)
{
	struct names names __attribute__((cleanup(names_clear))) = { 0 };
	char own[16];
	int r;

	if (geteuid()) {
		snprintf(own, sizeof(own), "%u", getuid());
		return walk_user(state, own, fn, data, ret_path);
	}
	r = users(state, &names, ret_path);
	for (int i = 0; !r && i < names.n; i++)
		r = walk_user(state, names.entries[i]->d_name, fn, data, ret_path);
	return r;
}

/* ---- finding ----------------------------------------------------------------- */

struct wanted {
	const char *name;
	char *path;
};

static int match(uid_t uid, const char *name, const char *path, void *data)
{
	struct wanted *wanted = data;

	if (strcmp(name, wanted->name))
		return 0;
	/* The caller's own goes before anybody else's of that name. */
	if (wanted->path && uid != getuid())
		return 0;
	free(wanted->path);
	wanted->path = strdup(path);
	return wanted->path ? 0 : -ENOMEM;
}

int cli_state_find(const char *state, const char *run, char **ret,
		   char **ret_unreadable)
{
	struct wanted wanted = { .name = run };
	char *unreadable scope_free = NULL;
	int r = 0;

	if (!strchr(run, '/')) {
		r = cli_state_walk(state, match, &wanted, &unreadable);
		if (r == -ENOMEM) {
			free(wanted.path);
			return r;
		}
	}
	if (!wanted.path && access(run, F_OK) < 0) {
		if (r < 0)
			*ret_unreadable = scope_take(unreadable);
		return r < 0 ? r : -ENOENT;
	}
	if (!wanted.path)
		wanted.path = strdup(run);
	if (!wanted.path)
		return -ENOMEM;
	*ret = wanted.path;
	return 0;
}

bool cli_state_is_daemons(const char *path)
{
	size_t n = strlen(path), suffix = strlen(TIERSCOPE_RUN_SUFFIX);
	struct stat st;

	return n > suffix && !strcmp(path + n - suffix, TIERSCOPE_RUN_SUFFIX) &&
	       geteuid() && !stat(path, &st) && !st.st_uid;
}
