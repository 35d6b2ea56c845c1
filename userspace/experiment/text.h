/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words and pairs of an experiment, each with the place where it was written,
 * so that what is wrong with it later can still be pointed at.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Lines and columns count from 1; 0 is no place. */
struct experiment_place {
	size_t line;
	size_t column;
};

struct experiment_word {
	char *text;
	struct experiment_place place;
};

struct experiment_words {
	size_t n;
	struct experiment_word *words;
};

/**
 * struct experiment_pair - name and value
 * @place: of the value
 */
struct experiment_pair {
	char *name;
	char *value;
	struct experiment_place place;
};

struct experiment_pairs {
	size_t n;
	struct experiment_pair *pairs;
};

/* Both copy. Return 0 or -ENOMEM. */
int experiment_words_add(struct experiment_words *words, const char *text,
			 struct experiment_place place);
int experiment_pairs_add(struct experiment_pairs *pairs, const char *name,
			 const char *value, struct experiment_place place);
int experiment_pairs_copy(const struct experiment_pairs *from,
			  struct experiment_pairs *ret);
void experiment_words_clear(struct experiment_words *words);
void experiment_pairs_clear(struct experiment_pairs *pairs);

/* The value, or NULL. */
const char *experiment_pairs_find(const struct experiment_pairs *pairs,
				  const char *name);
/* True if all of @some are in @all with the same values. */
bool experiment_pairs_within(const struct experiment_pairs *some,
			     const struct experiment_pairs *all);

/**
 * experiment_say() - the sentence of a failure
 * @path: of the file; NULL for none
 * @place: in it; of zeros for all of it
 *
 * "FILE:LINE:COLUMN: ..." in @error. Returns -EINVAL, for the caller to hand on.
 */
__attribute__((format(printf, 5, 6)))
int experiment_say(char *error, size_t error_bytes, const char *path,
		   struct experiment_place place, const char *format, ...);
