/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: pages and the frames of storage they lie in. */
#ifndef SHIM_LINUX_MM_H
#define SHIM_LINUX_MM_H

#include <limits.h>
#include <linux/kernel.h>

#define PAGE_SHIFT		12
#undef PAGE_SIZE		/* a C library may know it too */
#define PAGE_SIZE		(1UL << PAGE_SHIFT)
#define PAGE_MASK		(-(long)PAGE_SIZE)
#define PAGE_DEFAULT_KEY	0	/* storage key of the kernel's pages */
#define PAGE_KEY(access)	((access) << 4) /* that of other pages */
#define PAGE_FETCH_PROTECTED	0x08	/* in it: reading needs the key, too */
#define offset_in_page(address)	((unsigned long)(address) & ~PAGE_MASK)

struct page {
	unsigned int references;	/* pins and others */
	bool writable;		/* one of them lets the device write */
	u8 key;			/* storage key */
};

phys_addr_t page_to_phys(const struct page *page);

static inline void get_page(struct page *page)
{
	page->references++;
}

#endif /* SHIM_LINUX_MM_H */
