/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Weights in a file, so that a network can run with numbers that somebody
 * trained. The format is made to be written by a dozen lines of Python:
 *
 *	offset	bytes
 *	0	8	"TIERSCWT"
 *	8	4	version: 1
 *	12	4	layers: nodes that have weights
 *	16	8	bytes of the whole file
 *	24	48	name of the network, for people; the rest zeros
 *	72		the layers in the order of the nodes, each
 *		4	1 convolution, 2 depthwise, 3 fully connected
 *		4	rows (and columns) of the kernel; 1 for fully connected
 *		4	input channels; for fully connected all elements
 *		4	output channels
 *		4 x	weights, in the order of weights_of()
 *		4 x	biases, one an output channel
 *	end - 4	4	CRC-32 of all before (RFC 1952, zlib's crc32)
 *
 * Whole numbers are unsigned, numbers are IEEE 754 single precision, all
 * little-endian. Whether it fits a network is decided by the layers and not by
 * the name: weights do not depend on the resolution.
 */
#pragma once

#include <stddef.h>

#include "workloads/network.h"
#include "workloads/weights.h"

/**
 * weights_load() - weights for @net from the file @path
 * @error: a sentence, on failure
 *
 * Nothing is taken from a file that is not whole, not of @net's layers, or
 * has a number that is none. Returns 0, -EINVAL (such a file), -ENOMEM, or
 * -errno of opening and reading.
 */
int weights_load(const struct network *net, const char *path, char *error,
		 size_t error_bytes, struct weights **ret);

/* Writes such a file. A part that a failure left behind is refused when it is
 * loaded. Returns 0 or -errno; @error as above. */
int weights_save(const struct network *net, const struct weights *w,
		 const char *path, char *error, size_t error_bytes);
