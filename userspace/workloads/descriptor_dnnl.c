// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/descriptor_dnnl.h"

/* Batch, row, column, channel in memory; oneDNN names dimensions in the order
 * batch, channel, row, column whatever the layout. */
static dnnl_status_t tensor(int64_t batch, const struct network_shape *s,
			    dnnl_memory_desc_t *ret)
{
	const dnnl_dims_t dims = { batch, s->channels, s->height, s->width };

	return dnnl_memory_desc_init_by_tag(ret, 4, dims, dnnl_f32, dnnl_nhwc);
}

dnnl_status_t descriptor_dnnl_biases(const struct network_node *node,
				     dnnl_memory_desc_t *ret)
{
	const dnnl_dims_t dims = { node->out.channels };

	return dnnl_memory_desc_init_by_tag(ret, 1, dims, dnnl_f32, dnnl_x);
}

dnnl_status_t descriptor_dnnl_weights(const struct network_node *node, bool any,
				      dnnl_memory_desc_t *ret)
{
	const int64_t in = node->in.channels, out = node->out.channels;
	const int64_t k = node->kernel;
	const dnnl_dims_t full = { out, in, k, k };
	const dnnl_dims_t whole = { out, in, node->in.height, node->in.width };
	const dnnl_dims_t depthwise = { out, 1, 1, k, k };

	switch (node->op) {
	case NETWORK_CONVOLUTION:
		return dnnl_memory_desc_init_by_tag(ret, 4, full, dnnl_f32,
				any ? dnnl_format_tag_any : dnnl_ohwi);
	case NETWORK_FULLY_CONNECTED:
		return dnnl_memory_desc_init_by_tag(ret, 4, whole, dnnl_f32,
				any ? dnnl_format_tag_any : dnnl_ohwi);
	case NETWORK_DEPTHWISE:
		return dnnl_memory_desc_init_by_tag(ret, 5, depthwise, dnnl_f32,
				any ? dnnl_format_tag_any : dnnl_goihw);
	case NETWORK_INPUT:
	case NETWORK_ADD:
	case NETWORK_RELU:
	case NETWORK_RELU6:
	case NETWORK_MAX_POOL:
	case NETWORK_AVERAGE_POOL:
		break;
	}
	return dnnl_invalid_arguments;
}

struct descriptor_dnnl_activation descriptor_dnnl_activation(enum network_op op)
{
	if (op == NETWORK_RELU6)
		return (struct descriptor_dnnl_activation){ dnnl_eltwise_clip,
							    0.0f, 6.0f };
	return (struct descriptor_dnnl_activation){ dnnl_eltwise_relu, 0.0f,
						    0.0f };
}

/* A fully connected layer is a convolution whose window is the whole input.
 * oneDNN's own primitive for it adds up in an order that depends on the number
 * of threads (seen with 2.6 and AVX-512); its convolutions do not. */
static dnnl_status_t describe_convolution(const struct network_node *node,
					  int64_t batch,
					  union descriptor_dnnl *ret)
{
	const dnnl_dims_t strides = { node->stride, node->stride };
	const dnnl_dims_t before = { node->pad_before, node->pad_before };
	const dnnl_dims_t after = { node->pad_after, node->pad_after };
	dnnl_memory_desc_t in, out, taps, bias;

	if (tensor(batch, &node->in, &in) ||
	    tensor(batch, &node->out, &out) ||
	    descriptor_dnnl_weights(node, true, &taps) ||
	    descriptor_dnnl_biases(node, &bias))
		return dnnl_invalid_arguments;
	return dnnl_convolution_forward_desc_init(&ret->convolution,
						  dnnl_forward_inference,
						  dnnl_convolution_direct, &in,
						  &taps, &bias, &out, strides,
						  before, after);
}

static dnnl_status_t describe_average_pool(const struct network_node *node,
					   int64_t batch,
					   union descriptor_dnnl *ret)
{
	const dnnl_dims_t window = { node->in.height, node->in.width };
	const dnnl_dims_t none = { 0, 0 };
	dnnl_memory_desc_t in, out;

	if (tensor(batch, &node->in, &in) ||
	    tensor(batch, &node->out, &out))
		return dnnl_invalid_arguments;
	return dnnl_pooling_forward_desc_init(&ret->pooling,
					      dnnl_forward_inference,
					      dnnl_pooling_avg_exclude_padding,
					      &in, &out, window, window, none,
					      none);
}

static dnnl_status_t describe_max_pool(const struct network_node *node,
				       int64_t batch,
				       union descriptor_dnnl *ret)
{
	const dnnl_dims_t window = { node->kernel, node->kernel };
	const dnnl_dims_t strides = { node->stride, node->stride };
	const dnnl_dims_t before = { node->pad_before, node->pad_before };
	const dnnl_dims_t after = { node->pad_after, node->pad_after };
	dnnl_memory_desc_t in, out;

	if (tensor(batch, &node->in, &in) ||
	    tensor(batch, &node->out, &out))
		return dnnl_invalid_arguments;
	return dnnl_pooling_forward_desc_init(&ret->pooling,
					      dnnl_forward_inference,
					      dnnl_pooling_max, &in, &out,
					      strides, window, before, after);
}

dnnl_status_t descriptor_dnnl(const struct network_node *node, int64_t batch,
			      union descriptor_dnnl *ret)
{
	struct descriptor_dnnl_activation activation;
	dnnl_memory_desc_t t;

	if (tensor(batch, &node->out, &t))
		return dnnl_invalid_arguments;
	switch (node->op) {
	case NETWORK_CONVOLUTION:
	case NETWORK_DEPTHWISE:
	case NETWORK_FULLY_CONNECTED:
		return describe_convolution(node, batch, ret);
	case NETWORK_AVERAGE_POOL:
		return describe_average_pool(node, batch, ret);
	case NETWORK_MAX_POOL:
		return describe_max_pool(node, batch, ret);
	case NETWORK_RELU:
	case NETWORK_RELU6:
		activation = descriptor_dnnl_activation(node->op);
		return dnnl_eltwise_forward_desc_init(&ret->eltwise,
						      dnnl_forward_inference,
						      activation.kind, &t,
						      activation.alpha,
						      activation.beta);
	case NETWORK_ADD:
		return dnnl_binary_desc_init(&ret->binary, dnnl_binary_add, &t,
					     &t, &t);
	case NETWORK_INPUT:
		break;
	}
	return dnnl_invalid_arguments;
}
