// SPDX-License-Identifier: GPL-2.0-or-later
/* The real configuration: a data owner and a server at the two ends of a
 * socket, against the experiment's, to the last bit. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <omp.h>

#include "encrypted_network.h"
#include "suite.h"
#include "workloads/backend_ckks.h"
#include "workloads/checksum.h"
#include "workloads/clock.h"
#include "workloads/owner_remote.h"
#include "workloads/owner_session.h"

#define DEGREE	16
#define BATCH	8
#define CLASSES	5
#define TIMEOUT_NS	30000000000ull

struct owner {
	struct wire_listener listener;
	struct owner_session session;
	struct ckks_context *context;
	float images[BATCH * 8 * 8 * 3];
	float logits[BATCH * CLASSES];
	char error[512];
	int err;
	pthread_t thread;
};

static void *serve(void *data)
{
	struct owner *o = data;
	int fd;

	o->err = wire_accept(&o->listener, clock_ns() + 10000000000ull, &fd);
	if (!o->err)
		o->err = owner_session_run(&o->session, fd, o->error,
					   sizeof(o->error));
	return NULL;
}

static void start(struct owner *o, const struct network *net,
		  const struct backend_ckks_want *want)
{
	struct wire_address any;
	size_t pixels = network_elements(&net->nodes[0].out);

	memset(o, 0, sizeof(*o));
	CU_ASSERT_EQUAL_FATAL(ckks_context_new(&want->parameters, &o->context),
			      0);
	CU_ASSERT_EQUAL_FATAL(keys_ckks_new(o->context, &want->seed, 2,
					    &o->session.keys), 0);
	for (uint64_t i = 0; i < BATCH; i++)
		weights_fill_image(5, i, pixels, o->images + i * pixels);
	o->session.net = net;
	o->session.batch = BATCH;
	o->session.timeout_ns = TIMEOUT_NS;
	o->session.images = o->images;
	o->session.logits = o->logits;
	CU_ASSERT_EQUAL_FATAL(wire_address_parse("tcp:127.0.0.1:0", o->error,
						 sizeof(o->error), &any), 0);
	CU_ASSERT_EQUAL_FATAL(wire_listen(&any, o->error, sizeof(o->error),
					  &o->listener), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&o->thread, NULL, serve, o), 0);
}

static void stop(struct owner *o)
{
	pthread_join(o->thread, NULL);
	wire_listener_close(&o->listener);
	keys_ckks_free(o->session.keys);
	ckks_context_free(o->context);
	free(o->session.results);
}

static int join(const struct owner *o, const struct network *net,
		const struct backend_ckks_want *want, uint64_t inferences,
		char error[512], struct owner_ckks **ret)
{
	struct owner_remote_want remote = {
		.address = o->listener.address,
		.text = o->listener.text,
		.timeout_ns = TIMEOUT_NS,
		.parameters = want->parameters,
		.batch = want->batch,
		.inferences = inferences,
	};

	return owner_remote_new(net, &remote, error, 512, ret);
}

/* Two inferences, so that randomness goes on in both alike. */
static void check_same(struct network *net, size_t degree)
{
	static struct owner o;
	struct backend_ckks_want want = encrypted_network_want(degree), here;
	struct backend_ckks *real = NULL, *experiment = NULL;
	float logits[BATCH * CLASSES], kept[2][BATCH * CLASSES];
	uint64_t checksums[2] = { 0 };
	struct weights *w = NULL;
	char error[512] = "";

	omp_set_num_threads(2);
	CU_ASSERT_EQUAL_FATAL(weights_from_seed(net, 5, &w), 0);
	want.batch = BATCH;
	here = want;
	start(&o, net, &want);
	CU_ASSERT_EQUAL_FATAL(join(&o, net, &want, 2, error, &want.owner), 0);
	memset(&want.seed, 0, sizeof(want.seed));
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, w, &want, error,
					       sizeof(error), &real), 0);
	CU_ASSERT_EQUAL_FATAL(backend_ckks_new(net, w, &here, error,
					       sizeof(error), &experiment), 0);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(backend_ckks_run(real, NULL, error,
						 sizeof(error), NULL, NULL), 0);
		CU_ASSERT_STRING_EQUAL(error, "");
		checksums[i] = backend_ckks_checksum(real);
		memcpy(kept[i], o.logits, sizeof(o.logits));
	}
	CU_ASSERT_EQUAL(owner_remote_end(want.owner), 0);
	backend_ckks_free(real);
	owner_ckks_free(want.owner);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(backend_ckks_run(experiment, o.images, error,
						 sizeof(error), logits, NULL),
				0);
		CU_ASSERT_EQUAL(backend_ckks_checksum(experiment),
				checksums[i]);
		CU_ASSERT_EQUAL(memcmp(kept[i], logits, sizeof(logits)), 0);
	}
	backend_ckks_free(experiment);
	stop(&o);
	CU_ASSERT_EQUAL(o.err, 0);
	CU_ASSERT_STRING_EQUAL(o.error, "");
	CU_ASSERT_EQUAL(o.session.n_results, 2);
	weights_free(w);
	network_free(net);
}

static void test_same_as_experiment(void)
{
	check_same(encrypted_network_mobile(), DEGREE);
	check_same(encrypted_network_residual(), DEGREE);
	/* many frames, more than fit into a socket */
	check_same(encrypted_network_residual(), 4096);
}

/* Both sides say what does not fit. */
static void test_mismatch(void)
{
	static struct owner o;
	struct network *net = encrypted_network_mobile();
	struct backend_ckks_want want = encrypted_network_want(DEGREE), other;
	struct owner_ckks *owner = NULL;
	char error[512] = "";

	start(&o, net, &want);
	other = encrypted_network_want(64);
	CU_ASSERT_EQUAL(join(&o, net, &other, 1, error, &owner),
			-ECONNREFUSED);
	CU_ASSERT_PTR_NOT_NULL(strstr(error, "ring degree 64"));
	stop(&o);
	CU_ASSERT_FALSE(o.session.agreed);
	CU_ASSERT_PTR_NOT_NULL(strstr(o.error, "ring degree 64"));
	network_free(net);
}

/* A server that goes in the middle: the owner says so, and keeps nothing. */
static void test_server_goes(void)
{
	static struct owner o;
	struct network *net = encrypted_network_mobile();
	struct backend_ckks_want want = encrypted_network_want(DEGREE);
	char error[512] = "";

	start(&o, net, &want);
	CU_ASSERT_EQUAL_FATAL(join(&o, net, &want, 1, error, &want.owner), 0);
	owner_ckks_free(want.owner);
	stop(&o);
	CU_ASSERT_EQUAL(o.err, -ECONNRESET);
	CU_ASSERT_PTR_NOT_NULL(strstr(o.error, "the server is gone"));
	CU_ASSERT_EQUAL(o.session.n_results, 0);
	network_free(net);
}

static const struct suite_test tests[] = {
	{ "the same ciphertexts and logits as in the experiment",
	  test_same_as_experiment },
	{ "what does not fit is named", test_mismatch },
	{ "a server that goes", test_server_goes },
};

SUITE_MAIN("workloads/owner", tests)
