/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/stream.h"

#include <errno.h>

#include "lib/scope.h"
#include "report/csv.h"
#include "report/human.h"
#include "report/json.h"
#include "report/table.h"
#include "report/text.h"

/* The widest that a human figure of the type usually gets. */
static size_t width_of(const struct report_column *column)
{
	size_t width = 0, title = report_text_width(column->title);

	switch (column->type) {
	case REPORT_STRING:
	case REPORT_FLAG:
	case REPORT_INTEGER:
		width = 6;
		break;
	case REPORT_BYTES:
	case REPORT_CHANGE:
	case REPORT_RATE:
	case REPORT_FREQUENCY:
	case REPORT_RATIO:
	case REPORT_FACTOR:
	case REPORT_DURATION:
		width = 9;
		break;
	case REPORT_ADDRESS:
		width = 14;
		break;
	}
	return title > width ? title : width;
}

static size_t last_shown(const struct report_stream *stream)
{
	size_t last = 0;

	for (size_t i = 0; i < stream->n_columns; i++)
		if (!(stream->columns[i].flags & REPORT_NO_TABLE))
			last = i;
	return last;
}

static int flush(const struct report_stream *stream)
{
	if ((!stream->buffered && fflush(stream->file)) || ferror(stream->file))
		return errno ? -errno : -EIO;
	return 0;
}

int report_stream_begin(const struct report_stream *stream)
{
	size_t last = last_shown(stream);

	errno = 0;
	switch (stream->format) {
	case REPORT_TABLE:
		for (size_t i = 0; i < stream->n_columns; i++)
			if (!(stream->columns[i].flags & REPORT_NO_TABLE))
				report_table_cell(stream->file,
					stream->columns[i].title,
					width_of(&stream->columns[i]),
					report_table_right(stream->columns[i].type),
					i == last);
		break;
	case REPORT_CSV:
		report_csv_header(stream->file, stream->columns,
				  stream->n_columns);
		break;
	case REPORT_JSON:
		break;
	}
	return flush(stream);
}

static int table_row(const struct report_stream *stream,
		     const struct report_value *values)
{
	size_t last = last_shown(stream);

	for (size_t i = 0; i < stream->n_columns; i++) {
		const struct report_column *column = &stream->columns[i];
		char buffer[REPORT_CELL_MAX];
		char *text scope_free = NULL;
		int r;

		if (column->flags & REPORT_NO_TABLE)
			continue;
		r = report_text_printable(report_human(column->type, &values[i],
						       buffer), &text);
		if (r < 0)
			return r;
		report_table_cell(stream->file, text, width_of(column),
				  report_table_right(column->type), i == last);
	}
	return 0;
}

static int json_row(const struct report_stream *stream,
		    const struct report_value *values)
{
	struct json_object *object __attribute__((cleanup(scope_json))) = json_object_new_object();
	struct json_object *schema, *version;
	int r;

	if (!object)
		return -ENOMEM;
	schema = json_object_new_string(stream->schema);
	if (!schema || json_object_object_add(object, "schema", schema) < 0)
		return -ENOMEM;
	version = json_object_new_uint64(stream->version);
	if (!version || json_object_object_add(object, "version", version) < 0)
		return -ENOMEM;
	r = report_json_row(object, stream->columns, stream->n_columns, values);
	return r < 0 ? r : report_json_line(object, stream->file);
}

int report_stream_row(const struct report_stream *stream,
		      const struct report_value *values)
{
	int r = 0;

	errno = 0;
	switch (stream->format) {
	case REPORT_TABLE:
		r = table_row(stream, values);
		break;
	case REPORT_CSV:
		report_csv_row(stream->file, stream->columns, stream->n_columns,
			       values);
		break;
	case REPORT_JSON:
		r = json_row(stream, values);
		break;
	}
	return r < 0 ? r : flush(stream);
}
