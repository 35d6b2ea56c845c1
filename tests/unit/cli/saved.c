/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A saved snapshot is a file that anybody may have written. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/placement_changes.h"
#include "cli/placement_saved.h"
#include "suite.h"

#define PROCESS(pid, uid, command, resident)				\
	"{\"pid\":" pid ",\"uid\":" uid ",\"command\":" command		\
	",\"resident_bytes\":" resident ",\"optane_bytes\":7,\"dram_bytes\":1,"	\
	"\"pmem_bytes\":2,\"memory_mode_bytes\":5,\"unknown_bytes\":0,"	\
	"\"swap_bytes\":4096,\"mono_ns\":12,\"reason\":null}"
#define DOCUMENT(processes)						\
	"{\"schema\":\"tierscope.placement\",\"version\":1,\"processes\":[" processes "]}"

static int read_text(const char *text, struct placement_saved **ret)
{
	char path[] = "/tmp/tierscope-saved-XXXXXX";
	int fd = mkstemp(path), status;
	FILE *file = fdopen(fd, "w");

	fputs(text, file);
	fclose(file);
	status = placement_saved_read(path, ret);
	unlink(path);
	return status;
}

static void a_snapshot_is_read(void)
{
	struct placement_saved *saved = NULL;

	CU_ASSERT_EQUAL_FATAL(read_text(DOCUMENT(PROCESS("5", "0", "\"a b\"", "8") ","
						 PROCESS("6", "1", "\"\"", "0")), &saved), 0);
	CU_ASSERT_EQUAL_FATAL(saved->n, 2);
	CU_ASSERT_EQUAL(saved->time_ns, 12);
	CU_ASSERT_EQUAL(saved->processes[0].pid, 5);
	CU_ASSERT_STRING_EQUAL(saved->processes[0].command, "a b");
	CU_ASSERT_EQUAL(saved->processes[0].figures.bytes[SAVED_RESIDENT], 8);
	CU_ASSERT_EQUAL(saved->processes[0].figures.bytes[SAVED_OPTANE], 7);
	CU_ASSERT_EQUAL(saved->processes[1].figures.bytes[SAVED_SWAP], 4096);
	placement_saved_free(saved);
}

static void anything_else_is_refused(void)
{
	static const char *const bad[] = {
		"", "nonsense", "[]", "{}", "null",
		"{\"schema\":\"tierscope.runs\",\"processes\":[]}",
		"{\"schema\":1,\"processes\":[]}",
		"{\"schema\":\"tierscope.placement\",\"cells\":[]}",
		"{\"schema\":\"tierscope.placement\",\"processes\":{}}",
		DOCUMENT("1"), DOCUMENT("null"), DOCUMENT("{}"),
		DOCUMENT(PROCESS("-5", "0", "\"x\"", "8")),
		DOCUMENT(PROCESS("99999999999", "0", "\"x\"", "8")),
		DOCUMENT(PROCESS("5", "0", "7", "8")),
		DOCUMENT(PROCESS("5", "0", "\"x\"", "\"8\"")),
		DOCUMENT(PROCESS("5", "0", "\"x\"", "18446744073709551615")),
		"{\"schema\":\"tierscope.placement\",\"processes\":[",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct placement_saved *saved = NULL;

		CU_ASSERT_NOT_EQUAL(read_text(bad[i], &saved), 0);
		CU_ASSERT_PTR_NULL(saved);
	}
}

static const struct suite_test tests[] = {
	{ "a snapshot is read", a_snapshot_is_read },
	{ "anything else is refused", anything_else_is_refused },
};

SUITE_MAIN("cli saved snapshot", tests)
