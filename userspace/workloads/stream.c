// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tierscope-stream: memory traffic that tests and benchmarks can foretell.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "workloads/output.h"
#include "workloads/stream_options.h"
#include "workloads/traffic.h"

#define STATUS_FAILED	1
#define STATUS_USAGE	2

static void say(const char *sentence)
{
	fprintf(stderr, "tierscope-stream: %s\n", sentence);
}

static const char *access_name(const struct traffic_options *o)
{
	if (o->read)
		return o->write ? "read and write" : "read";
	return "write";
}

static const char *order_name(const struct traffic_options *o)
{
	if (o->uniform)
		return "uniform";
	return o->random ? "random" : "sequential";
}

/* Bytes of the lines that were touched, over the time that took. */
static double bytes_per_second(const struct traffic_result *r)
{
	return r->run_ns ? (double)r->accesses * TRAFFIC_LINE_BYTES * 1e9 /
			   (double)r->run_ns : 0.0;
}

static int print_table(const struct traffic_options *o,
		       const struct traffic_result *r, const void *buffer)
{
	printf("memory      %" PRIu64 " bytes at %p of process %d, %s\n",
	       o->bytes, buffer, (int)getpid(),
	       o->huge ? "huge pages asked for" : "no huge pages");
	printf("pattern     %s, %s, stride %" PRIu64 " bytes, threads %u\n",
	       access_name(o), o->random || o->uniform ? order_name(o) :
							 "in order",
	       o->stride_bytes, o->threads);
	printf("accesses    %" PRIu64 " of 8 bytes: %" PRIu64 " loads, %" PRIu64 " stores; %.3f passes over %" PRIu64 " elements\n",
	       r->loads + r->stores, r->loads, r->stores,
	       (double)r->accesses / (double)r->elements, r->elements);
	printf("touched     %" PRIu64 " bytes in whole lines\n",
	       r->accesses * TRAFFIC_LINE_BYTES);
	printf("time        %.3f ms (and %.3f ms to fill), %.3f GB/s\n",
	       (double)r->run_ns / 1e6, (double)r->fill_ns / 1e6,
	       bytes_per_second(r) / 1e9);
	printf("checksum    %016" PRIx64 "\n", r->checksum);
	return output_flush();
}

static int print_result(enum output_format format,
			const struct traffic_options *o,
			const struct traffic_result *r, const void *buffer)
{
	struct json_object *common, *rows, *row;
	bool failed = false;
	char text[32];

	if (format == OUTPUT_TABLE)
		return print_table(o, r, buffer);
	common = json_object_new_object();
	rows = json_object_new_array();
	row = json_object_new_object();
	output_count(common, "pid", (uint64_t)getpid(), &failed);
	output_count(common, "address", (uintptr_t)buffer, &failed);
	output_count(common, "bytes", o->bytes, &failed);
	output_count(common, "stride_bytes", o->stride_bytes, &failed);
	output_text(common, "access", access_name(o), &failed);
	output_text(common, "order", order_name(o), &failed);
	output_count(common, "huge", o->huge, &failed);
	output_count(common, "threads", o->threads, &failed);
	output_count(common, "seed", o->seed, &failed);
	output_count(row, "elements", r->elements, &failed);
	output_count(row, "loads", r->loads, &failed);
	output_count(row, "stores", r->stores, &failed);
	output_count(row, "touched_bytes", r->accesses * TRAFFIC_LINE_BYTES,
		     &failed);
	output_count(row, "fill_ns", r->fill_ns, &failed);
	output_count(row, "run_ns", r->run_ns, &failed);
	output_real(row, "bytes_per_second", bytes_per_second(r), 0, &failed);
	snprintf(text, sizeof(text), "%016" PRIx64, r->checksum);
	output_text(row, "checksum", text, &failed);
	output_row(rows, row, &failed);
	return output_print(format, "tierscope-stream.result", common, "results",
			    rows, failed);
}

static void hold(uint64_t ns)
{
	struct timespec t = {
		.tv_sec = (time_t)(ns / 1000000000),
		.tv_nsec = (long)(ns % 1000000000),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) == EINTR)
		;
}

static int stream(const struct stream_options *o, char *error,
		  size_t error_bytes)
{
	__attribute__((cleanup(traffic_freep))) struct traffic *t = NULL;
	struct traffic_result result;
	int err;

	err = traffic_new(&o->traffic, &t);
	if (!err)
		err = traffic_run(t, &result);
	if (err) {
		if (err == -EAGAIN)
			snprintf(error, error_bytes,
				 "cannot start %u threads: %s; fewer --threads may do",
				 o->traffic.threads, strerror(-err));
		else
			snprintf(error, error_bytes,
				 "cannot get %" PRIu64 " bytes of memory: %s",
				 o->traffic.bytes, strerror(-err));
		return err;
	}
	err = print_result(o->format, &o->traffic, &result, traffic_buffer(t));
	if (err) {
		snprintf(error, error_bytes, "cannot write the result: %s",
			 strerror(-err));
		return err;
	}
	if (o->hold_ns)
		hold(o->hold_ns);
	return 0;
}

int main(int argc, char **argv)
{
	struct stream_options options;
	char error[512] = "cannot write to standard output";
	int err = 0;

	if (stream_options_parse(argc, argv, error, sizeof(error), &options)) {
		say(error);
		return STATUS_USAGE;
	}
	switch (options.action) {
	case STREAM_HELP:
		fputs(stream_usage, stdout);
		err = output_flush();
		break;
	case STREAM_VERSION:
		puts("tierscope-stream " TIERSCOPE_VERSION);
		err = output_flush();
		break;
	case STREAM_RUN:
		err = stream(&options, error, sizeof(error));
		break;
	}
	if (!err)
		return EXIT_SUCCESS;
	say(error);
	return STATUS_FAILED;
}
