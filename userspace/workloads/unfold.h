/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The scale of a batch normalisation that was folded into its convolution,
 * taken out again, for the layers where nGraph leaves it as a Multiply. Which
 * scale it was cannot be known any more; any gives the same network. This one
 * leaves taps within +-1.
 */
#pragma once

#include <math.h>
#include <stddef.h>

/* The largest of @n taps of a channel, by size; 1 if all are 0. The
 * Convolution then has the taps over it, the Multiply it. */
static inline float unfold_scale(const float *taps, size_t n)
{
	float largest = 0;

	for (size_t i = 0; i < n; i++)
		largest = fmaxf(largest, fabsf(taps[i]));
	return largest > 0 ? largest : 1.0f;
}
