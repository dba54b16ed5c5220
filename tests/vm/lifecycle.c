// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file lifecycle.c
 * What no scenario can play: things that happen to the driver while a process
 * holds its device, or is no more. Runs in the lab's virtual machine.
 *
 *     lifecycle SUBCHANNEL TEST
 *
 * A test begins and ends with the subchannel bound to nobody. Exit status: 0
 * if it held, 1 if not, with a line on standard output that says what did not.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include "device.h"
#include "sense_id.h"
#include "sysfs.h"

#define MODULE		"vfio_ccw"
#define MODULE_FILE	"/modules/" MODULE ".ko"
#define REPEAT		10

/* The machine's two devices (see tests/vm/boot). */
static const struct machine_device {
	const char *subchannel;
	u16 number;
	u16 control_unit;	/* as SENSE ID has it */
} devices[] = {
	{ "0.0.0000", 0x0001, 0x3832 },		/* a random number generator */
	{ "0.0.0001", 0x0815, 0x3270 },		/* a terminal */
};

static const struct machine_device *device;	/* the one at hand */

/*
 * Load the module. It binds every I/O subchannel that nobody has, ours among
 * them, which a test wants to do itself.
 */
static int load_module(void)
{
	int fd = open(MODULE_FILE, O_RDONLY | O_CLOEXEC);
	int ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;

	close(fd);
	return ret ? ret : css_admin_unbind(&vp.admin);
}

static int unload_module(void)
{
	return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

static bool mdev_exists(const char *uuid)
{
	return sysfs_exists(CSS_MDEVS "/%s", uuid);
}

/* Does a child end well within ten seconds? */
static bool ends_well(pid_t child)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int status;

	for (int i = 0; i < 1000; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) && !WEXITSTATUS(status);
		nanosleep(&tick, NULL);
	}
	return false;
}

static void take_back(void)
{
	must(!css_admin_remove(&vp.admin));
	must(!css_admin_unbind(&vp.admin));
}

static void lend_and_open(void)
{
	lend();
	vmm_init(&vmm, &vp.port);
	must(!vmm_open(&vmm));
	must(!vmm_reset(&vmm));
}

/* The whole way once: is everything as good as new? */
static void must_work(void)
{
	struct sense_id id;

	must(!sense_id(&vp.port, &id));
	must(id.control_unit == device->control_unit);
}

/* Put a program into guest memory that reads many times, and its ORB. */
static struct ccw_orb long_program(void)
{
	const u32 address = 0x1000, data = 0x80000;

	for (u32 i = 0; i < 200; i++) {
		struct ccw_format1 ccw = { {
			cpu_to_be32(FIELD_PREP(CCW0_CMD, 0xe4) | CCW0_SLI |
				    (i < 199 ? CCW0_CC : 0) |
				    FIELD_PREP(CCW0_COUNT, 0xffff)),
			cpu_to_be32(data),
		} };

		must(!vp.port.ops->store(&vp.port, address + i * sizeof(ccw),
					 &ccw, sizeof(ccw)));
	}
	return (struct ccw_orb){ {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_LPM),
		cpu_to_be32(address),
	} };
}

static void test_reload(void)
{
	for (int i = 0; i < REPEAT; i++) {
		must(!unload_module());
		must(!load_module());
		must_work();
	}
}

/* A module that is unloaded takes its devices with it. */
static void test_unload_while_created(void)
{
	char uuid[sizeof(vp.admin.uuid)];

	lend();
	strcpy(uuid, vp.admin.uuid);
	must(!unload_module());
	must(!mdev_exists(uuid));
	*vp.admin.uuid = '\0';
	must(!load_module());
	must_work();
}

static void test_unload_while_open(void)
{
	lend_and_open();
	must(unload_module() == -EWOULDBLOCK);
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

/* Run an administrator's command in a process of its own, since it waits. */
static pid_t in_background(int (*command)(struct css_admin *admin))
{
	pid_t child = fork();

	must(child >= 0);
	if (!child) {
		/* Or the child would be one of those it waits for. */
		vp.port.ops->close(&vp.port);
		_exit(!!command(&vp.admin));
	}
	return child;
}

/* The user is asked to let go, and once he does, the command ends. */
static void asks_user(int (*command)(struct css_admin *admin))
{
	char uuid[sizeof(vp.admin.uuid)];
	pid_t child;

	lend_and_open();
	strcpy(uuid, vp.admin.uuid);
	child = in_background(command);
	must(vp.port.ops->event_wait(&vp.port,
				     vmm.event[VFIO_CCW_REQ_IRQ_INDEX],
				     5000) > 0);
	must(!vmm_close(&vmm));
	must(ends_well(child));
	must(!mdev_exists(uuid));
	*vp.admin.uuid = '\0';
}

static void test_unbind_while_open(void)
{
	asks_user(css_admin_unbind);
	must_work();
}

static void test_remove_while_open(void)
{
	asks_user(css_admin_remove);
	must(!css_admin_unbind(&vp.admin));
	must_work();
}

static void test_close_while_busy(void)
{
	struct ccw_orb orb = long_program();

	for (int i = 0; i < REPEAT; i++) {
		lend_and_open();
		must(!vmm_start(&vmm, &orb));
		must(!vmm_close(&vmm));
		take_back();
	}
	must_work();
}

static void test_reset_while_busy(void)
{
	struct ccw_orb orb = long_program();

	lend_and_open();
	for (int i = 0; i < REPEAT; i++) {
		must(!vmm_start(&vmm, &orb));
		must(!vmm_reset(&vmm));
	}
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

/* A VM that is killed closes nothing itself. */
static void test_killed_while_busy(void)
{
	struct ccw_orb orb = long_program();
	pid_t child;
	int status;

	lend();
	for (int i = 0; i < REPEAT; i++) {
		child = fork();
		must(child >= 0);
		if (!child) {
			vmm_init(&vmm, &vp.port);
			if (!vmm_open(&vmm) && !vmm_reset(&vmm) &&
			    !vmm_start(&vmm, &orb))
				raise(SIGKILL);
			_exit(1);
		}
		must(waitpid(child, &status, 0) == child);
		must(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	take_back();
	must_work();
}

static void test_many_starts(void)
{
	struct ccw_orb orb = long_program();
	struct ccw_irb irb;

	lend_and_open();
	for (int i = 0; i < 100; i++) {
		must(!vmm_start(&vmm, &orb));
		must(vmm_interrupt(&vmm, 5000, &irb) == 1);
		must(be32_get_bits(irb.scsw.word[2],
				   SCSW2_DSTAT | SCSW2_CSTAT) == 0x0c00);
	}
	must(!vmm_close(&vmm));
	take_back();
}

/* The next report, less the bits that say how it came about. */
static u32 next_report(void)
{
	struct ccw_crw crw;

	must(vmm_crw(&vmm, 5000, &crw) == 1);
	return be32_to_cpu(crw.word[0]) & (CRW0_R | CRW0_RSC | CRW0_ERC |
					   CRW0_RSID);
}

static void must_report_nothing_more(void)
{
	struct ccw_crw crw;

	must(vmm_crw(&vmm, 100, &crw) == 0);
}

static void must_have_path(bool there)
{
	struct ccw_schib schib;

	must(!vmm_schib(&vmm, &schib));
	must(!be32_get_bits(schib.pmcw.word[3], PMCW3_PAM) == !there);
}

/* What the SCHIB region shows is what STORE SUBCHANNEL would. */
static void test_schib_region(void)
{
	struct ccw_schib schib;
	u32 word;

	lend();
	vmm_init(&vmm, &vp.port);
	must(!vmm_open(&vmm));
	must(!vmm_schib(&vmm, &schib));
	word = be32_to_cpu(schib.pmcw.word[1]);
	must(FIELD_GET(PMCW1_DEVNO, word) == device->number);
	must(word & PMCW1_V);
	must(!vmm_reset(&vmm));
	must(!vmm_schib(&vmm, &schib));
	must(be32_get_bits(schib.pmcw.word[1], PMCW1_E));
	must_have_path(true);
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

static void test_vary(void)
{
	struct ccw_orb orb = long_program();
	struct ccw_schib schib;
	u32 path;

	lend_and_open();
	must(!vmm_schib(&vmm, &schib));
	path = FIELD_PREP(CRW0_RSC, CRW_RSC_PATH) |
	       be32_to_cpu(schib.pmcw.word[4]) >> 24;
	for (int i = 0; i < REPEAT; i++) {
		must(!css_admin_vary(&vp.admin, false));
		must(next_report() ==
		     (path | FIELD_PREP(CRW0_ERC, CRW_ERC_PERMANENT)));
		must_report_nothing_more();
		must_have_path(false);
		must(vmm_start(&vmm, &orb));

		must(!css_admin_vary(&vp.admin, true));
		must(next_report() ==
		     (path | FIELD_PREP(CRW0_ERC, CRW_ERC_INITIALIZED)));
		must_report_nothing_more();
		must_have_path(true);
	}
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

/* Have tests/vm/boot do something to the machine we run in. */
static void ask_for(const char *what)
{
	printf("lab: %s\n", what);
	fflush(stdout);
}

/* The device goes away and comes back while a VM has its subchannel. */
static void test_unplugged_while_open(void)
{
	const u32 look = CRW0_R | FIELD_PREP(CRW0_RSC, CRW_RSC_SUBCHANNEL) |
			 FIELD_PREP(CRW0_ERC, CRW_ERC_PARAMETERS);
	struct ccw_orb orb = long_program();
	struct ccw_schib schib;
	struct ccw_irb irb;

	lend_and_open();
	ask_for("unplug");
	must(next_report() == look);
	must(!vmm_schib(&vmm, &schib));
	must(!be32_get_bits(schib.pmcw.word[1], PMCW1_V));
	must_have_path(false);
	must(vmm_start(&vmm, &orb) == -ENODEV);

	ask_for("plug");
	must(next_report() == look);
	must(!vmm_reset(&vmm));
	must_have_path(true);
	must(!vmm_start(&vmm, &orb));
	must(vmm_interrupt(&vmm, 5000, &irb) == 1);
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

/* There is one subchannel to lend. */
static void test_lent_already(void)
{
	lend();
	must(css_admin_create(&vp.admin) == -EUSERS);
	take_back();
	must_work();
}

/* A user who presses Ctrl-C gets the summary, and the subchannel back. */
static void test_stress_interrupted(void)
{
	char file[] = "/ccwio", *argv[] = {
		file, "stress", "--except", "pull", "--device", vp.admin.id,
		NULL
	};
	pid_t child = fork();

	must(child >= 0);
	if (!child) {
		execv(file, argv);
		_exit(127);
	}
	sleep(3);
	must(!kill(child, SIGINT));
	must(ends_well(child));
	must_work();
}

static void test_not_root(void)
{
	pid_t child = fork();

	must(child >= 0);
	if (!child) {
		must(!setuid(65534));
		must(css_admin_bind(&vp.admin) == -EACCES);
		_exit(!strstr(vp.admin.complaint.text, "this needs root"));
	}
	must(ends_well(child));
}

/* Linux's own driver has the subchannel again and has found its device. */
static void test_given_back(void)
{
	must(!strcmp(vp.admin.former, "io_subchannel"));
	must(!strcmp(vp.admin.type, "3270/00"));
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "reload",		test_reload },
	{ "unload-while-created", test_unload_while_created },
	{ "unload-while-open",	test_unload_while_open },
	{ "unbind-while-open",	test_unbind_while_open },
	{ "remove-while-open",	test_remove_while_open },
	{ "close-while-busy",	test_close_while_busy },
	{ "reset-while-busy",	test_reset_while_busy },
	{ "killed-while-busy",	test_killed_while_busy },
	{ "many-starts",	test_many_starts },
	{ "schib-region",	test_schib_region },
	{ "vary",		test_vary },
	{ "unplugged-while-open", test_unplugged_while_open },
	{ "lent-already",	test_lent_already },
	{ "not-root",		test_not_root },
	{ "stress-interrupted",	test_stress_interrupted },
	{ "given-back",		test_given_back },
};

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("Usage: lifecycle SUBCHANNEL TEST\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (!strcmp(devices[i].subchannel, argv[1]))
			device = &devices[i];
	}
	if (!device) {
		printf("no device of the machine is on '%s'\n", argv[1]);
		return 2;
	}
	if (vfio_port_init(&vp, argv[1])) {
		printf("%s\n", vp.admin.complaint.text);
		return 1;
	}
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(tests[i].name, argv[2]))
			continue;
		tests[i].run();
		vfio_port_destroy(&vp);
		return 0;
	}
	printf("there is no test '%s'\n", argv[2]);
	return 2;
}
