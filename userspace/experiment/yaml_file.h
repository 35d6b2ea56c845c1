/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A YAML file, read whole, by libyaml. What is wrong with it is a sentence with
 * line and column.
 */
#pragma once

#include <yaml.h>

#include "experiment/text.h"

/* An experiment is a page or two. */
#define YAML_FILE_BYTES_MAX (1U << 20)

/**
 * struct yaml_file - a document and where it came from
 * @error, @error_bytes: of whoever reads it
 */
struct yaml_file {
	const char *path;
	yaml_document_t document;
	char *error;
	size_t error_bytes;
};

/* Returns 0, -EINVAL (no YAML, empty, or more than one document), -EFBIG,
 * -ENOMEM or -errno of the file; the sentence is in file->error. */
int yaml_file_read(const char *path, char *error, size_t error_bytes,
		   struct yaml_file *ret);
void yaml_file_clear(struct yaml_file *file);

yaml_node_t *yaml_file_root(struct yaml_file *file);
yaml_node_t *yaml_file_node(struct yaml_file *file, int id);

/* Where it is in the file. */
struct experiment_place yaml_place(const yaml_node_t *node);
/* The text of a scalar, NULL if it is none. */
const char *yaml_text(const yaml_node_t *node);

/* A sentence about @node; returns -EINVAL. */
__attribute__((format(printf, 3, 4)))
int yaml_wrong(struct yaml_file *file, const yaml_node_t *node,
	       const char *format, ...);

/* One entry of a mapping; a negative return ends the walk and is returned. */
typedef int (*yaml_entry_fn)(struct yaml_file *file, const char *key,
			     yaml_node_t *key_node, yaml_node_t *value,
			     void *data);

/**
 * yaml_mapping() - each entry in turn
 * @what: the mapping is, for sentences
 *
 * Returns 0, -EINVAL if @node is no mapping, or a key is not a word or there
 * twice, or what @fn did.
 */
int yaml_mapping(struct yaml_file *file, yaml_node_t *node, const char *what,
		 yaml_entry_fn fn, void *data);

/* One item of a list. */
typedef int (*yaml_item_fn)(struct yaml_file *file, yaml_node_t *item, void *data);
int yaml_list(struct yaml_file *file, yaml_node_t *node, const char *what,
	      yaml_item_fn fn, void *data);
