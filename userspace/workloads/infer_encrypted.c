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
#include "workloads/owner_remote.h"

struct run {
	const struct infer_options *o;
	const struct network *net;
	struct owner_ckks *owner;	/* elsewhere, or NULL */
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
	owner_ckks_free(r->owner);
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
	if (r->o->owner) {
		struct footprint *f = &r->result.planned;

		/* keys are elsewhere */
		f->total_bytes -= f->secret_key_bytes + f->public_key_bytes;
		f->secret_key_bytes = f->public_key_bytes = 0;
	}
	need = r->result.planned.total_bytes;
	if (need <= have)
		return 0;
	snprintf(r->error, r->error_bytes,
		 "an encrypted %s of ring degree %u takes %s and this machine has %s; a smaller --ring-degree takes less",
		 r->net->name, r->o->ring_degree, output_size(need, needed),
		 output_size(have, had));
	return -ENOMEM;
}

static int find_owner(struct run *r, const struct ckks_parameters *parameters)
{
	struct owner_remote_want want = {
		.address = r->o->owner_address,
		.text = r->o->owner,
		.timeout_ns = r->o->owner_timeout_ns,
		.parameters = *parameters,
		.batch = r->o->batch,
		.inferences = r->o->warmup + r->o->repeat,
	};

	return owner_remote_new(r->net, &want, r->error, r->error_bytes,
				&r->owner);
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
	if (r->o->owner) {
		err = find_owner(r, &want.parameters);
		if (err)
			return err;
		want.owner = r->owner;
	} else if (r->o->key_seeded)
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
	/* an owner elsewhere has them, and gets the logits */
	for (uint64_t i = 0; i < o->batch && !r->owner; i++)
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
		if (!i && !r->owner) {
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
		fprintf(stderr, "tierscope-infer: %" PRIu64 " encrypted images; %s will be taken\n",
			o->batch,
			output_size(r.result.planned.total_bytes, size));
	err = infer(&r, chatty);
	if (!err && r.owner) {
		err = owner_remote_end(r.owner);
		if (err)
			snprintf(error, error_bytes, "%s", r.owner->failure);
		owner_remote_traffic(r.owner, &r.result.sent_bytes,
				     &r.result.received_bytes);
	}
	if (err)
		return err;
	backend_ckks_memory(r.backend, &r.result.most);
	r.result.threads = (uint64_t)omp_get_max_threads();
	return infer_print_encrypted(o, net, &r.result);
}
