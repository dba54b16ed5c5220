/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file device.h
 * The device that a program of the lab drives, and what ends the program: it has
 * the one process and the one device, so both are its globals.
 */
#ifndef VM_DEVICE_H
#define VM_DEVICE_H

#include <stdio.h>
#include <stdlib.h>

#include "vfio_port.h"
#include "vmm.h"

static struct vfio_port vp;
static struct vmm vmm;

/** Leave at once if something that was to hold does not. */
#define must(condition)							\
	do {								\
		if (!(condition))					\
			failed(__FILE_NAME__, __LINE__, #condition);	\
	} while (0)

static inline void failed(const char *file, int line, const char *condition)
{
	printf("%s:%d: not true: %s; %s\n", file, line, condition,
	       vp.admin.complaint.text);
	vfio_port_destroy(&vp);
	exit(1);
}

/** Make the device VFIO's. */
static inline void lend(void)
{
	must(!css_admin_bind(&vp.admin));
	must(!css_admin_create(&vp.admin));
}

#endif /* VM_DEVICE_H */
