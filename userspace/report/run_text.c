/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/run_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *report_utc(uint64_t utc_ns, char *buffer)
{
	time_t seconds = (time_t)(utc_ns / 1000000000);
	char second[24] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buffer, REPORT_UTC_MAX, "%s.%09uZ", second,
		 (unsigned int)(utc_ns % 1000000000));
	return buffer;
}

/* What a POSIX shell takes as it stands. */
static bool is_plain(const char *argument)
{
	return *argument &&
	       !argument[strspn(argument, "abcdefghijklmnopqrstuvwxyz"
					  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789@%+=:,./_-")];
}

static void quoted(FILE *file, const char *argument)
{
	fputc('\'', file);
	for (; *argument; argument++) {
		if (*argument == '\'')
			fputs("'\\''", file);
		else
			fputc(*argument, file);
	}
	fputc('\'', file);
}

int report_run_command(const struct store_run *run, char **ret)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < run->n_argv; i++) {
		if (i)
			fputc(' ', file);
		if (is_plain(run->argv[i]))
			fputs(run->argv[i], file);
		else
			quoted(file, run->argv[i]);
	}
	if (fclose(file)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

int report_run_labels(const struct store_run *run, char **ret)
{
	char *text = NULL;
	size_t bytes;
	FILE *file = open_memstream(&text, &bytes);

	if (!file)
		return -ENOMEM;
	for (size_t i = 0; i < run->n_labels; i++)
		fprintf(file, "%s%s=%s", i ? ", " : "", run->labels[i].key,
			run->labels[i].value);
	if (fclose(file)) {
		free(text);
		return -ENOMEM;
	}
	*ret = text;
	return 0;
}

const char *report_run_ending(const struct store_run *run, char *buffer)
{
	const char *name;

	switch (run->ending) {
	case STORE_EXITED:
		snprintf(buffer, REPORT_ENDING_MAX, "exited with %d", run->status);
		return buffer;
	case STORE_KILLED:
		name = sigabbrev_np(run->status);
		if (name)
			snprintf(buffer, REPORT_ENDING_MAX, "killed by SIG%s", name);
		else
			snprintf(buffer, REPORT_ENDING_MAX, "killed by signal %d",
				 run->status);
		return buffer;
	case STORE_ENDING_UNKNOWN:
		break;
	}
	return run->state == STORE_RECORDING ? "not ended, or its end was lost"
					     : "its end was lost";
}

const char *report_run_state(const struct store_run *run)
{
	switch (run->state) {
	case STORE_RECORDING:
		return "recording";
	case STORE_COMPLETE:
		return "complete";
	case STORE_INTERRUPTED:
		return "interrupted";
	}
	return "unknown";
}

const char *report_run_how(const struct store_run *run)
{
	switch (run->ending) {
	case STORE_ENDING_UNKNOWN:
		break;
	case STORE_EXITED:
		return "exited";
	case STORE_KILLED:
		return "killed";
	}
	return "unknown";
}
