/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: the page of a frame, if there is one. */
#ifndef SHIM_LINUX_MEMORY_HOTPLUG_H
#define SHIM_LINUX_MEMORY_HOTPLUG_H

#include <linux/mm.h>

struct page *pfn_to_online_page(unsigned long pfn);

#endif /* SHIM_LINUX_MEMORY_HOTPLUG_H */
