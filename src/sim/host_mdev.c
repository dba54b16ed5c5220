/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mediated devices: parents, creation, removal.
 */
#include <errno.h>
#include <stdio.h>

#include <linux/mdev.h>

#include "host_cio.h"
#include "host_css.h"
#include "host_private.h"
#include "host_vfio.h"

int mdev_register_driver(struct mdev_driver *driver)
{
	if (!driver->device_api)
		return -EINVAL;
	if (host_current->mdev_driver)
		return -EBUSY;
	host_current->mdev_driver = driver;
	return 0;
}

void mdev_unregister_driver(struct mdev_driver *driver)
{
	if (host_current->mdev_driver != driver)
		host_violation(__func__, "the driver is not registered");
	if (!list_empty(&host_current->mdevs))
		host_violation(__func__, "mediated devices still exist");
	host_current->mdev_driver = NULL;
}

int mdev_register_parent(struct mdev_parent *parent, struct device *dev,
			 struct mdev_driver *driver, struct mdev_type **types,
			 unsigned int nr_types)
{
	unsigned int i;

	if (host_fault(HOST_FAULT_ALLOC))
		return -ENOMEM;
	*parent = (struct mdev_parent){
		.dev = dev,
		.mdev_driver = driver,
		.types = types,
		.nr_types = nr_types,
		.available = driver->max_instances,
		.next = host_current->parents,
	};
	for (i = 0; i < nr_types; i++)
		types[i]->parent = parent;
	host_current->parents = parent;
	return 0;
}

static struct mdev_parent *get_parent(struct host *host, u32 sid)
{
	struct subchannel *sch = host_subchannel(host, sid);
	struct mdev_parent *parent = host->parents;

	while (parent && (!sch || parent->dev != &sch->dev))
		parent = parent->next;
	if (!parent || parent->going)
		return NULL;
	parent->users++;
	return parent;
}

static void put_parent(struct mdev_parent *parent)
{
	if (!--parent->users)
		sched_wake_all(&parent->waiters);
}

static void release_mdev(struct device *dev)
{
	struct mdev_device *mdev = container_of(dev, struct mdev_device, dev);

	list_del(&mdev->all);
	mdev->type->parent->available++;
	kfree(mdev);
}

static struct mdev_device *new_mdev(struct host *host,
				    struct mdev_parent *parent)
{
	struct mdev_device *mdev = kzalloc(sizeof(*mdev), GFP_KERNEL);

	if (!mdev)
		return NULL;
	mdev->type = parent->types[0];
	mdev->dev.parent = parent->dev;
	mdev->dev.users = 1;
	mdev->dev.release = release_mdev;
	mutex_init(&mdev->dev.mutex);
	snprintf(mdev->dev.name, sizeof(mdev->dev.name), "mdev-%.16s",
		 dev_name(parent->dev));
	parent->available--;
	list_add_tail(&mdev->all, &host->mdevs);
	return mdev;
}

static int create(struct host *host, struct mdev_parent *parent)
{
	struct mdev_device *mdev;
	int ret;

	if (!parent->available)
		return -EUSERS;
	mdev = new_mdev(host, parent);
	if (!mdev)
		return -ENOMEM;
	host_device_lock(&mdev->dev);
	ret = parent->mdev_driver->probe(mdev);
	host_device_unlock(&mdev->dev);
	if (ret) {
		put_device(&mdev->dev);
		return ret;
	}
	mdev->active = true;
	return 0;
}

int host_mdev_create(struct host *host, u32 sid)
{
	struct mdev_parent *parent;
	int ret = -ENODEV;

	host_syscall_enter(host, NULL, 0);
	parent = get_parent(host, sid);
	if (parent) {
		ret = create(host, parent);
		put_parent(parent);
	}
	host_syscall_leave(__func__);
	return ret;
}

static void remove_mdev(struct mdev_device *mdev)
{
	struct mdev_driver *driver = mdev->type->parent->mdev_driver;

	host_device_lock(&mdev->dev);
	driver->remove(mdev);
	host_device_unlock(&mdev->dev);
	put_device(&mdev->dev);
}

/* The device of this parent that is not being removed; NULL: none. */
static struct mdev_device *active_mdev(struct host *host,
				       const struct mdev_parent *parent)
{
	struct mdev_device *mdev;

	list_for_each_entry(mdev, &host->mdevs, all)
		if (mdev->type->parent == parent && mdev->active)
			return mdev;
	return NULL;
}

int host_mdev_remove(struct host *host, u32 sid)
{
	struct mdev_parent *parent;
	struct mdev_device *mdev;
	int ret = -ENODEV;

	host_syscall_enter(host, NULL, 0);
	parent = get_parent(host, sid);
	mdev = parent ? active_mdev(host, parent) : NULL;
	if (mdev) {
		mdev->active = false;
		remove_mdev(mdev);
		ret = 0;
	}
	if (parent)
		put_parent(parent);
	host_syscall_leave(__func__);
	return ret;
}

void mdev_unregister_parent(struct mdev_parent *parent)
{
	struct host *host = host_current;
	struct mdev_parent **link = &host->parents;
	struct mdev_device *mdev;

	host_might_sleep("mdev_unregister_parent()", __func__);
	parent->going = true;
	while (parent->users)
		host_wait(&parent->waiters, SCHED_FOREVER,
			  "unregistering a parent", __func__);
	while ((mdev = active_mdev(host, parent))) {
		mdev->active = false;
		remove_mdev(mdev);
	}
	while (*link != parent)
		link = &(*link)->next;
	*link = parent->next;
}
