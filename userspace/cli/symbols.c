/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/symbol.h"
#include "report/text.h"
#include "tierscope/phase.h"

void symbols_clear(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->n_files; i++) {
		free(symbols->paths[i]);
		close(symbols->files[i]);
	}
	symbols->n_files = symbols->n = 0;
}

/* A FIFO would have us wait for somebody who writes. */
static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;
	int err;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &status) ? -errno : S_ISREG(status.st_mode) ? 0 : -ENOEXEC;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* As execvp(3) would find it: the first that may be executed. */
static int open_in_path(const char *name)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t bytes = strcspn(path, ":");
		char file[PATH_MAX];
		int n = snprintf(file, sizeof(file), "%.*s/%s", (int)bytes, path, name);

		if (n > 0 && (size_t)n < sizeof(file) && !access(file, X_OK)) {
			int fd = open_file(bytes ? file : name);

			if (fd != -ENOENT && fd != -ENOEXEC)
				return fd;
		}
		path += bytes + (path[bytes] == ':');
	}
	return -ENOENT;
}

/* The number of @path among the files, or -1. */
static int file_of(struct symbols *symbols, const char *path)
{
	int fd;

	for (size_t i = 0; i < symbols->n_files; i++)
		if (!strcmp(symbols->paths[i], path))
			return (int)i;
	if (symbols->n_files == TIERSCOPE_BUS_PHASE_FILES_MAX) {
		cli_error("functions of more than %d files cannot be phases",
			  TIERSCOPE_BUS_PHASE_FILES_MAX);
		return -1;
	}
	fd = strchr(path, '/') ? open_file(path) : open_in_path(path);
	if (fd == -ENOENT && !strchr(path, '/'))
		cli_error("'%s' is in none of the directories of PATH: give the path of a library or of a program elsewhere",
			  path);
	else if (fd == -ENOENT)
		cli_error("'%s' does not exist", path);
	else if (fd == -ENOEXEC)
		cli_error("'%s' is no ELF file: phases can be functions of programs and libraries",
			  path);
	else if (fd < 0)
		cli_error("cannot read '%s': %s", path, strerror(-fd));
	if (fd < 0)
		return -1;
	symbols->paths[symbols->n_files] = strdup(path);
	if (!symbols->paths[symbols->n_files]) {
		close(fd);
		cli_oom();
		return -1;
	}
	symbols->files[symbols->n_files] = fd;
	return (int)symbols->n_files++;
}

static void explain(int err, const char *path, const char *function)
{
	switch (err) {
	case -ENOEXEC:
		cli_error("'%s' is no ELF file, or a broken one: phases can be functions of programs and libraries",
			  path);
		break;
	case -ENODATA:
		cli_error("'%s' is stripped, and exports no function '%s': take one that is not",
			  path, function);
		break;
	case -ESRCH:
		cli_error("'%s' has no function '%s': nm and nm -D list those that it has, with C++ by their mangled names",
			  path, function);
		break;
	case -ENOTUNIQ:
		cli_error("'%s' has several functions '%s', which of them is meant cannot be said by name",
			  path, function);
		break;
	default:
		cli_error("function '%s' of '%s' is in no part of it that is executed",
			  function, path);
	}
}

static int add(struct symbols *symbols, const char *path, const char *function)
{
	int file = file_of(symbols, path), err;
	uint64_t offset;

	if (file < 0)
		return -1;
	err = symbol_find(symbols->files[file], function, &offset);
	if (err) {
		explain(err, path, function);
		return -1;
	}
	for (size_t i = 0; i < symbols->n; i++) {
		if (symbols->functions[i].file != (uint32_t)file ||
		    symbols->functions[i].offset != offset)
			continue;
		cli_error("function '%s' of '%s' is given twice, or has two names",
			  function, path);
		return -1;
	}
	symbols->functions[symbols->n].file = (uint32_t)file;
	symbols->functions[symbols->n].offset = offset;
	symbols->functions[symbols->n++].name = function;
	return 0;
}

int symbols_add(struct symbols *symbols, const char *text)
{
	const char *colon = strrchr(text, ':');
	char *path;
	int r;

	if (!colon || colon == text || !colon[1]) {
		cli_error("'%s' is not BINARY:FUNCTION", text);
		return -1;
	}
	if (symbols->n == TIERSCOPE_BUS_PHASE_SYMBOLS_MAX) {
		cli_error("more than %d functions cannot be phases",
			  TIERSCOPE_BUS_PHASE_SYMBOLS_MAX);
		return -1;
	}
	if (!report_text_for_bus(text)) {
		cli_error("'%s' is not UTF-8 that D-Bus can carry", text);
		return -1;
	}
	path = strndup(text, (size_t)(colon - text));
	if (!path) {
		cli_oom();
		return -1;
	}
	r = add(symbols, path, colon + 1);
	free(path);
	return r;
}
