/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sentences for the administrator: stderr, which systemd keeps. */
#pragma once

__attribute__((format(printf, 1, 2)))
void log_error(const char *format, ...);
