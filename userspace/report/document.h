/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a command has to say: a document of sections, a section of typed
 * columns and rows. Written as a table for people or as CSV or JSON for
 * programs, always with the same fields.
 *
 * JSON: one object with "schema", "version" and a member a section: an object
 * if the section is single, else an array of objects. CSV (RFC 4180, one
 * header row): a document of one section is one row a row; of several, one row
 * a field: section,row,field,value,reason. A field without a value is null or
 * empty, and "reason" says which field and why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "report/value.h"

enum report_format {
	REPORT_TABLE,
	REPORT_JSON,
	REPORT_CSV,
};

/* "table", "json", "csv". Returns 0 or -EINVAL. */
int report_format_from_name(const char *name, enum report_format *ret);

/* Where a column or section shows. */
#define REPORT_NO_TABLE		(1U << 0)	/* not in a table: raw figures */
#define REPORT_TABLE_ONLY	(1U << 1)	/* nothing that is not elsewhere */
/* A column whose value heads the rows that share it, in a table. */
#define REPORT_GROUP		(1U << 2)

/**
 * struct report_column - one field of a section
 * @name: for programs, with its unit
 * @title: for people
 * @type: of its values
 * @flags: REPORT_NO_TABLE and so on
 */
struct report_column {
	const char *name;
	const char *title;
	enum report_type type;
	unsigned int flags;
};

/* One row; a negative errno ends the walk and is returned. */
typedef int (*report_row_fn)(const struct report_value *values, void *data);

/* Hands rows to @emit, one by one. Returns 0 or -errno. */
typedef int (*report_rows_fn)(report_row_fn emit, void *emit_data, void *data);

/* A row is one value a column: kept here, or made when they are written. */
struct report_section {
	const char *name;
	char *title;
	unsigned int flags;
	bool single;
	const struct report_column *columns;
	size_t n_columns;
	struct report_value *values;
	size_t n_rows;
	report_rows_fn generate;
	void *generate_data;
	char *text;		/* instead of columns: table only, as it is */
};

struct report_document {
	const char *schema;
	unsigned int version;
	size_t n_sections;
	struct report_section **sections;
};

/* @schema must outlive the document. Returns 0 or -ENOMEM. */
int report_document_new(const char *schema, unsigned int version,
			struct report_document **ret);
void report_document_free(struct report_document *document);

/**
 * report_document_section() - add a section
 * @name: its member in JSON; must outlive the document
 * @title: its heading in a table, copied; NULL for none
 * @single: has exactly one row
 * @columns: must outlive the document
 * @flags: REPORT_NO_TABLE, REPORT_TABLE_ONLY
 * @ret: owned by the document
 *
 * Returns 0 or -ENOMEM.
 */
int report_document_section(struct report_document *document, const char *name,
			    const char *title, bool single,
			    const struct report_column *columns,
			    size_t n_columns, unsigned int flags,
			    struct report_section **ret);

/* Lines of text for the table, copied. Returns 0 or -ENOMEM. */
int report_document_text(struct report_document *document, const char *title,
			 const char *text);

/* Adds a row of n_columns values; strings and reasons are copied. Returns 0
 * or -ENOMEM. */
int report_section_row(struct report_section *section,
		       const struct report_value *values);

/**
 * report_section_generate() - make the rows when the document is written
 * @generate: for a section that is not single and has REPORT_NO_TABLE;
 *	strings in its values must be UTF-8
 * @data: for @generate; must live until then
 */
void report_section_generate(struct report_section *section,
			     report_rows_fn generate, void *data);

/* Every row in turn, wherever it comes from. */
int report_section_rows(const struct report_section *section, report_row_fn fn,
			void *data);

/* Writes and flushes. Returns 0, -ENOMEM or -errno of the file. */
int report_document_write(const struct report_document *document,
			  enum report_format format, FILE *file);

/* Of one format; what report_document_write() chooses from. */
int report_write_table(const struct report_document *document, FILE *file);
int report_write_json(const struct report_document *document, FILE *file);
int report_write_csv(const struct report_document *document, FILE *file);

/* The flag that hides something from @format. */
unsigned int report_hidden(enum report_format format);
