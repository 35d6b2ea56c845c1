// SPDX-License-Identifier: GPL-2.0-or-later
/* What tierscope-infer prints about networks without running them. */
#include "workloads/infer_result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "workloads/catalogue.h"
#include "workloads/plan.h"

static int activation_bytes(const struct network *net, uint64_t *ret)
{
	struct plan *plan;
	int err;

	err = plan_new(net, 1, true, &plan);
	if (err)
		return err;
	*ret = plan->arena_bytes;
	plan_free(plan);
	return 0;
}

static int list_one(enum output_format format, struct json_object *rows,
		    const struct catalogue_entry *entry, bool *failed)
{
	__attribute__((cleanup(network_freep))) struct network *net = NULL;
	struct json_object *row;
	uint64_t bytes;
	int err;

	err = catalogue_new(entry, &net);
	if (!err)
		err = activation_bytes(net, &bytes);
	if (err)
		return err;
	if (format == OUTPUT_TABLE) {
		printf("%-12s %5.2f %11u %9.2f %15.2f %20.2f\n",
		       catalogue_name(entry->network),
		       entry->width_hundredths / 100.0, entry->resolution,
		       (double)network_macs(net) / 1e6,
		       (double)network_parameters(net) / 1e6,
		       (double)bytes / (1024.0 * 1024.0));
		return 0;
	}
	row = json_object_new_object();
	output_text(row, "network", catalogue_name(entry->network), failed);
	output_real(row, "width", entry->width_hundredths / 100.0, 2, failed);
	output_count(row, "resolution", entry->resolution, failed);
	output_count(row, "macs_per_image", network_macs(net), failed);
	output_count(row, "parameters", network_parameters(net), failed);
	output_count(row, "activation_bytes_per_image", bytes, failed);
	output_row(rows, row, failed);
	return 0;
}

int infer_print_list(enum output_format format)
{
	struct json_object *rows = NULL;
	struct catalogue_entry entry;
	bool failed = false;

	if (format == OUTPUT_TABLE)
		printf("%-12s %5s %11s %9s %15s %20s\n", "NETWORK", "WIDTH",
		       "RESOLUTION", "MACS (M)", "PARAMETERS (M)",
		       "ACTIVATIONS (MiB)");
	else
		rows = json_object_new_array();
	for (size_t i = 0; !catalogue_entry_at(i, &entry); i++) {
		int err = list_one(format, rows, &entry, &failed);

		if (err) {
			json_object_put(rows);
			return err;
		}
	}
	if (format == OUTPUT_TABLE)
		return output_flush();
	return output_print(format, "tierscope-infer.networks",
			    json_object_new_object(), "networks", rows, failed);
}

static void input_names(const struct network *net,
			const struct network_node *node, char *text, size_t bytes)
{
	int used = 0;

	text[0] = '\0';
	for (size_t k = 0; k < node->n_inputs; k++)
		used += snprintf(text + used, bytes - (size_t)used, "%s%s",
				 k ? " " : "", net->nodes[node->inputs[k]].name);
}

static void describe_row(struct json_object *rows, const struct network *net,
			 size_t i, bool *failed)
{
	const struct network_node *node = &net->nodes[i];
	struct json_object *row = json_object_new_object();
	char inputs[NETWORK_INPUTS_MAX * NETWORK_NAME_MAX];

	input_names(net, node, inputs, sizeof(inputs));
	output_count(row, "node", i, failed);
	output_text(row, "name", node->name, failed);
	output_text(row, "operation", network_op_name(node->op), failed);
	output_text(row, "inputs", inputs, failed);
	output_count(row, "kernel", node->kernel, failed);
	output_count(row, "stride", node->stride, failed);
	output_count(row, "pad_before", node->pad_before, failed);
	output_count(row, "pad_after", node->pad_after, failed);
	output_count(row, "height", node->out.height, failed);
	output_count(row, "width", node->out.width, failed);
	output_count(row, "channels", node->out.channels, failed);
	output_count(row, "macs_per_image", node->macs, failed);
	output_count(row, "weights", node->weights, failed);
	output_count(row, "biases", node->biases, failed);
	output_row(rows, row, failed);
}

static int describe_table(const struct network *net)
{
	printf("%4s  %-24s %-16s %6s %6s %-15s %12s %9s\n", "NODE", "NAME",
	       "OPERATION", "KERNEL", "STRIDE", "OUTPUT", "MACS", "WEIGHTS");
	for (size_t i = 0; i < net->n_nodes; i++) {
		const struct network_node *node = &net->nodes[i];
		char out[40];

		snprintf(out, sizeof(out), "%ux%ux%u", node->out.height,
			 node->out.width, node->out.channels);
		printf("%4zu  %-24s %-16s %6u %6u %-15s %12" PRIu64 " %9" PRIu64 "\n",
		       i, node->name, network_op_name(node->op), node->kernel,
		       node->stride, out, node->macs, node->weights);
	}
	printf("%s: %" PRIu64 " MACs an image, %" PRIu64 " parameters\n",
	       net->name, network_macs(net), network_parameters(net));
	return output_flush();
}

int infer_print_description(enum output_format format, const struct network *net)
{
	struct json_object *common, *rows;
	bool failed = false;

	if (format == OUTPUT_TABLE)
		return describe_table(net);
	common = json_object_new_object();
	rows = json_object_new_array();
	output_text(common, "network", net->name, &failed);
	output_count(common, "network_macs_per_image", network_macs(net), &failed);
	output_count(common, "network_parameters", network_parameters(net),
		     &failed);
	for (size_t i = 0; i < net->n_nodes && !failed; i++)
		describe_row(rows, net, i, &failed);
	return output_print(format, "tierscope-infer.description", common,
			    "nodes", rows, failed);
}
