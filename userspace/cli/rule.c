/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/rule.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/scope.h"

/* What rules ask of a process. */
struct subject {
	char program[PATH_MAX];	/* "" if it is not known */
	char cgroup[PATH_MAX];	/* "" without version 2 */
};

/* Where a path leads, for one that is given through links (/bin, /usr/bin/vi);
 * as it is if it leads nowhere. */
static bool same_program(const char *rule, const char *program)
{
	char *real scope_free = realpath(rule, NULL);

	return !strcmp(real ? real : rule, program);
}

/* The same, or below. */
static bool in_cgroup(const char *rule, const char *cgroup)
{
	size_t n = strlen(rule);

	while (n > 0 && rule[n - 1] == '/')
		n--;
	return *cgroup && !strncmp(rule, cgroup, n) &&
	       (!cgroup[n] || cgroup[n] == '/');
}

static bool holds(const struct tierscope_rule *rule, const struct subject *subject)
{
	return (!rule->cgroup || in_cgroup(rule->cgroup, subject->cgroup)) &&
	       (!rule->program || same_program(rule->program, subject->program));
}

static const struct tierscope_rule *first(const struct tierscope_config *config,
					  const struct subject *subject)
{
	for (size_t i = 0; i < config->n_rules; i++)
		if (holds(&config->rules[i], subject))
			return &config->rules[i];
	return NULL;
}

/* The "0::" line is version 2's. */
static int read_cgroup(const char *file, char cgroup[static PATH_MAX])
{
	FILE *stream scope_fclose = fopen(file, "re");
	char line[PATH_MAX];

	*cgroup = '\0';
	if (!stream)
		return errno == ENOENT ? -ESRCH : -errno;
	while (fgets(line, sizeof(line), stream)) {
		if (strncmp(line, "0::", 3))
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(cgroup, PATH_MAX, "%s", line + 3);
	}
	return 0;
}

/* Whether it takes the program to know. */
static bool asks_program(const struct tierscope_config *config,
			 const struct subject *subject)
{
	for (size_t i = 0; i < config->n_rules; i++) {
		const struct tierscope_rule *rule = &config->rules[i];

		if (rule->cgroup && !in_cgroup(rule->cgroup, subject->cgroup))
			continue;
		return rule->program != NULL;
	}
	return false;
}

int rule_of_pid(const struct tierscope_config *config, pid_t pid,
		const struct tierscope_rule **ret)
{
	struct subject subject = { 0 };
	char file[64];
	ssize_t n;
	int r;

	snprintf(file, sizeof(file), "/proc/%d/cgroup", (int)pid);
	r = read_cgroup(file, subject.cgroup);
	if (r < 0)
		return r;
	snprintf(file, sizeof(file), "/proc/%d/exe", (int)pid);
	n = readlink(file, subject.program, sizeof(subject.program) - 1);
	/* ENOENT: a kernel thread has none. */
	if (n < 0 && errno != ENOENT && asks_program(config, &subject))
		return errno == EPERM ? -EACCES : -errno;
	subject.program[n > 0 ? n : 0] = '\0';
	*ret = first(config, &subject);
	return 0;
}

/* As execvp(3) looks for it. */
static void find_program(const char *command, char program[static PATH_MAX])
{
	const char *search = getenv("PATH");
	char *path scope_free = NULL, *at;

	*program = '\0';
	if (strchr(command, '/')) {
		if (!realpath(command, program))
			*program = '\0';
		return;
	}
	path = strdup(search ? search : "/bin:/usr/bin");
	at = path;
	for (char *directory; at && (directory = strsep(&at, ":"));) {
		char file[PATH_MAX];

		if ((size_t)snprintf(file, sizeof(file), "%s/%s",
				     *directory ? directory : ".", command) >= sizeof(file))
			continue;
		if (!access(file, X_OK) && realpath(file, program))
			return;
		*program = '\0';
	}
}

int rule_of_command(const struct tierscope_config *config, const char *command,
		    const struct tierscope_rule **ret)
{
	struct subject subject = { 0 };
	int r;

	if (!config->n_rules) {
		*ret = NULL;
		return 0;
	}
	r = read_cgroup("/proc/self/cgroup", subject.cgroup);
	if (r < 0)
		return r;
	find_program(command, subject.program);
	*ret = first(config, &subject);
	return 0;
}
