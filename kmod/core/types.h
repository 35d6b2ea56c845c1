/* SPDX-License-Identifier: GPL-2.0-only */
/* The types that pure logic uses, in the kernel and in its unit tests. */
#ifndef TIERSCOPE_CORE_TYPES_H
#define TIERSCOPE_CORE_TYPES_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
#endif

#endif /* TIERSCOPE_CORE_TYPES_H */
