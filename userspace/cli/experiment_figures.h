/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a table of an experiment shows of each run. A figure more is a row more
 * in experiment_figures.c.
 */
#pragma once

#include <json-c/json.h>

#include "report/document.h"
#include "report/run.h"

/**
 * struct experiment_figure - one figure of a run
 * @name: for programs; its unit is the end of it: "wall" and "_ns"
 * @unit: "_ns", "_bytes", "_ratio", "_count"
 * @title: for people
 * @type: with numbers: no string
 * @get: of a run file
 * @flags: of its mean's column
 * @spread_flags: of its spread's
 */
struct experiment_figure {
	const char *name;
	const char *unit;
	const char *title;
	enum report_type type;
	struct report_value (*get)(const struct report_run *run);
	unsigned int flags;
	unsigned int spread_flags;
};

extern const struct experiment_figure experiment_figures[];
extern const size_t experiment_n_figures;

/**
 * struct experiment_mean - a figure over the repeats
 * @n: values, out of @of
 * @none: state of the last that was none, and its @reason, which may have been
 *	the run's
 */
struct experiment_mean {
	size_t n;
	size_t of;
	double sum;
	double squares;		/* of the differences from the mean so far */
	enum report_state none;
	char *reason;
};

void experiment_mean_clear(struct experiment_mean *mean);
/* Takes @value in; what is no value is counted, and its reason kept. */
void experiment_mean_add(struct experiment_mean *mean, enum report_type type,
			 struct report_value value);
/* In the figure's type. */
struct report_value experiment_mean_value(const struct experiment_mean *mean,
					  enum report_type type);
/* The sample's standard deviation, which one value does not have. */
struct report_value experiment_mean_spread(const struct experiment_mean *mean,
					   enum report_type type);

/* By what a name ends in: _bytes, _ns, _ratio. Everything else is text. */
enum report_type experiment_type_of(const char *name);

/**
 * experiment_json_find() - what stands at a path such as "classes.0.buffers"
 *
 * In @type: a text is the number as it is written. Not measured if there is
 * nothing, or no number where there must be one. The text lives as long as
 * @object.
 */
struct report_value experiment_json_find(json_object *object, const char *path,
					 enum report_type type);
