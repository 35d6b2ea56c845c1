// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the Optane DIMMs of a socket did behind their buffers: sim_media, in
 * 256-byte lines of their medium. No PMU of silicon counts that, so this one is
 * named after no other. Any number of events fits at a time, for all that it
 * takes is reading memory: none takes turns. So the 64-byte requests of all the
 * socket's channels are here as well: time is modelled from both over short
 * phases, for which the channels' own four counters are not enough.
 */
#include <linux/bits.h>
#include <linux/io.h>
#include <linux/sysfs.h>

#include "uncore.h"

/* 0 is no event: a config that was forgotten counts nothing. */
#define EVENT_READ	0x01
#define EVENT_WRITE	0x02
/* And of the channels: this and their number in enum tierscope_sim_imc. */
#define EVENT_REQUEST	0x10

/* The counters of a channel, in one row. */
#define REQUEST(imc)	(TIERSCOPE_SIM_MEDIA_COUNTERS + (imc))

PMU_FORMAT_ATTR(event, "config:0-7");

static struct attribute *format_attrs[] = {
	&format_attr_event.attr,
	NULL,
};

static const struct attribute_group format_group = {
	.name = "format",
	.attrs = format_attrs,
};

/* One count is 256 bytes: the scale is 256 / 2^20. */
PMU_EVENT_ATTR_STRING(media_read, media_read, "event=0x01");
PMU_EVENT_ATTR_STRING(media_read.scale, media_read_scale, "2.44140625e-4");
PMU_EVENT_ATTR_STRING(media_read.unit, media_read_unit, "MiB");
PMU_EVENT_ATTR_STRING(media_write, media_write, "event=0x02");
PMU_EVENT_ATTR_STRING(media_write.scale, media_write_scale, "2.44140625e-4");
PMU_EVENT_ATTR_STRING(media_write.unit, media_write_unit, "MiB");

PMU_EVENT_ATTR_STRING(dram_read, dram_read, "event=0x11");
PMU_EVENT_ATTR_STRING(dram_write, dram_write, "event=0x12");
PMU_EVENT_ATTR_STRING(pmm_read, pmm_read, "event=0x13");
PMU_EVENT_ATTR_STRING(pmm_write, pmm_write, "event=0x14");

static struct attribute *events_attrs[] = {
	&media_read.attr.attr,
	&media_read_scale.attr.attr,
	&media_read_unit.attr.attr,
	&media_write.attr.attr,
	&media_write_scale.attr.attr,
	&media_write_unit.attr.attr,
	&dram_read.attr.attr,
	&dram_write.attr.attr,
	&pmm_read.attr.attr,
	&pmm_write.attr.attr,
	NULL,
};

static const struct attribute_group events_group = {
	.name = "events",
	.attrs = events_attrs,
};

static const struct attribute_group *attr_groups[] = {
	&format_group,
	&events_group,
	&tierscope_sim_uncore_cpumask_group,
	NULL,
};

static int media_decode(__u64 config, __u32 *ret_set)
{
	switch (config) {
	case EVENT_READ:
		*ret_set = BIT(TIERSCOPE_SIM_MEDIA_READ);
		return 0;
	case EVENT_WRITE:
		*ret_set = BIT(TIERSCOPE_SIM_MEDIA_WRITE);
		return 0;
	case EVENT_REQUEST + TIERSCOPE_SIM_CAS_READ:
	case EVENT_REQUEST + TIERSCOPE_SIM_CAS_WRITE:
	case EVENT_REQUEST + TIERSCOPE_SIM_PMM_READ:
	case EVENT_REQUEST + TIERSCOPE_SIM_PMM_WRITE:
		*ret_set = BIT(REQUEST(config - EVENT_REQUEST));
		return 0;
	}
	return -EINVAL;
}

static u64 media_value(const struct tierscope_sim_region __iomem *region,
		       unsigned int socket, unsigned int box,
		       unsigned int counter)
{
	u64 value = 0;

	for (unsigned int c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
		value += counter < TIERSCOPE_SIM_MEDIA_COUNTERS ?
			readq(&region->channel[socket][c].media[counter]) :
			readq(&region->channel[socket][c].imc[counter - REQUEST(0)]);
	return value;
}

static struct tierscope_sim_uncore_box boxes[1];

const struct tierscope_sim_uncore_type tierscope_sim_media = {
	.name = "sim_media",
	.boxes = ARRAY_SIZE(boxes),
	.counters = BITS_PER_LONG,
	.box = boxes,
	.attr_groups = attr_groups,
	.decode = media_decode,
	.value = media_value,
};
