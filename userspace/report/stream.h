/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that come one at a time and are seen at once: what a live view prints.
 * A table's widths are fixed by the types; JSON is one document a line, each
 * with "schema" and "version".
 */
#pragma once

#include "report/document.h"

/**
 * struct report_stream - where the rows go
 * @columns: must outlive the stream
 * @buffered: rows are too many to be flushed one by one; the caller flushes at
 *	the end
 */
struct report_stream {
	FILE *file;
	enum report_format format;
	const char *schema;
	unsigned int version;
	const struct report_column *columns;
	size_t n_columns;
	bool buffered;
};

/* Writes the heading of a table or the header row of CSV, and flushes.
 * Returns 0 or -errno of the file. */
int report_stream_begin(const struct report_stream *stream);

/* One row, flushed unless the stream is buffered. Returns 0, -ENOMEM or -errno
 * of the file. */
int report_stream_row(const struct report_stream *stream,
		      const struct report_value *values);
