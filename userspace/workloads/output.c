// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int output_format_parse(const char *name, enum output_format *ret)
{
	static const char *const names[] = {
		[OUTPUT_TABLE] = "table",
		[OUTPUT_JSON] = "json",
		[OUTPUT_CSV] = "csv",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name, names[i])) {
			*ret = (enum output_format)i;
			return 0;
		}
	return -EINVAL;
}

static void add(struct json_object *object, const char *name,
		struct json_object *value, bool *failed)
{
	if (!object || !value || json_object_object_add(object, name, value)) {
		json_object_put(value);
		*failed = true;
	}
}

void output_text(struct json_object *object, const char *name,
		 const char *value, bool *failed)
{
	add(object, name, json_object_new_string(value), failed);
}

void output_text_or_null(struct json_object *object, const char *name,
			 const char *value, bool *failed)
{
	if (value)
		output_text(object, name, value, failed);
	else if (!object || json_object_object_add(object, name, NULL))
		*failed = true;
}

void output_count(struct json_object *object, const char *name, uint64_t value,
		  bool *failed)
{
	add(object, name, json_object_new_uint64(value), failed);
}

void output_real(struct json_object *object, const char *name, double value,
		 unsigned int decimals, bool *failed)
{
	char text[64];

	snprintf(text, sizeof(text), "%.*f", (int)decimals, value);
	add(object, name, json_object_new_double_s(value, text), failed);
}

void output_row(struct json_object *rows, struct json_object *row, bool *failed)
{
	if (!rows || !row || json_object_array_add(rows, row)) {
		json_object_put(row);
		*failed = true;
	}
}

static int print_json(const char *schema, struct json_object *common,
		      const char *rows_name, struct json_object *rows)
{
	struct json_object *root = json_object_new_object();
	bool failed = !root;
	const char *text;

	output_text(root, "schema", schema, &failed);
	output_count(root, "version", 1, &failed);
	json_object_object_foreach(common, name, value)
		if (value)
			add(root, name, json_object_get(value), &failed);
		else
			output_text_or_null(root, name, NULL, &failed);
	add(root, rows_name, json_object_get(rows), &failed);
	text = failed ? NULL :
	       json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		puts(text);
	json_object_put(root);
	return text ? 0 : -ENOMEM;
}

static void print_csv_text(const char *text, bool first)
{
	if (!first)
		putchar(',');
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_csv_names(struct json_object *object, bool *first)
{
	json_object_object_foreach(object, name, value) {
		(void)value;
		print_csv_text(name, *first);
		*first = false;
	}
}

static void print_csv_values(struct json_object *object, bool *first)
{
	json_object_object_foreach(object, name, value) {
		(void)name;
		print_csv_text(value ? json_object_get_string(value) : "",
			       *first);
		*first = false;
	}
}

static void print_csv(struct json_object *common, struct json_object *rows)
{
	size_t n = json_object_array_length(rows);

	for (size_t i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		bool first = true;

		if (!i) {
			print_csv_names(common, &first);
			print_csv_names(row, &first);
			fputs("\r\n", stdout);
			first = true;
		}
		print_csv_values(common, &first);
		print_csv_values(row, &first);
		fputs("\r\n", stdout);
	}
}

int output_flush(void)
{
	if (fflush(stdout) || ferror(stdout))
		return errno ? -errno : -EIO;
	return 0;
}

int output_print(enum output_format format, const char *schema,
		 struct json_object *common, const char *rows_name,
		 struct json_object *rows, bool failed)
{
	int err = 0;

	if (failed || !common || !rows)
		err = -ENOMEM;
	if (!err)
		switch (format) {
		case OUTPUT_TABLE:
			err = -EINVAL;
			break;
		case OUTPUT_JSON:
			err = print_json(schema, common, rows_name, rows);
			break;
		case OUTPUT_CSV:
			print_csv(common, rows);
			break;
		}
	if (!err)
		err = output_flush();
	json_object_put(common);
	json_object_put(rows);
	return err;
}

const char *output_size(uint64_t bytes, char text[OUTPUT_SIZE_BYTES])
{
	static const struct {
		double bytes;
		const char *name;
	} units[] = { { 1e9, "GB" }, { 1e6, "MB" }, { 1e3, "kB" } };
	size_t unit = 0;

	while (unit < 2 && (double)bytes < units[unit].bytes)
		unit++;
	snprintf(text, OUTPUT_SIZE_BYTES, "%.2f %s",
		 (double)bytes / units[unit].bytes, units[unit].name);
	return text;
}
