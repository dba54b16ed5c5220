/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: where the kernel's memory lies in absolute storage. */
#ifndef SHIM_LINUX_IO_H
#define SHIM_LINUX_IO_H

#include <linux/mm.h>

phys_addr_t host_virt_to_phys(const volatile void *memory, const char *where);
#define virt_to_phys(memory)	host_virt_to_phys(memory, __func__)

#endif /* SHIM_LINUX_IO_H */
