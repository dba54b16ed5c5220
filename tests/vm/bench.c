// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file bench.c
 * What a START costs the kernel, and what memory a device costs it. Runs in the
 * lab's virtual machine, whose clock counts instructions.
 *
 *     bench SUBCHANNEL starts    instructions from write() to completed read()
 *     bench SUBCHANNEL memory    bytes that stay allocated
 *
 * Each line of the result is "bench: WHAT NUMBER". Exit status: 0 if all was
 * measured, 1 if not, with a line on standard output that says why.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include "device.h"
#include "sysfs.h"

#define PROGRAM		0x1000		/* where the guest keeps its CCWs, */
#define DATA		0x1000000	/* and where its buffers begin */
#define DATA_SIZE	0x100000
#define SENSE		0x04
#define WARM_UP		10
#define MEASURED	200
#define MEASURED_SHORT	1000		/* of programs that a timer disturbs */
#define TRACED		10
#define TIMEOUT_MS	5000

#define TRACING		"/sys/kernel/tracing"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A chain of SENSE CCWs: each reads @count bytes into the next buffer. */
static const struct kind {
	const char *name;
	u32 ccws, count;
	u32 apart;		/* bytes from one buffer to the next */
	u32 buffers;		/* after which the first is used again */
} kinds[] = {
	{ "1x32",	1,	32,	64,	1 },
	{ "4x32",	4,	32,	64,	4 },
	{ "16x32",	16,	32,	64,	16 },
	{ "64x32",	64,	32,	64,	64 },
	{ "200x32",	200,	32,	64,	200 },
	{ "1x16K",	1,	16384,	16384,	1 },
	{ "64x16K",	64,	16384,	16384,	64 },
	{ "200x16K",	200,	16384,	16384,	64 },
};

/* The port's guest memory is too small for 64 buffers of 16 KiB. */
static void add_memory(void)
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

	must(memory != MAP_FAILED);
	must(!ioctl(vp.files.container, VFIO_IOMMU_MAP_DMA, &map));
}

static void open_device(void)
{
	lend();
	vmm_init(&vmm, &vp.port);
	must(!vmm_open(&vmm));
	add_memory();
	must(!vmm_reset(&vmm));
}

/* Put a program into guest memory. Return its ORB. */
static struct ccw_orb program(const struct kind *kind)
{
	for (u32 i = 0; i < kind->ccws; i++) {
		struct ccw_format1 ccw = { {
			cpu_to_be32(FIELD_PREP(CCW0_CMD, SENSE) | CCW0_SLI |
				    (i < kind->ccws - 1 ? CCW0_CC : 0) |
				    FIELD_PREP(CCW0_COUNT, kind->count)),
			cpu_to_be32(DATA + i % kind->buffers * kind->apart),
		} };

		must(!vp.port.ops->store(&vp.port, PROGRAM + i * sizeof(ccw),
					 &ccw, sizeof(ccw)));
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

/* Run a program once. Return how long it took, from write() to read(). */
static u64 start(const struct ccw_orb *orb)
{
	struct ccw_irb irb;
	u64 from, took;

	from = now();
	must(!vmm_start(&vmm, orb));
	must(vmm_interrupt(&vmm, TIMEOUT_MS, &irb) == 1);
	took = now() - from;
	must(be32_get_bits(irb.scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT) ==
	     (SCSW2_DSTAT_CE | SCSW2_DSTAT_DE) >> 16);
	return took;
}

static void bench_starts(void)
{
	open_device();
	for (const struct kind *kind = kinds; kind < kinds + ARRAY_SIZE(kinds);
	     kind++) {
		const int times = kind->ccws < 64 ? MEASURED_SHORT : MEASURED;
		struct ccw_orb orb = program(kind);
		u64 sum = 0;

		for (int i = 0; i < WARM_UP; i++)
			start(&orb);
		for (int i = 0; i < times; i++)
			sum += start(&orb);
		printf("bench: start-%s %llu\n", kind->name,
		       (unsigned long long)sum / times);
	}
}

/*
 * Memory. The kernel's tracepoints say who allocates what, and what is freed.
 * What the driver or VFIO for it has allocated and nobody has freed is what the
 * device costs. Everything is seen, so that nothing may be lost meanwhile.
 */
static const char * const tracepoints[] = {
	"kmalloc", "kmem_cache_alloc", "kfree", "kmem_cache_free",
};

/* Callers that allocate for the driver: itself, and helpers it asks. */
static const char * const callers[] = {
	"[vfio_ccw]", "_vfio_alloc_device", "vfio_init_device", "kvmalloc_node",
};

static struct allocation {
	char ptr[24];
	size_t size;
} live[4096];
static size_t nr_live;

static bool for_driver(const char *event)
{
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++) {
		if (strstr(event, callers[i]))
			return true;
	}
	return false;
}

static void forget(const char *ptr)
{
	for (size_t i = 0; i < nr_live; i++) {
		if (strcmp(live[i].ptr, ptr))
			continue;
		live[i] = live[--nr_live];
		return;
	}
}

/* "... kmalloc: call_site=f+0x8/0x20 [m] ptr=0 bytes_req=9 bytes_alloc=16 ..." */
static void take_event(const char *line)
{
	const char *ptr = strstr(line, " ptr=");
	const char *size = strstr(line, " bytes_alloc=");
	struct allocation allocation;

	must(!strstr(line, "LOST"));
	if (!ptr || sscanf(ptr, " ptr=%23s", allocation.ptr) != 1)
		return;
	forget(allocation.ptr);
	if (!size || !for_driver(line))
		return;
	must(sscanf(size, " bytes_alloc=%zu", &allocation.size) == 1);
	must(nr_live < ARRAY_SIZE(live));
	live[nr_live++] = allocation;
}

/* Take in what was traced. Return how much is allocated now. */
static size_t allocated(void)
{
	FILE *trace = fopen(TRACING "/trace", "re");
	char line[512];
	size_t sum = 0;

	must(trace);
	while (fgets(line, sizeof(line), trace))
		take_event(line);
	fclose(trace);
	close(open(TRACING "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC));
	for (size_t i = 0; i < nr_live; i++)
		sum += live[i].size;
	return sum;
}

static void trace(bool on)
{
	for (size_t i = 0; i < ARRAY_SIZE(tracepoints); i++)
		must(!sysfs_write(on ? "1" : "0",
				  TRACING "/events/kmem/%s/enable",
				  tracepoints[i]));
}

static void bench_memory(void)
{
	size_t structures, all = 0;

	must(!sysfs_write("16384", TRACING "/buffer_size_kb"));
	must(!sysfs_write("0", TRACING "/options/hash-ptr"));
	trace(true);
	open_device();
	structures = allocated();
	for (const struct kind *kind = kinds; kind < kinds + ARRAY_SIZE(kinds);
	     kind++) {
		struct ccw_orb orb = program(kind);

		for (int i = 0; i < TRACED; i++) {
			start(&orb);
			/* What is left to be done happens in the background. */
			usleep(1000);
			all = allocated();
		}
	}
	trace(false);
	printf("bench: memory-structures %zu\n", structures);
	printf("bench: memory-arena %zu\n", all - structures);
}

int main(int argc, char **argv)
{
	void (*run)(void) = NULL;

	if (argc == 3 && !strcmp(argv[2], "starts"))
		run = bench_starts;
	if (argc == 3 && !strcmp(argv[2], "memory"))
		run = bench_memory;
	if (!run) {
		fputs("Usage: bench SUBCHANNEL starts|memory\n", stderr);
		return 2;
	}
	if (vfio_port_init(&vp, argv[1])) {
		printf("%s\n", vp.admin.complaint.text);
		return 1;
	}
	run();
	must(!vmm_close(&vmm));
	vfio_port_destroy(&vp);
	return 0;
}
