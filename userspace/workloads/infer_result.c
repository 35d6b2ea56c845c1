// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/checksum.h"

#define MIB	(1024.0 * 1024.0)

static int compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int infer_summarise(const uint64_t *times_ns, size_t n,
		    struct infer_summary *ret)
{
	uint64_t *sorted = calloc(n, sizeof(*sorted));
	uint64_t sum = 0, low, high;

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, times_ns, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_times);
	for (size_t i = 0; i < n; i++)
		sum += sorted[i];
	low = sorted[(n - 1) / 2];
	high = sorted[n / 2];
	*ret = (struct infer_summary){
		.min_ns = sorted[0],
		.median_ns = low + (high - low) / 2,
		.mean_ns = sum / n,
	};
	free(sorted);
	return 0;
}

uint64_t infer_classes_checksum(const float *logits, uint64_t batch,
				uint64_t classes)
{
	uint64_t hash = 0;

	for (uint64_t i = 0; i < batch; i++) {
		const float *row = logits + i * classes;
		uint64_t pair[2] = { hash, 0 };

		for (uint64_t c = 1; c < classes; c++)
			if (row[c] > row[pair[1]])
				pair[1] = c;
		hash = checksum_bytes(pair, sizeof(pair));
	}
	return hash;
}

void infer_put_network(const struct infer_options *o, struct json_object *common,
		       bool *failed)
{
	output_text(common, "network", catalogue_name(o->network.network),
		    failed);
	output_real(common, "width", o->network.width_hundredths / 100.0, 2,
		    failed);
	output_count(common, "resolution", o->network.resolution, failed);
	output_count(common, "batch", o->batch, failed);
}

/* By the mean: images of all timed inferences over their time. */
static double images_per_second(const struct infer_options *o,
				const struct infer_summary *s)
{
	return s->mean_ns ? (double)o->batch * 1e9 / (double)s->mean_ns : 0.0;
}

static int print_result_table(const struct infer_options *o,
			      const struct network *net,
			      const struct infer_result *r,
			      const struct infer_summary *s)
{
	double rate = images_per_second(o, s);

	printf("network     %s, batch %" PRIu64 ", threads %" PRIu64 ", %s, seed %" PRIu64 "%s%s%s\n",
	       net->name, o->batch, r->threads, r->instructions, o->seed,
	       o->weights ? ", weights " : "", o->weights ? o->weights : "",
	       o->fuse ? "" : ", unfused");
	printf("cost        %.2f M MACs an image, %.2f M parameters\n",
	       (double)network_macs(net) / 1e6,
	       (double)network_parameters(net) / 1e6);
	printf("memory      activations %.1f MiB, weights %.1f MiB, images %.1f MiB, logits %.2f MiB, scratch %.2f MiB\n",
	       (double)r->memory.activations / MIB,
	       (double)r->memory.weights / MIB, (double)r->images_bytes / MIB,
	       (double)r->logits_bytes / MIB, (double)r->memory.scratch / MIB);
	for (size_t i = 0; i < r->n; i++)
		printf("inference   %zu of %zu: %.3f ms\n", i + 1, r->n,
		       (double)r->times_ns[i] / 1e6);
	printf("time        min %.3f ms, median %.3f ms, mean %.3f ms\n",
	       (double)s->min_ns / 1e6, (double)s->median_ns / 1e6,
	       (double)s->mean_ns / 1e6);
	printf("speed       %.2f images/s, %.3f GMAC/s\n", rate,
	       rate * (double)network_macs(net) / 1e9);
	printf("checksum    logits %016" PRIx64 ", classes %016" PRIx64 "\n",
	       r->logits_checksum, r->classes_checksum);
	return output_flush();
}

int infer_print_result(const struct infer_options *o, const struct network *net,
		       const struct infer_result *r)
{
	struct json_object *common, *rows;
	struct infer_summary s;
	bool failed = false;
	char text[32];
	int err;

	err = infer_summarise(r->times_ns, r->n, &s);
	if (err)
		return err;
	if (o->format == OUTPUT_TABLE)
		return print_result_table(o, net, r, &s);

	common = json_object_new_object();
	rows = json_object_new_array();
	infer_put_network(o, common, &failed);
	output_count(common, "threads", r->threads, &failed);
	output_text(common, "instructions", r->instructions, &failed);
	output_count(common, "seed", o->seed, &failed);
	output_text(common, "weights", o->weights ? o->weights : "seed",
		    &failed);
	output_count(common, "fused", o->fuse, &failed);
	output_count(common, "warmup", o->warmup, &failed);
	output_count(common, "repeat", r->n, &failed);
	output_count(common, "macs_per_image", network_macs(net), &failed);
	output_count(common, "parameters", network_parameters(net), &failed);
	output_count(common, "activation_bytes", r->memory.activations, &failed);
	output_count(common, "weight_bytes", r->memory.weights, &failed);
	output_count(common, "scratch_bytes", r->memory.scratch, &failed);
	output_count(common, "image_bytes", r->images_bytes, &failed);
	output_count(common, "logit_bytes", r->logits_bytes, &failed);
	output_count(common, "min_ns", s.min_ns, &failed);
	output_count(common, "median_ns", s.median_ns, &failed);
	output_count(common, "mean_ns", s.mean_ns, &failed);
	output_real(common, "images_per_second", images_per_second(o, &s), 6,
		    &failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->logits_checksum);
	output_text(common, "logits_checksum", text, &failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->classes_checksum);
	output_text(common, "classes_checksum", text, &failed);

	for (size_t i = 0; i < r->n && !failed; i++) {
		struct json_object *row = json_object_new_object();

		output_count(row, "inference", i + 1, &failed);
		output_count(row, "inference_ns", r->times_ns[i], &failed);
		output_row(rows, row, &failed);
	}
	return output_print(o->format, "tierscope-infer.result", common,
			    "inferences", rows, failed);
}
