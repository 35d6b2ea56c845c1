// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_options.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "workloads/argument.h"
#include "workloads/footprint.h"
#include "workloads/infer_parser.h"

enum option_id {
	OPTION_NETWORK = 256,
	OPTION_WIDTH,
	OPTION_RESOLUTION,
	OPTION_BATCH,
	OPTION_REPEAT,
	OPTION_WARMUP,
	OPTION_THREADS,
	OPTION_SEED,
	OPTION_WEIGHTS,
	OPTION_SAVE_WEIGHTS,
	OPTION_UNFUSED,
	OPTION_LIST,
	OPTION_DESCRIBE,
	OPTION_BACKEND,
	OPTION_PLAN,
	OPTION_OPERATIONS,
	OPTION_RING_DEGREE,
	OPTION_ALLOC,
	OPTION_KERNEL,
	OPTION_KEY_SEED,
	OPTION_DATA_OWNER,
	OPTION_OWNER,
	OPTION_OWNER_TIMEOUT,
	OPTION_FORMAT,
	OPTION_VERBOSE,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "network", required_argument, NULL, OPTION_NETWORK },
	{ "width", required_argument, NULL, OPTION_WIDTH },
	{ "resolution", required_argument, NULL, OPTION_RESOLUTION },
	{ "batch", required_argument, NULL, OPTION_BATCH },
	{ "repeat", required_argument, NULL, OPTION_REPEAT },
	{ "warmup", required_argument, NULL, OPTION_WARMUP },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "weights", required_argument, NULL, OPTION_WEIGHTS },
	{ "save-weights", required_argument, NULL, OPTION_SAVE_WEIGHTS },
	{ "unfused", no_argument, NULL, OPTION_UNFUSED },
	{ "list", no_argument, NULL, OPTION_LIST },
	{ "describe", no_argument, NULL, OPTION_DESCRIBE },
	{ "backend", required_argument, NULL, OPTION_BACKEND },
	{ "plan", no_argument, NULL, OPTION_PLAN },
	{ "operations", no_argument, NULL, OPTION_OPERATIONS },
	{ "ring-degree", required_argument, NULL, OPTION_RING_DEGREE },
	{ "alloc", required_argument, NULL, OPTION_ALLOC },
	{ "kernel", required_argument, NULL, OPTION_KERNEL },
	{ "key-seed", required_argument, NULL, OPTION_KEY_SEED },
	{ "data-owner", required_argument, NULL, OPTION_DATA_OWNER },
	{ "owner", required_argument, NULL, OPTION_OWNER },
	{ "owner-timeout", required_argument, NULL, OPTION_OWNER_TIMEOUT },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "verbose", no_argument, NULL, OPTION_VERBOSE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static int parse_count(const struct infer_parser *p, const char *option,
		       const char *text, uint64_t min, uint64_t max,
		       uint64_t *ret)
{
	if (argument_count(text, min, max, ret))
		return infer_refuse(p, "--%s wants a whole number from %llu to %llu, not '%s'",
				    option, (unsigned long long)min,
				    (unsigned long long)max, text);
	return 0;
}

/* Hundredths; what lies between two of them is rounded and never published. */
static int parse_width(struct infer_parser *p, const char *text)
{
	uint64_t millionths, hundredths;

	if (argument_fraction(text, 6, &millionths) || !millionths ||
	    millionths > 100 * 1000000ull)
		return infer_refuse(p, "--width wants a number above 0 such as 0.75, not '%s'",
				    text);
	hundredths = (millionths + 5000) / 10000;
	p->width = text;
	p->width_exact = hundredths * 10000 == millionths;
	p->options.network.width_hundredths = hundredths ? (uint32_t)hundredths : 1;
	return 0;
}

static int parse_degree(struct infer_parser *p, const char *text)
{
	uint64_t degree;

	if (argument_count(text, FOOTPRINT_DEGREE_MIN, FOOTPRINT_DEGREE_MAX,
			   &degree) || degree & (degree - 1))
		return infer_refuse(p, "--ring-degree wants a power of two from %d to %d, not '%s'",
				    FOOTPRINT_DEGREE_MIN, FOOTPRINT_DEGREE_MAX, text);
	p->options.ring_degree = (uint32_t)degree;
	return 0;
}

const char *infer_alloc_name(enum schedule_policy alloc)
{
	return alloc == SCHEDULE_POOL ? "pool" : "tight";
}

static int parse_alloc(struct infer_parser *p, const char *text)
{
	static const enum schedule_policy all[] = {
		SCHEDULE_POOL, SCHEDULE_TIGHT,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(text, infer_alloc_name(all[i]))) {
			p->options.alloc = all[i];
			return 0;
		}
	return infer_refuse(p, "--alloc wants pool or tight, not '%s'", text);
}

const char *infer_kernel_name(enum operation_ckks_kernel kernel)
{
	return kernel == OPERATION_CKKS_PRODUCT ? "product" : "accumulate";
}

static int parse_kernel(struct infer_parser *p, const char *text)
{
	static const enum operation_ckks_kernel all[] = {
		OPERATION_CKKS_ACCUMULATE, OPERATION_CKKS_PRODUCT,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(text, infer_kernel_name(all[i]))) {
			p->options.kernel = all[i];
			return 0;
		}
	return infer_refuse(p, "--kernel wants accumulate or product, not '%s'",
			    text);
}

static int parse_backend(struct infer_parser *p, const char *text)
{
	if (strcmp(text, "dnnl") && strcmp(text, "ckks"))
		return infer_refuse(p, "--backend wants dnnl or ckks, not '%s'",
				    text);
	p->options.backend = strcmp(text, "ckks") ? INFER_DNNL : INFER_CKKS;
	return 0;
}

static int parse_owner(struct infer_parser *p, const char *text)
{
	p->options.owner = text;
	return wire_address_parse(text, p->error, p->error_bytes,
				  &p->options.owner_address);
}

static int parse_timeout(struct infer_parser *p, const char *text)
{
	uint64_t ns;

	if (argument_duration(text, &ns) || ns < INFER_TIMEOUT_MIN_NS ||
	    ns > INFER_TIMEOUT_MAX_NS)
		return infer_refuse(p, "--owner-timeout wants a time from 100ms to 86400s, not '%s'",
				    text);
	p->timeout_option = true;
	p->options.owner_timeout_ns = ns;
	return 0;
}

static int parse_option(struct infer_parser *p, enum option_id id, const char *text)
{
	struct infer_options *o = &p->options;
	uint64_t value;
	int err;

	switch (id) {
	case OPTION_NETWORK:
		if (catalogue_parse(text, &o->network.network))
			return infer_refuse(p, "there is no network '%s'; there are mobilenetv2 and resnet50",
					    text);
		return 0;
	case OPTION_WIDTH:
		return parse_width(p, text);
	case OPTION_RESOLUTION:
		err = parse_count(p, "resolution", text, 1, 65536, &value);
		if (!err)
			o->network.resolution = (uint32_t)value;
		return err;
	case OPTION_BATCH:
		return parse_count(p, "batch", text, 1, INFER_BATCH_MAX,
				   &o->batch);
	case OPTION_REPEAT:
		return parse_count(p, "repeat", text, 1, INFER_REPEAT_MAX,
				   &o->repeat);
	case OPTION_WARMUP:
		return parse_count(p, "warmup", text, 0, INFER_REPEAT_MAX,
				   &o->warmup);
	case OPTION_THREADS:
		return parse_count(p, "threads", text, 1, INFER_THREADS_MAX,
				   &o->threads);
	case OPTION_SEED:
		return parse_count(p, "seed", text, 0, UINT64_MAX, &o->seed);
	case OPTION_WEIGHTS:
		o->weights = text;
		return 0;
	case OPTION_SAVE_WEIGHTS:
		o->save_weights = text;
		o->action = INFER_SAVE_WEIGHTS;
		return 0;
	case OPTION_UNFUSED:
		o->fuse = false;
		return 0;
	case OPTION_LIST:
		o->action = INFER_LIST;
		return 0;
	case OPTION_DESCRIBE:
		o->action = INFER_DESCRIBE;
		return 0;
	case OPTION_PLAN:
		o->action = INFER_PLAN;
		return 0;
	case OPTION_OPERATIONS:
		o->action = INFER_OPERATIONS;
		return 0;
	case OPTION_RING_DEGREE:
		p->encryption = "--ring-degree";
		return parse_degree(p, text);
	case OPTION_ALLOC:
		p->encryption = "--alloc";
		return parse_alloc(p, text);
	case OPTION_BACKEND:
		p->backend_option = true;
		return parse_backend(p, text);
	case OPTION_KERNEL:
		p->run_encryption = "--kernel";
		return parse_kernel(p, text);
	case OPTION_KEY_SEED:
		p->key_option = true;
		o->key_seeded = true;
		return parse_count(p, "key-seed", text, 0, UINT64_MAX,
				   &o->key_seed);
	case OPTION_DATA_OWNER:
		o->action = INFER_OWNER;
		return parse_owner(p, text);
	case OPTION_OWNER:
		p->run_encryption = "--owner";
		return parse_owner(p, text);
	case OPTION_OWNER_TIMEOUT:
		return parse_timeout(p, text);
	case OPTION_FORMAT:
		if (output_format_parse(text, &o->format))
			return infer_refuse(p, "--format wants table, json or csv, not '%s'",
					    text);
		return 0;
	case OPTION_VERBOSE:
		o->verbose = true;
		return 0;
	case OPTION_HELP:
		o->action = INFER_HELP;
		return 0;
	case OPTION_VERSION:
		o->action = INFER_VERSION;
		return 0;
	}
	return infer_refuse(p, "unknown option");
}

int infer_options_parse(int argc, char **argv, char *error, size_t error_bytes,
			struct infer_options *ret)
{
	struct infer_parser p = {
		.options = {
			.network = { CATALOGUE_MOBILENETV2, 100, 224 },
			.ring_degree = FOOTPRINT_DEGREE,
			.alloc = SCHEDULE_POOL,
			.warmup = INFER_UNSET,
			.seed = 1,
			.owner_timeout_ns = INFER_TIMEOUT_NS,
			.fuse = true,
		},
		.width_exact = true,
		.error = error,
		.error_bytes = error_bytes,
	};
	int err, id;

	/* getopt prints nothing itself: a refusal is one sentence of ours. */
	opterr = 0;
	optind = 0;
	while ((id = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
		if (id == ':')
			return infer_refuse(&p, "%s wants a value", argv[optind - 1]);
		if (id == '?')
			return infer_refuse(&p, "there is no option '%s', or it takes no value; --help shows all",
					    argv[optind - 1]);
		err = parse_option(&p, (enum option_id)id, optarg);
		if (err)
			return err;
	}
	if (optind < argc)
		return infer_refuse(&p, "there is nothing to do with '%s'; --help shows the options",
				    argv[optind]);
	err = infer_check(&p);
	if (err)
		return err;
	*ret = p.options;
	return 0;
}
