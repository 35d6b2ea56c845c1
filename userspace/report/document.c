/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/document.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/scope.h"
#include "report/text.h"

int report_format_from_name(const char *name, enum report_format *ret)
{
	static const char *const names[] = {
		[REPORT_TABLE] = "table",
		[REPORT_JSON] = "json",
		[REPORT_CSV] = "csv",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i])) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

unsigned int report_hidden(enum report_format format)
{
	return format == REPORT_TABLE ? REPORT_NO_TABLE : REPORT_TABLE_ONLY;
}

int report_document_new(const char *schema, unsigned int version,
			struct report_document **ret)
{
	struct report_document *document = calloc(1, sizeof(*document));

	if (!document)
		return -ENOMEM;
	document->schema = schema;
	document->version = version;
	*ret = document;
	return 0;
}

static void values_free(const struct report_section *section,
			struct report_value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (values[i].state != REPORT_VALUE)
			free((char *)values[i].reason);
		else if (section->columns[i % section->n_columns].type ==
			 REPORT_STRING)
			free((char *)values[i].string);
	}
}

static void section_free(struct report_section *section)
{
	values_free(section, section->values,
		    section->n_rows * section->n_columns);
	free(section->values);
	free(section->title);
	free(section->text);
	free(section);
}

void report_document_free(struct report_document *document)
{
	if (!document)
		return;
	for (size_t i = 0; i < document->n_sections; i++)
		section_free(document->sections[i]);
	free(document->sections);
	free(document);
}

static int section_add(struct report_document *document, const char *title,
		       struct report_section **ret)
{
	struct report_section **sections, *section;

	sections = reallocarray(document->sections, document->n_sections + 1,
				sizeof(*sections));
	if (!sections)
		return -ENOMEM;
	document->sections = sections;
	section = calloc(1, sizeof(*section));
	if (!section)
		return -ENOMEM;
	if (title) {
		section->title = strdup(title);
		if (!section->title) {
			free(section);
			return -ENOMEM;
		}
	}
	sections[document->n_sections++] = section;
	*ret = section;
	return 0;
}

int report_document_section(struct report_document *document, const char *name,
			    const char *title, bool single,
			    const struct report_column *columns,
			    size_t n_columns, unsigned int flags,
			    struct report_section **ret)
{
	struct report_section *section;
	int r;

	r = section_add(document, title, &section);
	if (r < 0)
		return r;
	section->name = name;
	section->single = single;
	section->columns = columns;
	section->n_columns = n_columns;
	section->flags = flags;
	*ret = section;
	return 0;
}

int report_document_text(struct report_document *document, const char *title,
			 const char *text)
{
	char *copy scope_free = strdup(text);
	struct report_section *section;
	int r;

	if (!copy)
		return -ENOMEM;
	r = section_add(document, title, &section);
	if (r < 0)
		return r;
	section->flags = REPORT_TABLE_ONLY;
	section->text = copy;
	copy = NULL;
	return 0;
}

/* Replaces what @value borrows by a copy of it. */
static int value_own(enum report_type type, struct report_value *value)
{
	char *copy;
	int r;

	if (value->state != REPORT_VALUE) {
		if (!value->reason)
			return 0;
		r = report_text_utf8(value->reason, &copy);
		if (!r)
			value->reason = copy;
		return r;
	}
	if (type != REPORT_STRING)
		return 0;
	r = report_text_utf8(value->string ? value->string : "", &copy);
	if (!r)
		value->string = copy;
	return r;
}

int report_section_row(struct report_section *section,
		       const struct report_value *values)
{
	size_t n = section->n_columns, have = section->n_rows * n;
	struct report_value *row;

	/* Room doubles: it is full whenever the rows are a power of two. */
	if (!(section->n_rows & (section->n_rows - 1))) {
		size_t rows = section->n_rows ? 2 * section->n_rows : 1;

		row = reallocarray(section->values, rows * n, sizeof(*row));
		if (!row)
			return -ENOMEM;
		section->values = row;
	}
	row = section->values + have;
	memcpy(row, values, n * sizeof(*row));
	for (size_t i = 0; i < n; i++) {
		int r = value_own(section->columns[i].type, &row[i]);

		if (r < 0) {
			values_free(section, row, i);
			return r;
		}
	}
	section->n_rows++;
	return 0;
}

void report_section_generate(struct report_section *section,
			     report_rows_fn generate, void *data)
{
	section->generate = generate;
	section->generate_data = data;
}

int report_section_rows(const struct report_section *section, report_row_fn fn,
			void *data)
{
	if (section->generate)
		return section->generate(fn, data, section->generate_data);
	for (size_t row = 0; row < section->n_rows; row++) {
		int r = fn(section->values + row * section->n_columns, data);

		if (r < 0)
			return r;
	}
	return 0;
}

int report_document_write(const struct report_document *document,
			  enum report_format format, FILE *file)
{
	int r = -EINVAL;

	errno = 0;
	switch (format) {
	case REPORT_TABLE:
		r = report_write_table(document, file);
		break;
	case REPORT_JSON:
		r = report_write_json(document, file);
		break;
	case REPORT_CSV:
		r = report_write_csv(document, file);
		break;
	}
	if (r < 0)
		return r;
	if (fflush(file) || ferror(file))
		return errno ? -errno : -EIO;
	return 0;
}
