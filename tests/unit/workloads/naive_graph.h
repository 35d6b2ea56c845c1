/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A graph run operation by operation on plain numbers, in double precision:
 * whether it computes what its network computes.
 */
#pragma once

#include <stdint.h>

#include "workloads/graph.h"
#include "workloads/levels.h"
#include "workloads/weights.h"

/**
 * struct naive_graph_errors - what encryption does to numbers
 * @levels: which results are rescaled
 * @scale: taps are rounded to its inverse
 * @fresh, @rescale: deviations of the normal errors of a refresh and a rescale
 * @state: where they come from, see splitmix64.h
 */
struct naive_graph_errors {
	const struct level *levels;
	double scale;
	double fresh;
	double rescale;
	uint64_t state;
};

/* One image (in the order of weights_fill_image()) through the graph, with
 * @errors if that is not NULL; @logits as large as the last node. 0 or
 * -ENOMEM. */
int naive_graph_run(const struct graph *graph, const struct weights *w,
		    const float *image, struct naive_graph_errors *errors,
		    double *logits);
