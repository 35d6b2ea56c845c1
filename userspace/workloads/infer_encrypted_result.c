// SPDX-License-Identifier: GPL-2.0-or-later
/* What tierscope-infer prints of an inference on encrypted images. */
#include "workloads/infer_encrypted.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "workloads/infer_result.h"
#include "workloads/output.h"

#define CONFIGURATION "experiment: the server holds the secret key, so nothing is hidden from it"
#define REAL_CONFIGURATION "real: the secret key is with the data owner, and this process never has it"
#define THEIRS "the data owner has them"
#define TEST_SEED "which anybody can guess: for tests only"

static void print_times(const struct infer_encrypted_result *r)
{
	const struct backend_ckks_times *last = &r->times[r->n - 1];

	for (size_t i = 0; i < r->n; i++)
		printf("inference   %zu of %zu: %.3f ms; encryption before it %.3f ms, decryption %.3f ms\n",
		       i + 1, r->n, (double)r->times_ns[i] / 1e6,
		       (double)r->times[i].encryption / 1e6,
		       (double)r->times[i].decryption / 1e6);
	for (size_t i = GRAPH_CONSTANT; i < GRAPH_OPS; i++)
		if (last->of[i])
			printf("operation   %-12s %12.3f ms %6.2f %%\n",
			       graph_op_name((enum graph_op)i),
			       (double)last->of[i] / 1e6,
			       100.0 * (double)last->of[i] /
			       (double)last->operations);
}

static void print_memory(const struct infer_encrypted_result *r)
{
	uint64_t bytes = infer_encrypted_bytes(r);
	uint64_t planned = r->planned.total_bytes;
	char text[OUTPUT_SIZE_BYTES];

	for (size_t i = 0; i < r->most.n_classes; i++) {
		const struct pool_class *c = &r->most.classes[i];
		uint64_t size = c->words * sizeof(uint64_t);

		printf("buffers     %" PRIu64 " of %" PRIu64 " bytes each: %s\n",
		       c->buffers, size, output_size(c->buffers * size, text));
	}
	printf("memory      %s at most", output_size(bytes, text));
	printf("; planned %s (%+.2f %%)\n", output_size(planned, text),
	       100.0 * ((double)planned / (double)bytes - 1));
}

static int print_table(const struct infer_options *o, const struct network *net,
		       const struct infer_encrypted_result *r,
		       const struct infer_summary *s)
{
	printf("network     %s, batch %" PRIu64 ", ring degree %u, threads %" PRIu64 ", alloc %s, kernel %s, seed %" PRIu64 "%s%s\n",
	       net->name, o->batch, o->ring_degree, r->threads,
	       infer_alloc_name(o->alloc), infer_kernel_name(o->kernel),
	       o->seed, o->weights ? ", weights " : "",
	       o->weights ? o->weights : "");
	printf("security    %s\n", r->security);
	printf("            %s\n", o->owner ? REAL_CONFIGURATION : CONFIGURATION);
	if (o->owner)
		printf("connection  %s: %" PRIu64 " bytes sent, %" PRIu64 " received\n",
		       o->owner, r->sent_bytes, r->received_bytes);
	if (o->key_seeded)
		printf("            keys and errors from --key-seed %" PRIu64 ", " TEST_SEED "\n",
		       o->key_seed);
	print_memory(r);
	print_times(r);
	printf("time        min %.3f ms, median %.3f ms, mean %.3f ms\n",
	       (double)s->min_ns / 1e6, (double)s->median_ns / 1e6,
	       (double)s->mean_ns / 1e6);
	if (o->owner)
		printf("checksum    " THEIRS "\n");
	else
		printf("checksum    logits %016" PRIx64 ", classes %016" PRIx64 "\n",
	       r->logits_checksum, r->classes_checksum);
	return output_flush();
}

/* Buffers of 3, 2 and 1 primes, each of which is a size. */
static void buffer_fields(const struct infer_options *o,
			  const struct pool_stock *most,
			  struct json_object *common, bool *failed)
{
	char name[32];

	for (unsigned int primes = LEVELS_FRESH_PRIMES; primes; primes--) {
		uint64_t n = 0;

		for (size_t i = 0; i < most->n_classes; i++)
			if (most->classes[i].words ==
			    2 * (uint64_t)primes * o->ring_degree)
				n = most->classes[i].buffers;
		snprintf(name, sizeof(name), "buffers_of_%u_primes", primes);
		output_count(common, name, n, failed);
	}
}

static void common_fields(const struct infer_options *o,
			  const struct network *net,
			  const struct infer_encrypted_result *r,
			  const struct infer_summary *s,
			  struct json_object *common, bool *failed)
{
	char text[32];

	infer_put_network(o, common, failed);
	output_count(common, "ring_degree", o->ring_degree, failed);
	output_count(common, "threads", r->threads, failed);
	output_text(common, "alloc", infer_alloc_name(o->alloc), failed);
	output_text(common, "kernel", infer_kernel_name(o->kernel), failed);
	output_count(common, "seed", o->seed, failed);
	output_text(common, "weights", o->weights ? o->weights : "seed",
		    failed);
	output_text(common, "configuration", o->owner ? REAL_CONFIGURATION :
		    CONFIGURATION, failed);
	output_text(common, "security", r->security, failed);
	output_text(common, "randomness", o->owner ? "the data owner's" :
		    o->key_seeded ?
		    "--key-seed, " TEST_SEED : "getrandom", failed);
	output_count(common, "warmup", o->warmup, failed);
	output_count(common, "repeat", r->n, failed);
	output_count(common, "macs_per_image", network_macs(net), failed);
	buffer_fields(o, &r->most, common, failed);
	output_count(common, "ciphertext_bytes", r->most.buffer_bytes, failed);
	output_count(common, "handle_bytes", r->most.handle_bytes, failed);
	output_count(common, "other_bytes", r->most.other_bytes, failed);
	output_count(common, "total_bytes", infer_encrypted_bytes(r), failed);
	output_count(common, "planned_bytes", r->planned.total_bytes, failed);
	output_count(common, "min_ns", s->min_ns, failed);
	output_count(common, "median_ns", s->median_ns, failed);
	output_count(common, "mean_ns", s->mean_ns, failed);
	output_count(common, "sent_bytes", r->sent_bytes, failed);
	output_count(common, "received_bytes", r->received_bytes, failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->logits_checksum);
	output_text_or_null(common, "logits_checksum", o->owner ? NULL : text,
			    failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->classes_checksum);
	output_text_or_null(common, "classes_checksum", o->owner ? NULL : text,
			    failed);
	output_text_or_null(common, "checksums_reason", o->owner ? THEIRS :
			    NULL, failed);
}

static void inference_row(const struct infer_encrypted_result *r, size_t i,
			  struct json_object *rows, bool *failed)
{
	struct json_object *row = json_object_new_object();
	char name[32];

	output_count(row, "inference", i + 1, failed);
	output_count(row, "inference_ns", r->times_ns[i], failed);
	output_count(row, "encryption_ns", r->times[i].encryption, failed);
	output_count(row, "decryption_ns", r->times[i].decryption, failed);
	for (size_t op = GRAPH_CONSTANT; op < GRAPH_OPS; op++) {
		snprintf(name, sizeof(name), "%s_ns",
			 graph_op_name((enum graph_op)op));
		for (char *c = name; *c; c++)
			*c = (char)tolower((unsigned char)*c);
		output_count(row, name, r->times[i].of[op], failed);
	}
	output_row(rows, row, failed);
}

int infer_print_encrypted(const struct infer_options *o,
			  const struct network *net,
			  const struct infer_encrypted_result *r)
{
	struct json_object *common, *rows;
	struct infer_summary s;
	bool failed = false;
	int err;

	err = infer_summarise(r->times_ns, r->n, &s);
	if (err)
		return err;
	if (o->format == OUTPUT_TABLE)
		return print_table(o, net, r, &s);
	common = json_object_new_object();
	rows = json_object_new_array();
	common_fields(o, net, r, &s, common, &failed);
	for (size_t i = 0; i < r->n && !failed; i++)
		inference_row(r, i, rows, &failed);
	return output_print(o->format, "tierscope-infer.encrypted", common,
			    "inferences", rows, failed);
}
