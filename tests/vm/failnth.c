// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file failnth.c
 * Has the kernel fail in one system call after the other, at each point where
 * it can: memory that it asks for, and user memory that it copies. Runs in the
 * lab's virtual machine on a kernel with fault injection.
 *
 *     failnth SUBCHANNEL ENTRY
 *
 * An entry is one way into the driver, made by one system call. The call is
 * made again and again, first with its first fault point failing, then with its
 * second, until it gets by without coming to the point that was to fail. Each
 * time it may only answer what it is allowed to; if it fails, nothing must have
 * changed, and the same call without a fault must succeed; and after that, the
 * device must answer SENSE ID, and nothing may stay pinned.
 *
 * Begins and ends with the module loaded and the subchannel bound to nobody.
 * Exit status: 0 if all that held, 1 if not, with a line on standard output
 * that says what did not. A line "failnth: ENTRY POINTS ANSWERS" sums it up.
 */
#define _GNU_SOURCE 1		/* strerrorname_np() */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>
#include <vfio_ccw_ext.h>

#include "device.h"
#include "sysfs.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_POINTS	5000	/* no call of ours comes near it */
#define SOME		32	/* of hundreds: see attempt() */
#define ERRNOS	134
#define PATIENCE_MS	20000

/* How far the device has come; each level is reached from the one before. */
enum level { UNLOADED, LOADED, BOUND, CREATED, OPENED, ONLINE };

static enum level level = LOADED;

/* What a call is made on. */
static int target = -1;
static char word[64];
static union {
	struct vfio_device_info device;
	struct vfio_region_info region;
	struct vfio_irq_info irq;
	struct vfio_irq_set set;
	struct vfio_iommu_type1_dma_unmap unmap;
	struct ccw_io_region io;
	struct ccw_cmd_region cmd;
	struct ccw_schib_region schib;
	struct ccw_crw_region crw;
	u8 space[256];
} arg;

/* One way into the driver. */
struct entry {
	const char *name;
	enum level from, to;		/* before the call, and after it */
	void (*prepare)(void);
	int (*call)(void);		/* the one system call */
	void (*verify)(void);		/* that it has done what it is for */
	void (*untouched)(void);	/* that a call which failed has not */
	unsigned int request;		/* what it asks for, if it has a choice */
	unsigned int index;
	int answer;			/* besides ENOMEM and EFAULT */
};

static const struct entry *entry;

/* --- The ladder --- */

static int open_online(void)
{
	return vmm_reset(&vmm);
}

static int stay(void)
{
	return 0;
}

static int open_vmm(void)
{
	vmm_init(&vmm, &vp.port);
	return vmm_open(&vmm);
}

static int close_vmm(void)
{
	return vmm_close(&vmm);
}

static int bind(void)
{
	return css_admin_bind(&vp.admin);
}

static int unbind(void)
{
	return css_admin_unbind(&vp.admin);
}

static int create(void)
{
	return css_admin_create(&vp.admin);
}

static int remove_mdev(void)
{
	return css_admin_remove(&vp.admin);
}

static const struct {
	int (*up)(void), (*down)(void);
} ladder[] = {
	[LOADED]	= { load_module,	unload_module },
	[BOUND]		= { bind,		unbind },
	[CREATED]	= { create,		remove_mdev },
	[OPENED]	= { open_vmm,		close_vmm },
	[ONLINE]	= { open_online,	stay },
};

static void reach(enum level wanted)
{
	for (; level < wanted; level++)
		must(!ladder[level + 1].up());
	for (; level > wanted; level--)
		must(!ladder[level].down());
}

static bool is_bound(void)
{
	char driver[32];

	sysfs_target(driver, sizeof(driver), CSS_DEVICES "/%s/driver",
		     vp.admin.id);
	return !strcmp(driver, MODULE);
}

/* Is the device where we think, as far as others can see it? */
static void must_be_at(enum level here)
{
	must(sysfs_exists("/sys/module/" MODULE) == (here >= LOADED));
	must(is_bound() == (here >= BOUND));
	must(sysfs_exists(CSS_MDEVS "/%s", *vp.admin.uuid ? vp.admin.uuid :
			  "none") == (here >= CREATED));
}

/* --- Programs --- */

#define PROGRAM		0x1000
#define LISTS		0x4000
#define DATA		0x10000
#define CCWS		40		/* more than the driver starts out with */

static void store_ccw(unsigned int i, u32 flags, u32 count, u32 address)
{
	struct ccw_format1 ccw = { {
		cpu_to_be32(FIELD_PREP(CCW0_CMD, 0xe4) | CCW0_SLI | flags |
			    FIELD_PREP(CCW0_COUNT, count)),
		cpu_to_be32(address),
	} };

	must(!vp.port.ops->store(&vp.port, PROGRAM + i * sizeof(ccw), &ccw,
				 sizeof(ccw)));
}

static struct ccw_orb orb_with(u32 flags)
{
	return (struct ccw_orb){ {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_H | ORB1_LPM | flags),
		cpu_to_be32(PROGRAM),
	} };
}

/* SENSE ID, once and into one place. */
static struct ccw_orb short_program(void)
{
	store_ccw(0, 0, 7, DATA);
	return orb_with(0);
}

/*
 * SENSE ID many times, each into two pages of its own that a list names: all
 * that the driver keeps of a program has to grow. @last: flags of its last CCW.
 */
static struct ccw_orb long_program(u32 last)
{
	for (unsigned int i = 0; i < CCWS; i++) {
		__be64 list[2] = {
			cpu_to_be64(DATA + 2 * i * 4096 + 4092),
			cpu_to_be64(DATA + 2 * i * 4096 + 4096),
		};

		must(!vp.port.ops->store(&vp.port, LISTS + i * sizeof(list),
					 list, sizeof(list)));
		store_ccw(i, CCW0_IDA | (i < CCWS - 1 ? CCW0_CC : last), 7,
			  LISTS + i * sizeof(list));
	}
	return orb_with(last ? ORB1_S | ORB1_U : 0);
}

static void must_end_well(const struct ccw_irb *irb)
{
	must(be32_get_bits(irb->scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT) ==
	     0x0c00);
}

static void must_answer(void)
{
	struct ccw_orb orb = short_program();
	struct ccw_irb irb;
	u8 id[7] = { 0 };

	must(!vp.port.ops->store(&vp.port, DATA, id, sizeof(id)));
	must(!vmm_start(&vmm, &orb));
	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	must_end_well(&irb);
	must(!vp.port.ops->load(&vp.port, DATA, id, sizeof(id)));
	must(id[0] == 0xff);
}

/* --- What is counted --- */

static long long number_in(const char *path, const char *name)
{
	char line[256];
	size_t len = strlen(name);
	long long number = -1;
	FILE *file = fopen(path, "re");

	must(file);
	while (number < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, len))
			number = strtoll(line + len, NULL, 10);
	fclose(file);
	must(number >= 0);
	return number;
}

static long long pinned(void)
{
	/* Each processor counts for itself, and has to be asked to add up. */
	must(!sysfs_write("1", "/proc/sys/vm/stat_refresh"));
	return number_in("/proc/vmstat", "nr_foll_pin_acquired ") -
	       number_in("/proc/vmstat", "nr_foll_pin_released ");
}

/* --- The calls --- */

static int answer(long ret)
{
	return ret < 0 ? -errno : ret;
}

static int call_write(void)
{
	return answer(write(target, word, strlen(word)));
}

static int call_load(void)
{
	return answer(syscall(SYS_finit_module, target, "", 0));
}

static int call_unload(void)
{
	return unload_module();
}

static int call_ioctl(void)
{
	return answer(ioctl(target, entry->request, &arg));
}

static int call_open(void)
{
	vp.files.device = answer(ioctl(target, VFIO_GROUP_GET_DEVICE_FD,
				       vp.admin.uuid));
	return vp.files.device;
}

static int call_close(void)
{
	int fd = target;

	target = -1;
	return fd < 0 ? 0 : answer(close(fd));
}

static int call_read_region(void)
{
	const struct vmm_region *region = &vmm.region[entry->index];

	return answer(pread(target, &arg, region->size, region->offset));
}

static int call_write_region(void)
{
	const struct vmm_region *region = &vmm.region[entry->index];

	return answer(pwrite(target, &arg, region->size, region->offset));
}

/* --- What an administrator does --- */

static void aim_at(const char *path, int flags)
{
	target = open(path, flags | O_CLOEXEC);
	must(target >= 0);
}

static void prepare_load(void)
{
	aim_at(MODULE_FILE, O_RDONLY);
}

/* It binds what nobody has; whether it can is not what loading is about. */
static void verify_load(void)
{
	if (is_bound())
		must(!unbind());
}

static void prepare_bind(void)
{
	strcpy(word, vp.admin.id);
	must(!sysfs_write(MODULE, CSS_DEVICES "/%s/driver_override", word));
	aim_at(CSS_DRIVERS "/" MODULE "/bind", O_WRONLY);
}

static void prepare_unbind(void)
{
	strcpy(word, vp.admin.id);
	aim_at(CSS_DRIVERS "/" MODULE "/unbind", O_WRONLY);
}

static void prepare_create(void)
{
	char path[128];

	must(!sysfs_read(word, sizeof(word), "/proc/sys/kernel/random/uuid"));
	snprintf(path, sizeof(path), CSS_DEVICES
		 "/%s/mdev_supported_types/vfio_ccw-io/create", vp.admin.id);
	aim_at(path, O_WRONLY);
}

static void verify_create(void)
{
	strcpy(vp.admin.uuid, word);
}

static void prepare_remove(void)
{
	char path[128];

	strcpy(word, "1");
	snprintf(path, sizeof(path), CSS_MDEVS "/%s/remove", vp.admin.uuid);
	aim_at(path, O_WRONLY);
}

static void verify_removed(void)
{
	must(!sysfs_exists(CSS_MDEVS "/%s", vp.admin.uuid));
	*vp.admin.uuid = '\0';
}

/* A path to the device, for the whole system: the driver hears of it. */
static void prepare_vary(void)
{
	char paths[32], path[64];

	strcpy(word, "off");
	must(!sysfs_read(paths, sizeof(paths), CSS_DEVICES "/%s/chpids",
			 vp.admin.id));
	snprintf(path, sizeof(path), "/sys/devices/css0/chp0.%.2s/status",
		 paths);
	aim_at(path, O_WRONLY);
}

static void verify_vary(void)
{
	must(!css_admin_vary(&vp.admin, true));
}

/* --- What a user does with the device --- */

/* Open all but the device itself. */
static void prepare_open(void)
{
	must(!open_vmm());
	must(!close(vp.files.device));
	vp.files.device = -1;
	target = dup(vp.files.group);
}

static void verify_open(void)
{
	must(!close_vmm());
}

static void prepare_device(void)
{
	memset(&arg, 0, sizeof(arg));
	target = dup(vp.files.device);
	must(target >= 0);
}

static void prepare_info(void)
{
	prepare_device();
	arg.region.argsz = sizeof(arg);
	arg.region.index = entry->index;
}

static void verify_info(void)
{
	must(arg.device.flags);
}

static void prepare_irqs(u32 flags, u32 count)
{
	prepare_device();
	arg.set.argsz = sizeof(arg);
	arg.set.flags = flags | VFIO_IRQ_SET_ACTION_TRIGGER;
	arg.set.index = VFIO_CCW_IO_IRQ_INDEX;
	arg.set.count = count;
}

static int *io_event = &vmm.event[VFIO_CCW_IO_IRQ_INDEX];
static int newcomer = -1;	/* an eventfd that is to take its place */

static void prepare_arm(void)
{
	newcomer = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	must(newcomer >= 0);
	prepare_irqs(VFIO_IRQ_SET_DATA_EVENTFD, 1);
	memcpy(arg.set.data, &newcomer, sizeof(newcomer));
}

static void prepare_disarm(void)
{
	prepare_irqs(VFIO_IRQ_SET_DATA_NONE, 0);
}

static void prepare_trigger(void)
{
	prepare_irqs(VFIO_IRQ_SET_DATA_BOOL, 1);
	arg.set.data[0] = 1;
}

static bool signalled(int fd)
{
	u64 signals;

	return read(fd, &signals, sizeof(signals)) == sizeof(signals);
}

/* Trigger it ourselves: does this one hear it? */
static bool hears(int fd)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set), .index = VFIO_CCW_IO_IRQ_INDEX,
		.flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
		.count = 1,
	};

	must(!ioctl(vp.files.device, VFIO_DEVICE_SET_IRQS, &set));
	return signalled(fd);
}

static void still_armed(void)
{
	must(hears(*io_event));
}

static void verify_arm(void)
{
	must(hears(newcomer));
	must(!signalled(*io_event));
	must(!close(*io_event));
	*io_event = newcomer;
}

static void verify_disarm(void)
{
	must(!hears(*io_event));
	must(!vmm_irq(&vmm, VFIO_CCW_IO_IRQ_INDEX, true));
}

static void verify_trigger(void)
{
	must(signalled(*io_event));
}

/* --- What it does with programs --- */

static unsigned int checks;	/* programs that ended with a program check */

static void prepare_start(struct ccw_orb orb)
{
	struct ccw_scsw scsw = { { cpu_to_be32(SCSW0_FC_START) } };

	prepare_device();
	memcpy(arg.io.orb_area, &orb, sizeof(arg.io.orb_area));
	memcpy(arg.io.scsw_area, &scsw, sizeof(scsw));
}

static void prepare_start_short(void)
{
	prepare_start(short_program());
}

static void prepare_start_long(void)
{
	prepare_start(long_program(0));
}

/*
 * What was started ends. If a fault keeps VFIO from reading guest memory, that
 * looks as if the guest had none there, and the channel says so.
 */
static void verify_start(void)
{
	struct ccw_irb irb;

	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	if (be32_get_bits(irb.scsw.word[2], SCSW2_CSTAT_PROG))
		checks++;
	else
		must_end_well(&irb);
}

static void prepare_result(void)
{
	struct ccw_orb orb = short_program();

	must(!vmm_start(&vmm, &orb));
	must(vp.port.ops->event_wait(&vp.port, *io_event, PATIENCE_MS) > 0);
	prepare_device();
}

static void verify_result(void)
{
	struct ccw_irb irb;

	memcpy(&irb, arg.io.irb_area, sizeof(irb));
	must_end_well(&irb);
}

static void prepare_report(void)
{
	must(!css_admin_vary(&vp.admin, false));
	must(!css_admin_vary(&vp.admin, true));
	prepare_device();
}

/* There are two reports; a fault while the first is read loses neither. */
static void verify_report(void)
{
	struct ccw_crw_region second;

	must(FIELD_GET(CRW0_ERC, arg.crw.crw) == CRW_ERC_PERMANENT);
	must(vmm_read(&vmm, VMM_CRW, &second, sizeof(second), 0) ==
	     sizeof(second));
	must(FIELD_GET(CRW0_ERC, second.crw) == CRW_ERC_INITIALIZED);
}

/* A program that is suspended keeps its pages until somebody ends it. */
static void suspend(void)
{
	struct ccw_orb orb = long_program(CCW0_S);

	must(!vmm_start(&vmm, &orb));
	must(pinned() > 0);
}

static void prepare_busy(void)
{
	suspend();
	prepare_device();
}

static void prepare_command(void)
{
	suspend();
	if (entry->request == VFIO_CCW_CMD_RSCH)
		long_program(0);
	prepare_device();
	arg.cmd.command = entry->request;
}

static void verify_command(void)
{
	struct ccw_irb irb;

	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	if (entry->request == VFIO_CCW_CMD_RSCH)
		must_end_well(&irb);
}

static void prepare_unmap(void)
{
	suspend();
	memset(&arg, 0, sizeof(arg));
	arg.unmap.argsz = sizeof(arg.unmap);
	arg.unmap.size = PORT_GUEST_MEMORY;
	target = dup(vp.files.container);
}

/* The program is lost, and its owner hears of it. */
static void verify_unmap(void)
{
	struct ccw_irb irb;

	must(!pinned());
	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	must(be32_get_bits(irb.scsw.word[0], SCSW0_CC));
	must(!close_vmm());
}

static void prepare_close(void)
{
	target = vp.files.device;
	vp.files.device = -1;
}

static void prepare_close_busy(void)
{
	suspend();
	prepare_close();
}

static void verify_closed(void)
{
	must(!pinned());
	must(!close(vp.files.group));
	must(!close(vp.files.container));
	vp.files = (struct vfio_files){ -1, -1, -1 };
	vmm_die(&vmm);
}

/* --- All of them --- */

static const struct entry entries[] = {
	{ "bind", LOADED, BOUND,
	  .prepare = prepare_bind, .call = call_write },
	{ "create", BOUND, CREATED,
	  .prepare = prepare_create, .call = call_write,
	  .verify = verify_create },
	{ "open", CREATED, CREATED,
	  .prepare = prepare_open, .call = call_open, .verify = verify_open },
	{ "device-info", OPENED, OPENED,
	  .prepare = prepare_info, .call = call_ioctl, .verify = verify_info,
	  .request = VFIO_DEVICE_GET_INFO },
	{ "region-info-io", OPENED, OPENED,
	  .prepare = prepare_info, .call = call_ioctl, .verify = verify_info,
	  .request = VFIO_DEVICE_GET_REGION_INFO, .index = 0 },
	{ "region-info-async", OPENED, OPENED,
	  .prepare = prepare_info, .call = call_ioctl, .verify = verify_info,
	  .request = VFIO_DEVICE_GET_REGION_INFO, .index = 1 },
	{ "irq-info", OPENED, OPENED,
	  .prepare = prepare_info, .call = call_ioctl, .verify = verify_info,
	  .request = VFIO_DEVICE_GET_IRQ_INFO },
	{ "irq-arm", ONLINE, ONLINE,
	  .prepare = prepare_arm, .call = call_ioctl, .verify = verify_arm,
	  .untouched = still_armed, .request = VFIO_DEVICE_SET_IRQS },
	{ "irq-disarm", ONLINE, ONLINE,
	  .prepare = prepare_disarm, .call = call_ioctl,
	  .verify = verify_disarm, .untouched = still_armed,
	  .request = VFIO_DEVICE_SET_IRQS },
	{ "irq-trigger", ONLINE, ONLINE,
	  .prepare = prepare_trigger, .call = call_ioctl,
	  .verify = verify_trigger, .request = VFIO_DEVICE_SET_IRQS },
	{ "reset", OPENED, OPENED,
	  .prepare = prepare_device, .call = call_ioctl,
	  .request = VFIO_DEVICE_RESET },
	{ "reset-busy", ONLINE, ONLINE,
	  .prepare = prepare_busy, .call = call_ioctl,
	  .request = VFIO_DEVICE_RESET },
	{ "start-short", ONLINE, ONLINE,
	  .prepare = prepare_start_short, .call = call_write_region,
	  .verify = verify_start, .index = VMM_IO },
	{ "start-long", ONLINE, ONLINE,
	  .prepare = prepare_start_long, .call = call_write_region,
	  .verify = verify_start, .index = VMM_IO },
	{ "read-result", ONLINE, ONLINE,
	  .prepare = prepare_result, .call = call_read_region,
	  .verify = verify_result, .index = VMM_IO },
	{ "read-command", ONLINE, ONLINE,
	  .prepare = prepare_device, .call = call_read_region,
	  .index = VMM_ASYNC },
	{ "read-schib", ONLINE, ONLINE,
	  .prepare = prepare_device, .call = call_read_region,
	  .index = VMM_SCHIB },
	{ "read-report", ONLINE, ONLINE,
	  .prepare = prepare_report, .call = call_read_region,
	  .verify = verify_report, .index = VMM_CRW },
	{ "halt", ONLINE, ONLINE,
	  .prepare = prepare_command, .call = call_write_region,
	  .verify = verify_command, .request = VFIO_CCW_ASYNC_CMD_HSCH,
	  .index = VMM_ASYNC },
	{ "clear", ONLINE, ONLINE,
	  .prepare = prepare_command, .call = call_write_region,
	  .verify = verify_command, .request = VFIO_CCW_ASYNC_CMD_CSCH,
	  .index = VMM_ASYNC },
	{ "resume", ONLINE, ONLINE,
	  .prepare = prepare_command, .call = call_write_region,
	  .verify = verify_command, .request = VFIO_CCW_CMD_RSCH,
	  .index = VMM_ASYNC },
	{ "cancel", ONLINE, ONLINE,
	  .prepare = prepare_command, .call = call_write_region,
	  .request = VFIO_CCW_CMD_XSCH, .index = VMM_ASYNC },
	{ "vary", ONLINE, ONLINE,
	  .prepare = prepare_vary, .call = call_write,
	  .verify = verify_vary },
	{ "unmap", ONLINE, CREATED,
	  .prepare = prepare_unmap, .call = call_ioctl,
	  .verify = verify_unmap, .request = VFIO_IOMMU_UNMAP_DMA },
	{ "close", ONLINE, CREATED,
	  .prepare = prepare_close, .call = call_close,
	  .verify = verify_closed },
	{ "close-busy", ONLINE, CREATED,
	  .prepare = prepare_close_busy, .call = call_close,
	  .verify = verify_closed },
	{ "remove", CREATED, BOUND,
	  .prepare = prepare_remove, .call = call_write,
	  .verify = verify_removed },
	{ "unbind", BOUND, LOADED,
	  .prepare = prepare_unbind, .call = call_write },
	{ "unbind-created", CREATED, LOADED,
	  .prepare = prepare_unbind, .call = call_write,
	  .verify = verify_removed },
	{ "unload", LOADED, UNLOADED,
	  .call = call_unload },
	{ "unload-created", CREATED, UNLOADED,
	  .call = call_unload, .verify = verify_removed },
	{ "load", UNLOADED, LOADED,
	  .prepare = prepare_load, .call = call_load, .verify = verify_load },
};

/* --- The walk --- */

static unsigned int answers[ERRNOS];	/* how often each; 0: passed */

/* Have the n-th fault point of the next system calls fail; 0: none. */
static void arm(int fail_nth, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	must(pwrite(fail_nth, text, len, 0) == len);
}

/* Is there still a fault to come? Reading may run into it, which says so too. */
static bool is_armed(int fail_nth)
{
	char text[16] = "";
	ssize_t len = pread(fail_nth, text, sizeof(text) - 1, 0);

	return len < 0 || atoi(text);
}

/* Make the call. Return false if it did not come to its n-th fault point. */
static bool call_with_fault(int fail_nth, unsigned int n, int *ret)
{
	bool armed;

	arm(fail_nth, n);
	*ret = entry->call();
	armed = is_armed(fail_nth);
	arm(fail_nth, 0);
	return !armed;
}

/* Is it known of Linux that the call cannot be made again? See debug.allow. */
static bool is_allowed(int error)
{
	char line[256], kernel[16], name[32], what[64], release[64];
	FILE *file = fopen("/debug.allow", "re");
	bool found = false;

	must(file);
	must(!sysfs_read(release, sizeof(release),
			 "/proc/sys/kernel/osrelease"));
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%15s %31s %63s", kernel, name, what) ==
			3 && !strncmp(release, kernel, strlen(kernel)) &&
			!strcmp(name, entry->name) &&
			!strcmp(what, strerrorname_np(error));
	fclose(file);
	return found;
}

/* A call that failed has changed nothing: it passes if it is made again. */
static bool try_again(const void *saved)
{
	int ret;

	must_be_at(entry->from);
	if (entry->untouched)
		entry->untouched();
	memcpy(&arg, saved, sizeof(arg));
	ret = entry->call();
	if (ret < 0)
		printf("again: %s\n", strerrorname_np(-ret));
	must(ret >= 0 || is_allowed(-ret));
	return ret >= 0;
}

/*
 * Loading has hundreds of points, most of them before the module's first line:
 * that it can be loaded again is enough for most.
 */
static bool attempt(int fail_nth, unsigned int n)
{
	u8 saved[sizeof(arg)];
	bool injected, passed;
	int ret;

	if (entry->from > CREATED)
		reach(CREATED);		/* what has grown is small again */
	reach(entry->from);
	if (entry->prepare)
		entry->prepare();
	memcpy(saved, &arg, sizeof(arg));
	injected = call_with_fault(fail_nth, n, &ret);
	passed = ret >= 0;
	answers[passed ? 0 : -ret]++;
	if (!passed) {
		if (-ret != ENOMEM && -ret != EFAULT && -ret != entry->answer)
			printf("answer: %s\n", strerrorname_np(-ret));
		must(-ret == ENOMEM || -ret == EFAULT || -ret == entry->answer);
		passed = try_again(saved);
	}
	if (passed) {
		if (entry->verify)
			entry->verify();
		level = entry->to;
	} else {
		reach(LOADED);
	}
	if (target >= 0)
		must(!close(target));
	target = -1;
	if (entry->from != UNLOADED || n % SOME == 0) {
		reach(ONLINE);
		must_answer();
		must(!pinned());
	}
	return injected;
}

/* One line: how many fault points, and what was answered how often. */
static void sum_up(unsigned int points)
{
	const char *comma = "";

	printf("failnth: %-18s %5u  ", entry->name, points);
	if (answers[0] > 2 + checks) {
		printf("passed %u", answers[0] - 2 - checks);
		comma = ", ";
	}
	if (checks) {
		printf("%sprogram check %u", comma, checks);
		comma = ", ";
	}
	for (int i = 1; i < ERRNOS; i++) {
		if (!answers[i])
			continue;
		printf("%s%s %u", comma, strerrorname_np(i), answers[i]);
		comma = ", ";
	}
	putchar('\n');
}

static void walk(void)
{
	int fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	unsigned int n = 1;

	if (fail_nth < 0) {
		printf("/proc/thread-self/fail-nth: %s\n", strerror(errno));
		exit(1);
	}
	/* Once without a fault: it passes, and all that it touches is there. */
	attempt(fail_nth, 0);
	must(answers[0] == 1);
	while (n < MAX_POINTS && attempt(fail_nth, n))
		n++;
	must(n < MAX_POINTS);
	reach(LOADED);
	sum_up(n - 1);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("Usage: failnth SUBCHANNEL ENTRY\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (!strcmp(entries[i].name, argv[2]))
			entry = &entries[i];
	if (!entry) {
		printf("there is no entry '%s'\n", argv[2]);
		return 2;
	}
	if (vfio_port_init(&vp, argv[1])) {
		printf("%s\n", vp.admin.complaint.text);
		return 1;
	}
	walk();
	vfio_port_destroy(&vp);
	return 0;
}
