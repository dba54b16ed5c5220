/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: what a device may do with memory. */
#define IOMMU_READ	1
#define IOMMU_WRITE	2
