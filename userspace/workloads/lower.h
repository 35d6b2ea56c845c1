/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network turned into the operations that nGraph runs it by.
 *
 * - An ordinary convolution has its batch normalisation folded in, and its
 *   bias is an Add of a Constant. A fully connected layer is the same, with a
 *   window as large as its input.
 * - A depthwise layer is Slices, Convolutions, a Concat, and behind the Concat
 *   nGraph no longer sees a convolution to fold into: a Multiply and an Add.
 * - Convolutions and pools have channels first, everything else channels last,
 *   and a Reshape stands where the two meet: nGraph's bridge from TensorFlow
 *   puts one on either side of such an operation (BatchToNGraph and
 *   BatchToTensorflow in its ngraph_conversions.h). Those that undo each other
 *   are left out.
 */
#pragma once

#include "workloads/graph.h"

/* @net must live as long as the graph. 0 or -ENOMEM. */
int lower_network(const struct network *net, struct graph **ret);
