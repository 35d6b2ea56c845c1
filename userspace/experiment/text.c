// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int experiment_words_add(struct experiment_words *words, const char *text,
			 struct experiment_place place)
{
	struct experiment_word *grown;
	char *copy;

	grown = reallocarray(words->words, words->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	words->words = grown;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	grown[words->n++] = (struct experiment_word){ copy, place };
	return 0;
}

int experiment_pairs_add(struct experiment_pairs *pairs, const char *name,
			 const char *value, struct experiment_place place)
{
	struct experiment_pair *grown, pair = { .place = place };

	grown = reallocarray(pairs->pairs, pairs->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	pairs->pairs = grown;
	pair.name = strdup(name);
	pair.value = strdup(value);
	if (!pair.name || !pair.value) {
		free(pair.name);
		free(pair.value);
		return -ENOMEM;
	}
	grown[pairs->n++] = pair;
	return 0;
}

int experiment_pairs_copy(const struct experiment_pairs *from,
			  struct experiment_pairs *ret)
{
	struct experiment_pairs copy = { 0 };

	for (size_t i = 0; i < from->n; i++) {
		int r = experiment_pairs_add(&copy, from->pairs[i].name,
					     from->pairs[i].value,
					     from->pairs[i].place);

		if (r < 0) {
			experiment_pairs_clear(&copy);
			return r;
		}
	}
	*ret = copy;
	return 0;
}

void experiment_words_clear(struct experiment_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->words[i].text);
	free(words->words);
	*words = (struct experiment_words){ 0 };
}

void experiment_pairs_clear(struct experiment_pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++) {
		free(pairs->pairs[i].name);
		free(pairs->pairs[i].value);
	}
	free(pairs->pairs);
	*pairs = (struct experiment_pairs){ 0 };
}

const char *experiment_pairs_find(const struct experiment_pairs *pairs,
				  const char *name)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (!strcmp(pairs->pairs[i].name, name))
			return pairs->pairs[i].value;
	return NULL;
}

bool experiment_pairs_within(const struct experiment_pairs *some,
			     const struct experiment_pairs *all)
{
	for (size_t i = 0; i < some->n; i++) {
		const char *value = experiment_pairs_find(all, some->pairs[i].name);

		if (!value || strcmp(value, some->pairs[i].value))
			return false;
	}
	return true;
}

int experiment_say(char *error, size_t error_bytes, const char *path,
		   struct experiment_place place, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!path)
		snprintf(error, error_bytes, "%s", text);
	else if (place.line)
		snprintf(error, error_bytes, "%s:%zu:%zu: %s", path, place.line,
			 place.column, text);
	else
		snprintf(error, error_bytes, "%s: %s", path, text);
	return -EINVAL;
}
