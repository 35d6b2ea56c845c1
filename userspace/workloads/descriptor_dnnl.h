/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a node of a network is in oneDNN's terms: the descriptors that its
 * primitives and memories are made from. Used by the oneDNN backend only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <oneapi/dnnl/dnnl.h>

#include "workloads/network.h"

/* Any of the descriptors that oneDNN makes a primitive from. */
union descriptor_dnnl {
	dnnl_convolution_desc_t convolution;
	dnnl_pooling_desc_t pooling;
	dnnl_eltwise_desc_t eltwise;
	dnnl_binary_desc_t binary;
};

struct descriptor_dnnl_activation {
	dnnl_alg_kind_t kind;
	float alpha;
	float beta;
};

/* @op is one that network_is_activation(). */
struct descriptor_dnnl_activation descriptor_dnnl_activation(enum network_op op);

/* The operation itself; dnnl_invalid_arguments for NETWORK_INPUT. */
dnnl_status_t descriptor_dnnl(const struct network_node *node, int64_t batch,
			      union descriptor_dnnl *ret);

/* The weights as weights_of() orders them, or with @any in whatever order the
 * kernel would like them. */
dnnl_status_t descriptor_dnnl_weights(const struct network_node *node, bool any,
				      dnnl_memory_desc_t *ret);
dnnl_status_t descriptor_dnnl_biases(const struct network_node *node,
				     dnnl_memory_desc_t *ret);
