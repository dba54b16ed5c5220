/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the one module of this process. */
#ifndef SHIM_LINUX_MODULE_H
#define SHIM_LINUX_MODULE_H

#include <linux/kernel.h>

extern int (*const host_module_init)(void);
extern void (*const host_module_exit)(void);

#define THIS_MODULE		NULL
#define KBUILD_MODNAME		"vfio_ccw"
#define module_init(function)	int (*const host_module_init)(void) = function
#define module_exit(function)	void (*const host_module_exit)(void) = function
#define MODULE_LICENSE(text)	_Static_assert(1, text)
#define MODULE_DESCRIPTION(text) _Static_assert(1, text)
#define MODULE_DEVICE_TABLE(bus, table) _Static_assert(1, #table)

#endif /* SHIM_LINUX_MODULE_H */
