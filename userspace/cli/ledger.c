/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/message.h"
#include "lib/scope.h"

static void write_string(FILE *file, const char *name, const char *text)
{
	struct json_object *string = text ? json_object_new_string(text) : NULL;

	fprintf(file, ",\"%s\":%s", name,
		string ? json_object_to_json_string_ext(string, JSON_C_TO_STRING_NOSLASHESCAPE) : "null");
	json_object_put(string);
}

static void write_ranges(FILE *file, pid_t pid, const struct pin_ranges *ranges)
{
	for (size_t i = 0; i < ranges->n; i++) {
		const struct tierscope_range *range = &ranges->at[i];

		fprintf(file, "{\"pid\":%d,\"address\":%" PRIu64 ",\"pages\":%" PRIu64
			",\"page_bytes\":%" PRIu64 ",\"from\":%d,\"to\":%d}\n", pid,
			range->address, range->pages, range->page_bytes,
			range->from, range->to);
	}
}

static void write_all(FILE *file, const struct pin_plan *plan, const char *boot,
		      const char *target)
{
	time_t now = time(NULL);
	char when[32] = "";
	struct tm tm;

	if (gmtime_r(&now, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	fprintf(file, "{\"schema\":\"tierscope.ledger\",\"version\":1,\"boot\":\"%s\",\"time_utc\":\"%s\",\"uid\":%u",
		boot, when, getuid());
	write_string(file, "target", target);
	fputs("}\n", file);
	for (size_t i = 0; i < plan->n; i++) {
		const struct pin_process *process = &plan->processes[i];

		fprintf(file, "{\"pid\":%d,\"start\":%" PRIu64, process->process.pid,
			process->process.start);
		write_string(file, "command", process->process.command);
		write_string(file, "cgroup", process->cpuset.cgroup);
		write_string(file, "cpuset", process->cpuset.group);
		write_string(file, "mems", process->cpuset.mems);
		fputs("}\n", file);
	}
	for (size_t i = 0; i < plan->n; i++) {
		write_ranges(file, plan->processes[i].process.pid,
			     &plan->processes[i].move);
		write_ranges(file, plan->processes[i].process.pid,
			     &plan->processes[i].stay);
	}
}

/* As mkdir -p, the last for us alone. */
static int make_directory(char *path)
{
	for (char *at = path + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

static int sync_directory(const char *path)
{
	int fd scope_close = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? -errno : 0;
}

/* Under another name until it is whole. */
static int write_file(const struct pin_plan *plan, const char *target,
		      const char *draft, const char *path)
{
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), r;
	char boot[PROCESS_BOOT_MAX];
	FILE *file scope_fclose = NULL;

	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		r = -errno;
		close(fd);
		return r;
	}
	r = process_boot(boot);
	if (r)
		return r;
	errno = 0;
	write_all(file, plan, boot, target);
	if (fflush(file) || ferror(file) || fsync(fileno(file)))
		return errno ? -errno : -EIO;
	return rename(draft, path) ? -errno : 0;
}

int ledger_write(const struct pin_plan *plan, const char *target, char **ret_path)
{
	char *directory scope_free = ledger_directory();
	char *draft scope_free = NULL, *path scope_free = NULL;
	struct timespec now;
	int r;

	if (!directory) {
		cli_error("there is no place for a ledger: set XDG_STATE_HOME or HOME");
		return CLI_FAILURE;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	if (asprintf(&path, "%s/%010lld.%09ld-%d.jsonl", directory,
		     (long long)now.tv_sec, now.tv_nsec,
		     plan->processes[0].process.pid) < 0) {
		path = NULL;
		return cli_oom();
	}
	if (asprintf(&draft, "%s.draft", path) < 0) {
		draft = NULL;
		return cli_oom();
	}
	r = make_directory(directory);
	if (!r)
		r = write_file(plan, target, draft, path);
	if (!r)
		r = sync_directory(directory);
	if (r < 0) {
		unlink(draft);
		cli_error("cannot keep a ledger in '%s', without which nothing is moved: %s",
			  directory, strerror(-r));
		return CLI_FAILURE;
	}
	ledger_prune(directory, LEDGERS_MAX);
	*ret_path = scope_take(path);
	return CLI_OK;
}

void ledger_end(const char *path, const char *how, uint64_t moved_bytes)
{
	FILE *file = fopen(path, "ae");

	if (!file || fprintf(file, "{\"end\":\"%s\",\"moved_bytes\":%" PRIu64 "}\n",
			     how, moved_bytes) < 0 || fflush(file) ||
	    fsync(fileno(file)))
		cli_error("cannot end ledger '%s': %s", path, strerror(errno));
	if (file)
		fclose(file);
}
