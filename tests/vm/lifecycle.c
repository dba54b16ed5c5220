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
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include "device.h"
#include "sense_id.h"
#include "sysfs.h"

#define REPEAT		10
#define PATIENCE_MS	20000	/* the host may have other things to do */

/* What our machines have (see tests/vm/boot and tests/vm/ipl). */
static const struct machine_device {
	const char *name;
	u16 number;
	u16 control_unit;	/* as SENSE ID has it */
	const char *type;	/* as Linux has it */
} devices[] = {
	{ "0.0.0001", 0x0001, 0x3832, "3832/04" },  /* random number generator */
	{ "0.0.0815", 0x0815, 0x3270, "3270/00" },  /* a terminal */
	{ "0.0.0120", 0x0120, 0x3990, "3990/c2" },  /* a disk */
};

static const struct machine_device *device;	/* the one at hand */

static bool mdev_exists(const char *uuid)
{
	return sysfs_exists(CSS_MDEVS "/%s", uuid);
}

/* Does a child end well before our patience ends? */
static bool ends_well(pid_t child)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int status;

	for (int i = 0; i < PATIENCE_MS / 10; i++) {
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

/* One that does nothing, for ever. Needs a device that is not the processor. */
static struct ccw_orb endless_program(void)
{
	const u32 address = 0x1000;
	const struct ccw_format1 loop[] = {
		{ { cpu_to_be32(FIELD_PREP(CCW0_CMD, 0x03) | CCW0_CC) } },
		{ { cpu_to_be32(FIELD_PREP(CCW0_CMD, 0x08)),
		    cpu_to_be32(address) } },
	};

	must(!vp.port.ops->store(&vp.port, address, loop, sizeof(loop)));
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
				     PATIENCE_MS) > 0);
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
		must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
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

	must(vmm_crw(&vmm, PATIENCE_MS, &crw) == 1);
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

/* The report that says: look at the subchannel, it has changed. */
#define LOOK (CRW0_R | FIELD_PREP(CRW0_RSC, CRW_RSC_SUBCHANNEL) |	\
	      FIELD_PREP(CRW0_ERC, CRW_ERC_PARAMETERS))

static void must_be_gone(void)
{
	struct ccw_orb orb = long_program();
	struct ccw_schib schib;

	must(!vmm_schib(&vmm, &schib));
	must(!be32_get_bits(schib.pmcw.word[1], PMCW1_V));
	must_have_path(false);
	must(vmm_start(&vmm, &orb) == -ENODEV);
}

static void must_come_back(void)
{
	struct ccw_orb orb = long_program();
	struct ccw_irb irb;

	ask_for("plug");
	must(next_report() == LOOK);
	must(!vmm_reset(&vmm));
	must_have_path(true);
	must(!vmm_start(&vmm, &orb));
	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	must(!vmm_close(&vmm));
	take_back();
	must_work();
}

/* The device goes away and comes back while a VM has its subchannel. */
static void test_unplugged_while_open(void)
{
	lend_and_open();
	ask_for("unplug");
	must(next_report() == LOOK);
	must_be_gone();
	must_come_back();
}

/* Does the subchannel leave the system, with its mediated device? */
static bool leaves(void)
{
	const struct timespec tick = { .tv_nsec = 10000000 };

	for (int i = 0; i < 1000; i++) {
		if (!sysfs_exists(CSS_DEVICES "/%s", vp.admin.id) &&
		    !mdev_exists(vp.admin.uuid))
			return true;
		nanosleep(&tick, NULL);
	}
	return false;
}

/*
 * It goes in the midst of a program, whose end is told to the VM all the same. It
 * is not asked to come back: Hercules would go on with the program.
 */
static void test_unplugged_while_busy(void)
{
	struct ccw_orb orb = endless_program();
	struct ccw_irb irb;

	lend_and_open();
	must(!vmm_start(&vmm, &orb));
	must(vmm_interrupt(&vmm, 100, &irb) == 0);
	ask_for("unplug");
	must(next_report() == LOOK);
	must(vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1);
	must(be32_get_bits(irb.scsw.word[0], SCSW0_CC) == 3);
	must_be_gone();
	must(!vmm_close(&vmm));
	must(leaves());
	*vp.admin.uuid = '\0';
	vp.admin.taken = false;
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

/* The mediated device that there is now. */
static bool find_mdev(void)
{
	DIR *mdevs = opendir(CSS_MDEVS);
	struct dirent *entry = NULL;

	*vp.admin.uuid = '\0';
	while (mdevs && (entry = readdir(mdevs)))
		if (entry->d_name[0] != '.')
			snprintf(vp.admin.uuid, sizeof(vp.admin.uuid), "%.36s",
				 entry->d_name);
	if (mdevs)
		closedir(mdevs);
	return *vp.admin.uuid;
}

/* Open it if it is there, start as much as is started, and close it. */
static bool use_once(const struct ccw_orb *orb)
{
	struct ccw_irb irb;
	bool used;

	vmm_init(&vmm, &vp.port);
	if (!find_mdev() || vmm_open(&vmm))
		return false;
	used = !vmm_reset(&vmm);
	for (int i = 0; used && i < 5; i++)
		used = !vmm_start(&vmm, orb) &&
		       vmm_interrupt(&vmm, PATIENCE_MS, &irb) == 1;
	return !vmm_close(&vmm) && used;
}

/* Processes that use the device whenever it is there, and count how often. */
static void start_users(pid_t *user, unsigned int nr, atomic_uint *used)
{
	struct ccw_orb orb = long_program();

	for (unsigned int i = 0; i < nr; i++) {
		user[i] = fork();
		must(user[i] >= 0);
		while (!user[i])
			*used += use_once(&orb);
	}
}

static int take_all_back(void)
{
	take_back();
	return 0;
}

static int unbind_with_device(void)
{
	*vp.admin.uuid = '\0';
	return css_admin_unbind(&vp.admin);
}

/* A module that is in use is not unloaded; there are moments when it is not. */
static int unload_until_it_goes(void)
{
	int ret;

	*vp.admin.uuid = '\0';
	do
		ret = unload_module();
	while (ret == -EWOULDBLOCK);
	return ret ?: load_module();
}

/* Users come and go, and under their hands the device does. */
static void test_taken_away_under_load(void)
{
	static int (* const takes[])(void) = {
		take_all_back, unbind_with_device, unload_until_it_goes,
	};
	atomic_uint *used = mmap(NULL, sizeof(*used), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t user[3];

	must(used != MAP_FAILED);
	start_users(user, 3, used);
	for (unsigned int i = 0; i < 9; i++) {
		unsigned int before = *used;

		lend();
		while (*used == before)		/* somebody has it */
			usleep(1000);
		must(!takes[i % 3]());
	}
	for (unsigned int i = 0; i < 3; i++) {
		must(!kill(user[i], SIGKILL));
		must(waitpid(user[i], NULL, 0) == user[i]);
	}
	must_work();
}

/* Linux's own driver has the subchannel again and has found its device. */
static void test_given_back(void)
{
	must(!strcmp(vp.admin.former, "io_subchannel"));
	must(!strcmp(vp.admin.type, device->type));
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
	{ "unplugged-while-busy", test_unplugged_while_busy },
	{ "taken-away-under-load", test_taken_away_under_load },
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
	if (vfio_port_init(&vp, argv[1])) {
		printf("%s\n", vp.admin.complaint.text);
		return 1;
	}
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		if (!strcmp(devices[i].name, vp.admin.device))
			device = &devices[i];
	}
	if (!device) {
		printf("nothing is known of device '%s'\n", vp.admin.device);
		return 2;
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
