// SPDX-License-Identifier: GPL-2.0-or-later
/* What tierscope-infer prints about an encrypted inference without running it. */
#include "workloads/infer_result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "workloads/footprint.h"
#include "workloads/infer_encrypted.h"
#include "workloads/lower.h"

struct encrypted_plan {
	struct graph *graph;
	struct footprint chosen;
	struct footprint tight;
};

static void release_plan(struct encrypted_plan *plan)
{
	graph_free(plan->graph);
}

static int make_plan(const struct infer_options *o, const struct network *net,
		     char *error, size_t error_bytes,
		     struct encrypted_plan *plan)
{
	struct level *levels = NULL;
	int err;

	err = lower_network(net, &plan->graph);
	if (!err)
		err = levels_of(plan->graph, error, error_bytes, &levels);
	if (!err)
		err = footprint_of(plan->graph, levels, o->alloc,
				   o->ring_degree, o->batch, &plan->chosen);
	if (!err)
		err = footprint_of(plan->graph, levels, SCHEDULE_TIGHT,
				   o->ring_degree, o->batch, &plan->tight);
	if (err && !error[0])
		snprintf(error, error_bytes,
			 "out of memory for the operations of %s", net->name);
	free(levels);
	return err;
}

static int print_table(const struct infer_options *o,
		       const struct network *net,
		       const struct encrypted_plan *plan)
{
	const struct footprint *f = &plan->chosen;
	const struct graph_node *node = &plan->graph->nodes[f->node];
	char text[OUTPUT_SIZE_BYTES];

	printf("network     %s, batch %" PRIu64 ", ring degree %u, %zu operations, alloc %s\n",
	       net->name, o->batch, o->ring_degree, plan->graph->n_nodes,
	       infer_alloc_name(o->alloc));
	for (size_t i = 0; i < f->n_classes; i++) {
		const struct footprint_class *c = &f->classes[i];

		printf("buffers     %" PRIu64 " of %u primes, %" PRIu64 " bytes each: %s\n",
		       c->ciphertexts, c->primes, c->bytes,
		       output_size(c->ciphertexts * c->bytes, text));
	}
	printf("input       %s of these\n", output_size(f->input_bytes, text));
	printf("handles     %s\n", output_size(f->handle_bytes, text));
	printf("constants   %s\n", output_size(f->constant_bytes, text));
	printf("weights     %s\n", output_size(f->weight_bytes, text));
	printf("keys        secret %s", output_size(f->secret_key_bytes, text));
	printf(", public %s\n", output_size(f->public_key_bytes, text));
	printf("total       %s, its last buffers taken by %s (%s)\n",
	       output_size(f->total_bytes, text), node->name,
	       graph_op_name(node->op));
	printf("tight       %s if everything is given back after its last use\n",
	       output_size(plan->tight.total_bytes, text));
	return output_flush();
}

static void plan_fields(const struct infer_options *o,
			const struct encrypted_plan *plan,
			struct json_object *common, bool *failed)
{
	const struct footprint *f = &plan->chosen;

	infer_put_network(o, common, failed);
	output_count(common, "ring_degree", o->ring_degree, failed);
	output_text(common, "alloc", infer_alloc_name(o->alloc), failed);
	output_count(common, "operations", plan->graph->n_nodes, failed);
	output_count(common, "ciphertext_bytes", f->ciphertext_bytes, failed);
	output_count(common, "input_bytes", f->input_bytes, failed);
	output_count(common, "handle_bytes", f->handle_bytes, failed);
	output_count(common, "constant_bytes", f->constant_bytes, failed);
	output_count(common, "weight_bytes", f->weight_bytes, failed);
	output_count(common, "secret_key_bytes", f->secret_key_bytes, failed);
	output_count(common, "public_key_bytes", f->public_key_bytes, failed);
	output_count(common, "total_bytes", f->total_bytes, failed);
	output_text(common, "peak_node", plan->graph->nodes[f->node].name,
		    failed);
	output_count(common, "tight_bytes", plan->tight.total_bytes, failed);
}

int infer_print_plan(const struct infer_options *o, const struct network *net,
		     char *error, size_t error_bytes)
{
	__attribute__((cleanup(release_plan))) struct encrypted_plan plan = { 0 };
	struct json_object *common, *rows;
	bool failed = false;
	int err;

	err = make_plan(o, net, error, error_bytes, &plan);
	if (err)
		return err;
	if (o->format == OUTPUT_TABLE)
		return print_table(o, net, &plan);
	common = json_object_new_object();
	rows = json_object_new_array();
	plan_fields(o, &plan, common, &failed);
	for (size_t i = 0; i < plan.chosen.n_classes && !failed; i++) {
		const struct footprint_class *c = &plan.chosen.classes[i];
		struct json_object *row = json_object_new_object();

		output_count(row, "primes", c->primes, &failed);
		output_count(row, "buffer_bytes", c->bytes, &failed);
		output_count(row, "buffers", c->ciphertexts, &failed);
		output_row(rows, row, &failed);
	}
	return output_print(o->format, "tierscope-infer.plan", common,
			    "classes", rows, failed);
}

int infer_planned(const struct infer_options *o, const struct network *net,
		  char *error, size_t error_bytes, struct footprint *ret)
{
	__attribute__((cleanup(release_plan))) struct encrypted_plan plan = { 0 };
	int err;

	err = make_plan(o, net, error, error_bytes, &plan);
	if (!err)
		*ret = plan.chosen;
	return err;
}
