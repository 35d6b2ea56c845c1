// SPDX-License-Identifier: GPL-2.0-or-later
#include "program.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

static void slurp(FILE *file, char *text, size_t bytes)
{
	size_t n;

	rewind(file);
	n = fread(text, 1, bytes - 1, file);
	text[n] = '\0';
	fclose(file);
}

void program_run(const char *program, const char *arguments,
		 struct outcome *ret)
{
	FILE *out = tmpfile(), *err = tmpfile();
	char command[1024];
	int status;
	pid_t pid;

	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(getenv(program));
	snprintf(command, sizeof(command), "exec timeout 120 \"$%s\" %s", program,
		 arguments);
	pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (!pid) {
		dup2(fileno(out), STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(pid, &status, 0), pid);
	ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	slurp(out, ret->out, sizeof(ret->out));
	slurp(err, ret->err, sizeof(ret->err));
}

static struct outcome now;	/* too large for a stack under sanitizers */

struct json_object *program_run_json(const char *program,
				     const char *arguments)
{
	struct json_object *root;

	program_run(program, arguments, &now);
	CU_ASSERT_EQUAL(now.status, 0);
	CU_ASSERT_STRING_EQUAL(now.err, "");
	root = json_tokener_parse(now.out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}

unsigned int program_count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

void program_check_refused(const char *program, const char *arguments,
			   int status, const char *says)
{
	program_run(program, arguments, &now);
	CU_ASSERT_EQUAL(now.status, status);
	CU_ASSERT_STRING_EQUAL(now.out, "");
	CU_ASSERT_EQUAL(program_count_lines(now.err), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(now.err, says));
	if (now.status != status || !strstr(now.err, says))
		printf("%s: status %d: %s", arguments, now.status, now.err);
}

const char *program_text(struct json_object *root, const char *name)
{
	return json_object_get_string(json_object_object_get(root, name));
}

int64_t program_number(struct json_object *root, const char *name)
{
	return json_object_get_int64(json_object_object_get(root, name));
}
