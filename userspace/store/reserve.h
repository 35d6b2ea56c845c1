/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Room kept back for the end: when the disk is full it is given up, and the
 * file can still be closed. Nameless, so that nothing of it stays whatever
 * happens.
 */
#pragma once

/* In the directory of @path; -1 in @ret where the file system has no nameless
 * files. Returns 0, or -ENOSPC if the disk is full already. */
int store_reserve_take(const char *path, int *ret);
void store_reserve_give_up(int *reserve);
