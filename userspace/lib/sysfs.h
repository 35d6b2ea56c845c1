/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading sysfs and procfs below a directory that stands for "/".
 *
 * Paths are written as on the machine, without the first "/"; what sysfs says
 * is never trusted: lengths, numbers and lists are bounded here.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No kernel has more CPUs (8192) or nodes (1024) than this. */
#define TIERSCOPE_IDS_MAX 8192

struct tierscope_path {
	char text[PATH_MAX];
};

/**
 * struct tierscope_ids - a list of CPUs or nodes, ascending
 */
struct tierscope_ids {
	size_t n;
	unsigned int id[TIERSCOPE_IDS_MAX];
};

/* Formats into @path and returns it as a string. */
const char *tierscope_path(struct tierscope_path *path, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * tierscope_sysfs_read() - read a small file
 * @size: of @text; a longer file is cut
 * @text: NUL-terminated, without the last newline
 *
 * Returns 0, or -errno of opening or reading.
 */
int tierscope_sysfs_read(int root, const char *file, size_t size, char *text);

/* Bytes instead of text. Returns how many, or -errno. */
long tierscope_sysfs_read_bytes(int root, const char *file, size_t size,
				void *bytes);

/* One number, decimal or 0x. -EBADMSG if it is not one. */
int tierscope_sysfs_read_u64(int root, const char *file, uint64_t *ret);

/* As above for what may be negative: "numa_node" is -1 for none. */
int tierscope_sysfs_read_int(int root, const char *file, int *ret);

/* A list like "0-3,8". */
int tierscope_sysfs_read_ids(int root, const char *file,
			     struct tierscope_ids *ret);
int tierscope_ids_parse(const char *text, struct tierscope_ids *ret);
bool tierscope_ids_have(const struct tierscope_ids *ids, unsigned int id);

bool tierscope_sysfs_exists(int root, const char *file);

/* The target of a symbolic link. */
int tierscope_sysfs_read_link(int root, const char *file, size_t size,
			      char *text);

/**
 * struct tierscope_names - what a directory holds, in the order of numbers
 */
struct tierscope_names {
	size_t n;
	char **name;
};

/* Entries that begin with @prefix; a directory that is not there is empty. */
int tierscope_sysfs_list(int root, const char *directory, const char *prefix,
			 struct tierscope_names *ret);
void tierscope_names_clear(struct tierscope_names *names);

#define scope_names __attribute__((cleanup(tierscope_names_clear)))
