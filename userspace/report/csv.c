/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/csv.h"

#include <string.h>

#include "report/human.h"
#include "report/text.h"

/* Longer reasons are cut: they are sentences, not data. */
#define REASON_MAX 512

void report_csv_field(FILE *file, const char *text, bool first)
{
	if (!first)
		fputc(',', file);
	if (!text)
		return;
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, file);
		return;
	}
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

void report_csv_end(FILE *file)
{
	fputs("\r\n", file);
}

void report_csv_header(FILE *file, const struct report_column *columns,
		       size_t n)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (columns[i].flags & REPORT_TABLE_ONLY)
			continue;
		report_csv_field(file, columns[i].name, first);
		first = false;
	}
	report_csv_field(file, "reason", first);
	report_csv_end(file);
}

void report_csv_row(FILE *file, const struct report_column *columns, size_t n,
		    const struct report_value *values)
{
	char buffer[REPORT_CELL_MAX], reason[REASON_MAX], all[4 * REASON_MAX];
	bool first = true;
	size_t used = 0;

	all[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (columns[i].flags & REPORT_TABLE_ONLY)
			continue;
		report_csv_field(file,
				 report_raw(columns[i].type, &values[i], buffer),
				 first);
		first = false;
		if (values[i].state == REPORT_VALUE)
			continue;
		report_reason(&values[i], reason, sizeof(reason));
		if (used < sizeof(all))
			used += snprintf(all + used, sizeof(all) - used, "%s%s: %s",
					 used ? "; " : "", columns[i].name, reason);
	}
	if (used >= sizeof(all))
		report_text_trim(all);
	report_csv_field(file, all, first);
	report_csv_end(file);
}

struct writing {
	FILE *file;
	const struct report_section *section;
	size_t row;
};

static int write_wide(const struct report_value *values, void *data)
{
	const struct writing *writing = data;

	report_csv_row(writing->file, writing->section->columns,
		       writing->section->n_columns, values);
	return 0;
}

/* One line a field: section,row,field,value,reason. */
static int write_long(const struct report_value *values, void *data)
{
	struct writing *writing = data;
	const struct report_section *section = writing->section;
	FILE *file = writing->file;

	for (size_t i = 0; i < section->n_columns; i++) {
		const struct report_column *column = &section->columns[i];
		char buffer[REPORT_CELL_MAX], reason[REASON_MAX];

		if (column->flags & REPORT_TABLE_ONLY)
			continue;
		report_csv_field(file, section->name, true);
		snprintf(buffer, sizeof(buffer), "%zu", writing->row);
		report_csv_field(file, section->single ? NULL : buffer, false);
		report_csv_field(file, column->name, false);
		report_csv_field(file, report_raw(column->type, &values[i], buffer),
				 false);
		report_csv_field(file, values[i].state == REPORT_VALUE ? NULL :
				 report_reason(&values[i], reason, sizeof(reason)),
				 false);
		report_csv_end(file);
	}
	writing->row++;
	return 0;
}

int report_write_csv(const struct report_document *document, FILE *file)
{
	struct writing writing = { .file = file };
	size_t shown = 0;

	for (size_t i = 0; i < document->n_sections; i++) {
		if (document->sections[i]->flags & REPORT_TABLE_ONLY)
			continue;
		writing.section = document->sections[i];
		shown++;
	}
	if (shown == 1) {
		report_csv_header(file, writing.section->columns,
				  writing.section->n_columns);
		return report_section_rows(writing.section, write_wide, &writing);
	}
	fputs("section,row,field,value,reason\r\n", file);
	for (size_t i = 0; i < document->n_sections; i++) {
		int r;

		if (document->sections[i]->flags & REPORT_TABLE_ONLY)
			continue;
		writing.section = document->sections[i];
		writing.row = 0;
		r = report_section_rows(writing.section, write_long, &writing);
		if (r < 0)
			return r;
	}
	return 0;
}
