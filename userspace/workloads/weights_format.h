/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixed parts of a weights file as they lie in it; weights_file.h has the
 * whole. For its reader and its writer only. Fields are little-endian.
 */
#pragma once

#include <endian.h>
#include <stdint.h>

#include "workloads/network.h"

#define WEIGHTS_MAGIC	"TIERSCWT"
#define WEIGHTS_VERSION	1

#if __BYTE_ORDER != __LITTLE_ENDIAN
#error "numbers are read and written as they lie in memory"
#endif

struct weights_header {
	char magic[8];
	uint32_t version;
	uint32_t layers;
	uint64_t file_bytes;
	char network[NETWORK_NAME_MAX];
};
_Static_assert(sizeof(struct weights_header) == 72, "a header without gaps");

struct weights_layer {
	uint32_t operation;
	uint32_t kernel;
	uint32_t inputs;
	uint32_t outputs;
};
_Static_assert(sizeof(struct weights_layer) == 16, "a layer without gaps");

/* The header that a file for @net has, and the layer that a node has. */
struct weights_header weights_header_of(const struct network *net);
struct weights_layer weights_layer_of(const struct network_node *node);
