/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mappings of guest memory, and pins in them.
 */
#include <errno.h>
#include <string.h>

#include <linux/iommu.h>
#include <linux/vfio.h>

#include "host_iommu.h"
#include "host_memory.h"
#include "host_private.h"

struct mapping {
	u64 iova;			/* as the device says */
	u64 guest;			/* as host_guest_pointer() says */
	u64 size;
	int prot;			/* IOMMU_READ, IOMMU_WRITE or both */
	unsigned int pins;		/* in all of its pages */
	struct mapping *next;
};

struct host_iommu {
	struct mutex lock;
	struct mapping *first;
};

/* A mapping that overlaps [iova, last]; NULL: none. */
static struct mapping *overlap(struct host_iommu *iommu, u64 iova, u64 last)
{
	struct mapping *map = iommu->first;

	while (map && (map->iova > last || map->iova + map->size - 1 < iova))
		map = map->next;
	return map;
}

static bool bad_range(u64 iova, u64 size)
{
	return !size || (iova | size) % PAGE_SIZE || iova + size - 1 < iova;
}

static int map_locked(struct host_iommu *iommu, const struct mapping *wanted)
{
	struct mapping *map;

	if (overlap(iommu, wanted->iova, wanted->iova + wanted->size - 1))
		return -EEXIST;
	map = kzalloc(sizeof(*map), GFP_KERNEL);
	if (!map)
		return -ENOMEM;
	*map = *wanted;
	map->next = iommu->first;
	iommu->first = map;
	return 0;
}

int host_iommu_map(struct host_iommu *iommu, u64 iova, u64 guest, u64 size,
		   u32 prot)
{
	struct mapping wanted = { .iova = iova, .guest = guest, .size = size };
	int ret;

	if (prot & VFIO_DMA_MAP_FLAG_READ)
		wanted.prot |= IOMMU_READ;
	if (prot & VFIO_DMA_MAP_FLAG_WRITE)
		wanted.prot |= IOMMU_WRITE;
	if (bad_range(iova, size) || guest % PAGE_SIZE || !wanted.prot)
		return -EINVAL;
	if (!host_guest_pointer(host_current, guest, size))
		return -EFAULT;
	mutex_lock(&iommu->lock);
	ret = map_locked(iommu, &wanted);
	mutex_unlock(&iommu->lock);
	return ret;
}

static struct page *page_at(const struct mapping *map, u64 iova)
{
	u64 guest = map->guest + (iova - map->iova);

	return &host_current->page[guest >> PAGE_SHIFT];
}

static int pin_one(struct host_iommu *iommu, u64 iova, int prot,
		   struct page **page)
{
	struct mapping *map = overlap(iommu, iova, iova);

	if (!map)
		return -EINVAL;
	if ((map->prot & prot) != prot)
		return -EPERM;
	if (host_fault(HOST_FAULT_PIN))
		return -ENOMEM;
	*page = page_at(map, iova);
	(*page)->references++;
	(*page)->writable |= !!(prot & IOMMU_WRITE);
	map->pins++;
	host_current->pinned++;
	return 0;
}

static void unpin_one(struct host_iommu *iommu, u64 iova, const char *where)
{
	struct mapping *map = overlap(iommu, iova, iova);
	struct page *page = map ? page_at(map, iova) : NULL;

	if (!page || !page->references)
		host_violation(where, "page %#llx is unpinned, but not pinned",
			       iova);
	map->pins--;
	host_current->pinned--;
	if (!--page->references)
		page->writable = false;
}

u64 host_pages_pinned(const struct host *host)
{
	return host->pinned;
}

static int pin_locked(struct host_iommu *iommu, u64 iova, int npage, int prot,
		      struct page **pages)
{
	int i, ret;

	for (i = 0; i < npage; i++) {
		ret = pin_one(iommu, iova + i * PAGE_SIZE, prot, &pages[i]);
		if (ret)
			goto err_unpin;
	}
	return npage;

err_unpin:
	while (i--)
		unpin_one(iommu, iova + i * PAGE_SIZE, __func__);
	return ret;
}

int vfio_pin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage,
		   int prot, struct page **pages)
{
	struct host_iommu *iommu = host_vfio_iommu(vdev);
	int ret;

	if (!pages || npage <= 0 || !iommu)
		return -EINVAL;
	if (npage > VFIO_PIN_PAGES_MAX_ENTRIES)
		return -E2BIG;
	mutex_lock(&iommu->lock);
	ret = pin_locked(iommu, iova, npage, prot, pages);
	mutex_unlock(&iommu->lock);
	return ret;
}

void vfio_unpin_pages(struct vfio_device *vdev, dma_addr_t iova, int npage)
{
	struct host_iommu *iommu = host_vfio_iommu(vdev);
	int i;

	if (!iommu || npage <= 0)
		host_violation(__func__, "pages of a device that is not open "
			       "are unpinned");
	mutex_lock(&iommu->lock);
	for (i = 0; i < npage; i++)
		unpin_one(iommu, iova + i * PAGE_SIZE, __func__);
	mutex_unlock(&iommu->lock);
}

static void ask_to_unpin(struct host_iommu *iommu, struct vfio_device *vdev,
			 struct mapping *map)
{
	u64 iova = map->iova, size = map->size;
	int tries;

	for (tries = 0; map && map->pins; tries++) {
		if (tries == 10)
			host_violation(__func__, "pages stay pinned when they "
				       "are unmapped");
		mutex_unlock(&iommu->lock);
		if (vdev->ops->dma_unmap)
			vdev->ops->dma_unmap(vdev, iova, size);
		mutex_lock(&iommu->lock);
		map = overlap(iommu, iova, iova);
	}
}

static bool cuts(struct host_iommu *iommu, u64 iova, u64 last)
{
	struct mapping *map = overlap(iommu, iova, iova);

	if (map && map->iova != iova)
		return true;
	map = overlap(iommu, last, last);
	return map && map->iova + map->size - 1 != last;
}

static u64 remove_mapping(struct host_iommu *iommu, struct mapping *map)
{
	struct mapping **link = &iommu->first;
	u64 size = map->size;

	while (*link != map)
		link = &(*link)->next;
	*link = map->next;
	kfree(map);
	return size;
}

s64 host_iommu_unmap(struct host_iommu *iommu, struct vfio_device *vdev,
		     u64 iova, u64 size)
{
	u64 last = iova + size - 1;
	struct mapping *map;
	s64 unmapped = 0;

	if (bad_range(iova, size))
		return -EINVAL;
	mutex_lock(&iommu->lock);
	if (cuts(iommu, iova, last))
		unmapped = -EINVAL;
	while (unmapped >= 0 && (map = overlap(iommu, iova, last))) {
		if (map->pins)
			ask_to_unpin(iommu, vdev, map);
		else
			unmapped += remove_mapping(iommu, map);
	}
	mutex_unlock(&iommu->lock);
	return unmapped;
}

static int copy_part(struct host_iommu *iommu, u64 iova, char *data,
		     size_t len, bool write, size_t *part)
{
	const struct mapping *map = overlap(iommu, iova, iova);
	char *place;

	if (!map)
		return -EINVAL;
	if (!(map->prot & IOMMU_READ) || (write && !(map->prot & IOMMU_WRITE)))
		return -EPERM;
	if (host_fault(HOST_FAULT_GUEST))
		return -EFAULT;
	*part = min_t(u64, len, map->iova + map->size - iova);
	place = host_guest_pointer(host_current,
				   map->guest + (iova - map->iova), *part);
	memcpy(write ? place : data, write ? data : place, *part);
	return 0;
}

int vfio_dma_rw(struct vfio_device *vdev, dma_addr_t iova, void *data,
		size_t len, bool write)
{
	struct host_iommu *iommu = host_vfio_iommu(vdev);
	size_t done, part;
	int ret = 0;

	if (!data || !len || !iommu)
		return -EINVAL;
	mutex_lock(&iommu->lock);
	for (done = 0; !ret && done < len; done += part) {
		part = 0;
		ret = copy_part(iommu, iova + done, (char *)data + done,
				len - done, write, &part);
	}
	mutex_unlock(&iommu->lock);
	return ret;
}

struct host_iommu *host_iommu_create(void)
{
	struct host_iommu *iommu = kzalloc(sizeof(*iommu), GFP_KERNEL);

	if (iommu)
		mutex_init(&iommu->lock);
	return iommu;
}

void host_iommu_destroy(struct host_iommu *iommu)
{
	struct mapping *map;

	while ((map = iommu->first)) {
		if (map->pins)
			host_violation(__func__, "pages stay pinned when the "
				       "device is closed");
		remove_mapping(iommu, map);
	}
	kfree(iommu);
}
