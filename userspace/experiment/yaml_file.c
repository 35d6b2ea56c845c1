// SPDX-License-Identifier: GPL-2.0-or-later
#include "experiment/yaml_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "experiment/file.h"
#include "lib/scope.h"

#define NOWHERE ((struct experiment_place){ 0 })

/* libyaml counts from 0, and says "did not find expected ..." in "while parsing
 * a ...". */
static int not_yaml(const struct yaml_file *file, const yaml_parser_t *parser)
{
	struct experiment_place place = {
		parser->problem_mark.line + 1, parser->problem_mark.column + 1,
	};
	const char *problem = parser->problem ? parser->problem : "no reason given";

	if (parser->error == YAML_MEMORY_ERROR) {
		snprintf(file->error, file->error_bytes, "out of memory");
		return -ENOMEM;
	}
	/* What is no UTF-8 has an offset and no mark. */
	if (parser->error == YAML_READER_ERROR)
		return experiment_say(file->error, file->error_bytes, file->path,
				      NOWHERE, "this is not YAML: %s at byte %zu",
				      problem, parser->problem_offset);
	return experiment_say(file->error, file->error_bytes, file->path, place,
			      "this is not YAML: %s%s%s", problem,
			      parser->context ? " " : "",
			      parser->context ? parser->context : "");
}

static int load(struct yaml_file *file, yaml_parser_t *parser)
{
	yaml_document_t second;
	yaml_node_t *root;

	if (!yaml_parser_load(parser, &file->document))
		return not_yaml(file, parser);
	if (!yaml_document_get_root_node(&file->document)) {
		yaml_document_delete(&file->document);
		return experiment_say(file->error, file->error_bytes, file->path,
				      NOWHERE, "the file is empty");
	}
	if (!yaml_parser_load(parser, &second)) {
		yaml_document_delete(&file->document);
		return not_yaml(file, parser);
	}
	root = yaml_document_get_root_node(&second);
	if (root) {
		experiment_say(file->error, file->error_bytes, file->path,
			       yaml_place(root),
			       "a second document begins here, and an experiment is one");
		yaml_document_delete(&file->document);
	}
	yaml_document_delete(&second);
	return root ? -EINVAL : 0;
}

int yaml_file_read(const char *path, char *error, size_t error_bytes,
		   struct yaml_file *ret)
{
	struct yaml_file file = {
		.path = path,
		.error = error,
		.error_bytes = error_bytes,
	};
	char *text scope_free = NULL;
	yaml_parser_t parser;
	size_t size = 0;
	int r;

	r = experiment_file_read(path, YAML_FILE_BYTES_MAX, &text, &size);
	if (r == -EFBIG) {
		snprintf(error, error_bytes,
			 "%s: more than %u bytes, which no experiment has", path,
			 YAML_FILE_BYTES_MAX);
		return r;
	}
	if (r < 0) {
		snprintf(error, error_bytes, "cannot read experiment '%s': %s",
			 path, strerror(-r));
		return r;
	}
	if (!yaml_parser_initialize(&parser)) {
		snprintf(error, error_bytes, "out of memory");
		return -ENOMEM;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	r = load(&file, &parser);
	yaml_parser_delete(&parser);
	if (r < 0)
		return r;
	*ret = file;
	return 0;
}

void yaml_file_clear(struct yaml_file *file)
{
	yaml_document_delete(&file->document);
}

yaml_node_t *yaml_file_root(struct yaml_file *file)
{
	return yaml_document_get_root_node(&file->document);
}

yaml_node_t *yaml_file_node(struct yaml_file *file, int id)
{
	return yaml_document_get_node(&file->document, id);
}

struct experiment_place yaml_place(const yaml_node_t *node)
{
	return (struct experiment_place){ node->start_mark.line + 1,
					  node->start_mark.column + 1 };
}

const char *yaml_text(const yaml_node_t *node)
{
	const char *text;

	if (node->type != YAML_SCALAR_NODE)
		return NULL;
	text = (const char *)node->data.scalar.value;
	/* A NUL inside ("\0") would cut it. */
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

int yaml_wrong(struct yaml_file *file, const yaml_node_t *node,
	       const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return experiment_say(file->error, file->error_bytes, file->path,
			      yaml_place(node), "%s", text);
}

int yaml_mapping(struct yaml_file *file, yaml_node_t *node, const char *what,
		 yaml_entry_fn fn, void *data)
{
	const yaml_node_pair_t *start, *end;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_wrong(file, node, "%s is a mapping, NAME: VALUE", what);
	start = node->data.mapping.pairs.start;
	end = node->data.mapping.pairs.top;
	for (const yaml_node_pair_t *pair = start; pair < end; pair++) {
		yaml_node_t *key = yaml_file_node(file, pair->key);
		const char *name = yaml_text(key);
		int r;

		if (!name || !*name)
			return yaml_wrong(file, key, "a name in %s is not a word", what);
		for (const yaml_node_pair_t *other = start; other < pair; other++)
			if (!strcmp(yaml_text(yaml_file_node(file, other->key)), name))
				return yaml_wrong(file, key, "'%s' is there twice in %s",
						  name, what);
		r = fn(file, name, key, yaml_file_node(file, pair->value), data);
		if (r < 0)
			return r;
	}
	return 0;
}

int yaml_list(struct yaml_file *file, yaml_node_t *node, const char *what,
	      yaml_item_fn fn, void *data)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return yaml_wrong(file, node, "%s is a list, [A, B]", what);
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top; item++) {
		int r = fn(file, yaml_file_node(file, *item), data);

		if (r < 0)
			return r;
	}
	return 0;
}
