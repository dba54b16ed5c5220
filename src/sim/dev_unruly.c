// SPDX-License-Identifier: GPL-2.0-only
/* A device that passes everything on to another, until told otherwise. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dev_unruly.h"
#include "machine.h"
#include "sched.h"

#define ECHO_NS		1000	/* between a status and its double */

/* A status that will be presented. */
struct promise {
	struct dev_unruly *dev;
	u8 status;		/* 0: nothing is owed */
	struct timer *timer;	/* NULL: when it is released */
};

struct dev_unruly {
	const struct machine_device_ops *ops;	/* of the device inside */
	void *device;
	struct sched *sched;
	struct machine *m;
	u32 sid;

	enum port_fault manner;	/* until it is released */
	u64 delay;		/* for PORT_DEVICE_DELAY */
	struct port_manner next;	/* what the next command will meet */
	struct port_manner now;	/* what the present one has met */
	struct promise ending, echo, busy;
	bool control_unit;	/* it is the control unit that is busy */

	enum { INSIDE, SENSING, NOBODY } who;	/* executes the command */
	bool input;		/* the command's direction */
	u32 moved;		/* bytes, by the present command */
	u8 sense[32];		/* what SENSE returns ... */
	bool has_sense;		/* ... if it comes next */
};

static void present(struct dev_unruly *dev, u8 status)
{
	if (dev->m && status)
		machine_present(dev->m, dev->sid, status);
}

static void forget(struct promise *promise)
{
	if (promise->timer)
		sched_cancel(promise->dev->sched, promise->timer);
	promise->timer = NULL;
	promise->status = 0;
}

static void keep(struct promise *promise)
{
	u8 status = promise->status;

	forget(promise);
	present(promise->dev, status);
}

static void time_has_come(void *arg)
{
	struct promise *promise = arg;

	promise->timer = NULL;
	keep(promise);
}

static void promise(struct promise *promise, u64 ns, u8 status)
{
	forget(promise);
	promise->status = status;
	promise->timer = sched_after(promise->dev->sched, ns, time_has_come,
				     promise);
	if (!promise->timer)
		abort();
}

/* Return: busy, and if so, that somebody has to be told when it is over. */
static u8 refuse_as_busy(struct dev_unruly *dev)
{
	if (!dev->busy.timer)
		return dev->ending.status ? DEVICE_BUSY : 0;
	if (!dev->control_unit) {
		dev->busy.status = DEVICE_END;
		return DEVICE_BUSY;
	}
	dev->busy.status = DEVICE_CONTROL_UNIT_END;
	return DEVICE_BUSY | DEVICE_STATUS_MODIFIER;
}

/* Return: an initial status that keeps the command from the device inside. */
static u8 interfere(struct dev_unruly *dev, u8 command)
{
	u8 status = refuse_as_busy(dev);

	if (status)
		return status;
	if (dev->manner == PORT_DEVICE_SILENT)
		dev->who = NOBODY;
	else if (command == COMMAND_SENSE && dev->has_sense)
		dev->who = SENSING;
	dev->has_sense = false;
	if (dev->who != INSIDE)
		return 0;
	dev->now = dev->next;
	dev->next.fault = PORT_DEVICE_RELEASE;
	if (dev->now.fault != PORT_DEVICE_CHECK)
		return 0;
	memcpy(dev->sense, dev->now.sense, sizeof(dev->sense));
	dev->has_sense = true;
	return DEVICE_UNIT_CHECK;
}

static bool keeps_back(const struct dev_unruly *dev)
{
	return dev->manner == PORT_DEVICE_HOLD ||
	       dev->manner == PORT_DEVICE_DEAF ||
	       dev->manner == PORT_DEVICE_DELAY;
}

static u8 end_command(struct dev_unruly *dev, u8 status, u8 at_once)
{
	if (dev->now.fault == PORT_DEVICE_RETRY) {
		status = DEVICE_RETRY | DEVICE_END;
		at_once = DEVICE_RETRY;
	}
	if (dev->manner == PORT_DEVICE_MODIFY && !(status & DEVICE_UNIT_CHECK))
		status |= DEVICE_STATUS_MODIFIER;
	if (dev->now.fault == PORT_DEVICE_DOUBLE)
		promise(&dev->echo, ECHO_NS, status);
	if (!keeps_back(dev))
		return status;
	dev->ending.status = status & ~at_once;
	if (dev->manner == PORT_DEVICE_DELAY)
		promise(&dev->ending, dev->delay, dev->ending.status);
	return status & at_once;
}

static u8 dev_unruly_select(void *device, u8 command)
{
	struct dev_unruly *dev = device;
	u8 status;

	dev->who = INSIDE;
	dev->now.fault = PORT_DEVICE_RELEASE;
	dev->input = !(command & 1);
	dev->moved = 0;
	status = interfere(dev, command);
	if (status || dev->who != INSIDE)
		return status;
	status = dev->ops->select(dev->device, command);
	if (!(status & DEVICE_CHANNEL_END))
		return status;
	return end_command(dev, status, DEVICE_CHANNEL_END);
}

static bool is_limited(const struct dev_unruly *dev)
{
	return dev->now.fault == PORT_DEVICE_LENGTH ||
	       dev->now.fault == PORT_DEVICE_DATA_CHECK;
}

static u32 move_inside(struct dev_unruly *dev, u8 *data, u32 length)
{
	u32 left = dev->now.bytes - dev->moved, done;

	if (is_limited(dev) && length > left)
		length = left;
	done = length ? dev->ops->transfer(dev->device, data, length) : 0;
	if (done & DEVICE_LATER || dev->now.fault != PORT_DEVICE_LENGTH)
		return done;
	if (dev->input)
		memset(data + done, 0, length - done);
	return length;
}

static u32 dev_unruly_transfer(void *device, u8 *data, u32 length)
{
	u32 left, done = 0;
	struct dev_unruly *dev = device;

	left = sizeof(dev->sense) - dev->moved;
	if (dev->who == INSIDE)
		done = move_inside(dev, data, length);
	if (dev->who == SENSING) {
		done = length < left ? length : left;
		memcpy(data, dev->sense + dev->moved, done);
	}
	dev->moved += done & ~DEVICE_LATER;
	return done;
}

static u8 stop_inside(struct dev_unruly *dev, bool *more)
{
	u8 status = dev->ops->stop(dev->device, more);

	if (is_limited(dev))
		*more = dev->moved < dev->now.bytes;
	if (dev->now.fault != PORT_DEVICE_DATA_CHECK)
		return status;
	memset(dev->sense, 0, sizeof(dev->sense));
	dev->sense[0] = SENSE_DATA_CHECK;
	dev->has_sense = true;
	return status | DEVICE_UNIT_CHECK;
}

static u8 dev_unruly_stop(void *device, bool *more)
{
	u8 status = DEVICE_CHANNEL_END | DEVICE_END;
	struct dev_unruly *dev = device;

	if (dev->who == NOBODY)
		return 0;
	if (dev->who == INSIDE)
		status = stop_inside(dev, more);
	else
		*more = dev->moved < sizeof(dev->sense);
	return status ? end_command(dev, status, 0) : 0;
}

static u8 dev_unruly_sense(void *device, u8 bytes[32])
{
	struct dev_unruly *dev = device;

	if (!dev->has_sense)
		return dev->ops->sense ?
		       dev->ops->sense(dev->device, bytes) : 0;
	dev->has_sense = false;
	memcpy(bytes, dev->sense, sizeof(dev->sense));
	return sizeof(dev->sense);
}

static u8 dev_unruly_halt(void *device)
{
	struct dev_unruly *dev = device;

	if (dev->manner == PORT_DEVICE_DEAF ||
	    dev->manner == PORT_DEVICE_SILENT)
		return 0;
	forget(&dev->ending);
	if (dev->who == INSIDE)
		return dev->ops->halt(dev->device);
	return DEVICE_CHANNEL_END | DEVICE_END;
}

static void dev_unruly_clear(void *device)
{
	struct dev_unruly *dev = device;

	forget(&dev->ending);
	forget(&dev->echo);
	dev->busy.status = 0;
	dev->has_sense = false;
	dev->who = INSIDE;
	dev->ops->clear(dev->device);
}

static void dev_unruly_attached(void *device, struct machine *m, u32 sid)
{
	struct dev_unruly *dev = device;

	dev->m = m;
	dev->sid = sid;
	dev->ops->attached(dev->device, m, sid);
}

static void dev_unruly_begin(void *device)
{
	struct dev_unruly *dev = device;

	if (dev->ops->begin)
		dev->ops->begin(dev->device);
}

const struct machine_device_ops dev_unruly_ops = {
	.name = "unruly",
	.attached = dev_unruly_attached,
	.begin = dev_unruly_begin,
	.select = dev_unruly_select,
	.transfer = dev_unruly_transfer,
	.stop = dev_unruly_stop,
	.halt = dev_unruly_halt,
	.clear = dev_unruly_clear,
	.sense = dev_unruly_sense,
};

static void release(struct dev_unruly *dev)
{
	dev->manner = PORT_DEVICE_RELEASE;
	dev->next.fault = PORT_DEVICE_RELEASE;
	keep(&dev->ending);
}

int dev_unruly_behave(struct dev_unruly *dev, const struct port_manner *manner)
{
	switch (manner->fault) {
	case PORT_DEVICE_RELEASE:
		release(dev);
		return 0;
	case PORT_DEVICE_HOLD:
	case PORT_DEVICE_DEAF:
	case PORT_DEVICE_SILENT:
	case PORT_DEVICE_MODIFY:
	case PORT_DEVICE_DELAY:
		dev->manner = manner->fault;
		dev->delay = manner->ns;
		return 0;
	case PORT_DEVICE_CHECK:
	case PORT_DEVICE_LENGTH:
	case PORT_DEVICE_DATA_CHECK:
	case PORT_DEVICE_DOUBLE:
	case PORT_DEVICE_RETRY:
		dev->next = *manner;
		return 0;
	case PORT_DEVICE_BUSY:
		promise(&dev->busy, manner->ns, 0);
		dev->control_unit = manner->control_unit;
		return 0;
	case PORT_DEVICE_PRESENT:
		present(dev, manner->status);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

struct dev_unruly *dev_unruly_create(const struct machine_device_ops *ops,
				     void *device, struct sched *sched)
{
	struct dev_unruly *dev = calloc(1, sizeof(*dev));

	if (!dev)
		return NULL;
	dev->ops = ops;
	dev->device = device;
	dev->sched = sched;
	dev->manner = PORT_DEVICE_RELEASE;
	dev->next.fault = PORT_DEVICE_RELEASE;
	dev->ending.dev = dev->echo.dev = dev->busy.dev = dev;
	return dev;
}

void dev_unruly_destroy(struct dev_unruly *dev)
{
	if (!dev)
		return;
	forget(&dev->ending);
	forget(&dev->echo);
	forget(&dev->busy);
	free(dev);
}
