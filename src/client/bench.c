// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE 1	/* MAP_ANONYMOUS */
#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include "bench.h"

#define PROGRAM		0x1000		/* where the guest keeps its CCWs, */
#define DATA		0x1000000	/* and where its buffers begin */
#define DATA_SIZE	0x100000
#define SENSE		0x04
#define TIMEOUT_MS	5000

const struct bench_program bench_programs[] = {
	{ "1x32",	1,	32,	64,	1 },
	{ "4x32",	4,	32,	64,	4 },
	{ "16x32",	16,	32,	64,	16 },
	{ "64x32",	64,	32,	64,	64 },
	{ "200x32",	200,	32,	64,	200 },
	{ "1x16K",	1,	16384,	16384,	1 },
	{ "64x16K",	64,	16384,	16384,	64 },
	{ "200x16K",	200,	16384,	16384,	64 },
};

const unsigned int bench_nr_programs =
	sizeof(bench_programs) / sizeof(bench_programs[0]);

static int add_memory(struct vfio_port *vp)
{
	void *memory = mmap(NULL, DATA_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = DATA,
		.size = DATA_SIZE,
	};

	if (memory == MAP_FAILED ||
	    ioctl(vp->files.container, VFIO_IOMMU_MAP_DMA, &map))
		return -errno;
	return 0;
}

int bench_open(struct vfio_port *vp, struct vmm *vmm)
{
	int ret = css_admin_bind(&vp->admin) ?: css_admin_create(&vp->admin);

	vmm_init(vmm, &vp->port);
	return ret ?: vmm_open(vmm) ?: add_memory(vp) ?: vmm_reset(vmm);
}

struct ccw_orb bench_write(struct port *port,
			   const struct bench_program *program)
{
	for (u32 i = 0; i < program->ccws; i++) {
		const bool last = i == program->ccws - 1;
		struct ccw_format1 ccw = { {
			cpu_to_be32(FIELD_PREP(CCW0_CMD, SENSE) | CCW0_SLI |
				    (last ? 0 : CCW0_CC) |
				    FIELD_PREP(CCW0_COUNT, program->count)),
			cpu_to_be32(DATA + i % program->buffers *
				    program->apart),
		} };

		port->ops->store(port, PROGRAM + i * sizeof(ccw), &ccw,
				 sizeof(ccw));
	}
	return (struct ccw_orb){ {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_H | ORB1_LPM),
		cpu_to_be32(PROGRAM),
	} };
}

static u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int bench_start(struct vmm *vmm, const struct ccw_orb *orb, u64 *took)
{
	const u32 both = SCSW2_DSTAT_CE | SCSW2_DSTAT_DE;
	const u64 from = now();
	struct ccw_irb irb;
	int ret = vmm_start(vmm, orb);

	if (ret)
		return ret;
	ret = vmm_interrupt(vmm, TIMEOUT_MS, &irb);
	*took = now() - from;
	if (ret <= 0)
		return ret ?: -ETIMEDOUT;
	return (be32_to_cpu(irb.scsw.word[2]) &
		(SCSW2_DSTAT | SCSW2_CSTAT)) == both ? 0 : -EPROTO;
}
