/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: error numbers in the place of pointers. */
#ifndef SHIM_LINUX_ERR_H
#define SHIM_LINUX_ERR_H

#include <linux/types.h>

#define MAX_ERRNO	4095
#define IS_ERR(pointer)	((unsigned long)(pointer) >= (unsigned long)-MAX_ERRNO)
#define PTR_ERR(pointer) ((long)(pointer))
#define ERR_PTR(error)	((void *)(long)(error))

#endif /* SHIM_LINUX_ERR_H */
