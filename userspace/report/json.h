/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows as JSON objects, by json-c.
 */
#pragma once

#include <json-c/json.h>

#include "report/document.h"

/* For __attribute__((cleanup)). */
static inline void scope_json(struct json_object *const *object)
{
	json_object_put(*object);
}

/**
 * report_json_row() - one row, with "reason" null or an object of sentences
 * @into: gets the members; a json-c object
 *
 * Returns 0 or -ENOMEM.
 */
int report_json_row(struct json_object *into,
		    const struct report_column *columns, size_t n,
		    const struct report_value *values);

/* One line of JSON. Returns 0 or -ENOMEM. */
int report_json_line(struct json_object *object, FILE *file);
