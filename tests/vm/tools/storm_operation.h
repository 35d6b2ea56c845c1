/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a storm does to memory: one window of addresses, in which everybody maps,
 * unmaps, touches, protects, advises and moves at random. Nobody keeps a record
 * of what is there, so that operations meet each other; that most then fail on a
 * hole or a page that may not be touched is part of it. The window bounds the
 * memory, whatever happens.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

/* Whoever operates has one of his own. */
struct storm_hand {
	uint64_t state;
};

/* 0 to @below - 1 */
uint64_t storm_random(struct storm_hand *hand, uint64_t below);

/* Makes the window and what is mapped there; @path is a file of a file system on
 * a disk. Ends the program if that fails.
 */
void storm_prepare(const char *path);

/* @n operations, one after the other. Safe after fork(2) in a thread. */
void storm_operate(struct storm_hand *hand, unsigned int n);

/* " NAME=N" for each sort of operation: how many did what they were to. */
void storm_report(FILE *file);
