// SPDX-License-Identifier: GPL-2.0-only
/*
 * The controls of the model: parameters under
 * /sys/module/tierscope_sim/parameters, for root.
 *
 *   freeze  Y stops the model and returns when nothing is being counted any
 *           more; N lets it run. Reads as Y or N.
 *   reset   1 sets every counter to 0
 *   preset  a number of at most 48 bits: every counter of every channel of a
 *           memory controller is set to it; an M2M and sim_media count what
 *           channels do together, so their counters begin at multiples of it
 *
 * All of them may fail with ETIMEDOUT if a vCPU does not come to rest within
 * a second, and then have changed nothing; reset and preset with EBUSY while
 * an event is open.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/smp.h>

#include "clock.h"
#include "control.h"
#include "sync.h"

#define QUIET_MS 1000

/*
 * Serialises the controls with each other and with the appearance of events.
 * Outermost of the module; only the clock's lock is taken under it.
 */
static DEFINE_MUTEX(control_lock);
static struct tierscope_sim_region __iomem *model;	/* NULL before start, after stop */
static bool frozen;
static atomic_t events = ATOMIC_INIT(0);

static void model_run(void)
{
	tierscope_sim_clock_start();
	writeq(1, &model->run);
}

static void sync_this_cpu(void *unused)
{
	tierscope_sim_sync();
}

/*
 * What waits is counted first, so that little is lost: what the other CPUs do
 * until they see run. Then the protocol of tierscope_sim.h: run = 0, a barrier, and every busy word
 * seen at 0 once. A vCPU that raises its word later looks at run later, too.
 */
static int model_rest(void)
{
	ktime_t deadline = ktime_add_ms(ktime_get(), QUIET_MS);

	on_each_cpu(sync_this_cpu, NULL, 1);
	writeq(0, &model->run);
	smp_mb();	/* pairs with the plugin's, between busy and run */
	for (u32 v = 0; v < readl(&model->vcpus); v++) {
		while (readq(&model->vcpu[v].busy)) {
			if (ktime_after(ktime_get(), deadline)) {
				if (!frozen)
					writeq(1, &model->run);
				return -ETIMEDOUT;
			}
			usleep_range(20, 100);
		}
	}
	tierscope_sim_clock_stop();
	return 0;
}

static void write_channel(struct tierscope_sim_channel __iomem *channel,
			  u64 value)
{
	for (u32 i = 0; i < TIERSCOPE_SIM_IMC_COUNTERS; i++)
		if (i != TIERSCOPE_SIM_CLOCKTICKS)
			writeq(value, &channel->imc[i]);
	for (u32 i = 0; i < TIERSCOPE_SIM_M2M_COUNTERS; i++)
		writeq(value, &channel->m2m[i]);
	for (u32 i = 0; i < TIERSCOPE_SIM_MEDIA_COUNTERS; i++)
		writeq(value, &channel->media[i]);
}

static void write_counters(u64 value)
{
	for (u32 s = 0; s < readl(&model->sockets); s++)
		for (u32 c = 0; c < TIERSCOPE_SIM_CHANNELS; c++)
			write_channel(&model->channel[s][c], value);
	tierscope_sim_clock_set(value);
}

static void clear_cores(void)
{
	for (u32 v = 0; v < readl(&model->vcpus); v++) {
		for (u32 i = 0; i < TIERSCOPE_SIM_CORE_COUNTERS; i++)
			writeq(0, &model->vcpu[v].core[i]);
		writeq(0, &model->vcpu[v].unplaced);
	}
}

static int rewrite(u64 value, bool cores)
{
	int err = -ENODEV;

	mutex_lock(&control_lock);
	if (!model)
		goto unlock;
	err = -EBUSY;
	if (atomic_read(&events))
		goto unlock;
	err = model_rest();
	if (err)
		goto unlock;
	write_counters(value);
	if (cores)
		clear_cores();
	smp_wmb();	/* the plugin sees the counters before it sees run */
	if (!frozen)
		model_run();
unlock:
	mutex_unlock(&control_lock);
	return err;
}

static int freeze_set(const char *text, const struct kernel_param *kp)
{
	bool freeze;
	int err;

	err = kstrtobool(text, &freeze);
	if (err)
		return err;
	mutex_lock(&control_lock);
	if (model && freeze != frozen) {
		if (freeze)
			err = model_rest();
		else
			model_run();
	}
	if (!err)
		frozen = freeze;
	mutex_unlock(&control_lock);
	return err;
}

static int reset_set(const char *text, const struct kernel_param *kp)
{
	bool reset;
	int err;

	err = kstrtobool(text, &reset);
	if (err)
		return err;
	return reset ? rewrite(0, true) : -EINVAL;
}

static int preset_set(const char *text, const struct kernel_param *kp)
{
	u64 value;
	int err;

	err = kstrtou64(text, 0, &value);
	if (err)
		return err;
	if (value >> TIERSCOPE_SIM_COUNTER_BITS)
		return -ERANGE;
	return rewrite(value, false);
}

static const struct kernel_param_ops freeze_ops = {
	.set = freeze_set,
	.get = param_get_bool,
};

static const struct kernel_param_ops reset_ops = {
	.set = reset_set,
};

static const struct kernel_param_ops preset_ops = {
	.set = preset_set,
};

module_param_cb(freeze, &freeze_ops, &frozen, 0644);
MODULE_PARM_DESC(freeze, "stop the model (Y) or let it run (N)");
module_param_cb(reset, &reset_ops, NULL, 0200);
MODULE_PARM_DESC(reset, "1: set every counter to 0, while no event is open");
module_param_cb(preset, &preset_ops, NULL, 0200);
MODULE_PARM_DESC(preset, "set every memory controller's counters, while no event is open");

void tierscope_sim_control_start(struct tierscope_sim_region __iomem *region)
{
	tierscope_sim_clock_init();
	mutex_lock(&control_lock);
	model = region;
	if (!frozen)
		model_run();
	mutex_unlock(&control_lock);
}

void tierscope_sim_control_stop(void)
{
	mutex_lock(&control_lock);
	writeq(0, &model->run);
	tierscope_sim_clock_stop();
	model = NULL;
	mutex_unlock(&control_lock);
}

void tierscope_sim_control_event_get(void)
{
	mutex_lock(&control_lock);
	atomic_inc(&events);
	mutex_unlock(&control_lock);
}

void tierscope_sim_control_event_put(void)
{
	atomic_dec(&events);
}
