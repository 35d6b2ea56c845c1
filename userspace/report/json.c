/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

#include <errno.h>
#include <math.h>

#include "lib/scope.h"
#include "report/human.h"

#define REASON_MAX 512

/* Takes @member, NULL of which is out of memory. */
static int add(struct json_object *into, const char *name,
	       struct json_object *member)
{
	if (!member)
		return -ENOMEM;
	if (json_object_object_add(into, name, member) < 0) {
		json_object_put(member);
		return -ENOMEM;
	}
	return 0;
}

static struct json_object *of_value(enum report_type type,
				    const struct report_value *value)
{
	char buffer[REPORT_CELL_MAX];

	switch (type) {
	case REPORT_INTEGER:
	case REPORT_BYTES:
	case REPORT_DURATION:
		return json_object_new_uint64(value->number);
	case REPORT_CHANGE:
		return json_object_new_int64(value->change);
	case REPORT_RATE:
	case REPORT_FREQUENCY:
	case REPORT_RATIO:
	case REPORT_FACTOR:
		return json_object_new_double_s(value->real,
			report_raw(type, value, buffer));
	case REPORT_FLAG:
		return json_object_new_boolean(value->flag);
	case REPORT_STRING:
	case REPORT_ADDRESS:
		break;
	}
	return json_object_new_string(report_raw(type, value, buffer));
}

int report_json_row(struct json_object *into,
		    const struct report_column *columns, size_t n,
		    const struct report_value *values)
{
	struct json_object *reasons __attribute__((cleanup(scope_json))) = NULL;
	char buffer[REPORT_CELL_MAX], reason[REASON_MAX];
	int r;

	for (size_t i = 0; i < n; i++) {
		if (columns[i].flags & REPORT_TABLE_ONLY)
			continue;
		if (report_raw(columns[i].type, &values[i], buffer)) {
			r = add(into, columns[i].name,
				of_value(columns[i].type, &values[i]));
			if (r < 0)
				return r;
			continue;
		}
		if (json_object_object_add(into, columns[i].name, NULL) < 0)
			return -ENOMEM;
		if (!reasons)
			reasons = json_object_new_object();
		if (!reasons)
			return -ENOMEM;
		report_reason(&values[i], reason, sizeof(reason));
		r = add(reasons, columns[i].name, json_object_new_string(reason));
		if (r < 0)
			return r;
	}
	if (json_object_object_add(into, "reason", reasons) < 0)
		return -ENOMEM;
	reasons = NULL;
	return 0;
}

static int write_plain(struct json_object *object, FILE *file)
{
	const char *text = json_object_to_json_string_ext(object,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		return -ENOMEM;
	fputs(text, file);
	return 0;
}

int report_json_line(struct json_object *object, FILE *file)
{
	int r = write_plain(object, file);

	fputc('\n', file);
	return r;
}

/* ---- a document, row by row: a run's series may have millions ------------- */

struct writing {
	FILE *file;
	const struct report_section *section;
	bool first;
};

static int write_row(const struct report_value *values, void *data)
{
	struct json_object *object __attribute__((cleanup(scope_json))) =
		json_object_new_object();
	struct writing *writing = data;
	int r;

	if (!object)
		return -ENOMEM;
	r = report_json_row(object, writing->section->columns,
			    writing->section->n_columns, values);
	if (r < 0)
		return r;
	if (!writing->section->single)
		fputs(writing->first ? "\n    " : ",\n    ", writing->file);
	writing->first = false;
	return write_plain(object, writing->file);
}

static int write_section(const struct report_section *section, FILE *file)
{
	struct writing writing = { file, section, true };
	int r;

	fprintf(file, ",\n  \"%s\": %s", section->name, section->single ? "" : "[");
	r = report_section_rows(section, write_row, &writing);
	if (r < 0)
		return r;
	if (section->single && writing.first)
		fputs("{}", file);
	if (!section->single)
		fputs(writing.first ? "]" : "\n  ]", file);
	return 0;
}

int report_write_json(const struct report_document *document, FILE *file)
{
	/* Names are ours: nothing in them is to be escaped. */
	fprintf(file, "{\n  \"schema\": \"%s\",\n  \"version\": %u",
		document->schema, document->version);
	for (size_t i = 0; i < document->n_sections; i++) {
		int r;

		if (document->sections[i]->flags & REPORT_TABLE_ONLY)
			continue;
		r = write_section(document->sections[i], file);
		if (r < 0)
			return r;
	}
	fputs("\n}\n", file);
	return 0;
}
