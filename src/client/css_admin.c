// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "css_admin.h"
#include "sysfs.h"

#define DRIVER		"vfio_ccw"
#define MDEV_TYPE	"mdev_supported_types/vfio_ccw-io"

static int no_such_subchannel(struct css_admin *admin, const char *id)
{
	char device[16], advice[80] = "'ccwio info' lists them";
	struct dirent *entry;
	DIR *dir = opendir(CSS_DEVICES);

	while (dir && (entry = readdir(dir))) {
		sysfs_read(device, sizeof(device), CSS_DEVICES
			   "/%s/dev_busid", entry->d_name);
		if (!strcmp(device, id))
			snprintf(advice, sizeof(advice), "it is a device; its "
				 "subchannel is %.16s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return complain(&admin->complaint, -ENODEV, advice,
			"there is no subchannel %s in " CSS_DEVICES, id);
}

int css_admin_init(struct css_admin *admin, const char *id)
{
	unsigned int css, ssid, number;
	int end = 0;

	memset(admin, 0, sizeof(*admin));
	if (sscanf(id, "%2x.%1x.%4x%n", &css, &ssid, &number, &end) != 3 || id[end])
		return complain(&admin->complaint, -EINVAL,
				"like 0.0.0001; 'ccwio info' lists them",
				"'%s' is not the number of a subchannel", id);
	if (!sysfs_exists("/sys/bus/css"))
		return complain(&admin->complaint, -ENODEV,
				"only s390x has one; ccwsim simulates it elsewhere",
				"this kernel has no channel subsystem, /sys/bus/css");
	if (!sysfs_exists(CSS_DEVICES "/%s", id))
		return no_such_subchannel(admin, id);
	snprintf(admin->id, sizeof(admin->id), "%s", id);

	sysfs_read(admin->device, sizeof(admin->device),
		   CSS_DEVICES "/%s/dev_busid", id);
	sysfs_read(admin->type, sizeof(admin->type),
		   CSS_DEVICES "/%s/%s/cutype", id, admin->device);
	sysfs_target(admin->former, sizeof(admin->former),
		     CSS_DEVICES "/%s/driver", id);
	sysfs_read(admin->override, sizeof(admin->override),
		   CSS_DEVICES "/%s/driver_override", id);
	if (!strcmp(admin->override, "(null)"))
		*admin->override = '\0';
	return 0;
}

void css_admin_find_mdev(struct css_admin *admin, char *uuid, size_t size)
{
	char path[256];
	struct dirent *entry;
	DIR *dir;

	*uuid = '\0';
	snprintf(path, sizeof(path), CSS_DEVICES "/%s/" MDEV_TYPE "/devices",
		 admin->id);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			snprintf(uuid, size, "%.36s", entry->d_name);
	}
	closedir(dir);
}

int css_admin_take(struct css_admin *admin)
{
	char uuid[sizeof(admin->uuid)];

	if (strcmp(admin->former, DRIVER))
		return 0;
	css_admin_find_mdev(admin, uuid, sizeof(uuid));
	if (*uuid)
		return complain(&admin->complaint, -EBUSY,
				"a VM may have it; if none has, echo 1 to "
				CSS_MDEVS "/UUID/remove",
				"subchannel %s is lent as mediated device %s",
				admin->id, uuid);
	admin->taken = true;
	return css_admin_unbind(admin);
}

int css_admin_bind(struct css_admin *admin)
{
	char driver[32], online[4], type[4];
	int ret;

	if (!sysfs_exists(CSS_DRIVERS "/" DRIVER))
		return complain(&admin->complaint, -ENOENT,
				"load the module: modprobe vfio_ccw",
				"there is no driver " CSS_DRIVERS "/" DRIVER);
	sysfs_read(type, sizeof(type), CSS_DEVICES "/%s/type", admin->id);
	if (*type && strcmp(type, "0"))
		return complain(&admin->complaint, -EINVAL, "those of type 0 are",
				"subchannel %s is of type %s, which is not for I/O",
				admin->id, type);
	sysfs_read(online, sizeof(online), CSS_DEVICES "/%s/%s/online", admin->id,
		   admin->device);
	if (!strcmp(online, "1"))
		return complain(&admin->complaint, -EBUSY,
				"if nobody needs it: chzdev -d or echo 0 to 'online'",
				"device %s on subchannel %s is online", admin->device,
				admin->id);
	ret = sysfs_write(DRIVER, CSS_DEVICES "/%s/driver_override", admin->id);
	if (ret)
		return complain(&admin->complaint, ret, NULL,
				"writing " CSS_DEVICES "/%s/driver_override",
				admin->id);
	admin->taken = true;
	sysfs_target(driver, sizeof(driver), CSS_DEVICES "/%s/driver", admin->id);
	if (*driver && strcmp(driver, DRIVER)) {
		ret = sysfs_write(admin->id, CSS_DRIVERS "/%s/unbind", driver);
		if (ret)
			return complain(&admin->complaint, ret, NULL,
					"taking subchannel %s from driver %s",
					admin->id, driver);
	}
	ret = sysfs_write(admin->id, CSS_DRIVERS "/" DRIVER "/bind");
	if (ret)
		return complain(&admin->complaint, ret,
				ret == -EBUSY ? "it is bound already" : NULL,
				"binding subchannel %s to " DRIVER, admin->id);
	return 0;
}

int css_admin_unbind(struct css_admin *admin)
{
	int ret;

	ret = sysfs_write(admin->id, CSS_DRIVERS "/" DRIVER "/unbind");
	if (ret)
		return complain(&admin->complaint, ret,
				ret == -ENODEV ? "it is not bound to it" : NULL,
				"unbinding subchannel %s from " DRIVER,
				admin->id);
	return 0;
}

int css_admin_create(struct css_admin *admin)
{
	char uuid[sizeof(admin->uuid)];
	int ret;

	ret = sysfs_read(uuid, sizeof(uuid), "/proc/sys/kernel/random/uuid");
	if (!ret)
		ret = sysfs_write(uuid, CSS_DEVICES "/%s/" MDEV_TYPE "/create",
				  admin->id);
	if (ret)
		return complain(&admin->complaint, ret,
				ret == -ENOENT ? "bind it to " DRIVER " first" :
				ret == -EUSERS ? "it has one; see 'ccwio info'" : NULL,
				"creating a mediated device on subchannel %s", admin->id);
	memcpy(admin->uuid, uuid, sizeof(uuid));
	return 0;
}

int css_admin_remove(struct css_admin *admin)
{
	int ret;

	ret = sysfs_write("1", CSS_MDEVS "/%s/remove", admin->uuid);
	if (ret)
		return complain(&admin->complaint, ret, NULL,
				"removing mediated device '%s'", admin->uuid);
	*admin->uuid = '\0';
	return 0;
}

int css_admin_group(struct css_admin *admin, char *group, size_t size)
{
	int ret = -ENODEV;

	if (*admin->uuid)
		ret = sysfs_target(group, size, CSS_MDEVS "/%s/iommu_group",
				   admin->uuid);
	if (ret)
		return complain(&admin->complaint, ret, "create one first",
				"subchannel %s has no mediated device",
				admin->id);
	return 0;
}

int css_admin_vary(struct css_admin *admin, bool on)
{
	char paths[32], first[3] = "";
	int ret;

	ret = sysfs_read(paths, sizeof(paths), CSS_DEVICES "/%s/chpids",
			 admin->id);
	if (!ret && sscanf(paths, "%2[0-9a-f]", first) != 1)
		ret = -ENODEV;
	if (!ret)
		ret = sysfs_write(on ? "on" : "off",
				  "/sys/devices/css0/chp0.%s/status", first);
	if (ret)
		return complain(&admin->complaint, ret, NULL,
				"varying channel path '%s' of subchannel %s",
				first, admin->id);
	return 0;
}

void css_admin_give_back(struct css_admin *admin)
{
	if (*admin->uuid)
		css_admin_remove(admin);
	if (!admin->taken)
		return;
	admin->taken = false;
	sysfs_write(admin->id, CSS_DRIVERS "/" DRIVER "/unbind");
	sysfs_write(*admin->override ? admin->override : "\n",
		    CSS_DEVICES "/%s/driver_override", admin->id);
	if (*admin->former)
		sysfs_write(admin->id, CSS_DRIVERS "/%s/bind", admin->former);
	sysfs_write("1", "/proc/cio_settle");
}
