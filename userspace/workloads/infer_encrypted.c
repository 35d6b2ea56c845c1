// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_encrypted.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <omp.h>

#include "workloads/checksum.h"
#include "workloads/infer_result.h"

struct run {
	const struct infer_options *o;
	const struct network *net;
	struct backend_ckks *backend;
	float *images;
	float *logits;
	uint64_t logits_bytes;
	struct infer_encrypted_result result;
	char *error;
	size_t error_bytes;
};

static void release(struct run *r)
{
	backend_ckks_free(r->backend);
	free(r->images);
	free(r->logits);
	free(r->result.times_ns);
	free(r->result.times);
}

static uint64_t memory_of_machine(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);

	return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes :
					UINT64_MAX;
}

/* What cannot fit would be killed by the kernel, or swap, after minutes or
 * hours of work. */
static int check_memory(struct run *r)
{
	uint64_t need, have = memory_of_machine();
	char needed[OUTPUT_SIZE_BYTES], had[OUTPUT_SIZE_BYTES];
	int err;

	err = infer_planned(r->o, r->net, r->error, r->error_bytes,
			    &r->result.planned);
	if (err)
		return err;
	need = r->result.planned.total_bytes;
	if (need <= have)
		return 0;
	snprintf(r->error, r->error_bytes,
		 "an encrypted %s of ring degree %u takes %s and this machine has %s; a smaller --ring-degree takes less",
		 r->net->name, r->o->ring_degree, output_size(need, needed),
		 output_size(have, had));
	return -ENOMEM;
}

static int make_backend(struct run *r, const struct weights *w)
{
	struct backend_ckks_want want = {
		.policy = r->o->alloc,
		.kernel = r->o->kernel,
		.batch = r->o->batch,
	};
	int err;

	err = ckks_parameters_standard(r->o->ring_degree, &want.parameters);
	if (err) {
		snprintf(r->error, r->error_bytes,
			 "there are no primes for ring degree %u",
			 r->o->ring_degree);
		return err;
	}
	ckks_parameters_secure(&want.parameters, r->result.security,
			       sizeof(r->result.security));
	if (r->o->key_seeded)
		ckks_seed_number(r->o->key_seed, &want.seed);
	else
		err = ckks_seed_random(&want.seed);
	if (err)
		snprintf(r->error, r->error_bytes,
			 "no randomness for keys: %s", strerror(-err));
	else
		err = backend_ckks_new(r->net, w, &want, r->error,
				       r->error_bytes, &r->backend);
	explicit_bzero(&want.seed, sizeof(want.seed));
	return err;
}

static int prepare(struct run *r, const struct weights *w)
{
	const struct infer_options *o = r->o;
	const struct network_node *last = &r->net->nodes[r->net->n_nodes - 1];
	uint64_t pixels = network_elements(&r->net->nodes[0].out);
	int err;

	err = check_memory(r);
	if (!err)
		err = make_backend(r, w);
	if (err)
		return err;
	r->logits_bytes = o->batch * network_elements(&last->out) *
			  sizeof(*r->logits);
	r->images = calloc(o->batch * pixels, sizeof(*r->images));
	r->logits = malloc(r->logits_bytes);
	r->result.times_ns = calloc(o->repeat, sizeof(*r->result.times_ns));
	r->result.times = calloc(o->repeat, sizeof(*r->result.times));
	if (!r->images || !r->logits || !r->result.times_ns ||
	    !r->result.times) {
		snprintf(r->error, r->error_bytes,
			 "out of memory for the images of %s; a smaller --batch needs less",
			 r->net->name);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < o->batch; i++)
		weights_fill_image(o->seed, i, pixels, r->images + i * pixels);
	return 0;
}

static void tell(const struct run *r, uint64_t i, uint64_t ns)
{
	bool warm = i < r->o->warmup;

	fprintf(stderr, "tierscope-infer: %s %" PRIu64 " of %" PRIu64 ": %.3f s\n",
		warm ? "warm-up" : "inference",
		warm ? i + 1 : i + 1 - r->o->warmup,
		warm ? r->o->warmup : r->o->repeat, (double)ns / 1e9);
}

static int infer(struct run *r, bool chatty)
{
	const struct infer_options *o = r->o;
	struct infer_encrypted_result *result = &r->result;

	for (uint64_t i = 0; i < o->warmup + o->repeat; i++) {
		struct backend_ckks_times times;
		int err = backend_ckks_run(r->backend, r->images, r->error,
					   r->error_bytes, r->logits, &times);

		if (err)
			return err;
		if (!i) {
			result->logits_checksum =
				checksum_bytes(r->logits, r->logits_bytes);
			result->classes_checksum = infer_classes_checksum(
				r->logits, o->batch, r->logits_bytes /
				o->batch / sizeof(*r->logits));
		}
		if (i >= o->warmup) {
			result->times_ns[result->n] = times.operations;
			result->times[result->n++] = times;
		}
		if (chatty)
			tell(r, i, times.operations);
	}
	return 0;
}

int infer_encrypted(const struct infer_options *o, const struct network *net,
		    const struct weights *w, bool chatty, char *error,
		    size_t error_bytes)
{
	__attribute__((cleanup(release))) struct run r = {
		.o = o,
		.net = net,
		.error = error,
		.error_bytes = error_bytes,
	};
	char size[OUTPUT_SIZE_BYTES];
	int err;

	err = prepare(&r, w);
	if (err)
		return err;
	if (chatty)
		fprintf(stderr, "tierscope-infer: encrypting %" PRIu64 " images; %s will be taken\n",
			o->batch,
			output_size(r.result.planned.total_bytes, size));
	err = infer(&r, chatty);
	if (err)
		return err;
	backend_ckks_memory(r.backend, &r.result.most);
	r.result.threads = (uint64_t)omp_get_max_threads();
	return infer_print_encrypted(o, net, &r.result);
}
