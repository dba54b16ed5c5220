/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the host know of each other.
 */
#ifndef HOST_PRIVATE_H
#define HOST_PRIVATE_H

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include <asm/isc.h>

#include "cio.h"
#include "host.h"
#include "host_fault.h"
#include "sched.h"

#define HOST_CLASSES	64	/* as a u64 has bits */

#define WORKQUEUE_ACTIVE	256	/* items at once, if not said otherwise */

#define STORAGE_LOW	0x40000000ULL	/* nothing lies below 1 GiB */
#define STORAGE_DMA_END	0x80000000ULL	/* 2 GiB */

#define STORAGE_GUEST	0x100000000ULL	/* 4 GiB */
#define STORAGE_APART	(3 * 4096ULL)	/* from one guest frame to the next */

/** What the host knows about a task; lives in sched_local(). */
struct host_task {
	struct host_lock *held;		/**< innermost lock; NULL: none */
	const struct host_lock *wanted;	/**< waits for it; NULL: for none */
	unsigned int spinning;		/**< how many of them are spinlocks */
	bool irqs_off;			/**< interrupts are disabled */
	bool in_irq;			/**< this is an interrupt */
	bool in_syscall;		/**< a program is waiting for it */
	const char *user;		/**< memory of that program */
	size_t user_size;		/**< bytes at user */
};

static_assert(sizeof(struct host_task) <= SCHED_LOCAL, "fits");

/** Counts and passes on what is left behind. */
struct host_left {
	unsigned int count;
	void (*line)(void *ctx, const char *text);
	void *ctx;
};

/** One allocation of the simulated kernel. */
struct host_block {
	struct list_head all;
	char *memory;
	size_t size;
	u64 absolute;		/**< where in storage; 0: nowhere */
	const char *where;	/**< the function that asked for it */
	bool permanent;		/**< stays until the host is destroyed */
	bool scattered;		/**< perhaps not in one piece */
};

/** One simulated kernel. */
struct host {
	struct sched *sched;
	struct machine *machine;
	struct host_hooks hooks;
	char *violation;	/* text of the first; NULL: none */
	unsigned int nospec;	/* how often an index was limited */
	u64 random;		/* the last number drawn */
	struct {
		u64 count, nth;		/* nth 0: none armed */
	} fault[HOST_FAULTS];
	const char *class[HOST_CLASSES];	/* names of the classes of locks */
	u64 after[HOST_CLASSES];		/* bit b of after[a]: a before b */
	unsigned int classes;
	struct workqueue_struct *workqueues;
	struct delayed_work *delayed;	/**< work that waits for its time */
	struct list_head blocks;		/* oldest first */
	struct host_block **frame;	/* of the part below 2 GiB; NULL: empty */
	u64 frames;			/* entries of frame */
	char *guest;			/* the guest's memory */
	struct page *page;		/* one for each page of it */
	u64 pages;
	struct eventfd_ctx *eventfds;
	int next_fd;			/* descriptors given out so far */
	u64 signals;			/* given to any eventfd so far */
	struct list_head subchannels;
	struct css_driver *css_driver;	/* NULL: none registered */
	struct subchannel *first_irq;		/* linked by next_irq */
	struct waitq irq_waiters;		/* the task that takes interrupts */
	unsigned int isc_users[MAX_ISC + 1];	/* of each interruption subclass */
	struct irb irb;				/* where handlers find the status */
	bool varied_off[256];		/* channel paths, by identifier */
	struct workqueue_struct *cio_work;	/* for todo_work */
	struct mdev_parent *parents;
	struct list_head mdevs;
	struct mdev_driver *mdev_driver;	/* NULL: none registered */
	struct vfio_device *vdevs;	/* registered */
	u64 pinned;			/* pages, as often as they are pinned */
	struct workqueue_struct *module_workqueue;
	struct debug_info *module_log;
};

/** As host_violation(), where it cannot be helped to return. */
void host_violation_noted(const char *where, const char *format, ...)
	__printf(2, 3);

/** Count one call of this kind. @return whether it must fail */
bool host_fault(enum host_fault kind);

/** What is known about the task that runs. */
struct host_task *host_task(void);
/** Another processor might come in here. */
void host_point(const char *where);
/** The caller may sleep, or this is a violation. */
void host_might_sleep(const char *what, const char *where);
/** Wait without complaint; a deadlock is a violation.
 *  @return 0 or -ETIMEDOUT */
int host_wait(struct waitq *queue, u64 timeout_ns, const char *what,
	      const char *where);
/** The task must hold nothing that it may not keep. */
void host_check_empty_hands(const char *where);

/** One more thing is left. */
void host_left(struct host_left *left, const char *format, ...) __printf(2, 3);
void host_memory_left(struct host *host, struct host_left *left);
void host_locks_left(struct host *host, struct host_left *left);
void host_work_left(struct host *host, struct host_left *left);
void host_eventfd_left(struct host *host, struct host_left *left);
void host_css_left(struct host *host, struct host_left *left);

/** Put a lock on, or take it off, the present task's chain. */
void host_hold(struct host_lock *lock);
void host_let_go(struct host_lock *lock);
/** The present task is about to take a lock, or wait for a work item. */
void host_order_check(const struct host_lock *lock, const char *where);

/** Memory is being freed: no work item in it may be in use. */
void host_work_freed(const char *memory, size_t size, const char *where);

/** The block in which an address lies; NULL: none. */
struct host_block *host_block_at(const void *address);

/** Memory that stays until the host is destroyed; no fault strikes it. */
void *host_alloc_permanent(size_t size, gfp_t flags);
/** Free all memory, whoever holds it. */
void host_memory_destroy(struct host *host);

/** Give a block a place below 2 GiB. @return 0 or -ENOMEM */
int host_storage_place(struct host_block *block);
void host_storage_remove(struct host_block *block);
void host_storage_destroy(struct host *host);

/** A system call begins; its caller owns [user, user + size). */
void host_syscall_enter(struct host *host, const void *user, size_t size);
/** It ends. The driver must not keep anything. */
void host_syscall_leave(const char *where);

/** Make ready for interrupts and todos. @return 0 or -ENOMEM */
int host_css_create(struct host *host);
/** A work queue of the host's own; it is never left over. NULL: no memory */
struct workqueue_struct *host_workqueue_permanent(const char *name);

#endif /* HOST_PRIVATE_H */
