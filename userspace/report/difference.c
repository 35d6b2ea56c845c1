/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/difference.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What follows a failure adds nothing; whoever began asks once at the end. */
struct finding {
	struct report_differences list;
	int error;
};

static void clear_one(struct report_difference *difference)
{
	free(difference->what);
	free(difference->a);
	free(difference->b);
}

void report_differences_clear(struct report_differences *differences)
{
	for (size_t i = 0; i < differences->n; i++)
		clear_one(&differences->at[i]);
	free(differences->at);
	*differences = (struct report_differences){ 0 };
}

static bool equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool copy(const char *text, char **ret)
{
	*ret = text ? strdup(text) : NULL;
	return *ret || !text;
}

/* NULL is what a run does not have. */
__attribute__((format(printf, 5, 6)))
static void compare(struct finding *finding, bool refused, const char *a,
		    const char *b, const char *what, ...)
{
	struct report_differences *list = &finding->list;
	struct report_difference new = { .refused = refused }, *at;
	va_list arguments;
	int n;

	if (finding->error || equal(a, b))
		return;
	va_start(arguments, what);
	n = vasprintf(&new.what, what, arguments);
	va_end(arguments);
	if (n < 0)
		new.what = NULL;
	at = reallocarray(list->at, list->n + 1, sizeof(*at));
	if (at)
		list->at = at;
	if (!at || n < 0 || !copy(a, &new.a) || !copy(b, &new.b)) {
		clear_one(&new);
		finding->error = -ENOMEM;
		return;
	}
	list->at[list->n++] = new;
	list->n_refused += refused;
}

static void compare_number(struct finding *finding, bool refused, uint64_t a,
			   uint64_t b, const char *what)
{
	char of_a[24], of_b[24];

	snprintf(of_a, sizeof(of_a), "%" PRIu64, a);
	snprintf(of_b, sizeof(of_b), "%" PRIu64, b);
	compare(finding, refused, of_a, of_b, "%s", what);
}

/* ---- program and labels -------------------------------------------------- */

static const char *word(const struct store_run *run, size_t i)
{
	return i < run->n_argv ? run->argv[i] : NULL;
}

static void compare_program(struct finding *finding, const struct store_run *a,
			    const struct store_run *b)
{
	size_t n = a->n_argv > b->n_argv ? a->n_argv : b->n_argv;

	compare(finding, true, word(a, 0), word(b, 0), "program");
	for (size_t i = 1; i < n; i++)
		compare(finding, true, word(a, i), word(b, i), "argument %zu", i);
}

/* Which file "./infer" is depends on where one stands. */
static bool is_relative(const struct store_run *run)
{
	return run->n_argv && *run->argv[0] != '/' && strchr(run->argv[0], '/');
}

static const char *label(const struct store_run *run, const char *key)
{
	for (size_t i = 0; i < run->n_labels; i++)
		if (!strcmp(run->labels[i].key, key))
			return run->labels[i].value;
	return NULL;
}

/* The order in which they were given says nothing. */
static void compare_labels(struct finding *finding, const struct store_run *a,
			   const struct store_run *b)
{
	for (size_t i = 0; i < a->n_labels; i++)
		compare(finding, true, a->labels[i].value,
			label(b, a->labels[i].key), "label %s", a->labels[i].key);
	for (size_t i = 0; i < b->n_labels; i++)
		if (!label(a, b->labels[i].key))
			compare(finding, true, NULL, b->labels[i].value,
				"label %s", b->labels[i].key);
}

/* ---- machine ------------------------------------------------------------- */

#define CPU_MAX 40

static const char *cpu_of(const struct tierscope_topology *topology, char *buffer)
{
	snprintf(buffer, CPU_MAX, "%u/%u/%u", topology->family, topology->model,
		 topology->stepping);
	return buffer;
}

static const struct tierscope_socket *
socket_of(const struct tierscope_topology *topology, int id)
{
	for (size_t i = 0; i < topology->n_sockets; i++)
		if (topology->sockets[i].id == id)
			return &topology->sockets[i];
	return NULL;
}

static void compare_sockets(struct finding *finding,
			    const struct tierscope_topology *a,
			    const struct tierscope_topology *b)
{
	compare_number(finding, true, a->n_sockets, b->n_sockets, "sockets");
	for (size_t i = 0; i < a->n_sockets; i++) {
		const struct tierscope_socket *one = &a->sockets[i];
		const struct tierscope_socket *other = socket_of(b, one->id);
		char what[48];

		snprintf(what, sizeof(what), "CPUs of socket %d", one->id);
		compare_number(finding, true, one->cpus, other ? other->cpus : 0,
			       what);
	}
}

/* More of them than sockets is sub-NUMA clustering: another machine to those
 * who place memory. Those without CPUs come and go with the mode. */
static uint64_t nodes_with_cpus(const struct tierscope_topology *topology)
{
	uint64_t n = 0;

	for (size_t i = 0; i < topology->n_nodes; i++)
		n += topology->nodes[i].has_cpus;
	return n;
}

static void compare_machine(struct finding *finding, const struct store_run *a,
			    const struct store_run *b)
{
	const struct tierscope_topology *x = a->topology, *y = b->topology;
	char cpu_a[CPU_MAX], cpu_b[CPU_MAX];

	compare(finding, true, a->host, b->host, "host");
	compare(finding, true, a->kernel, b->kernel, "kernel");
	if (!x || !y) {
		compare(finding, true, x ? "recorded" : "not recorded",
			y ? "recorded" : "not recorded", "topology");
		return;
	}
	compare(finding, true, x->cpu_model, y->cpu_model, "CPU model");
	compare(finding, true, cpu_of(x, cpu_a), cpu_of(y, cpu_b),
		"CPU family/model/stepping");
	compare(finding, true, x->simulated ? "yes" : "no",
		y->simulated ? "yes" : "no", "simulated");
	compare_sockets(finding, x, y);
	compare_number(finding, true, nodes_with_cpus(x), nodes_with_cpus(y),
		       "nodes with CPUs");
}

/* ---- what may differ ------------------------------------------------------ */

/* 0 if that of one node is not known. */
static uint64_t memory_bytes(const struct tierscope_topology *topology)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < topology->n_nodes; i++) {
		if (topology->nodes[i].total_bytes == TIERSCOPE_BYTES_UNKNOWN)
			return 0;
		bytes += topology->nodes[i].total_bytes;
	}
	return bytes;
}

static void compare_memory(struct finding *finding,
			   const struct tierscope_topology *a,
			   const struct tierscope_topology *b)
{
	compare(finding, false, tierscope_mode_name(a->mode),
		tierscope_mode_name(b->mode), "mode");
	/* 0 may be none or not known. */
	if (a->near_bytes && b->near_bytes)
		compare_number(finding, false, a->near_bytes, b->near_bytes,
			       "near memory, bytes");
	if (memory_bytes(a) && memory_bytes(b))
		compare_number(finding, false, memory_bytes(a), memory_bytes(b),
			       "memory of all nodes, bytes");
}

/* "" is nobody asked. */
static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

static void compare_policy(struct finding *finding, const struct store_policy *a,
			   const struct store_policy *b)
{
	compare(finding, false, given(a->mode), given(b->mode), "memory policy");
	compare(finding, false, given(a->tier), given(b->tier), "tier asked for");
	compare(finding, false, given(a->nodes), given(b->nodes), "nodes asked for");
	compare(finding, false, given(a->weights), given(b->weights), "weights of nodes");
	compare(finding, false, given(a->cpus), given(b->cpus), "CPUs asked for");
}

static void find(struct finding *finding, const struct store_run *a,
		 const struct store_run *b)
{
	bool relative = is_relative(a) || is_relative(b);

	compare_program(finding, a, b);
	if (relative)
		compare(finding, true, a->directory, b->directory, "directory");
	compare_labels(finding, a, b);
	compare_machine(finding, a, b);
	if (a->topology && b->topology)
		compare_memory(finding, a->topology, b->topology);
	compare_policy(finding, &a->policy, &b->policy);
	if (!relative)
		compare(finding, false, a->directory, b->directory, "directory");
	compare_number(finding, false, a->uid, b->uid, "uid");
	compare(finding, false, a->tierscope, b->tierscope, "recorded by tierscope");
	compare_number(finding, false, a->interval_ns, b->interval_ns,
		       "sampled every, ns");
}

int report_differences_find(const struct report_run *a,
			    const struct report_run *b,
			    struct report_differences *ret)
{
	struct finding finding = { 0 };

	find(&finding, a->run, b->run);
	if (finding.error) {
		report_differences_clear(&finding.list);
		return finding.error;
	}
	*ret = finding.list;
	return 0;
}
