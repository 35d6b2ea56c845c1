// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_owner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <omp.h>

#include "workloads/clock.h"
#include "workloads/infer_encrypted.h"
#include "workloads/infer_result.h"
#include "workloads/output.h"
#include "workloads/owner_session.h"
#include "workloads/wire_address.h"

#define CONFIGURATION "real: the secret key is in this process and no other"
#define TEST_SEED "which anybody can guess: for tests only"

struct ownership {
	const struct infer_options *o;
	const struct network *net;
	struct ckks_context *context;
	struct owner_session session;
	struct wire_listener listener;
	float *images;
	char security[160];
	char *error;
	size_t error_bytes;
};

static void release(struct ownership *w)
{
	wire_listener_close(&w->listener);
	keys_ckks_free(w->session.keys);
	ckks_context_free(w->context);
	free(w->session.results);
	free(w->session.logits);
	free(w->images);
}

static int make_keys(struct ownership *w)
{
	struct ckks_parameters parameters;
	struct ckks_seed seed;
	int err = ckks_parameters_standard(w->o->ring_degree, &parameters);

	if (!err)
		ckks_parameters_secure(&parameters, w->security,
				       sizeof(w->security));
	if (!err)
		err = ckks_context_new(&parameters, &w->context);
	if (!err && w->o->key_seeded)
		ckks_seed_number(w->o->key_seed, &seed);
	else if (!err)
		err = ckks_seed_random(&seed);
	if (!err)
		err = keys_ckks_new(w->context, &seed,
				    (size_t)omp_get_max_threads(),
				    &w->session.keys);
	explicit_bzero(&seed, sizeof(seed));
	if (err)
		snprintf(w->error, w->error_bytes, "cannot make keys: %s",
			 strerror(-err));
	return err;
}

static int prepare(struct ownership *w)
{
	const struct network_node *last = &w->net->nodes[w->net->n_nodes - 1];
	uint64_t pixels = network_elements(&w->net->nodes[0].out);
	uint64_t batch = w->o->batch;
	int err = make_keys(w);

	if (err)
		return err;
	w->images = calloc(batch * pixels, sizeof(*w->images));
	w->session.logits = calloc(batch * network_elements(&last->out),
				   sizeof(float));
	if (!w->images || !w->session.logits) {
		snprintf(w->error, w->error_bytes,
			 "out of memory for the images of %s; a smaller --batch needs less",
			 w->net->name);
		return -ENOMEM;
	}
	for (uint64_t i = 0; i < batch; i++)
		weights_fill_image(w->o->seed, i, pixels,
				   w->images + i * pixels);
	w->session.net = w->net;
	w->session.batch = batch;
	w->session.timeout_ns = w->o->owner_timeout_ns;
	w->session.images = w->images;
	return 0;
}

/* Whoever does not fit, or is no server, is told of and sent away; with one
 * that fits it stands or falls. */
static int serve(struct ownership *w)
{
	for (;;) {
		uint64_t deadline = clock_ns() + w->session.timeout_ns;
		int fd, err = wire_accept(&w->listener, deadline, &fd);

		if (err) {
			snprintf(w->error, w->error_bytes, err == -ETIMEDOUT ?
				 "no server came to %s in %.3g s; --owner-timeout waits longer" :
				 "cannot wait for a server at %s",
				 w->listener.text,
				 (double)w->session.timeout_ns / 1e9);
			return err;
		}
		err = owner_session_run(&w->session, fd, w->error,
					w->error_bytes);
		if (!err || w->session.agreed)
			return err;
		fprintf(stderr, "tierscope-infer: sent away: %s\n", w->error);
		w->error[0] = '\0';
	}
}

static int print_table(const struct ownership *w)
{
	const struct infer_options *o = w->o;
	const struct owner_session *s = &w->session;

	printf("network     %s, batch %" PRIu64 ", ring degree %u, threads %zu, images of seed %" PRIu64 "\n",
	       w->net->name, o->batch, o->ring_degree, s->keys->n_workers,
	       o->seed);
	printf("security    %s\n            " CONFIGURATION "\n", w->security);
	if (o->key_seeded)
		printf("            keys and errors from --key-seed %" PRIu64 ", " TEST_SEED "\n",
		       o->key_seed);
	printf("connection  %s: %" PRIu64 " bytes received, %" PRIu64 " sent\n",
	       w->listener.text, s->received, s->sent);
	for (size_t i = 0; i < s->n_results; i++) {
		const struct owner_result *r = &s->results[i];

		printf("inference   %zu of %zu: encryption %.3f ms, %" PRIu64 " refreshes %.3f ms, decryption %.3f ms\n",
		       i + 1, s->n_results, (double)r->encryption_ns / 1e6,
		       r->refreshed, (double)r->refresh_ns / 1e6,
		       (double)r->decryption_ns / 1e6);
		printf("checksum    logits %016" PRIx64 ", classes %016" PRIx64 "\n",
		       r->logits_checksum, r->classes_checksum);
	}
	return output_flush();
}

static void row_of(const struct owner_result *r, size_t i,
		   struct json_object *rows, bool *failed)
{
	struct json_object *row = json_object_new_object();
	char text[32];

	output_count(row, "inference", i + 1, failed);
	output_count(row, "encryption_ns", r->encryption_ns, failed);
	output_count(row, "refresh_ns", r->refresh_ns, failed);
	output_count(row, "decryption_ns", r->decryption_ns, failed);
	output_count(row, "refreshed_ciphertexts", r->refreshed, failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->logits_checksum);
	output_text(row, "logits_checksum", text, failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->classes_checksum);
	output_text(row, "classes_checksum", text, failed);
	output_row(rows, row, failed);
}

static int print(const struct ownership *w)
{
	const struct owner_session *s = &w->session;
	struct json_object *common, *rows;
	bool failed = false;

	if (w->o->format == OUTPUT_TABLE)
		return print_table(w);
	common = json_object_new_object();
	rows = json_object_new_array();
	infer_put_network(w->o, common, &failed);
	output_count(common, "ring_degree", w->o->ring_degree, &failed);
	output_count(common, "threads", s->keys->n_workers, &failed);
	output_count(common, "seed", w->o->seed, &failed);
	output_text(common, "configuration", CONFIGURATION, &failed);
	output_text(common, "security", w->security, &failed);
	output_text(common, "randomness", w->o->key_seeded ?
		    "--key-seed, " TEST_SEED : "getrandom", &failed);
	output_text(common, "address", w->listener.text, &failed);
	output_count(common, "received_bytes", s->received, &failed);
	output_count(common, "sent_bytes", s->sent, &failed);
	for (size_t i = 0; i < s->n_results && !failed; i++)
		row_of(&s->results[i], i, rows, &failed);
	return output_print(w->o->format, "tierscope-infer.owner", common,
			    "inferences", rows, failed);
}

int infer_owner(const struct infer_options *o, const struct network *net,
		char *error, size_t error_bytes)
{
	__attribute__((cleanup(release))) struct ownership w = {
		.o = o,
		.net = net,
		.listener = { .fd = -1 },
		.error = error,
		.error_bytes = error_bytes,
	};
	int err = prepare(&w);

	if (!err)
		err = wire_listen(&o->owner_address, error, error_bytes,
				  &w.listener);
	if (err)
		return err;
	/* a port that was left to the kernel is known only now */
	fprintf(stderr, "tierscope-infer: waiting for a server at %s\n",
		w.listener.text);
	err = serve(&w);
	return err ? err : print(&w);
}
