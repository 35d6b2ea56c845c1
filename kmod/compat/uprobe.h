/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A uprobe of ours. Handlers have the same arguments on all kernels that we
 * know, and may sleep on all of them: 6.1 runs them with a semaphore held for
 * reading (register_rwsem), 6.12 within SRCU. Either way whoever takes a probe
 * back waits for handlers that run, so that none of them may wait for him.
 */
#ifndef TIERSCOPE_COMPAT_UPROBE_H
#define TIERSCOPE_COMPAT_UPROBE_H

#include <linux/err.h>
#include <linux/uprobes.h>

/**
 * struct tierscope_uprobe - a place in a file
 * @consumer: its handlers
 * @inode: of the file, which the owner holds
 * @offset: where
 * @uprobe: what the kernel made of it, where it tells
 */
struct tierscope_uprobe {
	struct uprobe_consumer consumer;
	struct inode *inode;
	loff_t offset;
	struct uprobe *uprobe;
};

#ifdef TIERSCOPE_HAVE_UPROBE_FILTER_CTX

#define TIERSCOPE_UPROBE_FILTER(name, consumer, mm)			\
	bool name(struct uprobe_consumer *consumer,			\
		  enum uprobe_filter_ctx ctx, struct mm_struct *mm)

#else

#define TIERSCOPE_UPROBE_FILTER(name, consumer, mm)			\
	bool name(struct uprobe_consumer *consumer, struct mm_struct *mm)

#endif

#ifdef TIERSCOPE_HAVE_UPROBE_UNREGISTER_NOSYNC

static inline int tierscope_uprobe_register(struct tierscope_uprobe *probe)
{
	struct uprobe *uprobe = uprobe_register(probe->inode, probe->offset, 0,
						&probe->consumer);

	if (IS_ERR(uprobe))
		return PTR_ERR(uprobe);
	probe->uprobe = uprobe;
	return 0;
}

/* Handlers may go on until tierscope_uprobe_synchronize(). */
static inline void tierscope_uprobe_unregister(struct tierscope_uprobe *probe)
{
	uprobe_unregister_nosync(probe->uprobe, &probe->consumer);
}

static inline void tierscope_uprobe_synchronize(void)
{
	uprobe_unregister_sync();
}

#else

static inline int tierscope_uprobe_register(struct tierscope_uprobe *probe)
{
	return uprobe_register(probe->inode, probe->offset, &probe->consumer);
}

static inline void tierscope_uprobe_unregister(struct tierscope_uprobe *probe)
{
	uprobe_unregister(probe->inode, probe->offset, &probe->consumer);
}

static inline void tierscope_uprobe_synchronize(void)
{
}

#endif

#endif /* TIERSCOPE_COMPAT_UPROBE_H */
