/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "imc.h"
#include "llc.h"
#include "lock.h"
#include "model.h"

/* A block of memory in lines. */
struct span {
	uint32_t first, lines;		/* of the physical address space */
	uint32_t socket_first;		/* where it starts in its socket's memory */
	unsigned int socket;
	enum sim_medium medium;
};

struct socket {
	_Alignas(64) struct sim_lock lock;	/* of llc */
	struct sim_llc llc;
	struct sim_imc imc;			/* has a lock of its own */
};

struct sim_model {
	struct socket socket[TIERSCOPE_SIM_SOCKETS_MAX];
	struct span span[SIM_BLOCKS_MAX];
	unsigned int spans;
	unsigned int sockets;
	unsigned int socket_of[TIERSCOPE_SIM_VCPUS_MAX];
	struct tierscope_sim_region *counts;
};

static void set_spans(struct sim_model *model, const struct sim_machine *machine)
{
	uint32_t used[TIERSCOPE_SIM_SOCKETS_MAX] = { 0 };

	model->spans = machine->blocks;
	for (unsigned int i = 0; i < machine->blocks; i++) {
		const struct sim_block *b = &machine->block[i];
		struct span *s = &model->span[i];

		s->first = (uint32_t)(b->base >> SIM_LINE_SHIFT);
		s->lines = (uint32_t)(b->bytes >> SIM_LINE_SHIFT);
		s->socket_first = used[b->socket];
		s->socket = b->socket;
		s->medium = b->medium;
		used[b->socket] += s->lines;
	}
}

int sim_model_new(const struct sim_machine *machine,
		  struct tierscope_sim_region *counts,
		  struct sim_model **ret_model)
{
	struct sim_model *model = aligned_alloc(64, sizeof(*model));
	int err = 0;

	if (!model)
		return -ENOMEM;
	memset(model, 0, sizeof(*model));
	model->counts = counts;
	model->sockets = machine->sockets;
	set_spans(model, machine);
	for (unsigned int v = 0; v < machine->vcpus; v++)
		model->socket_of[v] = v / (machine->vcpus / machine->sockets);
	for (unsigned int s = 0; s < model->sockets && !err; s++) {
		err = sim_llc_init(&model->socket[s].llc, machine->llc_bytes,
				   machine->llc_ways);
		if (!err)
			err = sim_imc_init(&model->socket[s].imc, machine,
					   counts->channel[s]);
	}
	if (err) {
		sim_model_free(model);
		return err;
	}
	*ret_model = model;
	return 0;
}

void sim_model_free(struct sim_model *model)
{
	if (!model)
		return;
	for (unsigned int s = 0; s < model->sockets; s++) {
		sim_llc_release(&model->socket[s].llc);
		sim_imc_release(&model->socket[s].imc);
	}
	free(model);
}

void sim_model_enter(struct sim_model *model, unsigned int vcpu)
{
	sim_lock(&model->socket[model->socket_of[vcpu]].lock);
}

void sim_model_leave(struct sim_model *model, unsigned int vcpu)
{
	sim_unlock(&model->socket[model->socket_of[vcpu]].lock);
}

static const struct span *span_of(const struct sim_model *model, uint32_t line)
{
	for (unsigned int i = 0; i < model->spans; i++)
		if (line - model->span[i].first < model->span[i].lines)
			return &model->span[i];
	return NULL;
}

static enum tierscope_sim_core load_from(enum sim_medium source, bool local)
{
	if (source == SIM_PMEM)
		return local ? TIERSCOPE_SIM_LOAD_LOCAL_PMM :
			       TIERSCOPE_SIM_LOAD_REMOTE_PMM;
	return local ? TIERSCOPE_SIM_LOAD_LOCAL_DRAM :
		       TIERSCOPE_SIM_LOAD_REMOTE_DRAM;
}

/* What the misses of a batch ask of each socket: a read, and a write-back. */
struct requests {
	unsigned int n[TIERSCOPE_SIM_SOCKETS_MAX];
	struct sim_request
		of[TIERSCOPE_SIM_SOCKETS_MAX][2 * SIM_BATCH_ACCESSES];
};

static struct sim_request *ask(struct requests *requests,
			       const struct span *span, uint32_t line)
{
	unsigned int s = span->socket;
	struct sim_request *r = &requests->of[s][requests->n[s]++];

	r->line = line - span->first + span->socket_first;
	r->medium = span->medium;
	return r;
}

static void look_up(struct sim_model *model, struct sim_llc *llc, __u64 *core,
		    const struct span *span, uint32_t line, bool store,
		    struct requests *requests)
{
	sim_llc_entry victim;
	struct sim_request *r;

	core[TIERSCOPE_SIM_LLC_READ]++;
	if (sim_llc_access(llc, line, store, &victim))
		return;
	core[TIERSCOPE_SIM_LLC_MISS]++;
	if (victim) {
		uint32_t old = sim_llc_line(victim);

		r = ask(requests, span_of(model, old), old);
		r->write = true;
		r->load = false;
	}
	r = ask(requests, span, line);
	r->write = false;
	r->load = !store;
}

void sim_model_count(struct sim_model *model, unsigned int vcpu,
		     const struct sim_batch *batch)
{
	struct tierscope_sim_vcpu *counts = &model->counts->vcpu[vcpu];
	unsigned int here = model->socket_of[vcpu];
	struct requests requests;

	for (unsigned int s = 0; s < model->sockets; s++)
		requests.n[s] = 0;
	for (unsigned int i = 0; i < batch->n; i++) {
		uint32_t line = batch->access[i] >> 1;
		const struct span *span = span_of(model, line);

		if (span)
			look_up(model, &model->socket[here].llc, counts->core,
				span, line, batch->access[i] & 1, &requests);
		else
			counts->unplaced++;
	}
	for (unsigned int s = 0; s < model->sockets; s++) {
		if (!requests.n[s])
			continue;
		sim_imc_serve(&model->socket[s].imc, requests.of[s],
			      requests.n[s]);
		for (unsigned int i = 0; i < requests.n[s]; i++)
			if (requests.of[s][i].load)
				counts->core[load_from(requests.of[s][i].ret_source,
						       s == here)]++;
	}
}
