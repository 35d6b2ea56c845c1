/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory-shape's words make; its own opening comment says what each is.
 * All exit with a sentence if it cannot be made.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PAGE		4096UL
#define HUGE_PAGE	(2UL << 20)
#define GIGANTIC_PAGE	(1UL << 30)

/* ---- shape_memory.c: what all others use, and anonymous memory ---- */

/* A number with K, M, G or T. */
size_t shape_size(const char *text);

char *shape_map(size_t size, int protection, int flags, int fd, off_t offset);

/* Aligned to @alignment, within a mapping that may be larger. */
char *shape_map_aligned(size_t size, size_t alignment, int flags);

/* One byte in each @step is read, or written. */
void shape_touch(char *memory, size_t size, size_t step, bool write);

void shape_advise(char *memory, size_t size, int advice);

void shape_anonymous(const char *value);
void shape_huge(const char *value);
void shape_zero(const char *value);
void shape_huge_zero(const char *value);
void shape_sparse(const char *value);
void shape_many(const char *value);
void shape_protected(const char *value);

/* The last memory that was made. */
void shape_rewrite(const char *value);
void shape_deny(const char *value);
void shape_drop(const char *value);

/* ---- shape_state.c: anonymous memory that something was done to ---- */

void shape_locked(const char *value);
void shape_free(const char *value);
void shape_merged(const char *value);
void shape_merged_zero(const char *value);
void shape_swapped(const char *value);
void shape_shared_swapped(const char *value);
void shape_poisoned(const char *value);
void shape_marked(const char *value);

/* ---- shape_file.c: memory of a file or a device ---- */

void shape_private(const char *value);
void shape_copy(const char *value);
void shape_file(const char *value);
void shape_write(const char *value);
void shape_dax(const char *value);
void shape_device(const char *value);
void shape_packets(const char *value);
void shape_io_ring(const char *value);

/* ---- shape_shared.c: shared memory, and pools of huge pages ---- */

int shape_memfd(size_t size, unsigned int flags);
void shape_shared(const char *value);
void shape_shared_huge(const char *value);
void shape_shmem(const char *value);
void shape_sysv(const char *value);
void shape_pool(const char *value);
void shape_pool_shared(const char *value);
void shape_pool_table(const char *value);
void shape_gigantic(const char *value);
void shape_gigantic_shared(const char *value);
void shape_again(const char *value);

/* ---- shape_process.c: what it is besides its memory ---- */

void shape_bind(const char *value);
void shape_fork(const char *value);
void shape_exec(const char *value);
void shape_crowd(const char *value);
void shape_zombie(const char *value);
void shape_undumpable(const char *value);
void shape_churn(const char *value);
void shape_spin(const char *value);
void shape_thread(const char *value);

/* Who is shown: this process, or its child. */
pid_t shape_shown(void);

/* Until standard input ends, or for ever, as the words had it. */
void shape_stay(void);
