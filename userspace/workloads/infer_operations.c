// SPDX-License-Identifier: GPL-2.0-or-later
/* What tierscope-infer prints about the operations of an encrypted inference. */
#include "workloads/infer_result.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "workloads/levels.h"
#include "workloads/lower.h"

static const char *layout_name(enum graph_layout layout)
{
	return layout == GRAPH_CHANNELS_FIRST ? "channels-first" :
						"channels-last";
}

static void input_names(const struct graph *graph,
			const struct graph_node *node, char *text, size_t bytes)
{
	int used = 0;

	text[0] = '\0';
	for (size_t k = 0; k < node->n_inputs; k++)
		used += snprintf(text + used, bytes - (size_t)used, "%s%s",
				 k ? " " : "", graph->nodes[node->inputs[k]].name);
}

static void add_row(struct json_object *rows, const struct graph *graph,
		    const struct level *level, size_t i, bool *failed)
{
	const struct graph_node *node = &graph->nodes[i];
	struct json_object *row = json_object_new_object();
	char inputs[GRAPH_INPUTS_MAX * NETWORK_NAME_MAX];

	input_names(graph, node, inputs, sizeof(inputs));
	output_count(row, "node", i, failed);
	output_text(row, "name", node->name, failed);
	output_text(row, "operation", graph_op_name(node->op), failed);
	output_text(row, "inputs", inputs, failed);
	output_count(row, "pieces", node->pieces, failed);
	output_text(row, "layout", layout_name(node->layout), failed);
	output_count(row, "height", node->shape.height, failed);
	output_count(row, "width", node->shape.width, failed);
	output_count(row, "channels", node->shape.channels, failed);
	output_count(row, "primes", level->primes, failed);
	output_count(row, "scale", level->scale, failed);
	output_row(rows, row, failed);
}

static int print_table(const struct graph *graph, const struct level *levels)
{
	printf("%4s  %-38s %-12s %6s %-15s %-14s %6s %5s\n", "NODE", "NAME",
	       "OPERATION", "PIECES", "SHAPE", "LAYOUT", "PRIMES", "SCALE");
	for (size_t i = 0; i < graph->n_nodes; i++) {
		const struct graph_node *node = &graph->nodes[i];
		char shape[40];

		snprintf(shape, sizeof(shape), "%ux%ux%u", node->shape.height,
			 node->shape.width, node->shape.channels);
		printf("%4zu  %-38s %-12s %6u %-15s %-14s %6u %5u\n", i,
		       node->name, graph_op_name(node->op), node->pieces,
		       shape, layout_name(node->layout), levels[i].primes,
		       levels[i].scale);
	}
	return output_flush();
}

static int print_rows(enum output_format format, const struct graph *graph,
		      const struct level *levels)
{
	struct json_object *common = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	bool failed = false;

	output_text(common, "network", graph->net->name, &failed);
	for (size_t i = 0; i < graph->n_nodes && !failed; i++)
		add_row(rows, graph, &levels[i], i, &failed);
	return output_print(format, "tierscope-infer.operations", common,
			    "operations", rows, failed);
}

int infer_print_operations(enum output_format format, const struct network *net,
			   char *error, size_t error_bytes)
{
	__attribute__((cleanup(graph_freep))) struct graph *graph = NULL;
	struct level *levels = NULL;
	int err;

	err = lower_network(net, &graph);
	if (err) {
		snprintf(error, error_bytes,
			 "out of memory for the operations of %s", net->name);
		return err;
	}
	err = levels_of(graph, error, error_bytes, &levels);
	if (err)
		return err;
	err = format == OUTPUT_TABLE ? print_table(graph, levels) :
				       print_rows(format, graph, levels);
	free(levels);
	return err;
}
