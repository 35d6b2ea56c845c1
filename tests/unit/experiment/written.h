/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An experiment from a text, by way of a file. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "experiment/experiment.h"

static char written_error[1024];

/* As experiment_read(), with the name of the file taken off the sentence. */
static inline int written_read(const char *text, size_t size, struct experiment **ret)
{
	char path[] = "/tmp/tierscope-experiment-XXXXXX";
	int fd = mkstemp(path), r;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(write(fd, text, size), (ssize_t)size);
	close(fd);
	*written_error = '\0';
	r = experiment_read(path, written_error, sizeof(written_error), ret);
	if (!strncmp(written_error, path, strlen(path)))
		memmove(written_error, written_error + strlen(path),
			strlen(written_error + strlen(path)) + 1);
	unlink(path);
	return r;
}

static inline struct experiment *written(const char *text)
{
	struct experiment *experiment = NULL;

	if (written_read(text, strlen(text), &experiment))
		fprintf(stderr, "%s\n", written_error);
	CU_ASSERT_PTR_NOT_NULL_FATAL(experiment);
	return experiment;
}
