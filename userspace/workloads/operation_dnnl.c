// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/operation_dnnl.h"

#include <errno.h>

#include "workloads/descriptor_dnnl.h"

static int failed(dnnl_status_t status)
{
	switch (status) {
	case dnnl_success:
		return 0;
	case dnnl_out_of_memory:
		return -ENOMEM;
	case dnnl_invalid_arguments:
	case dnnl_unimplemented:
	case dnnl_iterator_ends:
	case dnnl_runtime_error:
	case dnnl_not_required:
		break;
	}
	return -EIO;
}

static void destroy_attr(dnnl_primitive_attr_t *attr)
{
	if (*attr)
		dnnl_primitive_attr_destroy(*attr);
}

static void destroy_post_ops(dnnl_post_ops_t *ops)
{
	if (*ops)
		dnnl_post_ops_destroy(*ops);
}

static void destroy_desc(dnnl_primitive_desc_t *desc)
{
	if (*desc)
		dnnl_primitive_desc_destroy(*desc);
}

static void destroy_memory(dnnl_memory_t *memory)
{
	if (*memory)
		dnnl_memory_destroy(*memory);
}

/* oneDNN's own scratch memory would be invisible; ours is counted and shared
 * by all operations. */
static dnnl_status_t choose(const struct operation_dnnl_want *want,
			    dnnl_primitive_desc_t *ret)
{
	__attribute__((cleanup(destroy_attr))) dnnl_primitive_attr_t attr = NULL;
	__attribute__((cleanup(destroy_post_ops))) dnnl_post_ops_t ops = NULL;
	union descriptor_dnnl descriptor;
	dnnl_status_t status;

	status = descriptor_dnnl(want->node, want->batch, &descriptor);
	if (status)
		return status;
	status = dnnl_primitive_attr_create(&attr);
	if (status)
		return status;
	status = dnnl_primitive_attr_set_scratchpad_mode(attr,
						dnnl_scratchpad_mode_user);
	if (status)
		return status;
	if (want->activation) {
		struct descriptor_dnnl_activation a =
			descriptor_dnnl_activation(want->activation->op);

		status = dnnl_post_ops_create(&ops);
		if (!status)
			status = dnnl_post_ops_append_eltwise(ops, 1.0f, a.kind,
							      a.alpha, a.beta);
		if (!status)
			status = dnnl_primitive_attr_set_post_ops(attr, ops);
		if (status)
			return status;
	}
	return dnnl_primitive_desc_create(ret, &descriptor, attr, want->engine,
					  NULL);
}

/* Copies @from, laid out as @have, into new memory laid out as @wanted. */
static dnnl_status_t pack(const struct operation_dnnl_want *want,
			  const float *from, const dnnl_memory_desc_t *have,
			  const dnnl_memory_desc_t *wanted, dnnl_memory_t *ret)
{
	__attribute__((cleanup(destroy_desc))) dnnl_primitive_desc_t desc = NULL;
	__attribute__((cleanup(destroy_memory))) dnnl_memory_t source = NULL;
	dnnl_primitive_t reorder;
	dnnl_exec_arg_t args[2];
	dnnl_status_t status;

	/* oneDNN reads the source only; its interface lacks the const. */
	status = dnnl_memory_create(&source, have, want->engine, (void *)from);
	if (!status)
		status = dnnl_memory_create(ret, wanted, want->engine,
					    DNNL_MEMORY_ALLOCATE);
	if (!status)
		status = dnnl_reorder_primitive_desc_create(&desc, have,
							    want->engine,
							    wanted,
							    want->engine, NULL);
	if (!status)
		status = dnnl_primitive_create(&reorder, desc);
	if (status)
		return status;
	args[0] = (dnnl_exec_arg_t){ DNNL_ARG_FROM, source };
	args[1] = (dnnl_exec_arg_t){ DNNL_ARG_TO, *ret };
	status = dnnl_primitive_execute(reorder, want->stream, 2, args);
	if (!status)
		status = dnnl_stream_wait(want->stream);
	dnnl_primitive_destroy(reorder);
	return status;
}

static dnnl_status_t pack_weights(const struct operation_dnnl_want *want,
				  dnnl_primitive_desc_t desc,
				  struct operation_dnnl *op)
{
	const dnnl_memory_desc_t *wanted;
	dnnl_memory_desc_t have;
	dnnl_status_t status;

	wanted = dnnl_primitive_desc_query_md(desc, dnnl_query_weights_md, 0);
	status = descriptor_dnnl_weights(want->node, false, &have);
	if (!status)
		status = pack(want, want->weights, &have, wanted, &op->weights);
	if (status)
		return status;
	op->weights_bytes = dnnl_memory_desc_get_size(wanted);

	status = descriptor_dnnl_biases(want->node, &have);
	if (!status)
		status = pack(want, want->biases, &have, &have, &op->biases);
	if (status)
		return status;
	op->weights_bytes += dnnl_memory_desc_get_size(&have);
	return dnnl_success;
}

/* Handles on tensors whose address is given at each run. */
static dnnl_status_t make_handles(const struct operation_dnnl_want *want,
				  dnnl_primitive_desc_t desc,
				  struct operation_dnnl *op)
{
	const dnnl_memory_desc_t *md;
	dnnl_status_t status;

	op->n_inputs = want->node->n_inputs;
	for (size_t k = 0; k < op->n_inputs; k++) {
		md = dnnl_primitive_desc_query_md(desc, dnnl_query_src_md, (int)k);
		status = dnnl_memory_create(&op->inputs[k], md, want->engine,
					    DNNL_MEMORY_NONE);
		if (status)
			return status;
	}
	md = dnnl_primitive_desc_query_md(desc, dnnl_query_dst_md, 0);
	status = dnnl_memory_create(&op->output, md, want->engine,
				    DNNL_MEMORY_NONE);
	if (status)
		return status;
	md = dnnl_primitive_desc_query_md(desc, dnnl_query_scratchpad_md, 0);
	op->scratch_bytes = dnnl_memory_desc_get_size(md);
	if (!op->scratch_bytes)
		return dnnl_success;
	return dnnl_memory_create(&op->scratch, md, want->engine,
				  DNNL_MEMORY_NONE);
}

int operation_dnnl_new(const struct operation_dnnl_want *want,
		       struct operation_dnnl *ret)
{
	__attribute__((cleanup(destroy_desc))) dnnl_primitive_desc_t desc = NULL;
	dnnl_status_t status;

	status = choose(want, &desc);
	if (!status)
		status = dnnl_primitive_create(&ret->primitive, desc);
	if (!status)
		status = make_handles(want, desc, ret);
	if (!status && want->weights)
		status = pack_weights(want, desc, ret);
	return failed(status);
}

void operation_dnnl_release(struct operation_dnnl *op)
{
	if (op->primitive)
		dnnl_primitive_destroy(op->primitive);
	for (size_t k = 0; k < NETWORK_INPUTS_MAX; k++)
		destroy_memory(&op->inputs[k]);
	destroy_memory(&op->output);
	destroy_memory(&op->scratch);
	destroy_memory(&op->weights);
	destroy_memory(&op->biases);
	*op = (struct operation_dnnl){ 0 };
}

int operation_dnnl_run(struct operation_dnnl *op, dnnl_stream_t stream,
		       const void *const inputs[NETWORK_INPUTS_MAX],
		       void *output, void *scratch)
{
	static const int input_args[NETWORK_INPUTS_MAX] = {
		DNNL_ARG_SRC_0, DNNL_ARG_SRC_1
	};
	dnnl_exec_arg_t args[NETWORK_INPUTS_MAX + 4];
	int n = 0;

	for (size_t k = 0; k < op->n_inputs; k++) {
		if (dnnl_memory_set_data_handle_v2(op->inputs[k],
						   (void *)inputs[k], stream))
			return -EIO;
		args[n++] = (dnnl_exec_arg_t){ input_args[k], op->inputs[k] };
	}
	if (dnnl_memory_set_data_handle_v2(op->output, output, stream))
		return -EIO;
	args[n++] = (dnnl_exec_arg_t){ DNNL_ARG_DST, op->output };
	if (op->weights) {
		args[n++] = (dnnl_exec_arg_t){ DNNL_ARG_WEIGHTS, op->weights };
		args[n++] = (dnnl_exec_arg_t){ DNNL_ARG_BIAS, op->biases };
	}
	if (op->scratch) {
		if (dnnl_memory_set_data_handle_v2(op->scratch, scratch, stream))
			return -EIO;
		args[n++] = (dnnl_exec_arg_t){ DNNL_ARG_SCRATCHPAD, op->scratch };
	}
	return dnnl_primitive_execute(op->primitive, stream, n, args) ? -EIO : 0;
}
