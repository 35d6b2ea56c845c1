/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes to stderr, and the end of stdout.
 */
#pragma once

#include "report/document.h"

/* One sentence on stderr after "tierscope: "; control characters in it, which
 * may come from names of files and processes, are shown as '?'. */
__attribute__((format(printf, 1, 2)))
void cli_error(const char *format, ...);

/* Says why stdout could not be written, unless its reader has gone, and
 * returns the exit status. */
int cli_output_failed(int error);

/* Flushes stdout. Returns the exit status. */
int cli_flush(void);

/* Writes a document on stdout and frees it. Returns the exit status. */
int cli_print(struct report_document *document, enum report_format format);

/* "tierscope: out of memory", and the exit status. */
int cli_oom(void);
