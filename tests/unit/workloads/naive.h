/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A network run by the plainest loops there are, in double precision and
 * without any library: what a backend's logits are compared with.
 */
#pragma once

#include "workloads/network.h"
#include "workloads/weights.h"

/**
 * naive_tensors() - one image through the network, every tensor kept
 * @tensors: one a node, as many as the network has, NULL before; each to be
 *	freed, on failure too
 *
 * 0 or -ENOMEM.
 */
int naive_tensors(const struct network *net, const struct weights *w,
		  const float *image, double **tensors);

/* One image through the network; @logits as large as the last node. 0 or
 * -ENOMEM. */
int naive_run(const struct network *net, const struct weights *w,
	      const float *image, double *logits);
