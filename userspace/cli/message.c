/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "lib/scope.h"
#include "report/text.h"

void cli_error(const char *format, ...)
{
	char *text scope_free = NULL, *clean scope_free = NULL;
	va_list args;
	int r;

	va_start(args, format);
	r = vasprintf(&text, format, args);
	va_end(args);
	if (r < 0)
		text = NULL;
	if (!text || report_text_printable(text, &clean) < 0)
		fputs("tierscope: out of memory\n", stderr);
	else
		fprintf(stderr, "tierscope: %s\n", clean);
}

int cli_oom(void)
{
	cli_error("out of memory");
	return CLI_FAILURE;
}

int cli_output_failed(int error)
{
	/* The reader has seen enough; `tierscope ... | head` is no failure to
	 * talk about. */
	if (error != -EPIPE)
		cli_error("cannot write to standard output: %s", strerror(-error));
	return CLI_FAILURE;
}

int cli_flush(void)
{
	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		return cli_output_failed(errno ? -errno : -EIO);
	return CLI_OK;
}

int cli_print(struct report_document *document, enum report_format format)
{
	int r = report_document_write(document, format, stdout);

	report_document_free(document);
	if (r == -ENOMEM)
		return cli_oom();
	/* A row that is made while it is written may fail by itself. */
	if (r < 0 && !ferror(stdout)) {
		cli_error("the output is cut short: what it is made of cannot be read: %s",
			  r == -EBADMSG ? "it is damaged" : strerror(-r));
		return CLI_FAILURE;
	}
	return r < 0 ? cli_output_failed(r) : CLI_OK;
}
