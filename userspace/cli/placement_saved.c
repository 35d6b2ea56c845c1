/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/placement_saved.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "cli/placement_changes.h"
#include "lib/scope.h"

static const char *const names[SAVED_FIGURES] = {
	[SAVED_RESIDENT] = "resident_bytes",
	[SAVED_OPTANE] = "optane_bytes",
	[SAVED_DRAM] = "dram_bytes",
	[SAVED_PMEM] = "pmem_bytes",
	[SAVED_MEMORY_MODE] = "memory_mode_bytes",
	[SAVED_UNKNOWN] = "unknown_bytes",
	[SAVED_SWAP] = "swap_bytes",
};

static void put_json(struct json_object **object)
{
	json_object_put(*object);
}

void placement_saved_free(struct placement_saved *saved)
{
	if (!saved)
		return;
	for (size_t i = 0; i < saved->n; i++)
		free(saved->processes[i].command);
	free(saved->processes);
	free(saved);
}

static void scope_saved_free(struct placement_saved **saved)
{
	placement_saved_free(*saved);
}

/* A count below @limit; -EBADMSG for anything else, also for none. */
static int number(struct json_object *row, const char *name, uint64_t limit,
		  uint64_t *ret)
{
	struct json_object *member;

	if (!json_object_object_get_ex(row, name, &member) ||
	    !json_object_is_type(member, json_type_int) ||
	    json_object_get_int64(member) < 0 ||
	    json_object_get_uint64(member) > limit)
		return -EBADMSG;
	*ret = json_object_get_uint64(member);
	return 0;
}

static int read_process(struct json_object *row, struct placement_saved *saved)
{
	struct saved_process process = { 0 };
	struct json_object *command;
	uint64_t pid, uid, time_ns;

	if (!json_object_is_type(row, json_type_object) ||
	    number(row, "pid", INT_MAX, &pid) ||
	    number(row, "uid", UINT_MAX, &uid) ||
	    number(row, "mono_ns", INT64_MAX, &time_ns) ||
	    !json_object_object_get_ex(row, "command", &command) ||
	    !json_object_is_type(command, json_type_string))
		return -EBADMSG;
	for (int i = 0; i < SAVED_FIGURES; i++)
		if (number(row, names[i], INT64_MAX, &process.figures.bytes[i]))
			return -EBADMSG;
	process.pid = (pid_t)pid;
	process.uid = (uid_t)uid;
	process.command = strdup(json_object_get_string(command));
	if (!process.command)
		return -ENOMEM;
	if (time_ns > saved->time_ns)
		saved->time_ns = time_ns;
	saved->processes[saved->n++] = process;
	return 0;
}

static int read_document(struct json_object *document,
			 struct placement_saved **ret)
{
	struct placement_saved *saved __attribute__((cleanup(scope_saved_free))) = NULL;
	struct json_object *schema, *rows;
	size_t n;
	int r = 0;

	if (!json_object_object_get_ex(document, "schema", &schema) ||
	    strcmp(json_object_get_string(schema), "tierscope.placement") ||
	    !json_object_object_get_ex(document, "processes", &rows) ||
	    !json_object_is_type(rows, json_type_array))
		return -EBADMSG;
	n = json_object_array_length(rows);
	saved = calloc(1, sizeof(*saved));
	if (!saved)
		return -ENOMEM;
	saved->processes = calloc(n + 1, sizeof(*saved->processes));
	if (!saved->processes)
		return -ENOMEM;
	for (size_t i = 0; !r && i < n; i++)
		r = read_process(json_object_array_get_idx(rows, i), saved);
	if (!r)
		*ret = scope_take(saved);
	return r;
}

int placement_saved_read(const char *path, struct placement_saved **ret)
{
	struct json_object *document __attribute__((cleanup(put_json))) = NULL;
	int fd = STDIN_FILENO, r;

	if (strcmp(path, "-")) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			cli_error("cannot open snapshot '%s': %s", path,
				  strerror(errno));
			return CLI_FAILURE;
		}
	}
	document = json_object_from_fd(fd);
	if (fd != STDIN_FILENO)
		close(fd);
	r = document ? read_document(document, ret) : -EBADMSG;
	if (r == -ENOMEM)
		return cli_oom();
	if (r < 0) {
		cli_error("'%s' is no snapshot by process: make one with tierscope placement --by process --format json",
			  path);
		return CLI_FAILURE;
	}
	return CLI_OK;
}
