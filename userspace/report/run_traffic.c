/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory controllers did during a run, and how far it can be trusted.
 */
#include <stdio.h>

#include "report/derive.h"
#include "report/identity.h"
#include "report/ratio.h"
#include "report/run_document.h"

#define TRAFFIC (REPORT_DRAM | REPORT_PMM)

static const char *socket_name(const struct report_traffic *traffic, char *buffer,
			       size_t size)
{
	if (traffic->socket == REPORT_ALL_SOCKETS)
		return "all";
	snprintf(buffer, size, "%d", traffic->socket);
	return buffer;
}

static int add_bytes(const struct report_run *run,
		     const struct report_traffic *traffic,
		     struct report_section *section)
{
	char name[16];
	const struct report_value values[] = {
		report_string(socket_name(traffic, name, sizeof(name))),
		report_run_known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_DRAM_READ)),
		report_run_known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_DRAM_WRITE)),
		report_run_known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_PMM_READ)),
		report_run_known(run, report_traffic_bytes(traffic, TIERSCOPE_ROLE_PMM_WRITE)),
		report_run_known(run, report_dram_share(traffic)),
		report_run_known(run, report_traffic_running_lowest(traffic)),
		report_run_known(run, report_traffic_method(traffic, TRAFFIC,
						 report_run_simulated(run))),
	};

	return report_section_row(section, values);
}

static int add_tags(const struct report_run *run,
		    const struct report_traffic *traffic,
		    struct report_section *section)
{
	struct report_value ratio = traffic->socket == REPORT_ALL_SOCKETS ?
		report_run_hit_ratio(run) : report_hit_ratio(traffic);
	enum tierscope_mode mode = report_run_mode(run);
	char name[16];
	const struct report_value values[] = {
		report_string(socket_name(traffic, name, sizeof(name))),
		report_run_known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_HIT)),
		report_run_known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_CLEAN)),
		report_run_known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_TAG_MISS_DIRTY)),
		report_run_known(run, ratio),
		report_run_known(run, report_miss_clean_ratio(traffic)),
		report_run_known(run, report_miss_dirty_ratio(traffic)),
		report_run_known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_M2M_READ_HIT)),
		report_run_known(run, report_traffic_count(traffic, TIERSCOPE_ROLE_M2M_WRITE_NI)),
		report_run_known(run, report_read_hit_ratio(traffic, mode)),
		report_run_known(run, report_pcm_read_hit_ratio(traffic, mode)),
		report_run_known(run, report_traffic_method(traffic, REPORT_TAGS,
						 report_run_simulated(run))),
	};

	return report_section_row(section, values);
}

int report_run_add_traffic(const struct report_run *run,
			   struct report_document *document)
{
	static const struct report_column bytes[] = {
		{ "socket", "socket", REPORT_STRING, 0 },
		{ "dram_read_bytes", "DRAM read", REPORT_BYTES, 0 },
		{ "dram_write_bytes", "DRAM written", REPORT_BYTES, 0 },
		{ "pmm_read_bytes", "Optane read", REPORT_BYTES, 0 },
		{ "pmm_write_bytes", "Optane written", REPORT_BYTES, 0 },
		{ "dram_traffic_share_ratio", "DRAM share of traffic", REPORT_RATIO, 0 },
		{ "running_share_ratio", "counters ran", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	static const struct report_column tags[] = {
		{ "socket", "socket", REPORT_STRING, 0 },
		{ "tag_hit_count", "hits", REPORT_INTEGER, 0 },
		{ "tag_miss_clean_count", "clean misses", REPORT_INTEGER, 0 },
		{ "tag_miss_dirty_count", "dirty misses", REPORT_INTEGER, 0 },
		{ "hit_ratio", "hit ratio (tag check)", REPORT_RATIO, 0 },
		{ "miss_clean_ratio", "clean", REPORT_RATIO, 0 },
		{ "miss_dirty_ratio", "dirty", REPORT_RATIO, 0 },
		{ "m2m_read_hit_count", "read hits", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "m2m_write_ni_count", "checked writes", REPORT_INTEGER, REPORT_NO_TABLE },
		{ "read_hit_ratio", "read hit ratio", REPORT_RATIO, 0 },
		{ "pcm_read_hit_ratio", "as PCM has it", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	struct report_section *section;
	char title[128];
	int r;

	r = report_document_section(document, "traffic",
		report_run_title(run, TRAFFIC, "Traffic at the memory controllers, whole sockets, others' included",
				 title, sizeof(title)),
		false, bytes, sizeof(bytes) / sizeof(bytes[0]), 0, &section);
	if (!r)
		r = add_bytes(run, &run->total, section);
	for (size_t i = 0; !r && i < run->n_sockets; i++)
		r = add_bytes(run, &run->sockets[i], section);
	if (!r)
		r = report_document_section(document, "tag_checks",
			report_run_title(run, REPORT_TAGS, "Tag checks of the DRAM cache",
					 title, sizeof(title)),
			false, tags, sizeof(tags) / sizeof(tags[0]), 0, &section);
	if (!r)
		r = add_tags(run, &run->total, section);
	for (size_t i = 0; !r && i < run->n_sockets; i++)
		r = add_tags(run, &run->sockets[i], section);
	return r;
}

/* What wears the modules, as a volume and not as a rate. */
int report_run_add_volume(const struct report_run *run,
			  struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "pmm_write_bytes", "written, at the memory controllers", REPORT_BYTES, 0 },
		{ "pmm_write_evicted_bytes", "  of it for dirty misses", REPORT_BYTES, 0 },
		{ "pmm_write_media_bytes", "written, at the media", REPORT_BYTES, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	bool cached = report_run_mode(run) == TIERSCOPE_MODE_MEMORY_MODE;
	const struct report_value values[] = {
		report_run_known(run, report_traffic_bytes(&run->total, TIERSCOPE_ROLE_PMM_WRITE)),
		cached ? report_run_known(run, report_traffic_bytes(&run->total,
						TIERSCOPE_ROLE_TAG_MISS_DIRTY)) :
			report_not_available("near memory is there in Memory Mode only"),
		report_not_available("only the modules' firmware counts there (ipmctl show -performance), 256 bytes at a time"),
		report_run_known(run, report_traffic_method(&run->total, REPORT_ROLE(PMM_WRITE),
						 report_run_simulated(run))),
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "volume",
		"Optane volume of the run, whole sockets, others' included", true,
		columns, sizeof(columns) / sizeof(columns[0]), 0, &section);
	return r ? r : report_section_row(section, values);
}

/* ---- quality -------------------------------------------------------------- */

static int add_identities(const struct report_run *run,
			  struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "identity", "identity", REPORT_STRING, 0 },
		{ "left_count", "left", REPORT_INTEGER, 0 },
		{ "right_count", "right", REPORT_INTEGER, 0 },
		{ "residual_ratio", "residual", REPORT_RATIO, 0 },
		{ "interval_residual_ratio", "interval by interval", REPORT_RATIO, 0 },
		{ "method", "method", REPORT_STRING, 0 },
	};
	struct report_section *section;
	char title[128];
	int r;

	r = report_document_section(document, "identities",
		report_run_title(run, REPORT_TAGS | TRAFFIC, "Do the counters agree with each other",
				 title, sizeof(title)),
		false, columns, sizeof(columns) / sizeof(columns[0]), 0, &section);
	for (size_t i = 0; !r && i < REPORT_IDENTITIES; i++) {
		const struct report_identity *identity = &report_identities[i];
		struct report_value none = { 0 };
		double left, right, apart;
		bool holds = report_identity_sides(identity, &run->total,
						   report_run_mode(run), &left,
						   &right, &none);
		struct report_value values[] = {
			report_string(identity->name), none, none, none, none, none,
		};

		if (holds) {
			values[1] = report_number(report_round(left));
			values[2] = report_number(report_round(right));
			values[3] = report_real(report_residual(left, right));
			values[4] = report_not_measured("no interval had all of them");
			values[5] = report_traffic_method(&run->total,
				report_identity_roles(identity),
				report_run_simulated(run));
		}
		if (holds && !report_agreement_residual(&run->agreements[i], &apart))
			values[4] = report_real(apart);
		r = report_section_row(section, values);
	}
	return r;
}

int report_run_add_quality(const struct report_run *run,
			   struct report_document *document)
{
	static const struct report_column columns[] = {
		{ "samples", "samples", REPORT_INTEGER, 0 },
		{ "samples_lost", "samples lost on the way", REPORT_INTEGER, 0 },
		{ "ticks_lost", "ticks that came late", REPORT_INTEGER, 0 },
		{ "samples_broken", "samples left out", REPORT_INTEGER, 0 },
		{ "running_share_ratio", "counters ran, at least", REPORT_RATIO, 0 },
		{ "scaling", "scaling", REPORT_STRING, 0 },
	};
	bool scaled = report_traffic_estimated(&run->total, TIERSCOPE_ROLES_ALL);
	struct report_value none = report_run_known(run, report_not_measured("no counter was recorded"));
	bool any = run->run->n_counters;
	const struct report_value values[] = {
		any ? report_number(run->n_samples) : none,
		any ? report_number(run->samples_lost) : none,
		any ? report_number(run->ticks_lost) : none,
		any ? report_number(run->n_broken) : none,
		report_run_known(run, report_traffic_running_lowest(&run->total)),
		!run->total.measured ?
			report_run_known(run, report_not_measured("nothing was counted")) :
			report_string(scaled ?
			"estimated: each interval's count x enabled / running, the counters took turns" :
			"none: every counter ran all the time"),
	};
	struct report_section *section;
	int r;

	r = report_document_section(document, "quality", "Quality", true, columns,
		sizeof(columns) / sizeof(columns[0]), 0, &section);
	if (!r)
		r = report_section_row(section, values);
	return r ? r : add_identities(run, document);
}
