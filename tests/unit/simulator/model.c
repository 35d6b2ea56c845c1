/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model against the naive one: every counter equal, every identity exact. */
#include <pthread.h>
#include <string.h>

#include "model.h"
#include "naive.h"
#include "small_machine.h"
#include "suite.h"

#define ACCESSES 6000
#define THREAD_BATCHES 20000	/* long enough to meet the other threads */

/* xorshift64, Marsaglia 2003: the same on every host. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

enum pattern {
	PATTERN_RANDOM,
	PATTERN_STREAM,		/* one way through all memory, loads */
	PATTERN_UPDATE,		/* the same, each line loaded and stored */
	PATTERN_CONFLICT,	/* a few lines that share slots and sets */
	PATTERN_HOT,		/* what fits the caches, and now and then not */
	PATTERN_NOWHERE,	/* holes between the blocks too */

	PATTERNS,
};

struct access {
	unsigned int vcpu;
	uint64_t address;
	bool store;
};

static uint64_t address_of(const struct sim_machine *m, uint64_t line)
{
	const struct sim_block *b =
		&m->block[line / SMALL_BLOCK_LINES % m->blocks];

	return b->base + line % SMALL_BLOCK_LINES * 64;
}

static struct access access_at(const struct sim_machine *m, enum pattern pattern,
			       uint64_t i, uint64_t *state)
{
	struct access a = { .vcpu = (unsigned int)(next(state) % m->vcpus),
			    .store = next(state) % 10 < 4 };
	uint64_t random = next(state);

	switch (pattern) {
	case PATTERN_RANDOM:
		a.address = address_of(m, random);
		break;
	case PATTERN_STREAM:
		a.address = address_of(m, i);
		a.store = false;
		break;
	case PATTERN_UPDATE:
		a.address = address_of(m, i / 2);
		a.store = i % 2;
		a.vcpu = 0;
		break;
	case PATTERN_CONFLICT:
		a.address = address_of(m, random % 9 * 101 + random / 9 % 2);
		break;
	case PATTERN_HOT:
		a.address = address_of(m, random % 8 ? random / 8 % 40 : random);
		break;
	case PATTERN_NOWHERE:
		a.address = random % (16 * SMALL_BLOCK_BYTES);
		break;
	case PATTERNS:
		abort();
	}
	a.address += random % 64;
	return a;
}

/* Feeds both; batches end at random, and at a change of vCPU. */
static void feed(const struct sim_machine *m, enum pattern pattern,
		 struct sim_model *model, struct naive *naive)
{
	uint64_t trace = 88172645463325252ULL + pattern, ends = 1;
	struct sim_batch batch = { .n = 0 };
	unsigned int vcpu = 0;

	for (uint64_t i = 0; i <= ACCESSES; i++) {
		struct access a = access_at(m, pattern, i, &trace);

		if (i == ACCESSES || a.vcpu != vcpu ||
		    sim_batch_is_full(&batch) || next(&ends) % 8 == 0) {
			sim_model_enter(model, vcpu);
			sim_model_count(model, vcpu, &batch);
			sim_model_leave(model, vcpu);
			batch.n = 0;
		}
		if (i == ACCESSES)
			break;
		vcpu = a.vcpu;
		sim_batch_add(&batch, a.address, a.store);
		naive_access(naive, a.vcpu, a.address, a.store);
	}
}

static uint64_t sum_core(const struct tierscope_sim_region *counts,
			 enum tierscope_sim_core what)
{
	uint64_t total = 0;

	for (unsigned int v = 0; v < TIERSCOPE_SIM_VCPUS_MAX; v++)
		total += counts->vcpu[v].core[what];
	return total;
}

static uint64_t sum(const struct tierscope_sim_region *counts,
		    enum tierscope_sim_imc what)
{
	uint64_t total = 0;

	for (unsigned int s = 0; s < TIERSCOPE_SIM_SOCKETS_MAX; s++)
		for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
			total += counts->channel[s][c].imc[what];
	return total;
}

static uint64_t sum_m2m(const struct tierscope_sim_region *counts,
			enum tierscope_sim_m2m what)
{
	uint64_t total = 0;

	for (unsigned int s = 0; s < TIERSCOPE_SIM_SOCKETS_MAX; s++)
		for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
			total += counts->channel[s][c].m2m[what];
	return total;
}

/* What the estimators of the near-memory hit ratio rest on, in both models. */
static void check_m2m_identities(const struct tierscope_sim_region *counts)
{
	uint64_t read_hit = sum_m2m(counts, TIERSCOPE_SIM_READ_HIT_CLEAN) +
			    sum_m2m(counts, TIERSCOPE_SIM_READ_HIT_DIRTY);
	uint64_t read = read_hit + sum_m2m(counts, TIERSCOPE_SIM_READ_MISS);
	uint64_t write_tag = sum_m2m(counts, TIERSCOPE_SIM_WRITE_TAG);
	uint64_t write = write_tag + sum_m2m(counts, TIERSCOPE_SIM_WRITE_NO_TAG);

	CU_ASSERT_EQUAL(read, sum(counts, TIERSCOPE_SIM_CAS_READ) - write_tag);
	CU_ASSERT_EQUAL(write, sum(counts, TIERSCOPE_SIM_CAS_WRITE) -
			       sum(counts, TIERSCOPE_SIM_PMM_READ));
	CU_ASSERT(read_hit <= sum(counts, TIERSCOPE_SIM_TAG_HIT));
	/* What is read is read because a last-level cache missed. */
	CU_ASSERT_EQUAL(read, sum_core(counts, TIERSCOPE_SIM_LLC_MISS));
}

/*
 * The identities of a direct-mapped cache with its tags beside the data. Those
 * about Optane reads hold in model A only; where write-backs skip the tag
 * check none of these is touched.
 */
static void check_identities(const struct sim_machine *m,
			     const struct tierscope_sim_region *counts)
{
	uint64_t hit = sum(counts, TIERSCOPE_SIM_TAG_HIT);
	uint64_t clean = sum(counts, TIERSCOPE_SIM_TAG_MISS_CLEAN);
	uint64_t dirty = sum(counts, TIERSCOPE_SIM_TAG_MISS_DIRTY);

	CU_ASSERT_EQUAL(sum(counts, TIERSCOPE_SIM_CAS_READ), hit + clean + dirty);
	CU_ASSERT_EQUAL(sum(counts, TIERSCOPE_SIM_PMM_WRITE), dirty);
	if (m->fetch_on_write_miss)
		CU_ASSERT_EQUAL(sum(counts, TIERSCOPE_SIM_PMM_READ), clean + dirty);
	CU_ASSERT(clean > 0);
	CU_ASSERT_EQUAL(sum(counts, TIERSCOPE_SIM_CLOCKTICKS), 0);
	check_m2m_identities(counts);
}

static bool same(const struct tierscope_sim_region *a,
		 const struct tierscope_sim_region *b)
{
	return !memcmp(a->vcpu, b->vcpu, sizeof(a->vcpu)) &&
	       !memcmp(a->channel, b->channel, sizeof(a->channel));
}

static void compare(const struct sim_machine *m, enum pattern pattern)
{
	struct tierscope_sim_region *counts = calloc(2, sizeof(*counts));
	struct naive *naive = naive_new(m, &counts[1]);
	struct sim_model *model;

	CU_ASSERT_FATAL(counts && naive);
	CU_ASSERT_EQUAL_FATAL(sim_model_new(m, &counts[0], &model), 0);
	feed(m, pattern, model, naive);
	if (!same(&counts[0], &counts[1]))
		fprintf(stderr, "differs: mode %s, model %c, ddo %u, pattern %d\n",
			sim_mode_name(m->mode), m->fetch_on_write_miss ? 'A' : 'B',
			m->ddo_percent, (int)pattern);
	CU_ASSERT(same(&counts[0], &counts[1]));
	if (m->mode == TIERSCOPE_SIM_MEMORY_MODE)
		check_identities(m, &counts[0]);
	sim_model_free(model);
	naive_free(naive);
	free(counts);
}

static void memory_mode(void)
{
	static const unsigned int shares[] = { 0, 37, 90, 100 };
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);

	for (int fetch = 0; fetch < 2; fetch++) {
		m.fetch_on_write_miss = fetch;
		for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
			m.ddo_percent = shares[i];
			for (int p = 0; p < PATTERNS; p++)
				compare(&m, (enum pattern)p);
		}
	}
}

/* One way, one set, a near memory of one line, of a power of two. */
static void shapes(void)
{
	static const struct { unsigned int sets, ways, near; } shape[] = {
		{ 1, 1, 1 }, { 1, 11, 64 }, { 16, 1, 256 }, { 8, 4, 2000 },
	};
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);

	for (size_t i = 0; i < sizeof(shape) / sizeof(shape[0]); i++) {
		m.llc_bytes = shape[i].sets * shape[i].ways * 64;
		m.llc_ways = shape[i].ways;
		m.near_bytes = shape[i].near * 64;
		for (int p = 0; p < PATTERNS; p++)
			compare(&m, (enum pattern)p);
	}
}

static void other_modes(void)
{
	struct sim_machine dram = small_machine(TIERSCOPE_SIM_DRAM_ONLY);
	struct sim_machine direct = small_machine(TIERSCOPE_SIM_APP_DIRECT);

	for (int p = 0; p < PATTERNS; p++) {
		compare(&dram, (enum pattern)p);
		compare(&direct, (enum pattern)p);
	}
}

struct worker {
	const struct sim_machine *machine;
	struct sim_model *model;
	unsigned int vcpu;
};

static void *work(void *data)
{
	struct worker *w = data;
	uint64_t state = 77 + w->vcpu;
	struct sim_batch batch = { .n = 0 };

	for (unsigned int i = 0; i < THREAD_BATCHES * SIM_BATCH_ACCESSES; i++) {
		sim_batch_add(&batch, address_of(w->machine, next(&state)),
			      i % 3 == 0);
		if (!sim_batch_is_full(&batch))
			continue;
		sim_model_enter(w->model, w->vcpu);
		sim_model_count(w->model, w->vcpu, &batch);
		sim_model_leave(w->model, w->vcpu);
		batch.n = 0;
	}
	return NULL;
}

/* All vCPUs at once: nothing is lost, nothing is counted by half. */
static void threads(void)
{
	struct sim_machine m = small_machine(TIERSCOPE_SIM_MEMORY_MODE);
	struct tierscope_sim_region *counts = calloc(1, sizeof(*counts));
	struct worker worker[4];
	pthread_t thread[4];
	struct sim_model *model;

	CU_ASSERT_FATAL(counts != NULL);
	CU_ASSERT_EQUAL_FATAL(sim_model_new(&m, counts, &model), 0);
	for (unsigned int v = 0; v < 4; v++) {
		worker[v] = (struct worker){ &m, model, v };
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread[v], NULL, work,
						     &worker[v]), 0);
	}
	for (unsigned int v = 0; v < 4; v++)
		pthread_join(thread[v], NULL);
	for (unsigned int v = 0; v < 4; v++)
		CU_ASSERT_EQUAL(counts->vcpu[v].core[TIERSCOPE_SIM_LLC_READ],
				THREAD_BATCHES * SIM_BATCH_ACCESSES);
	check_identities(&m, counts);
	sim_model_free(model);
	free(counts);
}

static const struct suite_test tests[] = {
	{ "Memory Mode: models A and B equal the naive one", memory_mode },
	{ "caches of every shape equal the naive ones", shapes },
	{ "DRAM Only and App Direct equal the naive one", other_modes },
	{ "vCPUs at the same time lose nothing", threads },
};

SUITE_MAIN("simulator: model", tests)
