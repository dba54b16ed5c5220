// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file memory.c
 * What memory a device costs the kernel. Runs in the lab's virtual machine.
 *
 *     memory SUBCHANNEL
 *
 * The kernel's tracepoints say who allocates what, and what is freed. What the
 * driver or VFIO for it has allocated and nobody has freed is what the device
 * costs. Everything is seen, so that nothing may be lost meanwhile.
 *
 * Each line of the result is "memory: WHAT BYTES". Exit status: 0 if all was
 * measured, 1 if not, with a line on standard output that says why.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "device.h"
#include "sysfs.h"

#define TRACED		10	/* starts of each program */
#define TRACING		"/sys/kernel/tracing"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

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

/* What is allocated after each program has run. */
static size_t after_programs(void)
{
	size_t all = 0;
	u64 took;

	for (unsigned int i = 0; i < bench_nr_programs; i++) {
		struct ccw_orb orb = bench_write(&vp.port, &bench_programs[i]);

		for (int start = 0; start < TRACED; start++) {
			must(!bench_start(&vmm, &orb, &took));
			/* What is left to be done happens in the background. */
			usleep(1000);
			all = allocated();
		}
	}
	return all;
}

int main(int argc, char **argv)
{
	size_t structures;

	if (argc != 2) {
		fputs("Usage: memory SUBCHANNEL\n", stderr);
		return 2;
	}
	if (vfio_port_init(&vp, argv[1])) {
		printf("%s\n", vp.admin.complaint.text);
		return 1;
	}
	must(!sysfs_write("16384", TRACING "/buffer_size_kb"));
	must(!sysfs_write("0", TRACING "/options/hash-ptr"));
	trace(true);
	must(!bench_open(&vp, &vmm));
	structures = allocated();
	printf("memory: structures %zu\n", structures);
	printf("memory: arena %zu\n", after_programs() - structures);
	trace(false);
	must(!vmm_close(&vmm));
	vfio_port_destroy(&vp);
	return 0;
}
