/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a workload program hands to machines: one set of fields that hold for
 * the whole, and rows. JSON is one object with the rows in an array; CSV
 * (RFC 4180) is a line a row with the common fields repeated in front, so both
 * have the same fields.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

enum output_format {
	OUTPUT_TABLE,
	OUTPUT_JSON,
	OUTPUT_CSV,
};

/* 0, or -EINVAL for a name that is none of table, json, csv. */
int output_format_parse(const char *name, enum output_format *ret);

/**
 * output_print() - write fields and rows to stdout
 * @schema: names the shape of the JSON; its version is 1
 * @common: an object of plain values
 * @rows_name: the name of the array
 * @rows: an array of objects of plain values, all with the same names
 * @failed: what the additions below remembered
 *
 * Takes over both objects, on failure too, and accepts NULL for either (an
 * allocation that failed). For OUTPUT_JSON and OUTPUT_CSV only. Returns 0,
 * -ENOMEM, -EINVAL (OUTPUT_TABLE) or -errno of the write.
 */
int output_print(enum output_format format, const char *schema,
		 struct json_object *common, const char *rows_name,
		 struct json_object *rows, bool failed);

#define OUTPUT_SIZE_BYTES	32

/* A size for people: decimal, as the experiment that sizes are compared with has
 * them. Returns @text. */
const char *output_size(uint64_t bytes, char text[OUTPUT_SIZE_BYTES]);

/* Flushes stdout: 0 or -errno, so that a full disk is not taken for success. */
int output_flush(void);

/*
 * Adds a field, or a row to an array, which takes the row over. A failure is
 * remembered in @failed, which the caller asks once. @decimals are the digits
 * after the point.
 */
void output_text(struct json_object *object, const char *name,
		 const char *value, bool *failed);
/* NULL for what there is not: null, in CSV nothing. */
void output_text_or_null(struct json_object *object, const char *name,
			 const char *value, bool *failed);
void output_count(struct json_object *object, const char *name, uint64_t value,
		  bool *failed);
void output_real(struct json_object *object, const char *name, double value,
		 unsigned int decimals, bool *failed);
void output_row(struct json_object *rows, struct json_object *row,
		bool *failed);
