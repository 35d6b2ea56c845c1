// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the keys of an experiment have for values.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/parse.h"
#include "experiment/template.h"
#include "lib/scope.h"

#define NAME_CHARACTERS							\
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"

bool experiment_is_name(const char *name)
{
	size_t n = strlen(name);

	return n && n < 64 && *name != '.' && *name != '-' &&
	       strspn(name, NAME_CHARACTERS) == n;
}

int experiment_parse_text(struct yaml_file *file, yaml_node_t *node,
			  const char *what, char **ret)
{
	const char *text = yaml_text(node);
	char *copy;

	if (!text || !*text)
		return yaml_wrong(file, node, "%s is one word or text", what);
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*ret);
	*ret = copy;
	return 0;
}

int experiment_parse_count(struct yaml_file *file, yaml_node_t *node,
			   const char *what, unsigned int least,
			   unsigned int most, unsigned int *ret)
{
	const char *text = yaml_text(node);
	unsigned long n;

	if (!text || !*text || strspn(text, "0123456789") != strlen(text) ||
	    strlen(text) > 9)
		return yaml_wrong(file, node, "%s is a whole number from %u to %u",
				  what, least, most);
	n = strtoul(text, NULL, 10);
	if (n < least || n > most)
		return yaml_wrong(file, node, "%s is %lu, and may be from %u to %u",
				  what, n, least, most);
	*ret = (unsigned int)n;
	return 0;
}

int experiment_parse_duration(struct yaml_file *file, yaml_node_t *node,
			      const char *what, uint64_t most_ns, uint64_t *ret)
{
	static const struct {
		const char *suffix;
		uint64_t ns;
	} units[] = {
		{ "", 1000000000 }, { "ms", 1000000 }, { "s", 1000000000 },
		{ "m", 60000000000 }, { "h", 3600000000000 },
	};
	const char *text = yaml_text(node);
	size_t digits = text ? strspn(text, "0123456789") : 0;

	for (size_t i = 0; digits && digits < 10 && i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t n = strtoul(text, NULL, 10);

		if (strcmp(text + digits, units[i].suffix))
			continue;
		if (!n || n > most_ns / units[i].ns)
			return yaml_wrong(file, node,
				"%s is '%s', and may be above 0 and up to %llu s",
				what, text, (unsigned long long)(most_ns / 1000000000));
		*ret = n * units[i].ns;
		return 0;
	}
	return yaml_wrong(file, node, "%s is a whole number of ms, s, m or h, such as 90s",
			  what);
}

/* ---- words and pairs ------------------------------------------------------ */

struct words_reader {
	const char *what;
	struct experiment_words *words;
};

static int add_word(struct yaml_file *file, yaml_node_t *item, void *data)
{
	struct words_reader *reader = data;
	const char *text = yaml_text(item);

	if (!text)
		return yaml_wrong(file, item, "%s is a list of words, and this is none",
				  reader->what);
	if (reader->words->n == EXPERIMENT_WORDS_MAX)
		return yaml_wrong(file, item, "%s has more than %d words",
				  reader->what, EXPERIMENT_WORDS_MAX);
	return experiment_words_add(reader->words, text, yaml_place(item));
}

/* As a shell would cut it, if it had no quotes. */
static int split(struct yaml_file *file, yaml_node_t *node, const char *what,
		 struct experiment_words *words)
{
	char *copy scope_free = strdup(yaml_text(node)), *rest = copy;
	const char *word;

	if (!copy)
		return -ENOMEM;
	if (strpbrk(copy, "\"'\\"))
		return yaml_wrong(file, node,
			"%s has quotes, which nobody takes off here: write it as a list, [A, 'B C']",
			what);
	while ((word = strsep(&rest, " \t\n"))) {
		int r;

		if (!*word)
			continue;
		if (words->n == EXPERIMENT_WORDS_MAX)
			return yaml_wrong(file, node, "%s has more than %d words",
					  what, EXPERIMENT_WORDS_MAX);
		r = experiment_words_add(words, word, yaml_place(node));
		if (r < 0)
			return r;
	}
	return 0;
}

int experiment_parse_words(struct yaml_file *file, yaml_node_t *node,
			   const char *what, struct experiment_words *words)
{
	struct words_reader reader = { what, words };
	int r;

	experiment_words_clear(words);
	if (yaml_text(node))
		r = split(file, node, what, words);
	else
		r = yaml_list(file, node, what, add_word, &reader);
	if (r < 0)
		return r;
	if (!words->n || !*words->words[0].text)
		return yaml_wrong(file, node, "%s is empty", what);
	return 0;
}

struct pairs_reader {
	const char *what;
	size_t most;
	struct experiment_pairs *pairs;
};

static int add_pair(struct yaml_file *file, const char *key,
		    yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct pairs_reader *reader = data;
	const char *text = yaml_text(value);

	if (!text)
		return yaml_wrong(file, value, "'%s' in %s has one value, a word or text",
				  key, reader->what);
	if (reader->pairs->n == reader->most)
		return yaml_wrong(file, key_node, "%s has more than %zu entries",
				  reader->what, reader->most);
	return experiment_pairs_add(reader->pairs, key, text, yaml_place(value));
}

int experiment_parse_pairs(struct yaml_file *file, yaml_node_t *node,
			   const char *what, size_t most,
			   struct experiment_pairs *pairs)
{
	struct pairs_reader reader = { what, most, pairs };

	experiment_pairs_clear(pairs);
	return yaml_mapping(file, node, what, add_pair, &reader);
}

/* ---- what rows are made of ------------------------------------------------ */

void experiment_grid_clear(struct experiment_grid *grid)
{
	struct experiment_choices *lists[] = {
		&grid->exclude, &grid->include, &grid->run,
	};

	for (size_t i = 0; i < grid->n_axes; i++) {
		free(grid->axes[i].name);
		experiment_words_clear(&grid->axes[i].values);
	}
	free(grid->axes);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (size_t j = 0; j < lists[i]->n; j++)
			experiment_pairs_clear(&lists[i]->choices[j].pairs);
		free(lists[i]->choices);
	}
	*grid = (struct experiment_grid){ 0 };
}

static int check_variable(struct yaml_file *file, const char *name,
			  const yaml_node_t *node)
{
	if (!experiment_is_variable(name))
		return yaml_wrong(file, node,
			"'%s' is no name for a variable: letters, digits and _, no digit first, at most 63",
			name);
	if (!strcmp(name, "machine") || !strcmp(name, "repeat"))
		return yaml_wrong(file, node,
			"'%s' is a variable that every run has anyway: choose another name",
			name);
	return 0;
}

static int add_axis(struct yaml_file *file, const char *key,
		    yaml_node_t *key_node, yaml_node_t *value, void *data)
{
	struct experiment_grid *grid = data;
	struct experiment_axis *axes, *axis;
	struct words_reader reader;
	int r;

	r = check_variable(file, key, key_node);
	if (r < 0)
		return r;
	if (grid->n_axes == EXPERIMENT_VARIABLES_MAX)
		return yaml_wrong(file, key_node, "the matrix has more than %d variables",
				  EXPERIMENT_VARIABLES_MAX);
	axes = reallocarray(grid->axes, grid->n_axes + 1, sizeof(*axes));
	if (!axes)
		return -ENOMEM;
	grid->axes = axes;
	axis = &axes[grid->n_axes];
	*axis = (struct experiment_axis){ .name = strdup(key) };
	if (!axis->name)
		return -ENOMEM;
	grid->n_axes++;
	reader = (struct words_reader){ key, &axis->values };
	/* One value needs no list. */
	r = yaml_text(value) ? add_word(file, value, &reader) :
			       yaml_list(file, value, key, add_word, &reader);
	if (r < 0)
		return r;
	if (!axis->values.n)
		return yaml_wrong(file, value,
			"'%s' has no value, so the matrix expands to nothing", key);
	return 0;
}

int experiment_parse_matrix(struct yaml_file *file, yaml_node_t *node,
			    struct experiment_grid *grid)
{
	int r;

	grid->place = yaml_place(node);
	r = yaml_mapping(file, node, "matrix", add_axis, grid);
	if (!r && !grid->n_axes)
		return yaml_wrong(file, node, "the matrix has no variable, so it expands to nothing");
	return r;
}

struct choices_reader {
	const char *what;
	struct experiment_choices *choices;
};

static int add_choice(struct yaml_file *file, yaml_node_t *item, void *data)
{
	struct choices_reader *reader = data;
	struct experiment_choices *list = reader->choices;
	struct experiment_choice *grown, *choice;
	int r;

	if (list->n == EXPERIMENT_ROWS_MAX)
		return yaml_wrong(file, item, "%s has more than %d entries",
				  reader->what, EXPERIMENT_ROWS_MAX);
	grown = reallocarray(list->choices, list->n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->choices = grown;
	choice = &grown[list->n++];
	*choice = (struct experiment_choice){ .place = yaml_place(item) };
	r = experiment_parse_pairs(file, item, reader->what,
				   EXPERIMENT_VARIABLES_MAX, &choice->pairs);
	if (r < 0)
		return r;
	for (size_t i = 0; i < choice->pairs.n; i++) {
		r = check_variable(file, choice->pairs.pairs[i].name, item);
		if (r < 0)
			return r;
	}
	if (!choice->pairs.n)
		return yaml_wrong(file, item, "an entry of %s is empty", reader->what);
	return 0;
}

int experiment_parse_choices(struct yaml_file *file, yaml_node_t *node,
			     const char *what, struct experiment_choices *choices)
{
	struct choices_reader reader = { what, choices };
	int r = yaml_list(file, node, what, add_choice, &reader);

	if (!r && !choices->n)
		return yaml_wrong(file, node, "%s is empty: leave it out", what);
	return r;
}
