/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory that a test fills with files, to stand for "/".
 */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
	char path[64];
	int fd;
};

static inline struct tree tree_make(void)
{
	struct tree tree = { .path = "/tmp/tierscope-tree-XXXXXX" };

	if (!mkdtemp(tree.path))
		abort();
	tree.fd = open(tree.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (tree.fd < 0)
		abort();
	return tree;
}

static inline void tree_parents(struct tree *tree, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", file);
	for (char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdirat(tree->fd, path, 0755);
		*slash = '/';
	}
}

static inline void tree_write_bytes(struct tree *tree, const char *file,
				    const void *bytes, size_t size)
{
	int fd;

	tree_parents(tree, file);
	fd = openat(tree->fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0644);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	close(fd);
}

static inline void tree_write(struct tree *tree, const char *file,
			      const char *text)
{
	tree_write_bytes(tree, file, text, strlen(text));
}

static inline void tree_link(struct tree *tree, const char *file,
			     const char *target)
{
	tree_parents(tree, file);
	if (symlinkat(target, tree->fd, file))
		abort();
}

static inline int tree_remove_one(const char *path, const struct stat *status,
				  int type, struct FTW *where)
{
	(void)status, (void)type, (void)where;
	return remove(path);
}

static inline void tree_remove(struct tree *tree)
{
	close(tree->fd);
	nftw(tree->path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
