/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A graph run operation by operation on plain numbers, in double precision:
 * whether it computes what its network computes.
 */
#pragma once

#include "workloads/graph.h"
#include "workloads/weights.h"

/* One image (in the order of weights_fill_image()) through the graph; @logits
 * as large as the last node. 0 or -ENOMEM. */
int naive_graph_run(const struct graph *graph, const struct weights *w,
		    const float *image, double *logits);
