// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The configuration: what an administrator says of nodes, and the rules for
 * programs. The file is libinih's; what its sections mean is said here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "context.h"
#include "scope.h"

#define NODES_MAX	1024
#define RULES_MAX	256
/* libinih cuts longer names of sections without a word. */
#define SECTION_MAX	48

/**
 * struct config_read - a file that is being read
 * @line: of the file, that the reader has come to
 * @failed_line: the first that is wrong, 0 if none was found
 */
struct config_read {
	FILE *file;
	struct tierscope_config *config;
	unsigned int line;
	unsigned int failed_line;
	char failure[128];
};

static int __attribute__((format(printf, 3, 4)))
wrong(struct config_read *read, unsigned int line, const char *format, ...)
{
	va_list arguments;

	if (read->failed_line && read->failed_line <= line)
		return 0;
	read->failed_line = line;
	va_start(arguments, format);
	vsnprintf(read->failure, sizeof(read->failure), format, arguments);
	va_end(arguments);
	return 0;
}

/* The next line for libinih, which would take the rest of a long one for
 * another. */
static char *next_line(char *text, int size, void *data)
{
	struct config_read *read = data;
	size_t length;
	int c;

	if (!fgets(text, size, read->file))
		return NULL;
	read->line++;
	length = strlen(text);
	if (length + 1 < (size_t)size || text[length - 1] == '\n')
		return text;
	while ((c = getc(read->file)) != EOF && c != '\n')
		;
	wrong(read, read->line, "more than %d characters", size - 2);
	return text;
}

static void *grow(void *array, size_t n, size_t bytes)
{
	return reallocarray(array, n + 1, bytes);
}

static int add_node(struct config_read *read, const char *name, const char *value)
{
	struct tierscope_config *config = read->config;
	struct tierscope_config_node node = { .line = read->line }, *nodes;
	char rest;

	if (sscanf(name, "node%5d%c", &node.id, &rest) != 1 || node.id < 0 ||
	    node.id >= NODES_MAX)
		return wrong(read, read->line, "'%.40s' is no node such as node2", name);
	if (tierscope_tier_from_name(!strcmp(value, "cached") ? "memory-mode" : value,
				     &node.tier))
		return wrong(read, read->line,
			     "'%.40s' is no tier, only dram, pmem, memory-mode and unknown are",
			     value);
	for (size_t i = 0; i < config->n_nodes; i++)
		if (config->nodes[i].id == node.id)
			return wrong(read, read->line, "node%d is given twice", node.id);
	nodes = grow(config->nodes, config->n_nodes, sizeof(*nodes));
	if (!nodes)
		return wrong(read, read->line, "out of memory");
	config->nodes = nodes;
	config->nodes[config->n_nodes++] = node;
	return 1;
}

/* NULL without memory, and if there are too many. */
static struct tierscope_rule *rule_named(struct config_read *read, const char *name)
{
	struct tierscope_config *config = read->config;
	struct tierscope_rule *rules;

	for (size_t i = 0; i < config->n_rules; i++)
		if (!strcmp(config->rules[i].name, name))
			return &config->rules[i];
	rules = config->n_rules < RULES_MAX ?
		grow(config->rules, config->n_rules, sizeof(*rules)) : NULL;
	if (!rules)
		return NULL;
	config->rules = rules;
	rules += config->n_rules;
	*rules = (struct tierscope_rule){ .name = strdup(name), .line = read->line };
	if (!rules->name)
		return NULL;
	config->n_rules++;
	return rules;
}

static int add_to_rule(struct config_read *read, const char *rule_name,
		       const char *name, const char *value)
{
	struct tierscope_rule *rule;
	char **field;

	if (!*rule_name)
		return wrong(read, read->line, "the rule has no name");
	rule = rule_named(read, rule_name);
	if (!rule)
		return wrong(read, read->line, "more than %d rules, or out of memory", RULES_MAX);
	field = !strcmp(name, "program") ? &rule->program :
		!strcmp(name, "cgroup") ? &rule->cgroup :
		!strcmp(name, "tier") ? &rule->tier : NULL;
	if (!field)
		return wrong(read, read->line,
			     "a rule has no '%.40s', only program, cgroup and tier", name);
	if (*field)
		return wrong(read, read->line, "%s is given twice", name);
	if (field != &rule->tier ? *value != '/' : !*value)
		return wrong(read, read->line,
			     field != &rule->tier ? "'%.60s' does not begin with /" :
						    "the tier is missing%.0s", value);
	*field = strdup(value);
	return *field ? 1 : wrong(read, read->line, "out of memory");
}

/* Called by libinih; 0 is a failure there. */
static int on_value(void *data, const char *section, const char *name,
		    const char *value)
{
	struct config_read *read = data;

	if (strlen(section) >= SECTION_MAX)
		return wrong(read, read->line, "the name of the section has more than %d characters",
			     SECTION_MAX - 1);
	if (!strcmp(section, "nodes"))
		return add_node(read, name, value);
	if (!strncmp(section, "rule ", 5))
		return add_to_rule(read, section + 5 + strspn(section + 5, " "),
				   name, value);
	return wrong(read, read->line, "'%.40s' is in no section, only [nodes] and [rule NAME] are any",
		     name);
}

/* Fields may come in any order, so this is known at the end only. */
static void check_rules(struct config_read *read)
{
	for (size_t i = 0; i < read->config->n_rules; i++) {
		const struct tierscope_rule *rule = &read->config->rules[i];

		if (!rule->tier)
			wrong(read, rule->line, "rule %s has no tier", rule->name);
		else if (!rule->program && !rule->cgroup)
			wrong(read, rule->line, "rule %s has neither program nor cgroup",
			      rule->name);
	}
}

static int read_file(struct tierscope *ts, FILE *file,
		     struct tierscope_config *config)
{
	struct config_read read = { .file = file, .config = config };
	int line = ini_parse_stream(next_line, &read, on_value, &read);

	if (ferror(file))
		return tierscope_fail(ts, -EIO, "cannot read '%s'", config->file);
	if (line < 0)
		return tierscope_fail(ts, -ENOMEM, "reading '%s': out of memory",
				      config->file);
	if (line > 0)
		wrong(&read, (unsigned int)line, "neither [SECTION] nor NAME = VALUE");
	else if (!read.failed_line)
		check_rules(&read);
	return read.failed_line ?
	       tierscope_fail(ts, -EBADMSG, "%s:%u: %s", config->file,
			      read.failed_line, read.failure) : 0;
}

static void scope_free_config_(struct tierscope_config **config)
{
	tierscope_config_free(*config);
}

int tierscope_config_read(struct tierscope *ts, struct tierscope_config **ret)
{
	__attribute__((cleanup(scope_free_config_)))
	struct tierscope_config *config = calloc(1, sizeof(*config));
	const char *path = ts->config ? ts->config : TIERSCOPE_CONFIG;
	scope_fclose FILE *file = NULL;
	int fd, error;

	if (!config || !(config->file = strdup(path)))
		return tierscope_fail(ts, -ENOMEM, "reading '%s': out of memory", path);
	/* Only the usual one is below what stands for "/", without its "/". */
	fd = ts->config ? open(path, O_RDONLY | O_CLOEXEC) :
			  openat(ts->root, path + 1, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno != ENOENT || ts->config)) {
		error = -errno;
		return tierscope_fail(ts, error, "cannot read '%s': %s", path,
				      strerror(-error));
	}
	if (fd >= 0) {
		file = fdopen(fd, "r");
		if (!file) {
			close(fd);
			return tierscope_fail(ts, -ENOMEM, "reading '%s': out of memory",
					      path);
		}
		error = read_file(ts, file, config);
		if (error)
			return error;
	}
	*ret = scope_take(config);
	return 0;
}

int tierscope_config_from(struct tierscope *ts, const char *file)
{
	char *copy = file ? strdup(file) : NULL;

	if (file && !copy)
		return tierscope_fail(ts, -ENOMEM, "out of memory");
	free(ts->config);
	ts->config = copy;
	return 0;
}

void tierscope_config_free(struct tierscope_config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->n_rules; i++) {
		free(config->rules[i].name);
		free(config->rules[i].program);
		free(config->rules[i].cgroup);
		free(config->rules[i].tier);
	}
	free(config->rules);
	free(config->nodes);
	free(config->file);
	free(config);
}
