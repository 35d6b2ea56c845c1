// SPDX-License-Identifier: GPL-2.0-only
#include "extack.h"

#ifndef NL_SET_ERR_MSG_FMT

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include <linux/tierscope.h>

/*
 * 80 as where the kernel does it itself. Room for every sentence that there is,
 * with every number: there are fewer than 16 of counters, and none has more
 * numbers than a request has of them; others, of functions, have few. At most
 * 768 KiB of them.
 */
#define SENTENCE_BYTES	80
#define SENTENCES_MAX	(16 * TIERSCOPE_COUNTERS_MAX)

struct sentence {
	struct list_head list;
	char text[SENTENCE_BYTES];
};

static DEFINE_MUTEX(sentences_lock);	/* innermost */
static LIST_HEAD(sentences);
static unsigned int n_sentences;

static const char *keep(const char *text)
{
	const char *kept = "refused; the error code says why";
	struct sentence *sentence;

	mutex_lock(&sentences_lock);
	list_for_each_entry(sentence, &sentences, list) {
		if (!strcmp(sentence->text, text)) {
			kept = sentence->text;
			goto unlock;
		}
	}
	if (n_sentences == SENTENCES_MAX)
		goto unlock;
	sentence = kzalloc(sizeof(*sentence), GFP_KERNEL);
	if (!sentence)
		goto unlock;
	strscpy(sentence->text, text, sizeof(sentence->text));
	list_add(&sentence->list, &sentences);
	n_sentences++;
	kept = sentence->text;
unlock:
	mutex_unlock(&sentences_lock);
	return kept;
}

void tierscope_extack_fmt(struct netlink_ext_ack *extack, const char *fmt, ...)
{
	char text[SENTENCE_BYTES];
	va_list args;

	if (!extack)
		return;
	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	extack->_msg = keep(text);
}

void tierscope_extack_exit(void)
{
	struct sentence *sentence, *next;

	list_for_each_entry_safe(sentence, next, &sentences, list)
		kfree(sentence);
	INIT_LIST_HEAD(&sentences);
	n_sentences = 0;
}

#endif
