/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tierscope-infer prints.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/backend_dnnl.h"
#include "workloads/infer_options.h"
#include "workloads/network.h"

/* @times_ns: of the @n inferences that were timed. */
struct infer_result {
	const uint64_t *times_ns;
	size_t n;
	struct backend_dnnl_memory memory;
	uint64_t images_bytes;
	uint64_t logits_bytes;
	uint64_t threads;
	const char *instructions;	/* "AVX2" */
	uint64_t logits_checksum;
	uint64_t classes_checksum;
};

struct infer_summary {
	uint64_t min_ns;
	uint64_t median_ns;	/* of an even number: the mean of the middle two */
	uint64_t mean_ns;
};

/* @n > 0; @times_ns is left as it is. 0 or -ENOMEM. */
int infer_summarise(const uint64_t *times_ns, size_t n,
		    struct infer_summary *ret);

/* Over the class of each image, which is the one of its largest logit. Rounding
 * seldom changes it, so it can be compared between machines whose logits differ
 * in their last bits. */
uint64_t infer_classes_checksum(const float *logits, uint64_t batch,
				uint64_t classes);

/* What every document of a run or a plan begins with; see output.h. */
void infer_put_network(const struct infer_options *o, struct json_object *common,
		       bool *failed);

/* All: 0 or -errno. */
int infer_print_result(const struct infer_options *o, const struct network *net,
		       const struct infer_result *r);
/* Of these two @error is a sentence on a failure that is not of writing. */
int infer_print_plan(const struct infer_options *o, const struct network *net,
		     char *error, size_t error_bytes);
int infer_print_operations(enum output_format format, const struct network *net,
			   char *error, size_t error_bytes);
int infer_print_list(enum output_format format);
int infer_print_description(enum output_format format,
			    const struct network *net);
