/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/rule.h"
#include "suite.h"

static char own_program[4096], own_cgroup[4096];

static void find_ourselves(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];
	ssize_t n = readlink("/proc/self/exe", own_program, sizeof(own_program) - 1);

	CU_ASSERT_FATAL(n > 0);
	own_program[n] = '\0';
	own_cgroup[0] = '\0';
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "0::%4095[^\n]", own_cgroup) == 1)
			break;
	if (file)
		fclose(file);
}

static const struct tierscope_rule *ours(struct tierscope_rule *rules, size_t n)
{
	const struct tierscope_config config = { .n_rules = n, .rules = rules };
	const struct tierscope_rule *by_pid = NULL, *by_command = NULL;

	CU_ASSERT_EQUAL(rule_of_pid(&config, getpid(), &by_pid), 0);
	CU_ASSERT_EQUAL(rule_of_command(&config, own_program, &by_command), 0);
	CU_ASSERT_PTR_EQUAL(by_pid, by_command);
	return by_pid;
}

static void the_first_that_holds(void)
{
	struct tierscope_rule rules[] = {
		{ .name = (char *)"other", .program = (char *)"/usr/bin/nothing" },
		{ .name = (char *)"one", .program = own_program },
		{ .name = (char *)"two", .program = own_program },
	};

	CU_ASSERT_PTR_NULL(ours(NULL, 0));
	CU_ASSERT_PTR_NULL(ours(rules, 1));
	CU_ASSERT_PTR_EQUAL(ours(rules, 3), &rules[1]);
}

static void a_program_through_a_link(void)
{
	char link[] = "/tmp/tierscope-rule-XXXXXX";
	struct tierscope_rule rule = { .name = (char *)"link", .program = link };
	int fd = mkstemp(link);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	unlink(link);
	CU_ASSERT_EQUAL_FATAL(symlink(own_program, link), 0);
	CU_ASSERT_PTR_EQUAL(ours(&rule, 1), &rule);
	unlink(link);
}

static void a_cgroup_has_those_below(void)
{
	static char root[] = "/", other[] = "/nothing.slice", longer[4200];
	struct tierscope_rule rule = { .name = (char *)"group", .cgroup = own_cgroup };

	if (!*own_cgroup)
		return;		/* no version 2 here */
	CU_ASSERT_PTR_EQUAL(ours(&rule, 1), &rule);
	rule.cgroup = root;
	CU_ASSERT_PTR_EQUAL(ours(&rule, 1), &rule);
	rule.cgroup = other;
	CU_ASSERT_PTR_NULL(ours(&rule, 1));
	snprintf(longer, sizeof(longer), "%sx", own_cgroup);
	rule.cgroup = longer;
	CU_ASSERT_PTR_NULL(ours(&rule, 1));
	/* Both, if both are asked for. */
	rule.cgroup = root;
	rule.program = (char *)"/usr/bin/nothing";
	CU_ASSERT_PTR_NULL(ours(&rule, 1));
	rule.program = own_program;
	CU_ASSERT_PTR_EQUAL(ours(&rule, 1), &rule);
}

static void a_command_is_looked_up(void)
{
	char *directory = strdup(own_program), *slash = strrchr(directory, '/');
	struct tierscope_rule rule = { .name = (char *)"path", .program = own_program };
	const struct tierscope_config config = { .n_rules = 1, .rules = &rule };
	const struct tierscope_rule *found = &rule;
	char path[8192];

	*slash = '\0';
	snprintf(path, sizeof(path), "/nonexistent:%s:/bin", directory);
	CU_ASSERT_EQUAL(rule_of_command(&config, slash + 1, &found), 0);
	CU_ASSERT_PTR_NULL(found);
	setenv("PATH", path, 1);
	CU_ASSERT_EQUAL(rule_of_command(&config, slash + 1, &found), 0);
	CU_ASSERT_PTR_EQUAL(found, &rule);
	CU_ASSERT_EQUAL(rule_of_command(&config, "no-such-command", &found), 0);
	CU_ASSERT_PTR_NULL(found);
	free(directory);
}

static void a_process_that_is_gone(void)
{
	const struct tierscope_config config = { 0 };
	const struct tierscope_rule *found = NULL;

	CU_ASSERT_EQUAL(rule_of_pid(&config, 2147483647, &found), -ESRCH);
}

static const struct suite_test tests[] = {
	{ "ourselves", find_ourselves },
	{ "the first rule that holds", the_first_that_holds },
	{ "a program through a link", a_program_through_a_link },
	{ "a cgroup has those below", a_cgroup_has_those_below },
	{ "a command is looked up", a_command_is_looked_up },
	{ "a process that is gone", a_process_that_is_gone },
};

SUITE_MAIN("rule", tests)
