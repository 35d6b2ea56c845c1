// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/functions.h"
#include "daemon/utf8.h"

#define BAD_REQUEST	TIERSCOPE_BUS_ERROR_BAD_REQUEST
#define LIMIT		TIERSCOPE_BUS_ERROR_LIMIT

_Static_assert(TIERSCOPE_BUS_PHASE_SYMBOLS_MAX <= TIERSCOPE_FUNCTIONS_MAX,
	       "the module takes them all");

int functions_read_files(sd_bus_message *message,
			 struct functions_request *request, sd_bus_error *error)
{
	int r, fd;

	r = sd_bus_message_enter_container(message, 'v', "ah");
	if (r < 0)
		return sd_bus_error_set(error, BAD_REQUEST,
					"phase_files is not a list of files (ah)");
	r = sd_bus_message_enter_container(message, 'a', "h");
	while (r >= 0 && (r = sd_bus_message_read(message, "h", &fd)) > 0) {
		if (request->n_files == TIERSCOPE_BUS_PHASE_FILES_MAX)
			return sd_bus_error_setf(error, LIMIT,
				"more than %d files with functions that are phases",
				TIERSCOPE_BUS_PHASE_FILES_MAX);
		request->files[request->n_files++] = fd;
	}
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int take_symbol(struct functions_request *request, uint32_t file,
		       uint64_t offset, const char *name, sd_bus_error *error)
{
	char *to;

	if (request->n == TIERSCOPE_BUS_PHASE_SYMBOLS_MAX)
		return sd_bus_error_setf(error, LIMIT,
			"more than %d functions that are phases",
			TIERSCOPE_BUS_PHASE_SYMBOLS_MAX);
	if (!*name || strlen(name) > TIERSCOPE_BUS_PHASE_SYMBOL_BYTES_MAX)
		return sd_bus_error_setf(error, BAD_REQUEST,
			"the name of a function has 1 to %d bytes",
			TIERSCOPE_BUS_PHASE_SYMBOL_BYTES_MAX);
	to = request->functions[request->n].name;
	snprintf(to, TIERSCOPE_PHASE_NAME_BYTES, "%.*s",
		 (int)utf8_within(name, TIERSCOPE_PHASE_NAME_BYTES - 1), name);
	request->functions[request->n].file = file;
	request->functions[request->n++].offset = offset;
	return 0;
}

int functions_read_symbols(sd_bus_message *message,
			   struct functions_request *request,
			   sd_bus_error *error)
{
	uint64_t offset;
	uint32_t file;
	const char *name;
	int r;

	r = sd_bus_message_enter_container(message, 'v', "a(uts)");
	if (r < 0)
		return sd_bus_error_set(error, BAD_REQUEST,
			"phase_symbols is not a list of functions (a(uts))");
	r = sd_bus_message_enter_container(message, 'a', "(uts)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(message, "(uts)", &file, &offset, &name)) > 0)
		r = take_symbol(request, file, offset, name, error);
	if (r >= 0)
		r = sd_bus_message_exit_container(message);
	return r < 0 ? r : sd_bus_message_exit_container(message);
}

int functions_check(const struct functions_request *request,
		    sd_bus_error *error)
{
	struct stat status;

	for (size_t i = 0; i < request->n_files; i++)
		if (fstat(request->files[i], &status) || !S_ISREG(status.st_mode))
			return sd_bus_error_setf(error, BAD_REQUEST,
				"file %zu of phase_files is no regular file", i);
	for (size_t i = 0; i < request->n; i++)
		if (request->functions[i].file >= request->n_files)
			return sd_bus_error_setf(error, BAD_REQUEST,
				"there is no file %u in phase_files",
				request->functions[i].file);
	return 0;
}
