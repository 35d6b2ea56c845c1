// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/stream_options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "workloads/argument.h"

const char stream_usage[] =
"usage: tierscope-stream --bytes SIZE [options]\n"
"\n"
"Goes over memory in a way that can be foretold to the access.\n"
"\n"
"  --bytes SIZE         how much memory; K, M, G and T are powers of 1024\n"
"  --read, --write      what a pass does with each element; both for load, add,\n"
"                       store (default --read)\n"
"  --stride SIZE        distance of two elements, a multiple of 64 (default 64)\n"
"  --random             not in order, the same disorder in every pass\n"
"  --uniform            each access to any element, independent of the others\n"
"  --passes N           (default 1, or no limit with --seconds)\n"
"  --seconds S          end after this time; also 500ms\n"
"  --threads N          each has a part of the memory (default 1)\n"
"  --huge               ask for huge pages; else there are none\n"
"  --hold S             keep the memory for this time after the result\n"
"  --seed S             (default 1)\n"
"  --format FORMAT      table, json or csv (default table)\n"
"  --help, --version\n";

enum option_id {
	OPTION_BYTES = 256,
	OPTION_READ,
	OPTION_WRITE,
	OPTION_STRIDE,
	OPTION_RANDOM,
	OPTION_UNIFORM,
	OPTION_PASSES,
	OPTION_SECONDS,
	OPTION_THREADS,
	OPTION_HUGE,
	OPTION_HOLD,
	OPTION_SEED,
	OPTION_FORMAT,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option long_options[] = {
	{ "bytes", required_argument, NULL, OPTION_BYTES },
	{ "read", no_argument, NULL, OPTION_READ },
	{ "write", no_argument, NULL, OPTION_WRITE },
	{ "stride", required_argument, NULL, OPTION_STRIDE },
	{ "random", no_argument, NULL, OPTION_RANDOM },
	{ "uniform", no_argument, NULL, OPTION_UNIFORM },
	{ "passes", required_argument, NULL, OPTION_PASSES },
	{ "seconds", required_argument, NULL, OPTION_SECONDS },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "huge", no_argument, NULL, OPTION_HUGE },
	{ "hold", required_argument, NULL, OPTION_HOLD },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

struct parser {
	struct stream_options options;
	char *error;
	size_t error_bytes;
};

__attribute__((format(printf, 2, 3)))
static int refuse(const struct parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, p->error_bytes, format, args);
	va_end(args);
	return -EINVAL;
}

static int parse_count(const struct parser *p, const char *option,
		       const char *text, uint64_t min, uint64_t max,
		       uint64_t *ret)
{
	if (argument_count(text, min, max, ret))
		return refuse(p, "--%s wants a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'",
			      option, min, max, text);
	return 0;
}

static int parse_size(const struct parser *p, const char *option,
		      const char *text, uint64_t *ret)
{
	uint64_t bytes;

	if (argument_size(text, &bytes) || !bytes || bytes > TRAFFIC_BYTES_MAX)
		return refuse(p, "--%s wants a size from 1 to 64T such as 64M, not '%s'",
			      option, text);
	*ret = bytes;
	return 0;
}

/* Up to a year: what is added to the clock must fit. */
static int parse_duration(const struct parser *p, const char *option,
			  const char *text, uint64_t *ret)
{
	uint64_t ns;

	if (argument_duration(text, &ns) || !ns ||
	    ns > 365ull * 86400 * 1000000000)
		return refuse(p, "--%s wants a time above 0 such as 2 or 500ms, not '%s'",
			      option, text);
	*ret = ns;
	return 0;
}

static int parse_option(struct parser *p, enum option_id id, const char *text)
{
	struct stream_options *o = &p->options;
	uint64_t value;
	int err;

	switch (id) {
	case OPTION_BYTES:
		return parse_size(p, "bytes", text, &o->traffic.bytes);
	case OPTION_READ:
		o->traffic.read = true;
		return 0;
	case OPTION_WRITE:
		o->traffic.write = true;
		return 0;
	case OPTION_STRIDE:
		return parse_size(p, "stride", text, &o->traffic.stride_bytes);
	case OPTION_RANDOM:
		o->traffic.random = true;
		return 0;
	case OPTION_UNIFORM:
		o->traffic.uniform = true;
		return 0;
	case OPTION_PASSES:
		return parse_count(p, "passes", text, 1, 1ull << 40,
				   &o->traffic.passes);
	case OPTION_SECONDS:
		return parse_duration(p, "seconds", text, &o->traffic.limit_ns);
	case OPTION_THREADS:
		err = parse_count(p, "threads", text, 1, TRAFFIC_THREADS_MAX,
				  &value);
		if (!err)
			o->traffic.threads = (unsigned int)value;
		return err;
	case OPTION_HUGE:
		o->traffic.huge = true;
		return 0;
	case OPTION_HOLD:
		return parse_duration(p, "hold", text, &o->hold_ns);
	case OPTION_SEED:
		return parse_count(p, "seed", text, 0, UINT64_MAX,
				   &o->traffic.seed);
	case OPTION_FORMAT:
		if (output_format_parse(text, &o->format))
			return refuse(p, "--format wants table, json or csv, not '%s'",
				      text);
		return 0;
	case OPTION_HELP:
		o->action = STREAM_HELP;
		return 0;
	case OPTION_VERSION:
		o->action = STREAM_VERSION;
		return 0;
	}
	return refuse(p, "unknown option");
}

static int check_together(struct parser *p)
{
	struct traffic_options *t = &p->options.traffic;

	if (!t->bytes)
		return refuse(p, "--bytes is missing: how much memory, such as 64M");
	if (t->stride_bytes % TRAFFIC_LINE_BYTES)
		return refuse(p, "--stride wants a multiple of %d, not %" PRIu64,
			      TRAFFIC_LINE_BYTES, t->stride_bytes);
	if (t->bytes / t->stride_bytes < t->threads)
		return refuse(p, "--bytes %" PRIu64 " is too little for --threads %u: each needs a --stride of %" PRIu64 " bytes",
			      t->bytes, t->threads, t->stride_bytes);
	if (t->random && t->uniform)
		return refuse(p, "--random and --uniform exclude each other");
	if (!t->read && !t->write)
		t->read = true;
	if (!t->passes && !t->limit_ns)
		t->passes = 1;
	return 0;
}

int stream_options_parse(int argc, char **argv, char *error, size_t error_bytes,
			 struct stream_options *ret)
{
	struct parser p = {
		.options.traffic = {
			.stride_bytes = TRAFFIC_LINE_BYTES,
			.seed = 1,
			.threads = 1,
		},
		.error = error,
		.error_bytes = error_bytes,
	};
	int err, id;

	/* getopt prints nothing itself: a refusal is one sentence of ours. */
	opterr = 0;
	optind = 0;
	while ((id = getopt_long(argc, argv, "+:", long_options, NULL)) != -1) {
		if (id == ':')
			return refuse(&p, "%s wants a value", argv[optind - 1]);
		if (id == '?')
			return refuse(&p, "there is no option '%s', or it takes no value; --help shows all",
				      argv[optind - 1]);
		err = parse_option(&p, (enum option_id)id, optarg);
		if (err)
			return err;
	}
	if (optind < argc)
		return refuse(&p, "there is nothing to do with '%s'; --help shows the options",
			      argv[optind]);
	if (p.options.action == STREAM_RUN) {
		err = check_together(&p);
		if (err)
			return err;
	}
	*ret = p.options;
	return 0;
}
