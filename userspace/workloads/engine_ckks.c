// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/engine_ckks.h"

#include <errno.h>
#include <stdlib.h>

#include <omp.h>

static int worker_init(const struct engine_ckks *e, size_t taps,
		       struct worker_ckks *w)
{
	const struct ckks_parameters *p = &e->context->parameters;
	size_t fresh = ckks_ciphertext_words(e->context, p->n_primes);

	w->channel = WORKER_NO_CHANNEL;
	w->words = calloc(fresh, sizeof(*w->words));
	w->row = calloc(p->degree, sizeof(*w->row));
	w->scalars = calloc(taps * p->n_primes, sizeof(*w->scalars));
	w->inside = calloc(taps * p->n_primes, sizeof(*w->inside));
	w->sources = calloc(taps, sizeof(*w->sources));
	return w->words && w->row && w->scalars && w->inside && w->sources ?
	       0 : -ENOMEM;
}

static void worker_release(struct worker_ckks *w)
{
	free(w->words);
	free(w->row);
	free(w->scalars);
	free(w->inside);
	free(w->sources);
}

int engine_ckks_new(const struct ckks_parameters *parameters,
		    enum schedule_policy policy, size_t taps,
		    struct engine_ckks **ret)
{
	struct engine_ckks *e = calloc(1, sizeof(*e));
	int err;

	if (!e)
		return -ENOMEM;
	e->policy = policy;
	e->scale = ckks_parameters_scale(parameters);
	err = ckks_context_new(parameters, &e->context);
	if (!err)
		err = pool_new(policy, &e->pool);
	if (!err) {
		e->n_workers = (size_t)omp_get_max_threads();
		e->workers = calloc(e->n_workers, sizeof(*e->workers));
		err = e->workers ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < e->n_workers && !err; i++)
		err = worker_init(e, taps, &e->workers[i]);
	if (err) {
		engine_ckks_free(e);
		return err;
	}
	*ret = e;
	return 0;
}

void engine_ckks_free(struct engine_ckks *e)
{
	if (!e)
		return;
	for (size_t i = 0; e->workers && i < e->n_workers; i++)
		worker_release(&e->workers[i]);
	free(e->workers);
	pool_free(e->pool);
	ckks_context_free(e->context);
	free(e);
}
