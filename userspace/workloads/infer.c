// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tierscope-infer: an inference workload that can be measured and repeated.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <omp.h>

#include "workloads/backend_dnnl.h"
#include "workloads/checksum.h"
#include "workloads/clock.h"
#include "workloads/infer_encrypted.h"
#include "workloads/infer_options.h"
#include "workloads/infer_owner.h"
#include "workloads/infer_result.h"
#include "workloads/weights_file.h"

#define STATUS_FAILED	1
#define STATUS_USAGE	2

static void say(const char *sentence)
{
	fprintf(stderr, "tierscope-infer: %s\n", sentence);
}

/*
 * Threads of OpenMP that wait for the next operation spin, which a simulated
 * machine counts as work and a shared one as load. libgomp reads its policy
 * when it is loaded, before anything here runs, so the program starts itself
 * once more with the policy set. Whoever sets it decides: then nothing
 * happens. By its path and not as /proc/self/exe, else it is called "exe".
 */
static void wait_asleep(char **argv)
{
	char path[PATH_MAX];
	ssize_t n;

	if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT"))
		return;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n > 0 && !setenv("OMP_WAIT_POLICY", "passive", 1)) {
		path[n] = '\0';
		execv(path, argv);
	}
	say("waiting threads will spin and be counted as work; set OMP_WAIT_POLICY=passive");
}

struct inference {
	struct network *net;
	struct backend_dnnl *backend;
	float *images;
	float *logits;
	uint64_t *times_ns;
	uint64_t images_bytes;
	uint64_t logits_bytes;
	char error[512];
};

static void inference_release(struct inference *in)
{
	free(in->times_ns);
	free(in->logits);
	free(in->images);
	backend_dnnl_free(in->backend);
	network_free(in->net);
}

static int out_of_memory(struct inference *in, const char *what, uint64_t bytes)
{
	snprintf(in->error, sizeof(in->error),
		 "out of memory: %s need %" PRIu64 " MiB, a smaller --batch needs less",
		 what, (bytes + (1 << 20) - 1) >> 20);
	return -ENOMEM;
}

static int get_weights(const struct infer_options *o, struct inference *in,
		       struct weights **ret)
{
	if (o->weights)
		return weights_load(in->net, o->weights, in->error,
				    sizeof(in->error), ret);
	if (weights_from_seed(in->net, o->seed, ret))
		return out_of_memory(in, "weights", network_stored(in->net) *
						    sizeof(float));
	return 0;
}

static int save_weights(const struct infer_options *o, struct inference *in)
{
	__attribute__((cleanup(weights_freep))) struct weights *w = NULL;
	int err;

	err = get_weights(o, in, &w);
	if (err)
		return err;
	return weights_save(in->net, w, o->save_weights, in->error,
			    sizeof(in->error));
}

static int prepare(const struct infer_options *o, struct inference *in)
{
	__attribute__((cleanup(weights_freep))) struct weights *w = NULL;
	const struct network_node *first = &in->net->nodes[0];
	const struct network_node *last = &in->net->nodes[in->net->n_nodes - 1];
	uint64_t pixels = network_elements(&first->out);
	int err;

	in->images_bytes = o->batch * pixels * sizeof(float);
	in->logits_bytes = o->batch * network_elements(&last->out) *
			   sizeof(float);
	in->times_ns = calloc(o->repeat, sizeof(*in->times_ns));
	if (!in->times_ns)
		return out_of_memory(in, "times", o->repeat * sizeof(uint64_t));
	err = get_weights(o, in, &w);
	if (err)
		return err;
	err = backend_dnnl_new(in->net, w, o->batch, o->fuse, in->error,
			       sizeof(in->error), &in->backend);
	if (err)
		return err;
	in->images = malloc(in->images_bytes);
	if (!in->images)
		return out_of_memory(in, "images", in->images_bytes);
	in->logits = malloc(in->logits_bytes);
	if (!in->logits)
		return out_of_memory(in, "logits", in->logits_bytes);
	for (uint64_t i = 0; i < o->batch; i++)
		weights_fill_image(o->seed, i, pixels, in->images + i * pixels);
	return 0;
}

static int infer(const struct infer_options *o, struct inference *in, bool chatty,
		 uint64_t *ret_checksum)
{
	uint64_t checksum = 0;

	for (uint64_t i = 0; i < o->warmup + o->repeat; i++) {
		uint64_t start = clock_ns(), took, sum;

		if (backend_dnnl_run(in->backend, in->images, in->logits)) {
			snprintf(in->error, sizeof(in->error),
				 "oneDNN failed during inference %" PRIu64, i + 1);
			return -EIO;
		}
		took = clock_ns() - start;
		sum = checksum_bytes(in->logits, in->logits_bytes);
		if (i && sum != checksum) {
			snprintf(in->error, sizeof(in->error),
				 "inference %" PRIu64 " gave other logits than the one before, on the same images",
				 i + 1);
			return -EIO;
		}
		checksum = sum;
		if (i >= o->warmup)
			in->times_ns[i - o->warmup] = took;
		if (chatty && i < o->warmup)
			fprintf(stderr, "tierscope-infer: warm-up %" PRIu64 " of %" PRIu64 ": %.3f ms\n",
				i + 1, o->warmup, (double)took / 1e6);
		else if (chatty)
			fprintf(stderr, "tierscope-infer: inference %" PRIu64 " of %" PRIu64 ": %.3f ms\n",
				i + 1 - o->warmup, o->repeat, (double)took / 1e6);
	}
	*ret_checksum = checksum;
	return 0;
}

static int run(const struct infer_options *o, struct inference *in)
{
	bool chatty = o->verbose || isatty(STDERR_FILENO);
	struct infer_result result = { 0 };
	int err;

	if (o->threads)
		omp_set_num_threads((int)o->threads);
	if (chatty)
		fprintf(stderr, "tierscope-infer: preparing %s for batch %" PRIu64 "\n",
			in->net->name, o->batch);
	err = prepare(o, in);
	if (!err)
		err = infer(o, in, chatty, &result.logits_checksum);
	if (err)
		return err;
	result.times_ns = in->times_ns;
	result.n = o->repeat;
	backend_dnnl_memory(in->backend, &result.memory);
	result.images_bytes = in->images_bytes;
	result.logits_bytes = in->logits_bytes;
	result.threads = (uint64_t)omp_get_max_threads();
	result.instructions = backend_dnnl_instructions();
	result.classes_checksum = infer_classes_checksum(in->logits,
						o->batch, in->logits_bytes /
						o->batch / sizeof(float));
	return infer_print_result(o, in->net, &result);
}

static int run_encrypted(const struct infer_options *o, struct inference *in)
{
	__attribute__((cleanup(weights_freep))) struct weights *w = NULL;
	int err;

	if (o->threads)
		omp_set_num_threads((int)o->threads);
	err = get_weights(o, in, &w);
	if (err)
		return err;
	return infer_encrypted(o, in->net, w, o->verbose || isatty(STDERR_FILENO),
			       in->error, sizeof(in->error));
}

static int with_network(const struct infer_options *o, struct inference *in)
{
	int err = catalogue_new(&o->network, &in->net);

	if (err)
		return err;
	switch (o->action) {
	case INFER_DESCRIBE:
		return infer_print_description(o->format, in->net);
	case INFER_SAVE_WEIGHTS:
		return save_weights(o, in);
	case INFER_PLAN:
		return infer_print_plan(o, in->net, in->error,
					sizeof(in->error));
	case INFER_OPERATIONS:
		return infer_print_operations(o->format, in->net, in->error,
					      sizeof(in->error));
	case INFER_OWNER:
		if (o->threads)
			omp_set_num_threads((int)o->threads);
		return infer_owner(o, in->net, in->error, sizeof(in->error));
	case INFER_RUN:
	case INFER_LIST:
	case INFER_HELP:
	case INFER_VERSION:
		break;
	}
	return o->backend == INFER_CKKS ? run_encrypted(o, in) : run(o, in);
}

int main(int argc, char **argv)
{
	__attribute__((cleanup(inference_release))) struct inference in = { 0 };
	struct infer_options options;
	int err = 0;

	if (infer_options_parse(argc, argv, in.error, sizeof(in.error),
				&options)) {
		say(in.error);
		return STATUS_USAGE;
	}
	switch (options.action) {
	case INFER_HELP:
		fputs(infer_usage, stdout);
		err = output_flush();
		break;
	case INFER_VERSION:
		puts("tierscope-infer " TIERSCOPE_VERSION);
		err = output_flush();
		break;
	case INFER_LIST:
		err = infer_print_list(options.format);
		break;
	case INFER_RUN:
	case INFER_OWNER:
		wait_asleep(argv);
		err = with_network(&options, &in);
		break;
	case INFER_DESCRIBE:
	case INFER_SAVE_WEIGHTS:
	case INFER_PLAN:
	case INFER_OPERATIONS:
		err = with_network(&options, &in);
		break;
	}
	if (!err)
		return EXIT_SUCCESS;
	if (!in.error[0])
		snprintf(in.error, sizeof(in.error), "cannot write the result: %s",
			 strerror(-err));
	say(in.error);
	return STATUS_FAILED;
}
