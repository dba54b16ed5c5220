// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <linux/vfio.h>

#include "ccwio.h"
#include "sysfs.h"
#include "vmm.h"

/* Where facts go, and how. */
struct teller {
	bool json;
	const char *comma;	/* before the next fact */
};

/* Print a comma if one is due, and a key: the name, with underscores in it. */
static void put_key(struct teller *teller, const char *name)
{
	printf("%s\n  \"", teller->comma);
	for (; *name; name++)
		putchar(*name == ' ' ? '_' : *name);
	printf("\": ");
	teller->comma = ",";
}

static void tell(struct teller *teller, const char *name, const char *value)
{
	if (!teller->json) {
		printf("  %-20s%s\n", name, *value ? value : "-");
		return;
	}
	put_key(teller, name);
	printf(*value ? "\"%s\"" : "null", value);
}

static void tell_truth(struct teller *teller, const char *name, bool truth)
{
	if (!teller->json) {
		tell(teller, name, truth ? "yes" : "no");
		return;
	}
	put_key(teller, name);
	fputs(truth ? "true" : "false", stdout);
}

static void begin_list(struct teller *teller, const char *name)
{
	if (!teller->json)
		return;
	put_key(teller, name);
	putchar('[');
	teller->comma = "";
}

static void end_list(struct teller *teller)
{
	if (!teller->json)
		return;
	fputs("\n  ]", stdout);
	teller->comma = ",";
}

static const char *or_none(const char *text)
{
	return *text ? text : "-";
}

static void print_row(const char *id)
{
	struct css_admin admin;
	char uuid[40];

	if (css_admin_init(&admin, id))
		return;
	css_admin_find_mdev(&admin, uuid, sizeof(uuid));
	printf("%-12s%-16s%-10s%-14s%s\n", id, or_none(admin.former),
	       or_none(admin.device), or_none(admin.type),
	       or_none(uuid));
}

static int list_subchannels(void)
{
	struct dirent **entries;
	int nr = scandir(CSS_DEVICES, &entries, NULL, alphasort);

	if (nr < 0) {
		fputs("ccwio: no " CSS_DEVICES " here: this is not s390x, or "
		      "sysfs is not mounted\n", stderr);
		return CMD_FAILED;
	}
	printf("subchannel  driver          device    control unit  "
	       "mediated device\n");
	for (int i = 0; i < nr; i++) {
		print_row(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return CMD_OK;
}

/* Attributes of the subchannel, and of the device behind it. */
static const struct attribute {
	const char *file, *name;
} of_subchannel[] = {
	{ "type", "type" },
	{ "driver_override", "reserved for" },
	{ "dev_busid", "device" },
	{ "chpids", "channel paths" },
	{ "pimpampom", "path masks" },
}, of_device[] = {
	{ "cutype", "control unit" },
	{ "devtype", "device type" },
	{ "online", "online" },
	{ "availability", "availability" },
};

static void trim(char *value)
{
	size_t length = strlen(value);

	while (length && value[length - 1] == ' ')
		value[--length] = '\0';
}

static void tell_attributes(struct teller *teller, const char *directory,
			    const struct attribute *attribute, size_t n)
{
	char value[64];

	for (; n--; attribute++) {
		sysfs_read(value, sizeof(value), CSS_DEVICES "/%s/%s",
			   directory, attribute->file);
		trim(value);
		if (!strcmp(value, "(null)"))
			*value = '\0';	/* how the kernel prints no override */
		tell(teller, attribute->name, value);
	}
}

static const char *region_name(int subtype)
{
	switch (subtype) {
	case VFIO_REGION_SUBTYPE_CCW_ASYNC_CMD:
		return "commands";
	case VFIO_REGION_SUBTYPE_CCW_SCHIB:
		return "SCHIB";
	case VFIO_REGION_SUBTYPE_CCW_CRW:
		return "channel reports";
	}
	return "of a type that ccwio does not know";
}

static void tell_region(struct teller *teller, struct vmm *vmm, u32 index)
{
	struct vfio_region_info info;
	int subtype = vmm_describe(vmm, index, &info);
	const char *name = index ? region_name(subtype) : "I/O";
	bool can_read, can_write;

	if (subtype < 0 && subtype != -ENOENT)
		return;
	can_read = info.flags & VFIO_REGION_INFO_FLAG_READ;
	can_write = info.flags & VFIO_REGION_INFO_FLAG_WRITE;
	if (teller->json)
		{
			printf("%s\n    {\"name\": \"%s\", \"size\": %llu, \"offset\": %llu, "
			       "\"subtype\": %d, \"read\": %s, \"write\": %s}",
			       teller->comma, name, info.size, info.offset, subtype < 0 ? 0 : subtype,
			       can_read ? "true" : "false", can_write ? "true" : "false");
			teller->comma = ",";
		}
	else
		printf("  region %-13u%s: %llu bytes at %#llx%s%s\n", index,
		       name, info.size, info.offset, can_read ? ", read" : "",
		       can_write ? ", write" : "");
}

static void tell_interrupt(struct teller *teller, struct port *port, u32 index)
{
	static const char * const names[] = {
		[VFIO_CCW_IO_IRQ_INDEX] = "a result",
		[VFIO_CCW_CRW_IRQ_INDEX] = "a channel report",
		[VFIO_CCW_REQ_IRQ_INDEX] = "please let go",
	};
	struct vfio_irq_info info = { .argsz = sizeof(info), .index = index };
	const char *name = index < VFIO_CCW_NUM_IRQS ? names[index] : "unknown";

	if (port->ops->ioctl(port, VFIO_DEVICE_GET_IRQ_INFO, &info))
		return;
	if (teller->json)
		printf("%s\n    {\"name\": \"%s\", \"count\": %u}",
		       teller->comma, name, info.count);
	else
		printf("  interrupt %-10u%s: %u\n", index, name, info.count);
	teller->comma = ",";
}

static void tell_offer(struct teller *teller, struct port *port)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	struct vmm vmm;

	vmm_init(&vmm, port);
	if (port->ops->ioctl(port, VFIO_DEVICE_GET_INFO, &info))
		return;
	tell_truth(teller, "can be reset",
		   info.flags & VFIO_DEVICE_FLAGS_RESET);
	begin_list(teller, "regions");
	for (u32 i = 0; i < info.num_regions; i++)
		tell_region(teller, &vmm, i);
	end_list(teller);
	begin_list(teller, "interrupts");
	for (u32 i = 0; i < info.num_irqs; i++)
		tell_interrupt(teller, port, i);
	end_list(teller);
}

static int tell_mdev(struct teller *teller, struct vfio_port *vp)
{
	struct port *port = &vp->port;
	char group[16] = "";
	int ret;

	css_admin_find_mdev(&vp->admin, vp->admin.uuid,
			    sizeof(vp->admin.uuid));
	tell(teller, "mediated device", vp->admin.uuid);
	if (!*vp->admin.uuid)
		return 0;
	css_admin_group(&vp->admin, group, sizeof(group));
	tell(teller, "VFIO group", group);
	ret = port->ops->open(port);
	if (!ret || ret == -EBUSY)
		tell_truth(teller, "in use", ret);
	if (!ret) {
		tell_offer(teller, port);
		port->ops->close(port);
	}
	*vp->admin.uuid = '\0';
	return ret == -EBUSY ? 0 : ret;
}

static int show_subchannel(struct vfio_port *vp, void *arg)
{
	const bool json = *(bool *)arg;
	struct teller teller = { .json = json, .comma = "" };
	const struct css_admin *admin = &vp->admin;
	char device[40];
	int ret;

	if (json)
		printf("{");
	tell(&teller, "subchannel", admin->id);
	tell(&teller, "driver", admin->former);
	tell_attributes(&teller, admin->id, of_subchannel,
			sizeof(of_subchannel) / sizeof(of_subchannel[0]));
	snprintf(device, sizeof(device), "%s/%s", admin->id, admin->device);
	tell_attributes(&teller, device, of_device,
			sizeof(of_device) / sizeof(of_device[0]));
	ret = tell_mdev(&teller, vp);
	if (json)
		printf("\n}\n");
	return ret ? ccwio_failed(vp, "opening", ret) : CMD_OK;
}

static int info(int argc, char **argv)
{
	const char *device = NULL;
	bool json = false;
	int key;

	optind = 0;
	while ((key = cmd_option(&cmd_info, argc, argv))) {
		if (key == '?')
			return CMD_WRONG;
		if (key == 'j')
			json = true;
		else
			device = optarg;
	}
	if (optind < argc)
		return cmd_wrong(&cmd_info, "found '%s', expected no argument",
				 argv[optind]);
	if (!device && json)
		return cmd_wrong(&cmd_info, "found --json alone, expected --device, "
				 "too");
	if (!device)
		return list_subchannels();
	return ccwio_with(&cmd_info, device, show_subchannel, &json);
}

static const struct cmd_option info_options[] = {
	OPTION_DEVICE,
	{ .key = 'j', .name = "json", .text = "as a JSON object\n" },
	{ 0 }
};

const struct cmd cmd_info = {
	.name = "info",
	.summary = "list subchannels, or say all that is known of one",
	.arguments = "",
	.text = "Without --device, one line for each subchannel: who has it, "
		"which device is\nbehind it, and which mediated device is on "
		"it. With it, everything worth\nknowing before it is lent; if "
		"it is, and nobody has it open, also what the\n"
		"driver offers. Changes nothing.\n",
	.options = info_options,
	.example = "  ccwio info\n"
		   "  ccwio info --device 0.0.0001\n",
	.run = info,
};
