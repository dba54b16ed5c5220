// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "bench.h"
#include "ccwio.h"

#define WARM_UP		10
#define MEASURED	200
#define MEASURED_SHORT	1000	/* of programs that little things disturb */
#define MEASURED_MOST	1000000

static int by_size(const void *a, const void *b)
{
	const u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/* Run a program so many times, and sort how long it took. */
static int measure(struct vmm *vmm, const struct bench_program *program,
		   u64 *took, u64 times)
{
	struct ccw_orb orb = bench_write(vmm->port, program);
	int ret = 0;

	for (int i = 0; !ret && i < WARM_UP; i++)
		ret = bench_start(vmm, &orb, took);
	for (u64 i = 0; !ret && !ccwio_stop && i < times; i++)
		ret = bench_start(vmm, &orb, &took[i]);
	qsort(took, times, sizeof(*took), by_size);
	return ccwio_stop ? -EINTR : ret;
}

static void print_measured(const char *name, const u64 *took, u64 times,
			   bool json)
{
	const u64 median = took[times / 2], p99 = took[times * 99 / 100];
	double sum = 0;

	for (u64 i = 0; i < times; i++)
		sum += took[i];
	if (json)
		printf("{\"program\": \"%s\", \"starts\": %llu, \"min\": %llu, "
		       "\"median\": %llu, \"p99\": %llu, \"mean\": %.0f}\n",
		       name, (unsigned long long)times,
		       (unsigned long long)took[0],
		       (unsigned long long)median, (unsigned long long)p99,
		       sum / times);
	else
		printf("%-10s%8llu%10.1f%10.1f%10.1f%10.1f\n", name,
		       (unsigned long long)times, took[0] / 1e3, median / 1e3,
		       p99 / 1e3, sum / times / 1e3);
	fflush(stdout);
}

struct wishes {
	u64 starts;	/* 0: as many as fit the program */
	bool json;
};

/* Measure all programs. Return 0 or -errno. */
static int measure_all(struct vmm *vmm, const struct wishes *wishes, u64 *took)
{
	int ret = 0;

	if (!wishes->json)
		printf("CCWs x bytes  starts       min    median       p99"
		       "      mean  microseconds\n");
	for (unsigned int i = 0; !ret && i < bench_nr_programs; i++) {
		const struct bench_program *program = &bench_programs[i];
		const u64 n = wishes->starts ?: program->ccws < 64 ?
			      MEASURED_SHORT : MEASURED;

		ret = measure(vmm, program, took, n);
		if (!ret)
			print_measured(program->name, took, n, wishes->json);
	}
	return ret;
}

static int bench_subchannel(struct vfio_port *vp, void *arg)
{
	const struct wishes *wishes = arg;
	u64 *took = calloc(wishes->starts ?: MEASURED_SHORT, sizeof(*took));
	struct vmm vmm;
	int ret = -ENOMEM;

	if (took)
		ret = bench_open(vp, &vmm);
	if (!ret)
		ret = measure_all(&vmm, wishes, took);
	free(took);
	return ret ? ccwio_failed(vp, "measuring", ret) : CMD_OK;
}

static int bench(int argc, char **argv)
{
	struct wishes wishes = { 0 };
	const char *device = NULL;
	int key;

	optind = 0;
	while ((key = cmd_option(&cmd_bench, argc, argv))) {
		if (key == 'd')
			device = optarg;
		wishes.json |= key == 'j';
		if (key == '?' ||
		    (key == 'n' && !cmd_number(&cmd_bench, "--starts", optarg,
					       1, MEASURED_MOST,
					       &wishes.starts)))
			return CMD_WRONG;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_bench, "found '%s', expected no "
				 "argument", argv[optind]);
	return ccwio_with(&cmd_bench, device, bench_subchannel, &wishes);
}

static const struct cmd_option bench_options[] = {
	OPTION_DEVICE,
	{ .key = 'n', .name = "starts", .argument = "N",
	  .text = "of each program (1000; 200 of long ones)\n" },
	{ .key = 'j', .name = "json",
	  .text = "a JSON object a line, in nanoseconds\n" },
	{ 0 }
};

const struct cmd cmd_bench = {
	.name = "bench",
	.summary = "measure how long a START takes, from write() to read()",
	.arguments = "",
	.text = "The programs are chains of SENSE commands: 4x32 is four of 32 "
		"bytes each. What\nis measured is the time from asking for a "
		"start to having the result, in\nmicroseconds; most of it may "
		"be the device's.\n",
	.options = bench_options,
	.example = "  ccwio bench --device 0.0.0001\n",
	.run = bench,
};
