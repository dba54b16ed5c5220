/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The bus of subchannels: drivers, interrupts and events.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <asm/isc.h>

#include "chp.h"
#include "host_cio.h"
#include "host_css.h"
#include "host_private.h"
#include "ioasm.h"

static void note_vary(struct host *host, u8 chpid, int event)
{
	if (event == CHP_VARY_OFF)
		host->varied_off[chpid] = true;
	if (event == CHP_VARY_ON)
		host->varied_off[chpid] = false;
}

u8 chp_get_sch_opm(struct subchannel *sch)
{
	u8 opm = 0;
	int i;

	for (i = 0; i < 8; i++)
		if (!host_current->varied_off[sch->schib.pmcw.chpid[i]])
			opm |= 0x80 >> i;
	return opm;
}

static void unbind(struct subchannel *sch);

static enum sch_todo take_todo(struct subchannel *sch)
{
	enum sch_todo todo;

	spin_lock_irq(sch->lock);
	todo = sch->todo;
	sch->todo = SCH_TODO_NOTHING;
	spin_unlock_irq(sch->lock);
	return todo;
}

void css_sched_sch_todo(struct subchannel *sch, enum sch_todo todo)
{
	lockdep_assert_held(sch->lock);
	if (sch->todo >= todo)
		return;
	sch->todo = todo;
	queue_work(host_current->cio_work, &sch->todo_work);
}

static void do_todo(struct work_struct *work)
{
	struct subchannel *sch = container_of(work, struct subchannel, todo_work);
	enum sch_todo todo = take_todo(sch);

	if (todo == SCH_TODO_EVAL && sch->driver && sch->driver->sch_event)
		sch->driver->sch_event(sch, 1);
	if (todo != SCH_TODO_UNREG)
		return;
	host_device_lock(&sch->dev);
	sch->dev.registered = false;
	if (sch->driver)
		unbind(sch);
	host_device_unlock(&sch->dev);
}

struct subchannel *host_subchannel(struct host *host, u32 sid)
{
	struct subchannel *sch;

	list_for_each_entry(sch, &host->subchannels, all)
		if (host_sid(sch->schid) == sid)
			return sch;
	return NULL;
}

static void fill_ssd(struct subchannel *sch)
{
	int i;

	sch->ssd_info.path_mask = sch->schib.pmcw.pim;
	for (i = 0; i < 8; i++)
		sch->ssd_info.chpid[i].id = sch->schib.pmcw.chpid[i];
	sch->opm = chp_get_sch_opm(sch);
	sch->lpm = sch->schib.pmcw.pam & sch->opm;
}

static struct subchannel *new_sch(struct host *host, u32 sid)
{
	struct subchannel *sch;

	sch = host_alloc_permanent(sizeof(*sch), GFP_KERNEL | GFP_DMA);
	if (!sch)
		return NULL;
	sch->schid.ssid = sid >> 17 & 3;
	sch->schid.sch_no = sid;
	sch->lock = &sch->lock_memory;
	spin_lock_init(sch->lock);
	mutex_init(&sch->dev.mutex);
	INIT_WORK(&sch->todo_work, do_todo);
	snprintf(sch->dev.name, sizeof(sch->dev.name), "0.%x.%04x",
		 sch->schid.ssid, sch->schid.sch_no);
	list_add_tail(&sch->all, &host->subchannels);
	return sch;
}

static int probe(struct host *host, struct subchannel *sch)
{
	int ret;

	spin_lock_irq(sch->lock);
	ret = cio_update_schib(sch);
	fill_ssd(sch);
	spin_unlock_irq(sch->lock);
	if (ret)
		return -ENODEV;
	sch->dev.registered = true;
	sch->driver = host->css_driver;
	ret = sch->driver->probe(sch);
	if (ret)
		sch->driver = NULL;
	return ret;
}

static void unbind(struct subchannel *sch)
{
	if (sch->driver->remove)
		sch->driver->remove(sch);
	sch->driver = NULL;
}

int css_driver_register(struct css_driver *driver)
{
	if (host_current->css_driver)
		return -EBUSY;
	host_current->css_driver = driver;
	return 0;
}

void css_driver_unregister(struct css_driver *driver)
{
	struct host *host = host_current;
	struct subchannel *sch;

	if (host->css_driver != driver)
		host_violation(__func__, "the driver is not registered");
	list_for_each_entry(sch, &host->subchannels, all) {
		host_device_lock(&sch->dev);
		if (sch->driver)
			unbind(sch);
		host_device_unlock(&sch->dev);
	}
	host->css_driver = NULL;
}

void host_device_lock(struct device *dev)
{
	mutex_lock(&dev->mutex);
}

void host_device_unlock(struct device *dev)
{
	mutex_unlock(&dev->mutex);
}

int host_sch_bind(struct host *host, u32 sid)
{
	struct subchannel *sch;
	int ret = -ENODEV;

	host_syscall_enter(host, NULL, 0);
	sch = host_subchannel(host, sid) ?: new_sch(host, sid);
	if (sch) {
		host_device_lock(&sch->dev);
		if (sch->driver)
			ret = -EBUSY;
		else if (host->css_driver)
			ret = probe(host, sch);
		host_device_unlock(&sch->dev);
	}
	host_syscall_leave(__func__);
	return ret;
}

/* Call @action on the subchannel, if it is bound, under its device's lock. */
static int with_driver(struct host *host, u32 sid,
		       void (*action)(struct subchannel *sch))
{
	struct subchannel *sch;
	int ret = -ENODEV;

	host_syscall_enter(host, NULL, 0);
	sch = host_subchannel(host, sid);
	if (sch) {
		host_device_lock(&sch->dev);
		if (sch->driver) {
			action(sch);
			ret = 0;
		}
		host_device_unlock(&sch->dev);
	}
	host_syscall_leave(__func__);
	return ret;
}

int host_sch_unbind(struct host *host, u32 sid)
{
	return with_driver(host, sid, unbind);
}

static void shut_down(struct subchannel *sch)
{
	if (sch->driver->shutdown)
		sch->driver->shutdown(sch);
}

int host_sch_shutdown(struct host *host, u32 sid)
{
	return with_driver(host, sid, shut_down);
}

void host_pending(struct host *host, u32 sid)
{
	struct subchannel *sch, **link = &host->first_irq;

	host_enter(host);
	sch = host_subchannel(host, sid);
	if (!sch || sch->irq_pending)
		return;
	while (*link)
		link = &(*link)->next_irq;
	*link = sch;
	sch->next_irq = NULL;
	sch->irq_pending = true;
	sched_wake_all(&host->irq_waiters);
}

static struct subchannel *next_irq(struct host *host)
{
	struct subchannel **link = &host->first_irq, *sch;

	while (*link && !host->isc_users[(*link)->isc])
		link = &(*link)->next_irq;
	sch = *link;
	if (sch) {
		*link = sch->next_irq;
		sch->irq_pending = false;
	}
	return sch;
}

void isc_register(unsigned int isc)
{
	host_current->isc_users[isc]++;
	sched_wake_all(&host_current->irq_waiters);
}

void isc_unregister(unsigned int isc)
{
	if (!host_current->isc_users[isc])
		host_violation(__func__, "subclass %u is not registered", isc);
	host_current->isc_users[isc]--;
}

static void handle(struct host *host, struct subchannel *sch)
{
	spin_lock(sch->lock);
	if (tsch(sch->schid, &host->irb) == 0) {
		sch->schib.scsw = host->irb.scsw;
		if (sch->driver && sch->driver->irq)
			sch->driver->irq(sch);
	}
	spin_unlock(sch->lock);
}

static void take_interrupts(void *arg)
{
	struct host *host = arg;
	struct host_task *task = host_task();
	struct subchannel *sch;

	task->in_irq = true;
	task->irqs_off = true;
	for (;;) {
		while ((sch = next_irq(host)))
			handle(host, sch);
		sched_block(host->sched, &host->irq_waiters, SCHED_FOREVER);
	}
}

int host_css_create(struct host *host)
{
	host->cio_work = host_workqueue_permanent("cio");
	if (!host->cio_work)
		return -ENOMEM;
	return sched_spawn(host->sched, "interrupt", take_interrupts, host) ?
	       0 : -ENOMEM;
}

struct irb *host_cio_irb(void)
{
	if (!host_task()->in_irq)
		host_violation(__func__, "the interrupt's status is read "
			       "outside of an interrupt");
	return &host_current->irb;
}

int host_sch_event(struct host *host, u32 sid)
{
	struct subchannel *sch;
	int ret = -ENODEV;

	host_syscall_enter(host, NULL, 0);
	sch = host_subchannel(host, sid);
	if (sch && sch->driver && sch->driver->sch_event)
		ret = sch->driver->sch_event(sch, 1);
	host_syscall_leave(__func__);
	return ret;
}

void host_cio_settle(struct host *host)
{
	host_syscall_enter(host, NULL, 0);
	flush_workqueue(host->cio_work);
	host_syscall_leave(__func__);
}

int host_chp_event(struct host *host, u8 chpid, int event)
{
	struct chp_link link = { .chpid.id = chpid };
	struct subchannel *sch;

	host_syscall_enter(host, NULL, 0);
	note_vary(host, chpid, event);
	list_for_each_entry(sch, &host->subchannels, all) {
		spin_lock_irq(sch->lock);
		if (sch->driver && sch->driver->chp_event)
			sch->driver->chp_event(sch, &link, event);
		spin_unlock_irq(sch->lock);
	}
	host_syscall_leave(__func__);
	return 0;
}

int chp_ssd_get_mask(struct chsc_ssd_info *ssd, struct chp_link *link)
{
	int i;

	for (i = 0; i < 8; i++)
		if (ssd->path_mask & 0x80 >> i &&
		    ssd->chpid[i].id == link->chpid.id)
			return 0x80 >> i;
	return 0;
}

void host_css_left(struct host *host, struct host_left *left)
{
	const struct subchannel *sch;
	int isc;

	if (host->css_driver)
		host_left(left, "driver %s is registered",
			  host->css_driver->drv.name);
	list_for_each_entry(sch, &host->subchannels, all)
		if (sch->driver)
			host_left(left, "subchannel %s is bound",
				  dev_name(&sch->dev));
	for (isc = 0; isc <= MAX_ISC; isc++)
		if (host->isc_users[isc])
			host_left(left, "subclass %d is registered", isc);
}
