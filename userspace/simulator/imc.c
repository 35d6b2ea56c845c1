/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "imc.h"

/* Channels take turns every 256 bytes: four lines. */
#define CHANNEL_LINES 4

int sim_imc_init(struct sim_imc *imc, const struct sim_machine *machine,
		 struct tierscope_sim_channel *channel)
{
	*imc = (struct sim_imc){
		.mode = machine->mode,
		.fetch_on_write_miss = machine->fetch_on_write_miss,
		.ddo_percent = machine->ddo_percent,
		.channel = channel,
	};
	if (imc->mode != TIERSCOPE_SIM_MEMORY_MODE)
		return 0;
	return sim_near_memory_init(&imc->near, machine->near_bytes);
}

void sim_imc_release(struct sim_imc *imc)
{
	sim_near_memory_release(&imc->near);
}

static struct tierscope_sim_channel *channel_of(struct sim_imc *imc,
						uint32_t line)
{
	return &imc->channel[line / CHANNEL_LINES % TIERSCOPE_SIM_CHANNELS];
}

/*
 * To the DIMM of @channel. What the channel has at a time is a line of the
 * medium, and the lines of a DIMM are told apart by their place in the socket's
 * memory. If near memory is no multiple of 256 bytes, some lie on two DIMMs,
 * each of which has a part.
 */
static void pmm_request(struct sim_imc *imc,
			struct tierscope_sim_channel *channel, uint32_t line,
			bool write)
{
	channel->imc[write ? TIERSCOPE_SIM_PMM_WRITE : TIERSCOPE_SIM_PMM_READ]++;
	sim_media_access(&imc->media[channel - imc->channel], line, write,
			 channel->media);
}

static void count_tag_check(struct sim_imc *imc,
			    struct tierscope_sim_channel *channel,
			    enum sim_tag_check found, uint32_t victim)
{
	__u64 *count = channel->imc;

	count[TIERSCOPE_SIM_CAS_READ]++;	/* the tag, and the victim's data */
	switch (found) {
	case SIM_HIT_CLEAN:
	case SIM_HIT_DIRTY:
		count[TIERSCOPE_SIM_TAG_HIT]++;
		break;
	case SIM_MISS_CLEAN:
		count[TIERSCOPE_SIM_TAG_MISS_CLEAN]++;
		break;
	case SIM_MISS_DIRTY:
		count[TIERSCOPE_SIM_TAG_MISS_DIRTY]++;
		pmm_request(imc, channel, victim, true);
		break;
	}
}

/*
 * The channel comes from the slot and not from the line, so that the victim
 * is written back on the channel on which it was found.
 */
static enum sim_medium near_read(struct sim_imc *imc, uint32_t line)
{
	struct tierscope_sim_channel *channel =
		channel_of(imc, sim_near_memory_slot(&imc->near, line));
	enum sim_tag_check found;
	uint32_t victim = 0;

	found = sim_near_memory_access(&imc->near, line, false, &victim);
	count_tag_check(imc, channel, found, victim);
	if (sim_tag_check_hits(found)) {
		/* No index: where to count would wait for the slot's memory. */
		if (found == SIM_HIT_DIRTY)
			channel->m2m[TIERSCOPE_SIM_READ_HIT_DIRTY]++;
		else
			channel->m2m[TIERSCOPE_SIM_READ_HIT_CLEAN]++;
		return SIM_DRAM;
	}
	channel->m2m[TIERSCOPE_SIM_READ_MISS]++;
	pmm_request(imc, channel, line, false);
	channel->imc[TIERSCOPE_SIM_CAS_WRITE]++;	/* the fill */
	return SIM_PMEM;
}

/* Evenly, and the same in every run: of 100 in a row, ddo_percent. */
static bool skips_tag_check(struct sim_imc *imc)
{
	imc->ddo_due += imc->ddo_percent;
	if (imc->ddo_due < 100)
		return false;
	imc->ddo_due -= 100;
	return true;
}

static void near_write(struct sim_imc *imc, uint32_t line)
{
	struct tierscope_sim_channel *channel =
		channel_of(imc, sim_near_memory_slot(&imc->near, line));
	__u64 *count = channel->imc;
	enum sim_tag_check found;
	uint32_t victim = 0;

	found = sim_near_memory_access(&imc->near, line, true, &victim);
	count[TIERSCOPE_SIM_CAS_WRITE]++;	/* the data */
	if (sim_tag_check_hits(found) && skips_tag_check(imc)) {
		channel->m2m[TIERSCOPE_SIM_WRITE_NO_TAG]++;
		return;
	}
	channel->m2m[TIERSCOPE_SIM_WRITE_TAG]++;
	count_tag_check(imc, channel, found, victim);
	if (!sim_tag_check_hits(found) && imc->fetch_on_write_miss) {
		pmm_request(imc, channel, line, false);
		count[TIERSCOPE_SIM_CAS_WRITE]++;	/* the fill */
	}
}

/* Without near memory a request is one request to what holds the line. */
static void plain(struct sim_imc *imc, struct sim_request *r,
		  enum sim_medium medium)
{
	struct tierscope_sim_channel *channel = channel_of(imc, r->line);
	bool pmem = medium == SIM_PMEM;

	if (pmem)
		pmm_request(imc, channel, r->line, r->write);
	else
		channel->imc[r->write ? TIERSCOPE_SIM_CAS_WRITE :
					TIERSCOPE_SIM_CAS_READ]++;
	if (r->write) {
		channel->m2m[TIERSCOPE_SIM_WRITE_NO_TAG]++;
	} else {
		channel->m2m[pmem ? TIERSCOPE_SIM_READ_MISS :
				    TIERSCOPE_SIM_READ_HIT_CLEAN]++;
	}
	r->ret_source = medium;
}

static void serve(struct sim_imc *imc, struct sim_request *r)
{
	switch (imc->mode) {
	case TIERSCOPE_SIM_MEMORY_MODE:
		if (r->write)
			near_write(imc, r->line);
		else
			r->ret_source = near_read(imc, r->line);
		break;
	case TIERSCOPE_SIM_DRAM_ONLY:
		plain(imc, r, SIM_DRAM);
		break;
	case TIERSCOPE_SIM_APP_DIRECT:
		plain(imc, r, r->medium);
		break;
	}
}

void sim_imc_serve(struct sim_imc *imc, struct sim_request *request,
		   unsigned int n)
{
	sim_lock(&imc->lock);
	for (unsigned int i = 0; i < n; i++)
		serve(imc, &request[i]);
	sim_unlock(&imc->lock);
}
