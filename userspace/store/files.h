/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A run file and what SQLite keeps beside it. */
#pragma once

/* Removes all of them, as far as they are there. */
void store_files_remove(const char *path);
