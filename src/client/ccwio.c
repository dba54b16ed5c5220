// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>

#include <runner.h>

#include "sense_id.h"
#include "stress.h"
#include "sysfs.h"
#include "vfio_port.h"

/** What the process ends with. */
enum exit_status {
	STATUS_OK	= 0,
	STATUS_FAILED	= 1,	/**< an expectation or a call failed */
	STATUS_USAGE	= 2,	/**< a bad command line or scenario file */
	STATUS_SKIPPED	= 77,	/**< every scenario needs something else */
};

static volatile sig_atomic_t stopping;

static void stop_early(int signal)
{
	stopping = signal;
}

/* The first mediated device on the subchannel. @return 0, or -errno if none */
static int find_mdev(const char *id, char *uuid, size_t size)
{
	char path[256];
	struct dirent *entry;
	DIR *dir;

	*uuid = '\0';
	snprintf(path, sizeof(path), CSS_DEVICES
		 "/%s/mdev_supported_types/vfio_ccw-io/devices", id);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			snprintf(uuid, size, "%.36s", entry->d_name);
	}
	closedir(dir);
	return *uuid ? 0 : -ENODEV;
}

static const char *or_none(const char *text)
{
	return *text ? text : "-";
}

static void print_row(const char *id)
{
	struct css_admin admin;

	if (css_admin_init(&admin, id))
		return;
	find_mdev(id, admin.uuid, sizeof(admin.uuid));
	printf("%-12s%-16s%-10s%-14s%s\n", id, or_none(admin.former),
	       or_none(admin.device), or_none(admin.type),
	       or_none(admin.uuid));
}

static int list_subchannels(void)
{
	struct dirent **entries;
	int nr = scandir(CSS_DEVICES, &entries, NULL, alphasort);

	if (nr < 0) {
		fputs("ccwio: no " CSS_DEVICES " here: this is not s390x, or "
		      "sysfs is not mounted\n", stderr);
		return STATUS_FAILED;
	}
	printf("subchannel  driver          device    control unit  "
	       "mediated device\n");
	for (int i = 0; i < nr; i++) {
		print_row(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return STATUS_OK;
}

static void print_attribute(const struct css_admin *admin, const char *name,
			    const char *meaning)
{
	char value[64];

	sysfs_read(value, sizeof(value), CSS_DEVICES "/%s/%s", admin->id,
		   name);
	printf("  %-20s%s\n", meaning, or_none(value));
}

static void print_regions(struct port *port)
{
	struct vfio_device_info device = { .argsz = sizeof(device) };

	if (port->ops->ioctl(port, VFIO_DEVICE_GET_INFO, &device))
		return;
	for (u32 i = 0; i < device.num_regions; i++) {
		struct vfio_region_info info = {
			.argsz = sizeof(info), .index = i,
		};

		if (port->ops->ioctl(port, VFIO_DEVICE_GET_REGION_INFO, &info))
			continue;
		printf("  region %-13u%3llu bytes at %#llx%s%s\n", i,
		       info.size, info.offset,
		       info.flags & VFIO_REGION_INFO_FLAG_READ ? " read" : "",
		       info.flags & VFIO_REGION_INFO_FLAG_WRITE ? " write"
		       : "");
	}
	printf("  %-20s%u\n", "interrupts", device.num_irqs);
}

static int print_vfio(struct vfio_port *vp)
{
	struct port *port = &vp->port;
	int status = STATUS_OK;

	find_mdev(vp->admin.id, vp->admin.uuid, sizeof(vp->admin.uuid));
	printf("  %-20s%s\n", "mediated device", or_none(vp->admin.uuid));
	if (!*vp->admin.uuid)
		return STATUS_OK;
	if (port->ops->open(port)) {
		fprintf(stderr, "ccwio: %s\n", vp->admin.complaint.text);
		status = STATUS_FAILED;
	} else {
		print_regions(port);
		port->ops->close(port);
	}
	*vp->admin.uuid = '\0';
	return status;
}

static int show_subchannel(struct vfio_port *vp, char **files)
{
	struct css_admin *admin = &vp->admin;

	(void)files;
	printf("subchannel %s\n", admin->id);
	printf("  %-20s%s\n", "driver", or_none(admin->former));
	print_attribute(admin, "driver_override", "reserved for");
	print_attribute(admin, "dev_busid", "device");
	printf("  %-20s%s\n", "control unit", or_none(admin->type));
	print_attribute(admin, "chpids", "channel paths");
	print_attribute(admin, "pimpampom", "path masks");
	return print_vfio(vp);
}

/* Say why SENSE ID did not work. */
static int sense_id_failed(const struct vfio_port *vp, int ret)
{
	if (*vp->admin.complaint.text)
		fprintf(stderr, "ccwio: %s\n", vp->admin.complaint.text);
	else
		fprintf(stderr, "ccwio: asking the device behind %s: %s\n",
			vp->admin.id, strerror(-ret));
	return STATUS_FAILED;
}

static int ask_sense_id(struct vfio_port *vp, char **files)
{
	struct sense_id id;
	int ret = sense_id(&vp->port, &id);

	(void)files;
	if (ret == -ENODATA)
		fprintf(stderr, "ccwio: device and subchannel status %04x\n",
			be32_get_bits(id.scsw.word[2], SCSW2_DSTAT | SCSW2_CSTAT));
	if (ret)
		return sense_id_failed(vp, ret);
	printf("%s: control unit %04x model %02x (", vp->admin.id,
	       id.control_unit, id.control_unit_model);
	for (unsigned int i = 0; i < id.len; i++)
		printf("%s%02x", i ? " " : "", id.bytes[i]);
	printf(")\n");
	return STATUS_OK;
}

static bool answers;		/* --answers was given */

static void play_scenario(struct runner *runner, struct vfio_port *vp,
			  const char *file)
{
	struct complaint *complaint = &vp->admin.complaint;
	const unsigned int failed = runner->failed;

	*complaint->text = '\0';
	memset(vp->memory, 0, PORT_GUEST_MEMORY);
	runner_file(runner, &vp->port, file);
	if (runner->failed > failed && *complaint->text)
		printf("      %s\n", complaint->text);
}

static int play_scenarios(struct vfio_port *vp, char **files)
{
	struct runner runner = { .out = stdout, .answers = answers };
	struct sense_id id;
	int ret, status;

	ret = sense_id(&vp->port, &id);
	if (ret && ret != -ENODATA)
		return sense_id_failed(vp, ret);
	if (!ret && id.control_unit == 0x3270)
		vp->port.offers |= BIT(PORT_3270);

	for (; *files && !stopping; files++)
		play_scenario(&runner, vp, *files);
	status = runner_finish(&runner);
	if (!status && !runner.passed && runner.skipped)
		return STATUS_SKIPPED;
	return stopping ? STATUS_FAILED : status;
}

static struct stress_options stress_options = {
	.seconds = 10, .threads = 4, .groups = ~0UL, .stop = &stopping,
};

/* Read "irq,reset". Return the groups as bits; 0: there is a wrong one. */
static unsigned long read_groups(char *list)
{
	unsigned long groups = 0;
	int group;

	for (char *name; (name = strsep(&list, ",")); groups |= BIT(group)) {
		group = stress_group(name);
		if (group < 0)
			return 0;
	}
	return groups;
}

static int stress_subchannel(struct vfio_port *vp, char **files)
{
	(void)files;
	stress_options.progress = stderr;
	return stress(vp, &stress_options, stdout) ? STATUS_OK : STATUS_FAILED;
}

static const struct command {
	const char *name;
	int (*run)(struct vfio_port *vp, char **files);
	int (*without_device)(void);
	bool takes_files;
} commands[] = {
	{ .name = "info", .run = show_subchannel,
	  .without_device = list_subchannels },
	{ .name = "sense-id", .run = ask_sense_id },
	{ .name = "run", .run = play_scenarios, .takes_files = true },
	{ .name = "stress", .run = stress_subchannel },
};

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	}
	return NULL;
}

static const char help[] =
"Usage: ccwio info [--device SUBCHANNEL]\n"
"       ccwio sense-id --device SUBCHANNEL\n"
"       ccwio run --device SUBCHANNEL SCENARIO...\n"
"       ccwio stress --device SUBCHANNEL [--seconds N] [--calls N] [--seed N]\n"
"                    [--threads N] [--only GROUPS] [--except GROUPS] [--faults]\n"
"\n"
"Try out a subchannel with vfio_ccw before a virtual machine gets it.\n"
"\n"
"  info      list the subchannels and who has them, or say what is known of\n"
"            one; changes nothing\n"
"  sense-id  ask the device behind a subchannel what it is\n"
"  run       play scenarios (tests/scenarios/*.ccw) on a subchannel\n"
"  stress    call everything, from many threads, and check each answer\n"
"\n"
"  -d, --device SUBCHANNEL   its number, like 0.0.0001\n"
"  -a, --answers             with run: print what each step got, too\n"
"  -h, --help                print this\n"
"\n"
"sense-id and run take the subchannel from its driver, bind it to vfio_ccw,\n"
"and give it back at the end; a device that is online is not touched. They\n"
"need root and the modules vfio_ccw and vfio_iommu_type1.\n"
"\n"
"Exit status: 0 all is well, 1 something failed, 2 the command line or a\n"
"scenario is bad, 77 all scenarios need something this machine has not.\n";

static int print_help(FILE *out, int status)
{
	fputs(help, out);
	return status;
}

static int misused(const char *what, const char *why)
{
	fprintf(stderr, "ccwio: '%s' %s; see ccwio --help\n", what, why);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "answers", no_argument, NULL, 'a' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'S' },
		{ "threads", required_argument, NULL, 't' },
		{ "calls", required_argument, NULL, 'c' },
		{ "only", required_argument, NULL, 'o' },
		{ "except", required_argument, NULL, 'e' },
		{ "faults", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const struct command *command;
	const char *device = NULL;
	struct vfio_port vp;
	int option, status;

	while ((option = getopt_long(argc, argv, "d:ah", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			device = optarg;
			break;
		case 'a':
			answers = true;
			break;
		case 's':
			stress_options.seconds = strtoul(optarg, NULL, 0);
			break;
		case 'S':
			stress_options.seed = strtoul(optarg, NULL, 0);
			break;
		case 't':
			stress_options.threads = strtoul(optarg, NULL, 0);
			break;
		case 'c':
			stress_options.calls = strtoul(optarg, NULL, 0);
			break;
		case 'o':
			stress_options.groups = read_groups(optarg);
			break;
		case 'e':
			stress_options.groups = ~read_groups(optarg);
			break;
		case 'f':
			stress_options.faults = true;
			break;
		case 'h':
			return print_help(stdout, STATUS_OK);
		default:
			fputs("ccwio: see ccwio --help\n", stderr);
			return STATUS_USAGE;
		}
	}
	if (optind == argc)
		return print_help(stderr, STATUS_USAGE);
	command = find_command(argv[optind++]);
	if (!command)
		return misused(argv[optind - 1], "is not info, sense-id, run or stress");
	if (!device && !command->without_device)
		return misused(command->name, "needs --device SUBCHANNEL");
	if (command->takes_files && optind == argc)
		return misused(command->name, "needs the name of a scenario file");
	if (!command->takes_files && optind < argc)
		return misused(command->name, "takes no file names");
	if (!device)
		return command->without_device();
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = stop_early }, NULL);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = stop_early }, NULL);
	status = STATUS_FAILED;
	if (vfio_port_init(&vp, device))
		fprintf(stderr, "ccwio: %s\n", vp.admin.complaint.text);
	else
		status = command->run(&vp, argv + optind);
	vfio_port_destroy(&vp);
	return status;
}
