/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ledger is a file that anybody may have written. */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/ledger.h"
#include "cli/message.h"
#include "lib/scope.h"

/* More than any machine has. */
#define NODES_MAX 1024

static void put_json(struct json_object **object)
{
	json_object_put(*object);
}

void ledger_clear(struct ledger *ledger)
{
	free(ledger->path);
	pin_plan_clear(&ledger->plan);
	*ledger = (struct ledger){ 0 };
}

/* A count up to @limit; -EBADMSG for anything else, also for none. */
static int number(struct json_object *line, const char *name, uint64_t limit,
		  uint64_t *ret)
{
	struct json_object *member;

	if (!json_object_object_get_ex(line, name, &member) ||
	    !json_object_is_type(member, json_type_int) ||
	    json_object_get_int64(member) < 0 ||
	    json_object_get_uint64(member) > limit)
		return -EBADMSG;
	*ret = json_object_get_uint64(member);
	return 0;
}

/* A string, or null if @ret_copy may stay NULL. */
static int string(struct json_object *line, const char *name, bool may_be_null,
		  char **ret_copy)
{
	struct json_object *member;

	if (!json_object_object_get_ex(line, name, &member))
		return -EBADMSG;
	if (!member)
		return may_be_null ? 0 : -EBADMSG;
	if (!json_object_is_type(member, json_type_string))
		return -EBADMSG;
	*ret_copy = strdup(json_object_get_string(member));
	return *ret_copy ? 0 : -ENOMEM;
}

/* Below the hierarchy's root, and not above it again. */
static bool is_cgroup(const char *path)
{
	return !path || !*path || (*path == '/' && !strstr(path, "/.."));
}

static int read_head(struct json_object *line, struct ledger *ledger)
{
	char *schema scope_free = NULL, *boot scope_free = NULL;
	uint64_t version;
	int r;

	r = string(line, "schema", false, &schema) ?:
	    number(line, "version", 1, &version) ?:
	    string(line, "boot", false, &boot);
	if (r || strcmp(schema, "tierscope.ledger") || version != 1 ||
	    strlen(boot) >= sizeof(ledger->boot))
		return r ? r : -EBADMSG;
	strcpy(ledger->boot, boot);
	return 0;
}

static int read_process(struct json_object *line, struct ledger *ledger)
{
	struct pin_plan *plan = &ledger->plan;
	char *command scope_free = NULL;
	struct pin_process *processes, *at;
	uint64_t pid, start;
	int r;

	processes = reallocarray(plan->processes, plan->n + 1, sizeof(*processes));
	if (!processes)
		return -ENOMEM;
	plan->processes = processes;
	at = &processes[plan->n];
	*at = (struct pin_process){ 0 };
	plan->n++;
	r = number(line, "pid", INT_MAX, &pid) ?:
	    number(line, "start", INT64_MAX, &start) ?:
	    string(line, "command", false, &command) ?:
	    string(line, "cgroup", true, &at->cpuset.cgroup) ?:
	    string(line, "cpuset", true, &at->cpuset.group) ?:
	    string(line, "mems", true, &at->cpuset.mems);
	if (r)
		return r;
	if (!pid || !is_cgroup(at->cpuset.cgroup) || !is_cgroup(at->cpuset.group))
		return -EBADMSG;
	at->process.pid = (pid_t)pid;
	at->process.start = start;
	snprintf(at->process.command, sizeof(at->process.command), "%s", command);
	return 0;
}

static struct pin_process *process_of(struct ledger *ledger, uint64_t pid)
{
	for (size_t i = 0; i < ledger->plan.n; i++)
		if ((uint64_t)ledger->plan.processes[i].process.pid == pid)
			return &ledger->plan.processes[i];
	return NULL;
}

static int read_range(struct json_object *line, struct ledger *ledger)
{
	struct tierscope_range range = { 0 };
	struct pin_process *process;
	uint64_t pid, from, to;
	int r;

	r = number(line, "pid", INT_MAX, &pid) ?:
	    number(line, "address", INT64_MAX, &range.address) ?:
	    number(line, "page_bytes", 1ULL << 30, &range.page_bytes) ?:
	    number(line, "pages", INT64_MAX, &range.pages) ?:
	    number(line, "from", NODES_MAX, &from) ?:
	    number(line, "to", NODES_MAX, &to);
	if (r)
		return r;
	process = process_of(ledger, pid);
	if (!process ||
	    (range.page_bytes != 4096 && range.page_bytes != 2ULL << 20 &&
	     range.page_bytes != 1ULL << 30) ||
	    range.address % range.page_bytes || !range.pages ||
	    range.pages > (INT64_MAX - range.address) / range.page_bytes)
		return -EBADMSG;
	range.from = (int)from;
	range.to = (int)to;
	return pin_ranges_add(&process->move, &range);
}

static int read_line(const char *text, struct ledger *ledger, bool first)
{
	struct json_object *line __attribute__((cleanup(put_json))) =
		json_tokener_parse(text);

	if (!line || !json_object_is_type(line, json_type_object))
		return -EBADMSG;
	if (first)
		return read_head(line, ledger);
	if (json_object_object_get_ex(line, "start", NULL))
		return read_process(line, ledger);
	if (json_object_object_get_ex(line, "address", NULL))
		return read_range(line, ledger);
	return json_object_object_get_ex(line, "end", NULL) ? 0 : -EBADMSG;
}

int ledger_parse(FILE *file, struct ledger *ret)
{
	struct ledger ledger __attribute__((cleanup(ledger_clear))) = { 0 };
	char *text scope_free = NULL;
	bool first = true;
	size_t room = 0;
	ssize_t length;
	int r = 0;

	while (!r && (length = getline(&text, &room, file)) > 0) {
		/* Broken off while the last line was written. */
		if (text[length - 1] != '\n')
			break;
		r = read_line(text, &ledger, first);
		first = false;
	}
	if (!r && (first || !ledger.plan.n))
		r = -EBADMSG;
	if (r)
		return r;
	*ret = ledger;
	ledger = (struct ledger){ 0 };
	return 0;
}

int ledger_read(const char *path, struct ledger *ret)
{
	FILE *file scope_fclose = fopen(path, "re");
	int r;

	if (!file) {
		cli_error("cannot open ledger '%s': %s", path, strerror(errno));
		return CLI_FAILURE;
	}
	r = ledger_parse(file, ret);
	if (!r) {
		ret->path = strdup(path);
		r = ret->path ? 0 : -ENOMEM;
	}
	if (r == -ENOMEM)
		return cli_oom();
	if (r < 0) {
		cli_error("'%s' is no ledger of tierscope pin, or is damaged", path);
		return CLI_FAILURE;
	}
	return CLI_OK;
}
