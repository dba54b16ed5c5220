// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver on the bus of subchannels, and the module.
 */
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <asm/irq.h>
#include <asm/isc.h>

#include "chp.h"
#include "vfio_ccw_private.h"

struct workqueue_struct *vfio_ccw_workqueue;
debug_info_t *vfio_ccw_log;

static void vfio_ccw_init(struct vfio_ccw *ccw, struct subchannel *sch)
{
	ccw->sch = sch;
	ccw->devno = sch->schib.pmcw.dev;
	mutex_init(&ccw->lock);
	INIT_DELAYED_WORK(&ccw->work, vfio_ccw_work);
	init_completion(&ccw->quiet);
	complete_all(&ccw->quiet);
	ccw->type.sysfs_name = "io";
	ccw->type.pretty_name = "I/O subchannel (Non-QDIO)";
	ccw->types[0] = &ccw->type;
}

static void vfio_ccw_forget(struct vfio_ccw *ccw)
{
	struct subchannel *sch = ccw->sch;

	spin_lock_irq(vfio_ccw_sch_lock(sch));
	dev_set_drvdata(&sch->dev, NULL);
	spin_unlock_irq(vfio_ccw_sch_lock(sch));
	cancel_delayed_work_sync(&ccw->work);
	mutex_destroy(&ccw->lock);
	kfree(ccw);
}

static int vfio_ccw_sch_probe(struct subchannel *sch)
{
	struct vfio_ccw *ccw;
	int ret;

	if (sch->schib.pmcw.qf) {
		dev_warn(&sch->dev, "QDIO subchannels can't be passed through\n");
		return -ENODEV;
	}
	ccw = kzalloc(sizeof(*ccw), GFP_KERNEL);
	if (!ccw)
		return -ENOMEM;
	vfio_ccw_init(ccw, sch);
	dev_set_drvdata(&sch->dev, ccw);

	ret = mdev_register_parent(&ccw->parent, &sch->dev,
				   &vfio_ccw_mdev_driver, ccw->types, 1);
	if (ret)
		vfio_ccw_forget(ccw);
	return ret;
}

static void vfio_ccw_sch_remove(struct subchannel *sch)
{
	struct vfio_ccw *ccw = vfio_ccw_of(sch);

	mdev_unregister_parent(&ccw->parent);
	vfio_ccw_forget(ccw);
}

static void vfio_ccw_sch_shutdown(struct subchannel *sch)
{
	vfio_ccw_close(vfio_ccw_of(sch));
}

static void vfio_ccw_sch_irq(struct subchannel *sch)
{
	struct vfio_ccw *ccw = vfio_ccw_of(sch);

	inc_irq_stat(IRQIO_CIO);
	if (ccw)
		vfio_ccw_irq_store(ccw, this_cpu_ptr(&cio_irb));
}

static int vfio_ccw_sch_event(struct subchannel *sch, int process)
{
	struct vfio_ccw *ccw;
	unsigned long flags;
	int ret = -EAGAIN;

	spin_lock_irqsave(vfio_ccw_sch_lock(sch), flags);
	ccw = vfio_ccw_of(sch);
	if (ccw && device_is_registered(&sch->dev) &&
	    !work_pending(&sch->todo_work)) {
		vfio_ccw_event_store(ccw, VFIO_CCW_EVENT_SCH_EVENT);
		ret = 0;
	}
	spin_unlock_irqrestore(vfio_ccw_sch_lock(sch), flags);
	return ret;
}

static int vfio_ccw_chp_event(struct subchannel *sch, struct chp_link *link,
			      int event)
{
	struct vfio_ccw *ccw = vfio_ccw_of(sch);

	if (!ccw || !chp_ssd_get_mask(&sch->ssd_info, link))
		return 0;
	vfio_ccw_look(ccw);
	if (event <= CHP_VARY_OFF)
		vfio_ccw_crw_path(ccw, link->chpid.id, event == CHP_ONLINE ||
				  event == CHP_VARY_ON);
	vfio_ccw_event_store(ccw, VFIO_CCW_EVENT_CHP_EVENT);
	return 0;
}

static struct css_device_id vfio_ccw_sch_ids[] = {
	{ .match_flags = 0x1, .type = SUBCHANNEL_TYPE_IO },
	{ /* end of list */ },
};
MODULE_DEVICE_TABLE(css, vfio_ccw_sch_ids);

static struct css_driver vfio_ccw_sch_driver = {
	.drv = {
		.name = "vfio_ccw",
		.owner = THIS_MODULE,
	},
	.subchannel_type = vfio_ccw_sch_ids,
	.probe = vfio_ccw_sch_probe,
	.remove = vfio_ccw_sch_remove,
	.shutdown = vfio_ccw_sch_shutdown,
	.irq = vfio_ccw_sch_irq,
	.sch_event = vfio_ccw_sch_event,
	.chp_event = vfio_ccw_chp_event,
};

static int __init vfio_ccw_module_init(void)
{
	int ret = -ENOMEM;

	vfio_ccw_log = debug_register("vfio_ccw", 16, 1, 8 * sizeof(long));
	if (!vfio_ccw_log)
		return -ENOMEM;
	debug_register_view(vfio_ccw_log, &debug_sprintf_view);
	debug_set_level(vfio_ccw_log, 2);
	vfio_ccw_workqueue = alloc_workqueue("vfio-ccw", 0, 0);
	if (!vfio_ccw_workqueue)
		goto out_log;
	ret = mdev_register_driver(&vfio_ccw_mdev_driver);
	if (ret)
		goto out_workqueue;
	isc_register(VFIO_CCW_ISC);
	ret = css_driver_register(&vfio_ccw_sch_driver);
	if (ret)
		goto out_isc;
	return 0;

out_isc:
	isc_unregister(VFIO_CCW_ISC);
	mdev_unregister_driver(&vfio_ccw_mdev_driver);
out_workqueue:
	destroy_workqueue(vfio_ccw_workqueue);
out_log:
	debug_unregister(vfio_ccw_log);
	return ret;
}

static void __exit vfio_ccw_module_exit(void)
{
	css_driver_unregister(&vfio_ccw_sch_driver);
	isc_unregister(VFIO_CCW_ISC);
	mdev_unregister_driver(&vfio_ccw_mdev_driver);
	destroy_workqueue(vfio_ccw_workqueue);
	debug_unregister(vfio_ccw_log);
}

module_init(vfio_ccw_module_init);
module_exit(vfio_ccw_module_exit);

MODULE_DESCRIPTION("VFIO-based passing through of subchannels");
MODULE_LICENSE("GPL");
