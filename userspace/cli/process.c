/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/scope.h"

/* proc(5): the name is in parentheses and may hold any character. */
int process_read(pid_t pid, struct process *ret)
{
	struct process process = { .pid = pid };
	const char *name, *end;
	FILE *file scope_fclose = NULL;
	char text[1024], state;
	size_t n;

	snprintf(text, sizeof(text), "/proc/%d/stat", pid);
	file = fopen(text, "re");
	if (!file)
		return -ESRCH;
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	name = strchr(text, '(');
	end = strrchr(text, ')');
	/* Fields 3 to 22. */
	if (!name || !end ||
	    sscanf(end + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
		   &state, &process.start) != 2 ||
	    state == 'Z' || state == 'X')
		return -ESRCH;
	snprintf(process.command, sizeof(process.command), "%.*s",
		 (int)(end - name - 1), name + 1);
	*ret = process;
	return 0;
}

bool process_lives(const struct process *process)
{
	struct process now;

	return !process_read(process->pid, &now) && now.start == process->start;
}

int process_boot(char boot[static PROCESS_BOOT_MAX])
{
	FILE *file scope_fclose = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!file)
		return -errno;
	if (!fgets(boot, PROCESS_BOOT_MAX, file))
		return -EIO;
	boot[strcspn(boot, "\n")] = '\0';
	return 0;
}

int process_status(pid_t pid, const char *name, char *text, size_t size)
{
	FILE *file scope_fclose = NULL;
	size_t length = strlen(name);
	char line[4096];

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	file = fopen(line, "re");
	if (!file)
		return -ESRCH;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, length) || line[length] != ':')
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, size, "%s", line + length + 1 +
			 strspn(line + length + 1, " \t"));
		return 0;
	}
	return -ENOENT;
}
