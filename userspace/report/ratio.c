/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/ratio.h"

#include "report/derive.h"

static struct report_value of_tag_checks(const struct report_traffic *traffic,
					 enum tierscope_role role)
{
	const double *count = traffic->count;
	struct report_value value;
	double ratio;

	if (!report_traffic_have(traffic, REPORT_TAGS, &value))
		return value;
	if (report_quotient(count[role],
			    count[TIERSCOPE_ROLE_TAG_HIT] +
			    count[TIERSCOPE_ROLE_TAG_MISS_CLEAN] +
			    count[TIERSCOPE_ROLE_TAG_MISS_DIRTY], &ratio) < 0)
		return report_not_available("no tag check was counted");
	return report_real(ratio);
}

struct report_value report_hit_ratio(const struct report_traffic *traffic)
{
	return of_tag_checks(traffic, TIERSCOPE_ROLE_TAG_HIT);
}

struct report_value report_miss_clean_ratio(const struct report_traffic *traffic)
{
	return of_tag_checks(traffic, TIERSCOPE_ROLE_TAG_MISS_CLEAN);
}

struct report_value report_miss_dirty_ratio(const struct report_traffic *traffic)
{
	return of_tag_checks(traffic, TIERSCOPE_ROLE_TAG_MISS_DIRTY);
}

static struct report_value of_reads(const struct report_traffic *traffic,
				    enum tierscope_mode mode, uint64_t roles,
				    double reads)
{
	struct report_value value;
	double ratio;

	if (!report_traffic_have(traffic, roles, &value))
		return value;
	if (mode != TIERSCOPE_MODE_MEMORY_MODE)
		return report_not_available("outside Memory Mode its event counts plain reads of DRAM");
	/* Boxes are read one after the other: in an interval with next to no
	 * reads the difference may be below zero. */
	if (reads < 0)
		reads = 0;
	if (report_quotient(traffic->count[TIERSCOPE_ROLE_M2M_READ_HIT], reads,
			    &ratio) < 0)
		return report_not_available("no read was counted");
	return report_real(ratio);
}

struct report_value report_read_hit_ratio(const struct report_traffic *traffic,
					  enum tierscope_mode mode)
{
	return of_reads(traffic, mode, REPORT_READ_HITS,
			traffic->count[TIERSCOPE_ROLE_DRAM_READ] -
			traffic->count[TIERSCOPE_ROLE_M2M_WRITE_NI]);
}

struct report_value report_pcm_read_hit_ratio(const struct report_traffic *traffic,
					      enum tierscope_mode mode)
{
	return of_reads(traffic, mode, REPORT_PCM_READ_HITS,
			traffic->count[TIERSCOPE_ROLE_DRAM_READ]);
}

struct report_value report_dram_share(const struct report_traffic *traffic)
{
	const double *count = traffic->count;
	struct report_value value;
	double dram, pmm, share;

	if (!report_traffic_have(traffic, REPORT_DRAM | REPORT_PMM, &value))
		return value;
	dram = count[TIERSCOPE_ROLE_DRAM_READ] + count[TIERSCOPE_ROLE_DRAM_WRITE];
	pmm = count[TIERSCOPE_ROLE_PMM_READ] + count[TIERSCOPE_ROLE_PMM_WRITE];
	if (report_quotient(dram, dram + pmm, &share) < 0)
		return report_not_available("no traffic was counted");
	return report_real(share);
}
