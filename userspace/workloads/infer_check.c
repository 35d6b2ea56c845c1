// SPDX-License-Identifier: GPL-2.0-or-later
#include "workloads/infer_parser.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "ckks/parameters.h"
#include "workloads/footprint.h"
#include "workloads/mobilenetv2.h"
#include "workloads/resnet50.h"

int infer_refuse(const struct infer_parser *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->error, p->error_bytes, format, args);
	va_end(args);
	return -EINVAL;
}

static bool needs_network(enum infer_action action)
{
	switch (action) {
	case INFER_RUN:
	case INFER_DESCRIBE:
	case INFER_SAVE_WEIGHTS:
	case INFER_PLAN:
	case INFER_OPERATIONS:
	case INFER_OWNER:
		return true;
	case INFER_LIST:
	case INFER_HELP:
	case INFER_VERSION:
		break;
	}
	return false;
}

static int check_published(const struct infer_parser *p)
{
	const struct catalogue_entry *want = &p->options.network;
	const struct mobilenetv2_configuration *nearest =
		mobilenetv2_nearest(want->width_hundredths, want->resolution);

	if (p->width_exact && nearest->resolution == want->resolution &&
	    nearest->width_hundredths == want->width_hundredths)
		return 0;
	return infer_refuse(p, "mobilenetv2 was not published at width %s and resolution %u; the nearest is --width %u.%02u --resolution %u, --list shows all",
			    p->width ? p->width : "1.00", want->resolution,
			    nearest->width_hundredths / 100,
			    nearest->width_hundredths % 100,
			    nearest->resolution);
}

static int check_network(const struct infer_parser *p)
{
	const struct catalogue_entry *want = &p->options.network;

	switch (want->network) {
	case CATALOGUE_MOBILENETV2:
		return check_published(p);
	case CATALOGUE_RESNET50:
		break;
	}
	if (p->width)
		return infer_refuse(p, "resnet50 has no width multiplier: --width %s is for mobilenetv2",
				    p->width);
	if (want->resolution < RESNET50_RESOLUTION_MIN ||
	    want->resolution > RESNET50_RESOLUTION_MAX)
		return infer_refuse(p, "resnet50 takes a --resolution from %d to %d, not %u",
				    RESNET50_RESOLUTION_MIN, RESNET50_RESOLUTION_MAX,
				    want->resolution);
	return 0;
}

/* Only what is encrypted has slots. */
static int check_slots(struct infer_parser *p)
{
	struct infer_options *o = &p->options;

	if (!o->batch)
		o->batch = footprint_slots(o->ring_degree);
	if (o->batch > footprint_slots(o->ring_degree))
		return infer_refuse(p, "a ciphertext of ring degree %u has slots for %llu images, not %llu; a larger --ring-degree has more",
				    o->ring_degree,
				    (unsigned long long)footprint_slots(o->ring_degree),
				    (unsigned long long)o->batch);
	return 0;
}

/* A data owner has images and keys; the network's weights and how it is run are
 * the server's. */
static int check_owner(struct infer_parser *p)
{
	const struct infer_options *o = &p->options;
	bool owner = o->action == INFER_OWNER;
	bool runs = o->action == INFER_RUN && o->backend == INFER_CKKS;

	if (p->key_option && !owner && !runs)
		return infer_refuse(p, "--key-seed is for encrypted inference: it goes with --backend ckks or --data-owner");
	if (p->key_option && runs && o->owner)
		return infer_refuse(p, "--key-seed is for who has the keys: with --owner that is the data owner");
	if (p->timeout_option && !o->owner)
		return infer_refuse(p, "--owner-timeout is for two processes: it goes with --data-owner or --owner");
	if (!owner)
		return 0;
	if (p->backend_option)
		return infer_refuse(p, "--data-owner runs no network, so it has no --backend; a server that asks it has --backend ckks --owner ADDRESS");
	if (p->run_encryption || o->weights || o->repeat || !o->fuse ||
	    o->warmup != INFER_UNSET)
		return infer_refuse(p, "--data-owner runs no network: how it is run, --owner, --weights, --repeat, --warmup, --kernel and --unfused, is for the server");
	return 0;
}

static int check_encryption(struct infer_parser *p)
{
	struct infer_options *o = &p->options;
	bool runs = (o->action == INFER_RUN && o->backend == INFER_CKKS) ||
		    o->action == INFER_OWNER;
	struct ckks_parameters parameters;
	int err = check_owner(p);

	if (err)
		return err;
	if (p->run_encryption && !runs)
		return infer_refuse(p, "%s is for encrypted inference: it goes with --backend ckks",
				    p->run_encryption);
	if (p->encryption && !runs && o->action != INFER_PLAN)
		return infer_refuse(p, "%s is for encrypted inference: it goes with --plan or --backend ckks",
				    p->encryption);
	if (!runs)
		return o->action == INFER_PLAN ? check_slots(p) : 0;
	if (!o->fuse)
		return infer_refuse(p, "--unfused is for --backend dnnl: on ciphertexts each activation is an operation of its own");
	if (ckks_parameters_standard(o->ring_degree, &parameters))
		return infer_refuse(p, "--backend ckks has primes for ring degrees up to 4096, not for %u; --plan goes further",
				    o->ring_degree);
	return check_slots(p);
}

/* An encrypted inference takes too long to be repeated unasked, and nothing
 * has to be prepared by a first one. */
static void set_defaults(struct infer_options *o)
{
	bool encrypted = o->backend == INFER_CKKS;

	if (!o->batch)
		o->batch = 1;
	if (!o->repeat)
		o->repeat = encrypted ? 1 : 3;
	if (o->warmup == INFER_UNSET)
		o->warmup = encrypted ? 0 : 1;
}

int infer_check(struct infer_parser *p)
{
	int err;

	if (needs_network(p->options.action)) {
		err = check_network(p);
		if (err)
			return err;
	}
	err = check_encryption(p);
	if (!err)
		set_defaults(&p->options);
	return err;
}
