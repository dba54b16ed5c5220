/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file device.h
 * The device that a program of the lab drives, and what ends the program: it has
 * the one process and the one device, so both are its globals.
 */
#ifndef VM_DEVICE_H
#define VM_DEVICE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vfio_port.h"
#include "vmm.h"

#define MODULE		"vfio_ccw"
#define MODULE_FILE	"/modules/" MODULE ".ko"

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

/**
 * Load the module. It binds every I/O subchannel that nobody has, ours among
 * them, which a test wants to do itself.
 */
static inline int load_module(void)
{
	int fd = open(MODULE_FILE, O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;

	close(fd);
	return ret ? ret : css_admin_unbind(&vp.admin);
}

static inline int unload_module(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

/** Make the device VFIO's. */
static inline void lend(void)
{
	must(!css_admin_bind(&vp.admin));
	must(!css_admin_create(&vp.admin));
}

#endif /* VM_DEVICE_H */
