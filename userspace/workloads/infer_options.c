// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

#include "workloads/argument.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"

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
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "verbose", no_argument, NULL, OPTION_VERBOSE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

struct parser {
	struct infer_options options;
	const char *width;	/* as it was written, or NULL */
	bool width_exact;
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
		return refuse(p, "--%s wants a whole number from %llu to %llu, not '%s'",
			      option, (unsigned long long)min,
			      (unsigned long long)max, text);
	return 0;
}

/* Hundredths; what lies between two of them is rounded and never published. */
static int parse_width(struct parser *p, const char *text)
{
	uint64_t millionths, hundredths;

	if (argument_fraction(text, 6, &millionths) || !millionths ||
	    millionths > 100 * 1000000ull)
		return refuse(p, "--width wants a number above 0 such as 0.75, not '%s'",
			      text);
	hundredths = (millionths + 5000) / 10000;
	p->width = text;
	p->width_exact = hundredths * 10000 == millionths;
	p->options.network.width_hundredths = hundredths ? (uint32_t)hundredths : 1;
	return 0;
}

static int check_published(const struct parser *p)
{
	const struct catalogue_entry *want = &p->options.network;
	const struct mobilenetv2_configuration *nearest =
		mobilenetv2_nearest(want->width_hundredths, want->resolution);

	if (p->width_exact && nearest->resolution == want->resolution &&
	    nearest->width_hundredths == want->width_hundredths)
		return 0;
	return refuse(p, "mobilenetv2 was not published at width %s and resolution %u; the nearest is --width %u.%02u --resolution %u, --list shows all",
		      p->width ? p->width : "1.00", want->resolution, nearest->width_hundredths / 100,
		      nearest->width_hundredths % 100, nearest->resolution);
}

static int check_network(const struct parser *p)
{
	const struct catalogue_entry *want = &p->options.network;

	switch (want->network) {
	case CATALOGUE_MOBILENETV2:
		return check_published(p);
	case CATALOGUE_RESNET50:
		break;
	}
	if (p->width)
		return refuse(p, "resnet50 has no width multiplier: --width %s is for mobilenetv2",
			      p->width);
	if (want->resolution < RESNET50_RESOLUTION_MIN ||
	    want->resolution > RESNET50_RESOLUTION_MAX)
		return refuse(p, "resnet50 takes a --resolution from %d to %d, not %u",
			      RESNET50_RESOLUTION_MIN, RESNET50_RESOLUTION_MAX,
			      want->resolution);
	return 0;
}

static int parse_option(struct parser *p, enum option_id id, const char *text)
{
	struct infer_options *o = &p->options;
	uint64_t value;
	int err;

	switch (id) {
	case OPTION_NETWORK:
		if (catalogue_parse(text, &o->network.network))
			return refuse(p, "there is no network '%s'; there are mobilenetv2 and resnet50",
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
	case OPTION_FORMAT:
		if (output_format_parse(text, &o->format))
			return refuse(p, "--format wants table, json or csv, not '%s'",
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
	return refuse(p, "unknown option");
}

bool infer_needs_network(enum infer_action action)
{
	switch (action) {
	case INFER_RUN:
	case INFER_DESCRIBE:
	case INFER_SAVE_WEIGHTS:
		return true;
	case INFER_LIST:
	case INFER_HELP:
	case INFER_VERSION:
		break;
	}
	return false;
}

int infer_options_parse(int argc, char **argv, char *error, size_t error_bytes,
			struct infer_options *ret)
{
	struct parser p = {
		.options = {
			.network = { CATALOGUE_MOBILENETV2, 100, 224 },
			.batch = 1,
			.repeat = 3,
			.warmup = 1,
			.seed = 1,
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
	if (infer_needs_network(p.options.action)) {
		err = check_network(&p);
		if (err)
			return err;
	}
	*ret = p.options;
	return 0;
}
