/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From YAML to an experiment, before its rows are made.
 */
#pragma once

#include "experiment/experiment.h"
#include "experiment/yaml_file.h"

/**
 * struct experiment_axis - a variable of the matrix and its values
 */
struct experiment_axis {
	char *name;
	struct experiment_words values;
};

/**
 * struct experiment_choice - some values, which rows may have
 * @place: of the whole
 */
struct experiment_choice {
	struct experiment_pairs pairs;
	struct experiment_place place;
};

struct experiment_choices {
	size_t n;
	struct experiment_choice *choices;
};

/**
 * struct experiment_grid - what rows are made of
 * @place: of the matrix
 * @exclude: rows of the matrix with these values are not there
 * @include: rows of their own
 * @run: rows with these values run, the others are only planned; all run if
 *	it is empty
 */
struct experiment_grid {
	struct experiment_place place;
	size_t n_axes;
	struct experiment_axis *axes;
	struct experiment_choices exclude;
	struct experiment_choices include;
	struct experiment_choices run;
};

void experiment_grid_clear(struct experiment_grid *grid);

/* Both are the caller's to clear, after a failure too. */
int experiment_parse(struct yaml_file *file, struct experiment *experiment,
		     struct experiment_grid *grid);

/* The parts of it. */
int experiment_parse_text(struct yaml_file *file, yaml_node_t *node,
			  const char *what, char **ret);
int experiment_parse_count(struct yaml_file *file, yaml_node_t *node,
			   const char *what, unsigned int least,
			   unsigned int most, unsigned int *ret);
/* "250ms", "10m". */
int experiment_parse_duration(struct yaml_file *file, yaml_node_t *node,
			      const char *what, uint64_t most_ns, uint64_t *ret);
int experiment_parse_words(struct yaml_file *file, yaml_node_t *node,
			   const char *what, struct experiment_words *words);
int experiment_parse_pairs(struct yaml_file *file, yaml_node_t *node,
			   const char *what, size_t most,
			   struct experiment_pairs *pairs);
int experiment_parse_matrix(struct yaml_file *file, yaml_node_t *node,
			    struct experiment_grid *grid);
int experiment_parse_choices(struct yaml_file *file, yaml_node_t *node,
			     const char *what, struct experiment_choices *choices);
/* Fit to be (part of) the name of a file: letters, digits and "._+-", not
 * beginning with "." or "-", at most 63 bytes. */
bool experiment_is_name(const char *name);
