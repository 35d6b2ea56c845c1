/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ledger is a file that anybody may have written, or half of one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ledger.h"
#include "suite.h"

#define HEAD "{\"schema\":\"tierscope.ledger\",\"version\":1,\"boot\":\"b-1\",\"time_utc\":\"x\",\"uid\":0,\"target\":\"2\"}\n"
#define PROCESS "{\"pid\":5,\"start\":77,\"command\":\"a \\\"b\",\"cgroup\":\"/s\",\"cpuset\":\"/s/tierscope-pin-5\",\"mems\":null}\n"
#define RANGE "{\"pid\":5,\"address\":8192,\"pages\":3,\"page_bytes\":4096,\"from\":0,\"to\":2}\n"

static int parse(const char *text, struct ledger *ret)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");
	int r;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	r = ledger_parse(file, ret);
	fclose(file);
	return r;
}

static void a_ledger_is_read(void)
{
	struct ledger ledger = { 0 };
	const struct pin_process *process;

	CU_ASSERT_EQUAL_FATAL(parse(HEAD PROCESS RANGE "{\"end\":\"moved\",\"moved_bytes\":7}\n", &ledger), 0);
	CU_ASSERT_STRING_EQUAL(ledger.boot, "b-1");
	CU_ASSERT_EQUAL_FATAL(ledger.plan.n, 1);
	process = &ledger.plan.processes[0];
	CU_ASSERT_EQUAL(process->process.pid, 5);
	CU_ASSERT_EQUAL(process->process.start, 77);
	CU_ASSERT_STRING_EQUAL(process->process.command, "a \"b");
	CU_ASSERT_STRING_EQUAL(process->cpuset.cgroup, "/s");
	CU_ASSERT_STRING_EQUAL(process->cpuset.group, "/s/tierscope-pin-5");
	CU_ASSERT_PTR_NULL(process->cpuset.mems);
	CU_ASSERT_EQUAL_FATAL(process->move.n, 1);
	CU_ASSERT_EQUAL(process->move.at[0].address, 8192);
	CU_ASSERT_EQUAL(process->move.at[0].pages, 3);
	CU_ASSERT_EQUAL(process->move.at[0].to, 2);
	ledger_clear(&ledger);
}

/* Whatever was being written when the writer was killed. */
static void half_a_last_line_is_no_line(void)
{
	struct ledger ledger = { 0 };

	CU_ASSERT_EQUAL_FATAL(parse(HEAD PROCESS RANGE "{\"end\":\"mo", &ledger), 0);
	CU_ASSERT_EQUAL(ledger.plan.processes[0].move.n, 1);
	ledger_clear(&ledger);
}

static void anything_else_is_refused(void)
{
#define BAD_RANGE(pid, address, pages, bytes, from, to)			\
	HEAD PROCESS "{\"pid\":" pid ",\"address\":" address ",\"pages\":" pages \
	",\"page_bytes\":" bytes ",\"from\":" from ",\"to\":" to "}\n"
	static const char *const bad[] = {
		"\n", "nonsense\n", "[]\n", "{}\n", HEAD, PROCESS, PROCESS HEAD,
		"{\"schema\":\"tierscope.runs\",\"version\":1,\"boot\":\"\"}\n" PROCESS,
		"{\"schema\":\"tierscope.ledger\",\"version\":2,\"boot\":\"\"}\n" PROCESS,
		"{\"schema\":\"tierscope.ledger\",\"version\":1,\"boot\":\"0123456789012345678901234567890123456789\"}\n" PROCESS,
		HEAD "{\"pid\":0,\"start\":7,\"command\":\"\",\"cgroup\":null,\"cpuset\":null,\"mems\":null}\n",
		HEAD "{\"pid\":-4,\"start\":7,\"command\":\"\",\"cgroup\":null,\"cpuset\":null,\"mems\":null}\n",
		HEAD "{\"pid\":4,\"start\":7,\"command\":\"\",\"cgroup\":\"x\",\"cpuset\":null,\"mems\":null}\n",
		HEAD "{\"pid\":4,\"start\":7,\"command\":\"\",\"cgroup\":\"/x/../../etc\",\"cpuset\":null,\"mems\":null}\n",
		HEAD "{\"pid\":4,\"start\":7,\"command\":\"\"}\n",
		BAD_RANGE("6", "8192", "1", "4096", "0", "2"),
		BAD_RANGE("5", "8191", "1", "4096", "0", "2"),
		BAD_RANGE("5", "4096", "1", "2097152", "0", "2"),
		BAD_RANGE("5", "8192", "0", "4096", "0", "2"),
		BAD_RANGE("5", "8192", "1", "8192", "0", "2"),
		BAD_RANGE("5", "8192", "9223372036854775807", "4096", "0", "2"),
		BAD_RANGE("5", "8192", "1", "4096", "-1", "2"),
		BAD_RANGE("5", "8192", "1", "4096", "0", "99999"),
		BAD_RANGE("5", "8192", "1", "\"4096\"", "0", "2"),
		HEAD PROCESS "{\"what\":1}\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ledger ledger = { 0 };

		CU_ASSERT_EQUAL(parse(bad[i], &ledger), -EBADMSG);
		CU_ASSERT_EQUAL(ledger.plan.n, 0);
	}
}

/* Written, found by its process and no other, and not again once it is taken
 * back. */
static void a_ledger_is_kept_and_found(void)
{
	char directory[] = "/tmp/tierscope-ledger-XXXXXX", line[128];
	struct tierscope_range range = { .address = 4096, .pages = 2,
					 .page_bytes = 4096, .from = 1, .to = 0 };
	struct pin_process process = { .move = { 1, 1, &range } };
	const struct pin_plan plan = { .n = 1, .processes = &process };
	char *path = NULL, *newer = NULL, *got = NULL;
	struct process stranger;
	struct ledger ledger = { 0 };
	struct stat info;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	setenv("TIERSCOPE_STATE_DIR", directory, 1);
	setenv("XDG_STATE_HOME", directory, 1);
	CU_ASSERT_EQUAL_FATAL(process_read(getpid(), &process.process), 0);
	CU_ASSERT_TRUE(process_lives(&process.process));
	CU_ASSERT_EQUAL_FATAL(ledger_write(&plan, "0", &path), 0);
	CU_ASSERT_EQUAL_FATAL(ledger_write(&plan, "0", &newer), 0);
	CU_ASSERT_EQUAL_FATAL(stat(newer, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL_FATAL(ledger_find(&process.process, &got), 0);
	CU_ASSERT_STRING_EQUAL(got, newer);
	free(got);
	got = NULL;
	ledger_end(newer, "moved", 8192);
	CU_ASSERT_EQUAL(ledger_read(newer, &ledger), 0);
	CU_ASSERT_EQUAL(ledger.plan.processes[0].move.at[0].pages, 2);
	ledger_clear(&ledger);
	CU_ASSERT_EQUAL(ledger_retire(newer), 0);
	CU_ASSERT_EQUAL_FATAL(ledger_find(&process.process, &got), 0);
	CU_ASSERT_STRING_EQUAL(got, path);
	free(got);
	got = NULL;
	/* The same number, another process. */
	stranger = process.process;
	stranger.start++;
	CU_ASSERT_FALSE(process_lives(&stranger));
	CU_ASSERT_NOT_EQUAL(ledger_find(&stranger, &got), 0);
	CU_ASSERT_PTR_NULL(got);
	free(path);
	free(newer);
	snprintf(line, sizeof(line), "rm -r %s", directory);
	CU_ASSERT_EQUAL(system(line), 0);
}

static bool is_there(const char *path, const char *suffix)
{
	char name[256];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return !access(name, F_OK);
}

/* The oldest first, and none that can still be taken back. */
static void old_ledgers_go(void)
{
	char directory[] = "/tmp/tierscope-ledger-XXXXXX", line[128];
	struct pin_process process = { 0 }, ended;
	const struct pin_plan alive = { .n = 1, .processes = &process };
	const struct pin_plan dead = { .n = 1, .processes = &ended };
	char *paths[6] = { 0 }, *kept;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	setenv("TIERSCOPE_STATE_DIR", directory, 1);
	setenv("XDG_STATE_HOME", directory, 1);
	CU_ASSERT_EQUAL_FATAL(process_read(getpid(), &process.process), 0);
	ended = process;
	ended.process.start++;
	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_EQUAL_FATAL(ledger_write(i % 2 ? &dead : &alive, "0",
						   &paths[i]), 0);
	CU_ASSERT_EQUAL(ledger_retire(paths[2]), 0);
	kept = ledger_directory();
	ledger_prune(kept, 6);
	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_TRUE(is_there(paths[i], i == 2 ? ".undone" : ""));
	ledger_prune(kept, 4);
	CU_ASSERT_FALSE(is_there(paths[1], ""));
	CU_ASSERT_FALSE(is_there(paths[2], ".undone"));
	CU_ASSERT_TRUE(is_there(paths[3], ""));
	ledger_prune(kept, 0);
	CU_ASSERT_TRUE(is_there(paths[0], ""));
	CU_ASSERT_FALSE(is_there(paths[3], ""));
	CU_ASSERT_TRUE(is_there(paths[4], ""));
	CU_ASSERT_FALSE(is_there(paths[5], ""));
	for (size_t i = 0; i < 6; i++)
		free(paths[i]);
	free(kept);
	snprintf(line, sizeof(line), "rm -r %s", directory);
	CU_ASSERT_EQUAL(system(line), 0);
}

static const struct suite_test tests[] = {
	{ "a ledger is read", a_ledger_is_read },
	{ "half a last line is no line", half_a_last_line_is_no_line },
	{ "anything else is refused", anything_else_is_refused },
	{ "a ledger is kept and found", a_ledger_is_kept_and_found },
	{ "old ledgers go", old_ledgers_go },
};

SUITE_MAIN("cli ledger", tests)
