/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/table.h"

#include <errno.h>
#include <string.h>

#include "lib/scope.h"
#include "report/human.h"
#include "report/text.h"

#define REASON_MAX 512

bool report_table_right(enum report_type type)
{
	switch (type) {
	case REPORT_STRING:
	case REPORT_FLAG:
		return false;
	case REPORT_INTEGER:
	case REPORT_BYTES:
	case REPORT_CHANGE:
	case REPORT_RATE:
	case REPORT_FREQUENCY:
	case REPORT_RATIO:
	case REPORT_FACTOR:
	case REPORT_DURATION:
	case REPORT_ADDRESS:
		return true;
	}
	return false;
}

void report_table_cell(FILE *file, const char *text, size_t width, bool right,
		       bool last)
{
	size_t have = report_text_width(text);
	int pad = have < width ? (int)(width - have) : 0;

	if (right)
		fprintf(file, "%*s%s", pad, "", text);
	else
		fprintf(file, "%s%*s", text, last ? 0 : pad, "");
	fputs(last ? "\n" : "  ", file);
}

/* The cell's text, printable; @ret is the caller's to free. */
static int cell(const struct report_column *column,
		const struct report_value *value, char **ret)
{
	char buffer[REPORT_CELL_MAX];

	return report_text_printable(report_human(column->type, value, buffer),
				     ret);
}

static bool same(const struct report_column *column,
		 const struct report_value *a, const struct report_value *b)
{
	char x[REPORT_CELL_MAX], y[REPORT_CELL_MAX];

	return !strcmp(report_human(column->type, a, x),
		       report_human(column->type, b, y));
}

static bool is_column(const struct report_column *column)
{
	return !(column->flags & (REPORT_NO_TABLE | REPORT_GROUP));
}

/* "pid 4711, command infer": what the rows below share. */
static int group_heading(const struct report_section *section, size_t row,
			 bool blank, FILE *file)
{
	const struct report_value *values =
		section->values + row * section->n_columns;
	bool first = true;

	for (size_t i = 0; i < section->n_columns; i++) {
		char *text scope_free = NULL;
		int r;

		if (!(section->columns[i].flags & REPORT_GROUP))
			continue;
		r = cell(&section->columns[i], &values[i], &text);
		if (r < 0)
			return r;
		fprintf(file, "%s%s %s", !first ? ", " : blank ? "\n" : "",
			section->columns[i].title, text);
		first = false;
	}
	fputc('\n', file);
	return 0;
}

static bool group_changes(const struct report_section *section, size_t row)
{
	size_t n = section->n_columns;

	for (size_t i = 0; i < n; i++) {
		if (!(section->columns[i].flags & REPORT_GROUP))
			continue;
		if (!row || !same(&section->columns[i],
				  &section->values[(row - 1) * n + i],
				  &section->values[row * n + i]))
			return true;
	}
	return false;
}

static void headings(const struct report_section *section, const size_t *width,
		     size_t last, FILE *file)
{
	for (size_t i = 0; i < section->n_columns; i++)
		if (is_column(&section->columns[i]))
			report_table_cell(file, section->columns[i].title, width[i],
				report_table_right(section->columns[i].type),
				i == last);
}

static int rows(const struct report_section *section, FILE *file)
{
	size_t n = section->n_columns, last = 0;
	size_t *width scope_free = calloc(n, sizeof(*width));
	bool any_group = false;

	if (!width)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (section->columns[i].flags & REPORT_GROUP)
			any_group = true;
		if (!is_column(&section->columns[i]))
			continue;
		last = i;
		width[i] = report_text_width(section->columns[i].title);
	}
	for (size_t i = 0; i < n * section->n_rows; i++) {
		char *text scope_free = NULL;
		int r;

		if (!is_column(&section->columns[i % n]))
			continue;
		r = cell(&section->columns[i % n], &section->values[i], &text);
		if (r < 0)
			return r;
		if (report_text_width(text) > width[i % n])
			width[i % n] = report_text_width(text);
	}
	if (!any_group)
		headings(section, width, last, file);
	for (size_t row = 0; row < section->n_rows; row++) {
		if (group_changes(section, row)) {
			int r = group_heading(section, row, row > 0, file);

			if (r < 0)
				return r;
			headings(section, width, last, file);
		}
		for (size_t i = 0; i < n; i++) {
			char *text scope_free = NULL;
			int r;

			if (!is_column(&section->columns[i]))
				continue;
			r = cell(&section->columns[i],
				 &section->values[row * n + i], &text);
			if (r < 0)
				return r;
			report_table_cell(file, text, width[i],
				report_table_right(section->columns[i].type),
				i == last);
		}
	}
	return 0;
}

/* No note is no line. */
static bool is_empty(const struct report_section *section, size_t i)
{
	const struct report_value *value = &section->values[i];

	return section->columns[i].type == REPORT_STRING &&
	       value->state == REPORT_VALUE && !*value->string;
}

/* One row as lines of "title  value", with the reason where there is none. */
static int single(const struct report_section *section, FILE *file)
{
	char reason[REASON_MAX];
	size_t width = 0;

	if (!section->n_rows)
		return 0;
	for (size_t i = 0; i < section->n_columns; i++)
		if (is_column(&section->columns[i]) &&
		    report_text_width(section->columns[i].title) > width)
			width = report_text_width(section->columns[i].title);
	for (size_t i = 0; i < section->n_columns; i++) {
		const struct report_value *value = &section->values[i];
		char *text scope_free = NULL;
		int r;

		if (!is_column(&section->columns[i]) || is_empty(section, i))
			continue;
		fputs("  ", file);
		report_table_cell(file, section->columns[i].title, width, false,
				  false);
		if (value->state != REPORT_VALUE && value->reason) {
			snprintf(reason, sizeof(reason), "%s (%s)",
				 value->state == REPORT_NOT_MEASURED ? "-" : "n/a",
				 value->reason);
			r = report_text_printable(reason, &text);
		} else {
			r = cell(&section->columns[i], value, &text);
		}
		if (r < 0)
			return r;
		fprintf(file, "%s\n", text);
	}
	return 0;
}

int report_write_table(const struct report_document *document, FILE *file)
{
	bool first = true;

	for (size_t i = 0; i < document->n_sections; i++) {
		const struct report_section *section = document->sections[i];
		int r = 0;

		if (section->flags & REPORT_NO_TABLE)
			continue;
		if (!section->text && !section->n_rows && section->title)
			continue;
		if (!first)
			fputc('\n', file);
		first = false;
		if (section->title)
			fprintf(file, "%s\n", section->title);
		if (section->text)
			fputs(section->text, file);
		else if (section->single)
			r = single(section, file);
		else
			r = rows(section, file);
		if (r < 0)
			return r;
	}
	return 0;
}
