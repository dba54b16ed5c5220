/* SPDX-License-Identifier: GPL-2.0-only */
/* Shim: subchannels, as the common I/O layer keeps them. */
#ifndef SHIM_CIO_H
#define SHIM_CIO_H

#include <asm/byteorder.h>
#include <linux/device.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct subchannel_id {
	u8 cssid;
	u8 ssid;		/* subchannel set */
	u16 sch_no;		/* number in the set */
};

struct chp_id {
	u8 cssid;
	u8 id;
};

/* Which channel paths the subchannel has. */
struct chsc_ssd_info {
	u8 path_mask;
	struct chp_id chpid[8];
};

struct pmcw {
	__be32 intparm;		/* interruption parameter */
#ifdef __BIG_ENDIAN_BITFIELD
	u8 qf : 1, : 7;		/* used for QDIO */
	u8 ena : 1, : 6, dnv : 1; /* enabled; device number valid */
#else
	u8 : 7, qf : 1;
	u8 dnv : 1, : 6, ena : 1;
#endif
	__be16 dev;		/* device number */
	u8 lpm, pnom;		/* paths: logical, not operational */
	u8 lpum, pim;		/* paths: last used, installed */
	__be16 mbi;		/* measurement-block index */
	u8 pom, pam;		/* paths: operational, available */
	u8 chpid[8];		/* identifiers of the channel paths */
	__be32 last;
};

union scsw {
	__be32 word[3];
};

struct schib {
	struct pmcw pmcw;
	union scsw scsw;
	__be32 model[3];
};

struct irb {
	union scsw scsw;
	__be32 esw[5];
	u8 ecw[32];
};

/* What is to be done about a subchannel; the higher overrides the lower. */
enum sch_todo {
	SCH_TODO_NOTHING,
	SCH_TODO_EVAL,		/* tell the driver that it has changed */
	SCH_TODO_UNREG,		/* it is gone: unbind the driver */
};

#define SUBCHANNEL_TYPE_IO	0

struct css_driver;

struct subchannel {
	struct subchannel_id schid;
	spinlock_t *lock;	/* guards the members below up to ssd_info */
	u8 lpm;			/* paths to use */
	u8 opm;			/* paths the administrator permits */
	struct schib schib;	/* as last stored */
	int isc;		/* interruption subclass to enable it for */
	struct {
		bool ena;	/* the driver wants it enabled */
	} config;
	struct chsc_ssd_info ssd_info;
	struct device dev;
	struct css_driver *driver;
	enum sch_todo todo;
	struct work_struct todo_work;
	spinlock_t lock_memory;		/* what lock points to */
	struct list_head all;		/* of the host */
	bool irq_pending;		/* in the queue of interrupts */
	struct subchannel *next_irq;
};

#define to_subchannel(device) container_of(device, struct subchannel, dev)

int cio_enable_subchannel(struct subchannel *sch, u32 intparm);
int cio_disable_subchannel(struct subchannel *sch);
int cio_update_schib(struct subchannel *sch);
int cio_cancel(struct subchannel *sch);
int cio_resume(struct subchannel *sch);
int cio_cancel_halt_clear(struct subchannel *sch, int *iretry);

/* Where an interrupt finds the status: there is one for each processor. */
struct irb *host_cio_irb(void);
#define cio_irb		(*host_cio_irb())
#define this_cpu_ptr(pointer)	(pointer)

#endif /* SHIM_CIO_H */
