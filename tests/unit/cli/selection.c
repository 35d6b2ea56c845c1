/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/selection.h"
#include "suite.h"

static bool has(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

static void pids_are_positive_numbers(void)
{
	static const char *const bad[] = { "", "0", "-1", "+1", " 1", "1x", "x",
					   "2147483648", "99999999999999999999" };
	pid_t pid = 77;

	CU_ASSERT_EQUAL(selection_parse_pid("2147483647", &pid), 0);
	CU_ASSERT_EQUAL(pid, 2147483647);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(selection_parse_pid(bad[i], &pid), -EINVAL);
	CU_ASSERT_EQUAL(pid, 2147483647);
}

static void users_have_names_or_numbers(void)
{
	uid_t uid = 77;

	CU_ASSERT_EQUAL(selection_parse_user("root", &uid), 0);
	CU_ASSERT_EQUAL(uid, 0);
	CU_ASSERT_EQUAL(selection_parse_user("12345", &uid), 0);
	CU_ASSERT_EQUAL(uid, 12345);
	CU_ASSERT_EQUAL(selection_parse_user("nobody by that name", &uid), -ENOENT);
	CU_ASSERT_EQUAL(selection_parse_user("", &uid), -ENOENT);
	CU_ASSERT_EQUAL(selection_parse_user("4294967295", &uid), -ENOENT);
	CU_ASSERT_EQUAL(uid, 12345);
}

/* A child that has a child; both wait to be killed. */
static pid_t family(pid_t *ret_grandchild)
{
	int pipes[2];
	pid_t child;

	if (pipe(pipes))
		abort();
	child = fork();
	if (!child) {
		pid_t grandchild = fork();

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (grandchild && write(pipes[1], &grandchild, sizeof(grandchild)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	CU_ASSERT_EQUAL(read(pipes[0], ret_grandchild, sizeof(*ret_grandchild)),
			(ssize_t)sizeof(*ret_grandchild));
	close(pipes[0]);
	close(pipes[1]);
	return child;
}

static void a_tree_is_a_process_and_its_descendants(void)
{
	struct selection selection = { .by = SELECTION_TREE };
	pid_t grandchild = 0, *pids;
	size_t n;

	selection.root = family(&grandchild);
	CU_ASSERT_EQUAL_FATAL(selection_list(&selection, &pids, &n), 0);
	CU_ASSERT_EQUAL(n, 2);
	CU_ASSERT(has(pids, n, selection.root));
	CU_ASSERT(has(pids, n, grandchild));
	CU_ASSERT(n < 2 || pids[0] < pids[1]);
	free(pids);

	kill(grandchild, SIGKILL);
	kill(selection.root, SIGKILL);
	waitpid(selection.root, NULL, 0);
	pids = NULL;
	CU_ASSERT_EQUAL(selection_list(&selection, &pids, &n), -ESRCH);
	CU_ASSERT_PTR_NULL(pids);
}

static void a_user_has_his_processes(void)
{
	struct selection selection = { .by = SELECTION_USER, .uid = getuid() };
	pid_t *pids;
	size_t n;

	CU_ASSERT_EQUAL_FATAL(selection_list(&selection, &pids, &n), 0);
	CU_ASSERT(has(pids, n, getpid()));
	free(pids);
	selection.uid = 4294967000u;
	CU_ASSERT_EQUAL_FATAL(selection_list(&selection, &pids, &n), 0);
	CU_ASSERT_EQUAL(n, 0);
	free(pids);
}

static void given_ones_keep_their_order(void)
{
	pid_t given[] = { 30, 10, 20 }, *pids;
	struct selection selection = { .by = SELECTION_PIDS, .n = 3, .pids = given };
	size_t n;

	CU_ASSERT_EQUAL_FATAL(selection_list(&selection, &pids, &n), 0);
	CU_ASSERT_EQUAL_FATAL(n, 3);
	CU_ASSERT(pids[0] == 30 && pids[1] == 10 && pids[2] == 20);
	free(pids);
}

static void a_cgroup_must_be_there(void)
{
	struct selection selection = {
		.by = SELECTION_CGROUP, .cgroup = "no/such/cgroup",
	};
	pid_t *pids = NULL;
	size_t n;

	CU_ASSERT_EQUAL(selection_list(&selection, &pids, &n), -ENOENT);
	CU_ASSERT_PTR_NULL(pids);
}

static const struct suite_test tests[] = {
	{ "pids are positive numbers", pids_are_positive_numbers },
	{ "users have names or numbers", users_have_names_or_numbers },
	{ "a tree is a process and its descendants", a_tree_is_a_process_and_its_descendants },
	{ "a user has his processes", a_user_has_his_processes },
	{ "given ones keep their order", given_ones_keep_their_order },
	{ "a cgroup must be there", a_cgroup_must_be_there },
};

SUITE_MAIN("cli selection", tests)
