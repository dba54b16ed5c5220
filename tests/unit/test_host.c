/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host: each service does what the kernel's does, and each self-check is
 * seen to fire. A driver of a few lines and a machine that answers what the test
 * says stand in for the real ones.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <asm/debug.h>
#include <asm/isc.h>
#include <linux/bitfield.h>
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/eventfd.h>
#include <linux/random.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include <linux/workqueue.h>

#include "chp.h"
#include "host.h"
#include "host_cio.h"
#include "host_eventfd.h"
#include "host_fault.h"
#include "host_memory.h"
#include "host_vfio.h"
#include "ioasm.h"
#include "machine.h"
#include "sched.h"
#include "suite.h"
#include "vfio_ccw_arch.h"

#define SID		0x10000
#define GUEST_SIZE	(16 * 4096)

/* A machine that answers what the test says. */

static _Thread_local struct {
	struct ccw_schib schib;
	int cc[MACHINE_INSNS];		/* what each instruction answers */
	int issued[MACHINE_INSNS];
} fake;

static int issue(enum machine_insn insn)
{
	fake.issued[insn]++;
	return fake.cc[insn];
}

int machine_ssch(struct machine *m, u32 sid, const struct ccw_orb *orb)
{
	(void)m; (void)sid; (void)orb;
	return issue(MACHINE_SSCH);
}

int machine_tsch(struct machine *m, u32 sid, struct ccw_irb *irb)
{
	(void)m; (void)sid;
	irb->scsw.word[0] = cpu_to_be32(SCSW0_SC_PEND);
	return issue(MACHINE_TSCH);
}

int machine_stsch(struct machine *m, u32 sid, struct ccw_schib *schib)
{
	(void)m; (void)sid;
	*schib = fake.schib;
	return issue(MACHINE_STSCH);
}

int machine_msch(struct machine *m, u32 sid, const struct ccw_schib *schib)
{
	(void)m; (void)sid;
	if (!fake.cc[MACHINE_MSCH])
		fake.schib = *schib;
	return issue(MACHINE_MSCH);
}

int machine_hsch(struct machine *m, u32 sid)
{
	(void)m; (void)sid;
	return issue(MACHINE_HSCH);
}

int machine_csch(struct machine *m, u32 sid)
{
	(void)m; (void)sid;
	return issue(MACHINE_CSCH);
}

int machine_xsch(struct machine *m, u32 sid)
{
	(void)m; (void)sid;
	return issue(MACHINE_XSCH);
}

int machine_rsch(struct machine *m, u32 sid)
{
	(void)m; (void)sid;
	return issue(MACHINE_RSCH);
}

static void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.schib.pmcw.word[1] = cpu_to_be32(PMCW1_V | 0x0815);
	fake.schib.pmcw.word[2] = cpu_to_be32(0x80);	/* pim */
	fake.schib.pmcw.word[3] = cpu_to_be32(0x8080);	/* pom, pam */
	fake.schib.pmcw.word[4] = cpu_to_be32(0x42000000);
}

/* A driver of a few lines. */

static _Thread_local struct {
	struct mdev_parent parent;
	struct mdev_type type, *types[1];
	struct vfio_device *vdev;
	int probe, open;		/* what these return */
	int opened, closed, irqs, sch_events, chp_events, requests, unmaps;
	struct page *page[4];
	int pinned;			/* pages from iova 0 */
	bool keep_pins;			/* ignore dma_unmap */
	void (*on_irq)(struct subchannel *sch);
	void (*on_ioctl)(void);
	void (*asked)(void);		/* the third time to let go */
} drv;

static int drv_open(struct vfio_device *vdev)
{
	(void)vdev;
	drv.opened++;
	return drv.open;
}

static void drv_unpin(struct vfio_device *vdev)
{
	if (drv.pinned > 0)
		vfio_unpin_pages(vdev, 0, drv.pinned);
	drv.pinned = 0;
}

static void drv_close(struct vfio_device *vdev)
{
	drv.closed++;
	if (!drv.keep_pins)
		drv_unpin(vdev);
}

static void drv_unmap(struct vfio_device *vdev, u64 iova, u64 length)
{
	(void)iova; (void)length;
	drv.unmaps++;
	if (!drv.keep_pins)
		drv_unpin(vdev);
}

static ssize_t drv_read(struct vfio_device *vdev, char __user *buf,
			size_t count, loff_t *pos)
{
	static const char text[] = "0123456789";

	(void)vdev;
	if (copy_to_user(buf, text + *pos, count))
		return -EFAULT;
	return count;
}

static ssize_t drv_write(struct vfio_device *vdev, const char __user *buf,
			 size_t count, loff_t *pos)
{
	char bytes[64];

	(void)vdev; (void)pos;
	/* one byte more than the caller owns must not be readable */
	return copy_from_user(bytes, buf, count + 1) == count + 1 &&
	       !copy_from_user(bytes, buf, count) ? (ssize_t)count : -EFAULT;
}

static long drv_ioctl(struct vfio_device *vdev, unsigned int cmd,
		      unsigned long arg)
{
	(void)vdev;
	if (drv.on_ioctl)
		drv.on_ioctl();
	return cmd == 1 ? (long)arg : -ENOTTY;
}

static void drv_request(struct vfio_device *vdev, unsigned int count)
{
	(void)vdev;
	drv.requests++;
	if (count == 2 && drv.asked)
		drv.asked();
}

static void drv_release(struct vfio_device *vdev)
{
	vfio_free_device(vdev);
}

static const struct vfio_device_ops drv_ops = {
	.release = drv_release, .open_device = drv_open,
	.close_device = drv_close, .read = drv_read, .write = drv_write,
	.ioctl = drv_ioctl, .request = drv_request, .dma_unmap = drv_unmap,
};

struct drv_device {
	struct vfio_device vdev;
};

static int drv_mdev_probe(struct mdev_device *mdev)
{
	struct drv_device *device;
	int ret;

	device = vfio_alloc_device(drv_device, vdev, &mdev->dev, &drv_ops);
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = vfio_register_emulated_iommu_dev(&device->vdev);
	if (ret) {
		vfio_put_device(&device->vdev);
		return ret;
	}
	drv.vdev = &device->vdev;
	return 0;
}

static void drv_mdev_remove(struct mdev_device *mdev)
{
	(void)mdev;
	vfio_unregister_group_dev(drv.vdev);
	vfio_put_device(drv.vdev);
	drv.vdev = NULL;
}

static struct mdev_driver drv_mdev = {
	.device_api = "test", .max_instances = 1,
	.probe = drv_mdev_probe, .remove = drv_mdev_remove,
};

static int drv_probe(struct subchannel *sch)
{
	if (drv.probe)
		return drv.probe;
	drv.types[0] = &drv.type;
	return mdev_register_parent(&drv.parent, &sch->dev, &drv_mdev,
				    drv.types, 1);
}

static void drv_remove(struct subchannel *sch)
{
	(void)sch;
	mdev_unregister_parent(&drv.parent);
}

static void drv_irq(struct subchannel *sch)
{
	drv.irqs++;
	CU_ASSERT(be32_get_bits(this_cpu_ptr(&cio_irb)->scsw.word[0],
				SCSW0_SC_PEND));
	if (drv.on_irq)
		drv.on_irq(sch);
}

static int drv_sch_event(struct subchannel *sch, int process)
{
	(void)sch;
	CU_ASSERT(process);
	drv.sch_events++;
	return 0;
}

static int drv_chp_event(struct subchannel *sch, struct chp_link *link,
			 int event)
{
	lockdep_assert_held(sch->lock);
	if (chp_ssd_get_mask(&sch->ssd_info, link))
		drv.chp_events += 1 + event;
	return 0;
}

static struct css_driver drv_css = {
	.drv = { .name = "test" },
	.probe = drv_probe, .remove = drv_remove, .irq = drv_irq,
	.sch_event = drv_sch_event, .chp_event = drv_chp_event,
};

static int drv_init(void)
{
	int ret = mdev_register_driver(&drv_mdev);

	if (ret)
		return ret;
	isc_register(0);
	return css_driver_register(&drv_css);
}

static void drv_exit(void)
{
	css_driver_unregister(&drv_css);
	isc_unregister(0);
	mdev_unregister_driver(&drv_mdev);
}

module_init(drv_init);
module_exit(drv_exit);

/* A simulation round one task that runs one function. */

static _Thread_local struct {
	struct sched *sched;
	struct host *host;
	char violation[512];
	char printed[512];
	char left[1024];
	bool over;
} sim;

static void note_violation(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(sim.violation, sizeof(sim.violation), "%s", text);
}

static void note_print(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(sim.printed, sizeof(sim.printed), "%s", text);
}

static void note_left(void *ctx, const char *text)
{
	size_t used = strlen(sim.left);

	(void)ctx;
	snprintf(sim.left + used, sizeof(sim.left) - used, "%s; ", text);
}

static void begin(u64 seed)
{
	static const struct host_hooks hooks = {
		.violation = note_violation, .print = note_print };

	memset(&sim, 0, sizeof(sim));
	memset(&drv, 0, sizeof(drv));
	fake_reset();
	sim.sched = sched_create(seed, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(sim.sched);
	sim.host = host_create(sim.sched, &hooks);
	CU_ASSERT_PTR_NOT_NULL_FATAL(sim.host);
	CU_ASSERT_EQUAL_FATAL(host_guest_memory(sim.host, GUEST_SIZE), 0);
}

static void finish(void)
{
	host_destroy(sim.host);
	sched_destroy(sim.sched);
}

static void run_task(void *arg)
{
	void (*fn)(void) = *(void (**)(void))arg;

	fn();
	sim.over = true;
}

static void run(void (*fn)(void))
{
	sim.over = false;
	sched_spawn(sim.sched, "test", run_task, &fn);
	while (sched_step(sim.sched))
		;
}

/* Runs fn in a world of its own, where nothing may go wrong. */
static void goes_well(void (*fn)(void))
{
	begin(0);
	run(fn);
	CU_ASSERT_STRING_EQUAL(sim.violation, "");
	CU_ASSERT_TRUE(sim.over);
	CU_ASSERT_EQUAL(host_check_clean(sim.host, note_left, NULL), 0);
	CU_ASSERT_STRING_EQUAL(sim.left, "");
	finish();
}

/* Runs fn in a world of its own, where this check must fire. */
static void violates(void (*fn)(void), const char *text)
{
	begin(0);
	run(fn);
	if (!strstr(sim.violation, text))
		printf("\n  expected: %s\n  got: %s\n", text, sim.violation);
	CU_ASSERT_PTR_NOT_NULL(strstr(sim.violation, text));
	CU_ASSERT_FALSE(sim.over);
	CU_ASSERT_TRUE(sched_stopped(sim.sched));
	finish();
}

static void spawn(const char *name, void (*fn)(void *), void *arg)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(sched_spawn(sim.sched, name, fn, arg));
}

static void sleep_ns(u64 ns)
{
	struct waitq nobody = {};

	sched_block(sim.sched, &nobody, ns);
}

/* Words */

static void words_have_the_kernels_meaning(void)
{
	__be32 word = cpu_to_be32(0x12345678);

	CU_ASSERT_EQUAL(((u8 *)&word)[0], 0x12);
	CU_ASSERT_EQUAL(GENMASK(15, 8), 0xff00);
	CU_ASSERT_EQUAL(GENMASK_ULL(63, 0), ~0ULL);
	CU_ASSERT_EQUAL(be32_get_bits(word, GENMASK(15, 8)), 0x56);
	be32p_replace_bits(&word, 0xab, GENMASK(15, 8));
	CU_ASSERT_EQUAL(be32_to_cpu(word), 0x1234ab78);
	CU_ASSERT_EQUAL(be32_encode_bits(1, BIT(31)), cpu_to_be32(0x80000000));
	CU_ASSERT_EQUAL(FIELD_PREP(GENMASK(7, 4), 5), 0x50);
	CU_ASSERT_EQUAL(FIELD_GET(GENMASK(7, 4), 0x57), 5);
	CU_ASSERT_EQUAL(roundup_pow_of_two(1), 1);
	CU_ASSERT_EQUAL(roundup_pow_of_two(512), 512);
	CU_ASSERT_EQUAL(roundup_pow_of_two(513), 1024);
	CU_ASSERT_TRUE(IS_ERR(ERR_PTR(-EINVAL)));
	CU_ASSERT_EQUAL(PTR_ERR(ERR_PTR(-EINVAL)), -EINVAL);
	CU_ASSERT_FALSE(IS_ERR(&word));
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void tables_are_sorted_and_numbers_differ(void)
{
	int table[] = { 3, 1, 2 };
	bool used[16] = {};

	sort(table, 3, sizeof(table[0]), by_number, NULL);
	CU_ASSERT_EQUAL(100 * table[0] + 10 * table[1] + table[2], 123);
	begin(0);
	for (int i = 0; i < 64; i++)
		used[get_random_u64() % 16] = true;
	finish();
	for (int i = 0, unused = 0; i < 16; i++)
		CU_ASSERT_TRUE((unused += !used[i]) < 8);
}

static void log_some(void)
{
	debug_info_t *id = debug_register("test", 1, 1, 3 * sizeof(long));

	CU_ASSERT_EQUAL(debug_register_view(id, &debug_sprintf_view), 0);
	debug_set_level(id, 2);
	debug_sprintf_event(id, 2, "%d of %d", 1, 2);
	debug_sprintf_event(id, 3, "%s is above the level", "this");
	debug_sprintf_event(NULL, 2, "%s goes nowhere", "this");
	debug_unregister(id);
	debug_unregister(NULL);
}

static void debug_log_is_written(void)
{
	goes_well(log_some);
}

static void log_a_string(void)
{
	debug_sprintf_event(debug_register("test", 1, 1, 2 * sizeof(long)), 2,
			    "says %s", "nothing");
}

static void log_too_much(void)
{
	debug_sprintf_event(debug_register("test", 1, 1, 2 * sizeof(long)), 2,
			    "%d %d", 1, 2);
}

static void debug_log_checks_fire(void)
{
	violates(log_a_string, "logs a string, of which only the address is kept");
	violates(log_too_much, "\"%d %d\" does not fit into an entry");
}

struct item {
	int number;
	struct list_head link;
};

static void lists_are_rings(void)
{
	struct item a = { .number = 1 }, b = { .number = 2 }, *item, *after;
	struct list_head head;
	int sum = 0;

	INIT_LIST_HEAD(&head);
	CU_ASSERT_TRUE(list_empty(&head));
	list_add_tail(&a.link, &head);
	list_add_tail(&b.link, &head);
	list_for_each_entry(item, &head, link)
		sum = 10 * sum + item->number;
	CU_ASSERT_EQUAL(sum, 12);
	list_for_each_entry_safe(item, after, &head, link)
		list_del(&item->link);
	CU_ASSERT_TRUE(list_empty(&head));
}

/* Locks */

static struct mutex mutex, other;
static spinlock_t spinlock;
static struct completion completion;
static struct work_struct work;
static struct workqueue_struct *queue;
static unsigned long flags;
static char *memory;

static void lock_twice(void)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	mutex_lock(&mutex);
}

static void unlock_unlocked(void)
{
	mutex_init(&mutex);
	mutex_unlock(&mutex);
}

static void lock_without_init(void)
{
	memset(&mutex, 0, sizeof(mutex));
	mutex_lock(&mutex);
}

static void unlock_anothers(void *arg)
{
	(void)arg;
	mutex_unlock(&mutex);
}

static void be_unlocked_by_another(void)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	spawn("other", unlock_anothers, NULL);
	sleep_ns(10);
}

static void destroy_held(void)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	mutex_destroy(&mutex);
}

static void use_destroyed(void)
{
	mutex_init(&mutex);
	mutex_destroy(&mutex);
	mutex_lock(&mutex);
}

static void assert_unheld(void)
{
	mutex_init(&mutex);
	lockdep_assert_held(&mutex);
}

static void sleep_in_spinlock(void)
{
	spin_lock_init(&spinlock);
	mutex_init(&mutex);
	spin_lock_irq(&spinlock);
	mutex_lock(&mutex);
}

static void sleep_with_irqs_off(void)
{
	spin_lock_init(&spinlock);
	init_completion(&completion);
	spin_lock_irqsave(&spinlock, flags);
	spin_unlock(&spinlock);
	wait_for_completion(&completion);
}

static void allocate_in_spinlock(void)
{
	spin_lock_init(&spinlock);
	spin_lock_irq(&spinlock);
	kfree(kmalloc(8, GFP_ATOMIC));
	kmalloc(8, GFP_KERNEL);
}

static void give_way_in_spinlock(void)
{
	spin_lock_init(&spinlock);
	spin_lock(&spinlock);
	cond_resched();
}

static void say_might_sleep_in_spinlock(void)
{
	spin_lock_init(&spinlock);
	spin_lock_irq(&spinlock);
	might_sleep();
}

static void contradict_order(void)
{
	mutex_init(&mutex);
	mutex_init(&other);
	mutex_lock(&mutex);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&mutex);
	mutex_lock(&other);
	mutex_lock(&mutex);
}

static void contradict_order_by_three(void)
{
	static struct mutex third;

	mutex_init(&mutex);
	mutex_init(&other);
	mutex_init(&third);
	mutex_lock(&mutex);
	mutex_lock(&other);
	mutex_unlock(&mutex);
	mutex_lock(&third);
	mutex_unlock(&other);
	mutex_lock(&mutex);
}

static void leave_syscall_with_lock(void)
{
	mutex_init(&mutex);
	mutex_lock(&mutex);
	host_sch_event(sim.host, SID);
}

static void too_many_classes(void)
{
	static char name[65][32];
	static struct mutex many[65];
	struct host_lock *outer;

	mutex_init(&mutex);
	mutex_lock(&mutex);
	for (int i = 0; i < 65; i++) {
		outer = &many[i].lock;
		snprintf(name[i], sizeof(name[i]), "class %d", i);
		host_lock_init(outer, name[i], false);
		mutex_lock(&many[i]);
		mutex_unlock(&many[i]);
	}
}

static void lock_checks_fire(void)
{
	violates(lock_twice, "&mutex is taken by its own holder (task test, in lock_twice)");
	violates(unlock_unlocked, "&mutex is released by one who does not hold it");
	violates(lock_without_init, "used before it is initialised");
	violates(be_unlocked_by_another, "by one who does not hold it (task other");
	violates(destroy_held, "&mutex is destroyed in use");
	violates(use_destroyed, "used before it is initialised");
	violates(assert_unheld, "&mutex is not held, but should be");
	violates(sleep_in_spinlock, "mutex_lock() may sleep, holding");
	violates(sleep_with_irqs_off, "may sleep, with interrupts disabled");
	violates(allocate_in_spinlock, "an allocation may sleep, holding");
	violates(give_way_in_spinlock, "cond_resched() may sleep, holding");
	violates(say_might_sleep_in_spinlock, "this function may sleep, holding");
	violates(contradict_order, "&mutex is taken while holding");
	violates(contradict_order_by_three, "elsewhere it is the other way round");
	violates(leave_syscall_with_lock, "&mutex is still held at the end");
	violates(too_many_classes, "more than 64 classes of locks");
}

struct contender {
	const char *name;
	int *inside, *rounds;
};

static void contend(void *arg)
{
	struct contender *me = arg;

	for (int i = 0; i < 20; i++) {
		mutex_lock(&mutex);
		CU_ASSERT_EQUAL(++*me->inside, 1);
		sleep_ns(5);
		--*me->inside;
		mutex_unlock(&mutex);
		spin_lock_irq(&spinlock);
		CU_ASSERT_TRUE(lockdep_is_held(&spinlock));
		spin_unlock_irq(&spinlock);
		++*me->rounds;
	}
}

static void locks_exclude_under_any_seed(void)
{
	for (u64 seed = 0; seed < 20; seed++) {
		int inside = 0, rounds = 0;
		struct contender a = { "a", &inside, &rounds };
		struct contender b = { "b", &inside, &rounds };

		begin(seed);
		mutex_init(&mutex);
		spin_lock_init(&spinlock);
		spawn("a", contend, &a);
		spawn("b", contend, &b);
		while (sched_step(sim.sched))
			;
		CU_ASSERT_EQUAL(rounds, 40);
		CU_ASSERT_STRING_EQUAL(sim.violation, "");
		finish();
	}
}

static void try_lock(void)
{
	mutex_init(&mutex);
	CU_ASSERT_TRUE(mutex_trylock(&mutex));
	CU_ASSERT_TRUE(mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
}

static void trylock_takes_a_free_mutex(void)
{
	goes_well(try_lock);
}

static void wait_for_ever(void)
{
	init_completion(&completion);
	wait_for_completion(&completion);
}

static void task_that_waits_for_ever_stays(void)
{
	begin(0);
	run(wait_for_ever);
	CU_ASSERT_FALSE(sim.over);
	CU_ASSERT_STRING_EQUAL(sim.violation, "");
	finish();
}

static void exit_by_abort(int signal)
{
	_exit(signal);
}

/* The main task cannot be stopped; the process ends instead. */
static void main_task_that_waits_for_ever_aborts(void)
{
	pid_t child = fork();
	int status = 0;

	if (!child) {
		begin(0);
		signal(SIGABRT, exit_by_abort);
		wait_for_ever();
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), SIGABRT);
}

/* Completions and time */

static void complete_later(void *arg)
{
	(void)arg;
	sleep_ns(1000000000);
	complete(&completion);
}

static void wait_and_time_out(void)
{
	init_completion(&completion);
	CU_ASSERT_EQUAL(wait_for_completion_timeout(&completion, HZ), 0);
	CU_ASSERT_EQUAL(jiffies, HZ);
	spawn("later", complete_later, NULL);
	CU_ASSERT_EQUAL(wait_for_completion_timeout(&completion, 3 * HZ), 2 * HZ);
	CU_ASSERT_FALSE(completion_done(&completion));
	complete(&completion);
	complete(&completion);
	wait_for_completion(&completion);
	wait_for_completion(&completion);
	CU_ASSERT_FALSE(completion_done(&completion));
	complete_all(&completion);
	wait_for_completion(&completion);
	wait_for_completion(&completion);
	reinit_completion(&completion);
	CU_ASSERT_EQUAL(wait_for_completion_timeout(&completion, 1), 0);
}

static void completions_count(void)
{
	goes_well(wait_and_time_out);
}

/* Work */

static int worked, working, most;

static void work_a_while(struct work_struct *w)
{
	(void)w;
	working++;
	most = working > most ? working : most;
	sleep_ns(100);
	working--;
	worked++;
}

static void queue_and_flush(void)
{
	static struct work_struct second;

	worked = working = most = 0;
	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&work, work_a_while);
	INIT_WORK(&second, work_a_while);
	CU_ASSERT_FALSE(flush_work(&work));
	CU_ASSERT_TRUE(queue_work(queue, &work));
	CU_ASSERT_TRUE(work_pending(&work));
	CU_ASSERT_FALSE(queue_work(queue, &work));
	CU_ASSERT_TRUE(queue_work(queue, &second));
	CU_ASSERT_TRUE(flush_work(&work));
	CU_ASSERT_EQUAL(worked, 1);
	flush_workqueue(queue);
	CU_ASSERT_EQUAL(worked, 2);
	CU_ASSERT_EQUAL(most, 2);

	queue_work(queue, &work);
	CU_ASSERT_TRUE(cancel_work_sync(&work));
	sleep_ns(1000);
	CU_ASSERT_EQUAL(worked, 2);

	queue_work(queue, &work);
	sleep_ns(10);			/* it runs now */
	queue_work(queue, &work);	/* and shall again, but not beside itself */
	CU_ASSERT_TRUE(cancel_work_sync(&work));
	CU_ASSERT_EQUAL(worked, 3);
	queue_work(queue, &work);
	destroy_workqueue(queue);
	CU_ASSERT_EQUAL(worked, 4);
}

static void ordered_queue(void)
{
	static struct work_struct item[5];

	worked = working = most = 0;
	queue = alloc_ordered_workqueue("test-work", 0);
	for (int i = 0; i < 5; i++) {
		INIT_WORK(&item[i], work_a_while);
		queue_work(queue, &item[i]);
	}
	destroy_workqueue(queue);
	CU_ASSERT_EQUAL(worked, 5);
	CU_ASSERT_EQUAL(most, 1);
}

static void work_runs_later_and_once(void)
{
	goes_well(queue_and_flush);
	goes_well(ordered_queue);
}

struct with_work {
	struct work_struct work;
};

static void free_itself(struct work_struct *w)
{
	kfree(container_of(w, struct with_work, work));
}

static void let_work_free_itself(void)
{
	struct with_work *object = kzalloc(sizeof(*object), GFP_KERNEL);

	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&object->work, free_itself);
	queue_work(queue, &object->work);
	destroy_workqueue(queue);
}

static void work_may_free_itself(void)
{
	goes_well(let_work_free_itself);
}

static void free_pending_work(void)
{
	struct with_work *object = kzalloc(sizeof(*object), GFP_KERNEL);

	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&object->work, work_a_while);
	queue_work(queue, &object->work);
	kfree(object);
}

static void free_running_work(void)
{
	struct with_work *object = kzalloc(sizeof(*object), GFP_KERNEL);

	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&object->work, work_a_while);
	queue_work(queue, &object->work);
	sleep_ns(10);
	kfree(object);
}

static void take_mutex(struct work_struct *w)
{
	(void)w;
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
}

static void wait_for_work_that_wants_the_mutex(void)
{
	mutex_init(&mutex);
	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&work, take_mutex);
	queue_work(queue, &work);
	flush_work(&work);
	mutex_lock(&mutex);
	cancel_work_sync(&work);
}

static void keep_mutex(struct work_struct *w)
{
	(void)w;
	mutex_lock(&mutex);
}

static void work_that_keeps_the_mutex(void)
{
	mutex_init(&mutex);
	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&work, keep_mutex);
	queue_work(queue, &work);
	flush_work(&work);
}

static void flush_itself(struct work_struct *w)
{
	flush_work(w);
}

static void work_that_waits_for_itself(void)
{
	queue = alloc_workqueue("test-work", 0, 0);
	INIT_WORK(&work, flush_itself);
	queue_work(queue, &work);
	flush_work(&work);
}

static void queue_without_init(void)
{
	memset(&work, 0, sizeof(work));
	queue = alloc_workqueue("test-work", 0, 0);
	queue_work(queue, &work);
}

static void work_checks_fire(void)
{
	violates(free_pending_work, "freed with work_a_while pending in it");
	violates(free_running_work, "freed with work_a_while running in it");
	violates(wait_for_work_that_wants_the_mutex, "take_mutex is taken while holding");
	violates(work_that_keeps_the_mutex, "&mutex is still held at the end (task test-work, in keep_mutex)");
	violates(work_that_waits_for_itself, "flush_itself waits for itself");
	violates(queue_without_init, "a work item is not initialised");
}

/* Memory */

static void allocate_and_free(void)
{
	for (size_t size = 1; size <= 8192; size *= 2) {
		memory = kzalloc(size, GFP_KERNEL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(memory);
		CU_ASSERT_EQUAL((uintptr_t)memory % (size < 4096 ? size : 4096), 0);
		CU_ASSERT_EQUAL(memory[size - 1], 0);
		kfree(memory);
	}
	kfree(NULL);
	CU_ASSERT_PTR_NULL(kcalloc(~0UL / 2, 4, GFP_KERNEL));
	memory = kmalloc(16, GFP_KERNEL);
	CU_ASSERT_NOT_EQUAL(memory[0], 0);
	kvfree(memory);
}

static void memory_is_aligned_and_filled(void)
{
	goes_well(allocate_and_free);
}

static void free_unknown(void)
{
	int local = 0;

	kfree(&local);
}

static void kfree_scattered(void)
{
	memory = kvcalloc(3, 8, GFP_KERNEL);
	CU_ASSERT_EQUAL(memory[23], 0);
	kfree(memory);
}

static void free_twice(void)
{
	memory = kmalloc(8, GFP_KERNEL);
	kfree(memory);
	kfree(memory);
}

static void free_inside(void)
{
	memory = kmalloc(8, GFP_KERNEL);
	kfree(memory + 1);
}

struct with_mutex {
	struct mutex mutex;
	struct completion completion;
};

static void free_held(void)
{
	struct with_mutex *object = kzalloc(sizeof(*object), GFP_KERNEL);

	mutex_init(&object->mutex);
	mutex_lock(&object->mutex);
	kfree(object);
}

static void wait_in(void *arg)
{
	struct with_mutex *object = arg;

	wait_for_completion(&object->completion);
}

static void free_waited_for(void)
{
	struct with_mutex *object = kzalloc(sizeof(*object), GFP_KERNEL);

	init_completion(&object->completion);
	spawn("waiter", wait_in, object);
	sleep_ns(10);
	kfree(object);
}

static void translate_ordinary(void)
{
	memory = kmalloc(8, GFP_KERNEL);
	virt_to_phys(memory);
}

static void translate_beyond(void)
{
	memory = kmalloc(8, GFP_KERNEL | GFP_DMA);
	CU_ASSERT_TRUE(virt_to_phys(memory + 7) > 0);
	virt_to_phys(memory + 8);
}

static void memory_checks_fire(void)
{
	violates(free_unknown, "kfree() of something that is not allocated");
	violates(kfree_scattered, "kfree() of memory that kvcalloc() gave");
	violates(free_twice, "kfree() of something that is not allocated");
	violates(free_inside, "kfree() of something that is not allocated");
	violates(free_held, "->mutex held in it");
	violates(free_waited_for, "in which task waiter waits");
	violates(translate_ordinary, "memory that is not GFP_DMA");
	violates(translate_beyond, "memory that is not GFP_DMA");
}

static void leak(void)
{
	memory = kmalloc(24, GFP_KERNEL);
	queue = alloc_workqueue("test-work", 0, 0);
}

static void what_is_left_is_listed(void)
{
	begin(0);
	run(leak);
	CU_ASSERT_EQUAL(host_check_clean(sim.host, note_left, NULL), 3);
	CU_ASSERT_PTR_NOT_NULL(strstr(sim.left, "24 bytes allocated by leak()"));
	CU_ASSERT_PTR_NOT_NULL(strstr(sim.left, "work queue test-work exists"));
	finish();
}

static void store_low(void)
{
	char *block[50], bytes[12000];
	u64 absolute, before = 0;

	for (int i = 0; i < 50; i++) {
		block[i] = kzalloc(9000, GFP_KERNEL | GFP_DMA);
		CU_ASSERT_PTR_NOT_NULL_FATAL(block[i]);
		absolute = virt_to_phys(block[i]);
		CU_ASSERT_TRUE(absolute >= before + 9000);
		CU_ASSERT_TRUE(absolute + 9000 <= 0x80000000);
		before = absolute;
	}
	for (int i = 0; i < 50; i += 2)
		kfree(block[i]);
	for (int i = 1; i < 50; i += 2) {
		absolute = virt_to_phys(block[i] + 100);
		memset(bytes, i, sizeof(bytes));
		CU_ASSERT_EQUAL(host_storage(sim.host, absolute, bytes, 8000, 0, true), 0);
		CU_ASSERT_EQUAL(block[i][99], 0);
		CU_ASSERT_EQUAL(block[i][100], i);
		CU_ASSERT_EQUAL(block[i][8099], i);
		CU_ASSERT_EQUAL(block[i][8100], 0);
		kfree(block[i]);
	}
}

static void dma_memory_lies_below_2_gib(void)
{
	goes_well(store_low);
}

/* VFIO */

static _Thread_local struct host_file *file;

static void load_and_bind(void)
{
	CU_ASSERT_EQUAL_FATAL(host_module_load(sim.host), 0);
	CU_ASSERT_EQUAL_FATAL(host_sch_bind(sim.host, SID), 0);
}

static void open_device(void)
{
	load_and_bind();
	CU_ASSERT_EQUAL_FATAL(host_mdev_create(sim.host, SID), 0);
	CU_ASSERT_EQUAL_FATAL(host_vfio_open(sim.host, SID, &file), 0);
}

static void close_device(void)
{
	host_vfio_close(file);
	CU_ASSERT_EQUAL(host_mdev_remove(sim.host, SID), 0);
	CU_ASSERT_EQUAL(host_sch_unbind(sim.host, SID), 0);
	host_module_unload(sim.host);
}

static void live_and_die(void)
{
	struct host_file *second;

	CU_ASSERT_EQUAL(host_sch_bind(sim.host, SID), -ENODEV);
	CU_ASSERT_EQUAL(host_mdev_create(sim.host, SID), -ENODEV);
	load_and_bind();
	CU_ASSERT_EQUAL(host_sch_bind(sim.host, SID), -EBUSY);
	CU_ASSERT_EQUAL(host_mdev_remove(sim.host, SID), -ENODEV);
	CU_ASSERT_EQUAL(host_vfio_open(sim.host, SID, &file), -ENODEV);
	CU_ASSERT_EQUAL(host_mdev_create(sim.host, SID), 0);
	CU_ASSERT_EQUAL(host_mdev_create(sim.host, SID), -EUSERS);
	drv.open = -EIO;
	CU_ASSERT_EQUAL(host_vfio_open(sim.host, SID, &file), -EIO);
	CU_ASSERT_EQUAL(drv.closed, 0);
	drv.open = 0;
	CU_ASSERT_EQUAL(host_vfio_open(sim.host, SID, &file), 0);
	CU_ASSERT_EQUAL(host_vfio_open(sim.host, SID, &second), -EBUSY);
	CU_ASSERT_EQUAL(drv.opened, 2);
	host_vfio_close(file);
	CU_ASSERT_EQUAL(drv.closed, 1);
	CU_ASSERT_EQUAL(host_vfio_open(sim.host, SID, &file), 0);
	host_vfio_close(file);
	CU_ASSERT_EQUAL(host_mdev_remove(sim.host, SID), 0);
	CU_ASSERT_EQUAL(host_mdev_create(sim.host, SID), 0);
	CU_ASSERT_EQUAL(host_sch_unbind(sim.host, SID), 0);
	CU_ASSERT_EQUAL(host_sch_unbind(sim.host, SID), -ENODEV);
	CU_ASSERT_PTR_NULL(drv.vdev);
	drv.probe = -ENXIO;
	CU_ASSERT_EQUAL(host_sch_bind(sim.host, SID), -ENXIO);
	drv.probe = 0;
	fake.schib.pmcw.word[1] = 0;
	CU_ASSERT_EQUAL(host_sch_bind(sim.host, SID), -ENODEV);
	host_module_unload(sim.host);
}

static void devices_live_and_die_in_order(void)
{
	goes_well(live_and_die);
}

static void unload_with_everything_there(void)
{
	load_and_bind();
	CU_ASSERT_EQUAL(host_mdev_create(sim.host, SID), 0);
	host_module_unload(sim.host);
}

static void unloading_unbinds(void)
{
	goes_well(unload_with_everything_there);
}

static void let_go(void *arg)
{
	host_vfio_close(arg);
}

static void user_is_asked(void)
{
	spawn("user", let_go, file);
}

static void remove_while_open(void)
{
	open_device();
	drv.asked = user_is_asked;
	CU_ASSERT_EQUAL(host_mdev_remove(sim.host, SID), 0);
	CU_ASSERT_EQUAL(drv.requests, 3);
	CU_ASSERT_EQUAL(jiffies, 20 * HZ);
	host_module_unload(sim.host);
}

static void removal_waits_for_the_user(void)
{
	goes_well(remove_while_open);
}

static void call(void)
{
	char bytes[4] = "", all[8] = "abc";

	open_device();
	CU_ASSERT_EQUAL(host_vfio_pread(file, NULL, 3, 4), -EFAULT);
	CU_ASSERT_EQUAL(host_vfio_pwrite(file, NULL, 3, 0), -EFAULT);
	CU_ASSERT_EQUAL(host_vfio_pread(file, bytes, 3, 4), 3);
	CU_ASSERT_STRING_EQUAL(bytes, "456");
	CU_ASSERT_EQUAL(host_vfio_pwrite(file, all, 3, 0), 3);
	CU_ASSERT_EQUAL(host_vfio_ioctl(file, 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(host_vfio_ioctl(file, 2, NULL, 0), -ENOTTY);
	close_device();
}

static void calls_reach_the_driver(void)
{
	goes_well(call);
}

static void map_and_unmap(void)
{
	const u32 rw = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE;
	u32 word = 0;

	open_device();
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x1000, 0, 0x2000, rw), 0);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x2000, 0, 0x1000, rw), -EEXIST);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x3001, 0, 0x1000, rw), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x3000, 0, 0, rw), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x3000, 0, 0x1000, 0), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_map(file, ~0xfffULL, 0, 0x2000, rw), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x3000, GUEST_SIZE, 0x1000, rw), -EFAULT);
	CU_ASSERT_EQUAL(host_vfio_map(file, 0x3000, 0x5000, 0x1000,
				      VFIO_DMA_MAP_FLAG_READ), 0);

	memcpy(host_guest_pointer(sim.host, 0x1ffe, 2), "ab", 2);
	memcpy(host_guest_pointer(sim.host, 0x5000, 2), "cd", 2);
	CU_ASSERT_EQUAL(vfio_dma_rw(drv.vdev, 0x2ffe, &word, 4, false), 0);
	CU_ASSERT_EQUAL(memcmp(&word, "abcd", 4), 0);
	CU_ASSERT_EQUAL(vfio_dma_rw(drv.vdev, 0x3000, &word, 4, true), -EPERM);
	CU_ASSERT_EQUAL(vfio_dma_rw(drv.vdev, 0x4000, &word, 4, false), -EINVAL);

	CU_ASSERT_EQUAL(host_vfio_unmap(file, 0x2000, 0x1000), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_unmap(file, 0x1000, 0x1000), -EINVAL);
	CU_ASSERT_EQUAL(host_vfio_unmap(file, 0, 0x10000), 0x3000);
	CU_ASSERT_EQUAL(host_vfio_unmap(file, 0, 0x10000), 0);
	CU_ASSERT_PTR_NULL(host_guest_pointer(sim.host, GUEST_SIZE - 1, 2));
	CU_ASSERT_PTR_NULL(host_guest_pointer(sim.host, ~0ULL, 2));
	close_device();
	CU_ASSERT_EQUAL(host_guest_memory(sim.host, GUEST_SIZE), -EEXIST);
	CU_ASSERT_EQUAL(host_guest_memory(sim.host, 7), -EINVAL);
}

static void mappings_are_checked(void)
{
	goes_well(map_and_unmap);
}

static void open_and_map(u32 prot)
{
	open_device();
	CU_ASSERT_EQUAL_FATAL(host_vfio_map(file, 0, 0, 0x4000, prot), 0);
}

static int pin(int pages, int prot)
{
	drv.pinned = vfio_pin_pages(drv.vdev, 0, pages, prot, drv.page);
	return drv.pinned;
}

static void pin_and_use(void)
{
	char bytes[4096];
	u64 absolute;

	open_and_map(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	CU_ASSERT_EQUAL(vfio_pin_pages(drv.vdev, 0x3000, 2, IOMMU_READ, drv.page), -EINVAL);
	CU_ASSERT_EQUAL(vfio_pin_pages(drv.vdev, 0, 513, IOMMU_READ, drv.page), -E2BIG);
	CU_ASSERT_EQUAL(vfio_pin_pages(drv.vdev, 0, 0, IOMMU_READ, drv.page), -EINVAL);
	CU_ASSERT_EQUAL(pin(2, IOMMU_READ | IOMMU_WRITE), 2);
	absolute = page_to_phys(drv.page[0]);
	CU_ASSERT_TRUE(absolute >= 0x100000000);
	CU_ASSERT_NOT_EQUAL(absolute + 4096, page_to_phys(drv.page[1]));
	memset(bytes, 'x', sizeof(bytes));
	CU_ASSERT_EQUAL(host_storage(sim.host, absolute + 10, bytes, 20, 0, true), 0);
	CU_ASSERT_EQUAL(((char *)host_guest_pointer(sim.host, 10, 20))[19], 'x');
	CU_ASSERT_EQUAL(((char *)host_guest_pointer(sim.host, 30, 1))[0], 0);
	drv_unpin(drv.vdev);
	close_device();
}

static void pinned_pages_lie_high_and_apart(void)
{
	goes_well(pin_and_use);
}

static void pin_read_only(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	CU_ASSERT_EQUAL(pin(1, IOMMU_WRITE), -EPERM);
	CU_ASSERT_EQUAL(pin(1, IOMMU_READ), 1);
	close_device();
}

static void pins_obey_the_mapping(void)
{
	goes_well(pin_read_only);
}

static void unmap_pinned(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(3, IOMMU_READ);
	CU_ASSERT_EQUAL(host_vfio_unmap(file, 0, 0x4000), 0x4000);
	CU_ASSERT_EQUAL(drv.unmaps, 1);
	close_device();
}

static void unmapping_asks_the_driver_to_unpin(void)
{
	goes_well(unmap_pinned);
}

static void stay_pinned_when_unmapped(void)
{
	drv.keep_pins = true;
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(3, IOMMU_READ);
	host_vfio_unmap(file, 0, 0x4000);
}

static void stay_pinned_when_closed(void)
{
	drv.keep_pins = true;
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(3, IOMMU_READ);
	host_vfio_close(file);
}

static void unpin_too_much(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(1, IOMMU_READ);
	vfio_unpin_pages(drv.vdev, 0, 2);
}

static void unpin_after_close(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	host_vfio_close(file);
	vfio_unpin_pages(drv.vdev, 0, 1);
}

static u64 reached;

static void reach_from_channel(void *arg)
{
	char bytes[8] = "xxxxxxx";

	CU_ASSERT_EQUAL(host_storage(sim.host, reached, bytes, 8, 0, arg != NULL),
			-EFAULT);
}

static void channel_reaches(u64 absolute, bool write)
{
	reached = absolute;
	sched_after(sim.sched, 1, reach_from_channel, write ? &reached : NULL);
	sleep_ns(10);
}

static void reach_unpinned(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(1, IOMMU_READ);
	reached = page_to_phys(drv.page[0]);
	drv_unpin(drv.vdev);
	channel_reaches(reached, false);
}

static void store_into_read_only(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	pin(1, IOMMU_READ);
	channel_reaches(page_to_phys(drv.page[0]), true);
}

static void reach_nothing(void) { channel_reaches(0, false); }
static void reach_end_of_storage(void) { channel_reaches(-2 * PAGE_SIZE + 1, false); }
static void reach_between(void) { channel_reaches(0x80000000, true); }

static void reach_freed(void)
{
	memory = kmalloc(64, GFP_KERNEL | GFP_DMA);
	reached = virt_to_phys(memory);
	kfree(memory);
	channel_reaches(reached, false);
}

static void reach_beyond_memory(void)
{
	memory = kmalloc(64, GFP_KERNEL | GFP_DMA);
	channel_reaches(virt_to_phys(memory) + 60, true);
}

static void reach_beyond_page(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	pin(4, IOMMU_WRITE);
	channel_reaches(page_to_phys(drv.page[0]) + 4092, true);
}

static void channel_stores_all_or_nothing(void)
{
	violates(reach_beyond_page, "where there is no storage of ours");
	begin(0);
	run(reach_beyond_page);
	CU_ASSERT_EQUAL(((char *)host_guest_pointer(sim.host, 4092, 1))[0], 0);
	finish();
}

static void pin_in_spinlock(void)
{
	open_and_map(VFIO_DMA_MAP_FLAG_READ);
	spin_lock_init(&spinlock);
	spin_lock_irq(&spinlock);
	pin(1, IOMMU_READ);
}

static void pin_checks_fire(void)
{
	violates(stay_pinned_when_unmapped, "pages stay pinned when they are unmapped");
	violates(stay_pinned_when_closed, "pages stay pinned when the device is closed");
	violates(unpin_too_much, "page 0x1000 is unpinned, but not pinned");
	violates(unpin_after_close, "pages of a device that is not open");
	violates(reach_unpinned, "fetches from guest page 0, which is not pinned");
	violates(store_into_read_only, "stores into guest page 0, which is not pinned");
	violates(pin_in_spinlock, "mutex_lock() may sleep, holding");
}

static void try_storage_keys(void)
{
	static const u8 locked = PAGE_KEY(5) | PAGE_FETCH_PROTECTED;
	static const struct {
		u8 storage, access;
		int fetch, store;
	} cases[] = {
		{ PAGE_KEY(5), 0, 0, 0 }, { PAGE_KEY(5), 5, 0, 0 },
		{ PAGE_KEY(5), 6, 0, -EACCES }, { locked, 0, 0, 0 },
		{ locked, 5, 0, 0 }, { locked, 6, -EACCES, -EACCES },
		{ PAGE_DEFAULT_KEY, 6, 0, -EACCES },
	};
	char bytes[16] = "sixteen bytes..", *kernel;
	u64 absolute;

	open_and_map(VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
	CU_ASSERT_EQUAL(pin(1, IOMMU_READ | IOMMU_WRITE), 1);
	absolute = page_to_phys(drv.page[0]) + 8;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		host_set_key(sim.host, 0, cases[i].storage);
		CU_ASSERT_EQUAL(host_storage(sim.host, absolute, bytes, 16,
				cases[i].access, false), cases[i].fetch);
		CU_ASSERT_EQUAL(host_storage(sim.host, absolute, bytes, 16,
				cases[i].access, true), cases[i].store);
	}
	drv_unpin(drv.vdev);

	kernel = kzalloc(16, GFP_KERNEL | GFP_DMA);
	absolute = virt_to_phys(kernel);
	CU_ASSERT_EQUAL(host_storage(sim.host, absolute, bytes, 16, 6, false),
			0);
	CU_ASSERT_EQUAL(host_storage(sim.host, absolute, bytes, 16, 6, true),
			-EACCES);
	kfree(kernel);
	close_device();
}

static void storage_keys(void)
{
	goes_well(try_storage_keys);
}

static void storage_checks_fire(void)
{
	violates(reach_nothing, "it reaches for 0, where there is no storage of ours");
	violates(reach_end_of_storage, "it reaches for 0xffffffffffffe001");
	violates(reach_between, "it reaches for 0x80000000");
	violates(reach_freed, "it reaches for 0x40000000");
	violates(reach_beyond_memory, "it reaches for 0x40000040");
}

/* User copies */

static void copy_without_syscall(void)
{
	char byte;

	host_module_load(sim.host);
	copy_from_user(&byte, &reached, 1);
}

static void copy_in_spinlock(void)
{
	char byte;

	spin_lock_init(&spinlock);
	spin_lock_irq(&spinlock);
	copy_from_user(&byte, &reached, 1);
}

static void ioctl_that_copies_in_spinlock(void)
{
	open_device();
	drv.on_ioctl = copy_in_spinlock;
	host_vfio_ioctl(file, 1, NULL, 0);
}

static void keep_spinlock(void)
{
	spin_lock_init(&spinlock);
	spin_lock_irq(&spinlock);
}

static void ioctl_that_keeps_spinlock(void)
{
	open_device();
	drv.on_ioctl = keep_spinlock;
	host_vfio_ioctl(file, 1, NULL, 0);
}

static void keep_irqs_off(void)
{
	keep_spinlock();
	spin_unlock(&spinlock);
}

static void ioctl_that_keeps_irqs_off(void)
{
	open_device();
	drv.on_ioctl = keep_irqs_off;
	host_vfio_ioctl(file, 1, NULL, 0);
}

static void copy_checks_fire(void)
{
	violates(copy_without_syscall, "a user copy without a system call");
	violates(ioctl_that_copies_in_spinlock, "a user copy may sleep, holding");
	violates(ioctl_that_keeps_spinlock, "&spinlock is still held at the end");
	violates(ioctl_that_keeps_irqs_off, "interrupts are disabled at the end");
}

/* Event counters */

static void signal_later(void *arg)
{
	sleep_ns(100);
	eventfd_signal(arg, 1);
	eventfd_signal(arg, 1);
}

static void signal_and_read(void)
{
	int fd = host_eventfd_create(sim.host);
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(fd);

	CU_ASSERT_EQUAL(host_eventfd_read(sim.host, fd, 0), 0);
	CU_ASSERT_EQUAL(host_eventfd_read(sim.host, fd, 50), 0);
	CU_ASSERT_EQUAL(sched_now(sim.sched), 50);
	spawn("signal", signal_later, ctx);
	CU_ASSERT_EQUAL(host_eventfd_read(sim.host, fd, SCHED_FOREVER), 2);
	CU_ASSERT_EQUAL(host_eventfd_read(sim.host, fd, 0), 0);
	CU_ASSERT_EQUAL(PTR_ERR(eventfd_ctx_fdget(1)), -EINVAL);
	CU_ASSERT_EQUAL(PTR_ERR(eventfd_ctx_fdget(99)), -EBADF);
	CU_ASSERT_EQUAL(PTR_ERR(eventfd_ctx_fdget(-1)), -EBADF);
	CU_ASSERT_EQUAL(host_eventfd_close(sim.host, fd), 0);
	CU_ASSERT_EQUAL(host_eventfd_close(sim.host, fd), -EBADF);
	CU_ASSERT_EQUAL(host_eventfd_read(sim.host, fd, 0), -EBADF);
	CU_ASSERT_EQUAL(host_check_clean(sim.host, NULL, NULL), 1);
	eventfd_signal(ctx, 1);		/* the driver still may */
	eventfd_ctx_put(ctx);
}

static void eventfds_count_signals(void)
{
	goes_well(signal_and_read);
}

static void put_eventfd_twice(void)
{
	struct eventfd_ctx *ctx = eventfd_ctx_fdget(host_eventfd_create(sim.host));

	eventfd_ctx_put(ctx);
	eventfd_ctx_put(ctx);
}

static void eventfd_checks_fire(void)
{
	violates(put_eventfd_twice, "an eventfd is put once too often");
}

/* The common I/O layer */

static struct subchannel *sch;

static void remember_sch(struct subchannel *s)
{
	sch = s;
}

static void find_sch(void)
{
	load_and_bind();
	drv.on_irq = remember_sch;
	host_pending(sim.host, SID);
	sleep_ns(1);
	CU_ASSERT_EQUAL_FATAL(drv.irqs, 1);
	drv.on_irq = NULL;
}

static int enable(bool on)
{
	int ret;

	spin_lock_irq(sch->lock);
	ret = on ? cio_enable_subchannel(sch, 0xabcd) : cio_disable_subchannel(sch);
	spin_unlock_irq(sch->lock);
	return ret;
}

static void enable_and_disable(void)
{
	find_sch();
	sch->isc = VFIO_CCW_ISC;
	CU_ASSERT_EQUAL(enable(true), 0);
	CU_ASSERT_EQUAL(be32_get_bits(fake.schib.pmcw.word[1], PMCW1_E), 1);
	CU_ASSERT_EQUAL(be32_get_bits(fake.schib.pmcw.word[1], PMCW1_ISC), VFIO_CCW_ISC);
	CU_ASSERT_EQUAL(be32_to_cpu(fake.schib.pmcw.word[0]), 0xabcd);
	CU_ASSERT_EQUAL(enable(false), 0);
	CU_ASSERT_EQUAL(be32_get_bits(fake.schib.pmcw.word[1], PMCW1_E), 0);
	CU_ASSERT_EQUAL(be32_to_cpu(fake.schib.pmcw.word[0]), 0xabcd);

	memset(fake.issued, 0, sizeof(fake.issued));
	fake.cc[MACHINE_MSCH] = 1;	/* status pending: it is fetched */
	CU_ASSERT_EQUAL(enable(true), -EBUSY);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_MSCH], 5);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_TSCH], 5);
	fake.cc[MACHINE_MSCH] = 2;
	CU_ASSERT_EQUAL(enable(true), -EBUSY);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_TSCH], 5);
	fake.cc[MACHINE_MSCH] = 3;
	CU_ASSERT_EQUAL(enable(true), -ENODEV);
	fake.cc[MACHINE_MSCH] = MACHINE_OPERAND;
	CU_ASSERT_EQUAL(enable(true), -EIO);
	fake.cc[MACHINE_MSCH] = 0;
	fake.cc[MACHINE_STSCH] = 3;
	CU_ASSERT_EQUAL(enable(true), -ENODEV);
	host_module_unload(sim.host);
}

static void enabling_answers_as_cio_does(void)
{
	goes_well(enable_and_disable);
}

static int stop(int *retries)
{
	int ret;

	spin_lock_irq(sch->lock);
	ret = cio_cancel_halt_clear(sch, retries);
	spin_unlock_irq(sch->lock);
	return ret;
}

static void try_all_ways_to_stop(void)
{
	int retries = 255, i;

	find_sch();
	CU_ASSERT_EQUAL(stop(&retries), 0);		/* not enabled */
	CU_ASSERT_EQUAL(enable(true), 0);
	CU_ASSERT_EQUAL(stop(&retries), 0);		/* cancelled */
	fake.cc[MACHINE_XSCH] = 1;
	CU_ASSERT_EQUAL(stop(&retries), -EBUSY);	/* status pending */
	fake.cc[MACHINE_XSCH] = 3;
	CU_ASSERT_EQUAL(stop(&retries), -ENODEV);
	fake.cc[MACHINE_XSCH] = 2;			/* too late: halt */
	CU_ASSERT_EQUAL(stop(&retries), -EBUSY);
	CU_ASSERT_EQUAL(retries, 2);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_HSCH], 1);
	fake.cc[MACHINE_HSCH] = 3;
	CU_ASSERT_EQUAL(stop(&retries), -ENODEV);
	fake.cc[MACHINE_HSCH] = 1;			/* refused: clear */
	CU_ASSERT_EQUAL(stop(&retries), -EBUSY);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_CSCH], 1);
	CU_ASSERT_EQUAL(retries, 254);

	fake.schib.scsw.word[0] = cpu_to_be32(SCSW0_AC_CLEAR);
	for (i = 0; i < 254; i++)
		CU_ASSERT_EQUAL(stop(&retries), -EBUSY);
	CU_ASSERT_EQUAL(stop(&retries), -EIO);
	CU_ASSERT_EQUAL(fake.issued[MACHINE_CSCH], 255);

	fake.cc[MACHINE_CSCH] = 3;
	retries = 1;
	CU_ASSERT_EQUAL(stop(&retries), -ENODEV);
	host_module_unload(sim.host);
}

static void stopping_goes_from_cancel_to_clear(void)
{
	goes_well(try_all_ways_to_stop);
}

static void try_to_cancel_and_resume(void)
{
	static const int error[] = { 0, -EBUSY, -EINVAL, -ENODEV };
	int cc;

	find_sch();
	spin_lock_irq(sch->lock);
	for (cc = 0; cc <= 3; cc++) {
		fake.cc[MACHINE_XSCH] = fake.cc[MACHINE_RSCH] = cc;
		CU_ASSERT_EQUAL(cio_cancel(sch), error[cc]);
		CU_ASSERT_EQUAL(cio_resume(sch), error[cc]);
	}
	CU_ASSERT_EQUAL(fake.issued[MACHINE_RSCH], 4);
	fake.cc[MACHINE_XSCH] = fake.cc[MACHINE_RSCH] = -1;
	CU_ASSERT_EQUAL(cio_cancel(sch), -ENODEV);
	CU_ASSERT_EQUAL(cio_resume(sch), -ENODEV);
	spin_unlock_irq(sch->lock);
	host_module_unload(sim.host);
}

static void cancel_and_resume_give_their_errors(void)
{
	goes_well(try_to_cancel_and_resume);
}

static void hold_lock_while_pending(void)
{
	find_sch();
	spin_lock_irq(sch->lock);
	host_pending(sim.host, SID);
	host_pending(sim.host, SID);
	sleep_ns(10);		/* the test does what no driver may */
	CU_ASSERT_EQUAL(drv.irqs, 1);
	spin_unlock_irq(sch->lock);
	sleep_ns(10);
	CU_ASSERT_EQUAL(drv.irqs, 2);
	fake.cc[MACHINE_TSCH] = 1;	/* somebody has fetched the status */
	host_pending(sim.host, SID);
	sleep_ns(10);
	CU_ASSERT_EQUAL(drv.irqs, 2);
	fake.cc[MACHINE_TSCH] = 0;
	sch->isc = 5;			/* nobody has registered */
	host_pending(sim.host, SID);
	sleep_ns(10);
	CU_ASSERT_EQUAL(drv.irqs, 2);
	isc_register(5);
	sleep_ns(10);
	CU_ASSERT_EQUAL(drv.irqs, 3);
	isc_unregister(5);
	host_pending(sim.host, 0x1ffff);	/* no such subchannel */
	host_module_unload(sim.host);
}

static void interrupts_wait_for_lock_and_subclass(void)
{
	goes_well(hold_lock_while_pending);
}

static void send_events(void)
{
	CU_ASSERT_EQUAL(host_sch_event(sim.host, SID), -ENODEV);
	load_and_bind();
	CU_ASSERT_EQUAL(host_sch_event(sim.host, SID), 0);
	CU_ASSERT_EQUAL(drv.sch_events, 1);
	host_chp_event(sim.host, 0x42, CHP_VARY_OFF);
	CU_ASSERT_EQUAL(drv.chp_events, 1 + CHP_VARY_OFF);
	host_chp_event(sim.host, 0x43, CHP_VARY_OFF);
	CU_ASSERT_EQUAL(drv.chp_events, 1 + CHP_VARY_OFF);
	sch = host_subchannel(sim.host, SID);
	CU_ASSERT_EQUAL(chp_get_sch_opm(sch), 0x7f);
	host_chp_event(sim.host, 0x42, CHP_OFFLINE);
	CU_ASSERT_EQUAL(chp_get_sch_opm(sch), 0x7f);
	host_chp_event(sim.host, 0x42, CHP_VARY_ON);
	CU_ASSERT_EQUAL(chp_get_sch_opm(sch), 0xff);
	CU_ASSERT_EQUAL(host_sch_shutdown(sim.host, SID), 0);
	host_module_unload(sim.host);
}

static void find_things_to_do(void)
{
	load_and_bind();
	sch = host_subchannel(sim.host, SID);
	spin_lock_irq(sch->lock);
	css_sched_sch_todo(sch, SCH_TODO_EVAL);
	CU_ASSERT_TRUE(work_pending(&sch->todo_work));
	spin_unlock_irq(sch->lock);
	sleep_ns(1);
	CU_ASSERT_EQUAL(drv.sch_events, 1);
	spin_lock_irq(sch->lock);
	css_sched_sch_todo(sch, SCH_TODO_UNREG);
	css_sched_sch_todo(sch, SCH_TODO_EVAL);	/* the graver one stays */
	spin_unlock_irq(sch->lock);
	host_cio_settle(sim.host);
	CU_ASSERT_EQUAL(drv.sch_events, 1);
	CU_ASSERT_FALSE(device_is_registered(&sch->dev));
	CU_ASSERT_EQUAL(host_sch_unbind(sim.host, SID), -ENODEV);
	CU_ASSERT_EQUAL(host_sch_bind(sim.host, SID), 0);
	CU_ASSERT_TRUE(device_is_registered(&sch->dev));
	host_module_unload(sim.host);
}

static void todos_are_done_later(void)
{
	goes_well(find_things_to_do);
}

static void ask_without_lock(void)
{
	find_sch();
	css_sched_sch_todo(sch, SCH_TODO_EVAL);
}

static void events_reach_the_driver(void)
{
	goes_well(send_events);
}

static void irq_that_locks(struct subchannel *s)
{
	(void)s;
	mutex_lock(&mutex);
}

static void irq_that_tries_to_lock(struct subchannel *s)
{
	(void)s;
	mutex_trylock(&mutex);
}

static void irq_that_allocates(struct subchannel *s)
{
	(void)s;
	kmalloc(8, GFP_KERNEL);
}

static void irq_that_enables(struct subchannel *s)
{
	(void)s;
	spin_lock_irq(&spinlock);
	spin_unlock_irq(&spinlock);
}

static void irq_that_spins(struct subchannel *s)
{
	(void)s;
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
}

static void irq_that_unlocks(struct subchannel *s)
{
	(void)s;
	mutex_unlock(&mutex);
}

static void interrupt(void (*handler)(struct subchannel *))
{
	mutex_init(&mutex);
	spin_lock_init(&spinlock);
	load_and_bind();
	drv.on_irq = handler;
	host_pending(sim.host, SID);
	sleep_ns(1);
}

static void lock_in_irq(void) { interrupt(irq_that_locks); }
static void try_lock_in_irq(void) { interrupt(irq_that_tries_to_lock); }
static void allocate_in_irq(void) { interrupt(irq_that_allocates); }
static void enable_in_irq(void) { interrupt(irq_that_enables); }
static void unlock_in_irq(void) { interrupt(irq_that_unlocks); }

static void spin_with_irqs_on_after_irq(void)
{
	interrupt(irq_that_spins);
	spin_lock(&spinlock);
}

static void irq_after_spin_with_irqs_on(void)
{
	spin_lock_init(&spinlock);
	load_and_bind();
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	drv.on_irq = irq_that_spins;
	host_pending(sim.host, SID);
	sleep_ns(1);
}

static void enable_irqs_too_early(void)
{
	static spinlock_t inner;

	interrupt(irq_that_spins);
	spin_lock_init(&inner);
	spin_lock_irq(&spinlock);
	spin_lock_irq(&inner);
	spin_unlock_irq(&inner);
}

static void store_without_lock(void)
{
	find_sch();
	cio_update_schib(sch);
}

static void read_irb_outside(void)
{
	load_and_bind();
	memory = (char *)this_cpu_ptr(&cio_irb);
}

static void unregister_unknown_isc(void)
{
	isc_unregister(3);
}

static void unregister_unknown_driver(void)
{
	css_driver_unregister(&drv_css);
}

static void interrupt_checks_fire(void)
{
	violates(lock_in_irq, "mutex_lock() may sleep, in an interrupt (task interrupt, in irq_that_locks)");
	violates(try_lock_in_irq, "a mutex is taken in an interrupt");
	violates(allocate_in_irq, "an allocation may sleep, in an interrupt");
	violates(enable_in_irq, "interrupts are enabled in an interrupt");
	violates(unlock_in_irq, "a mutex is released in an interrupt");
	violates(spin_with_irqs_on_after_irq, "held with interrupts enabled");
	violates(irq_after_spin_with_irqs_on, "held with interrupts enabled");
	violates(enable_irqs_too_early, "held with interrupts enabled");
	violates(store_without_lock, "is not held, but should be (task test, in cio_update_schib)");
	violates(ask_without_lock, "is not held, but should be (task test, in css_sched_sch_todo)");
	violates(read_irb_outside, "outside of an interrupt");
	violates(unregister_unknown_isc, "subclass 3 is not registered");
	violates(unregister_unknown_driver, "the driver is not registered");
}

static void free_open_device(void)
{
	open_device();
	vfio_free_device(drv.vdev);
}

static void put_device_twice(void)
{
	struct device *dev;

	open_device();
	dev = drv.vdev->dev;
	dev->users = 0;
	put_device(dev);
}

static void unregister_mdev_driver_early(void)
{
	load_and_bind();
	host_mdev_create(sim.host, SID);
	mdev_unregister_driver(&drv_mdev);
}

static void unregister_unknown_mdev_driver(void)
{
	mdev_unregister_driver(&drv_mdev);
}

static void device_checks_fire(void)
{
	violates(free_open_device, "a device is freed in use");
	violates(put_device_twice, "is put once too often");
	violates(unregister_unknown_mdev_driver, "the driver is not registered");
	violates(unregister_mdev_driver_early, "mediated devices still exist");
}

static void warn(void)
{
	WARN_ONCE(0, "not this");
	CU_ASSERT_TRUE(WARN_ON_ONCE(1));
}

static void warnings_end_the_run(void)
{
	violates(warn, "1 (task test, in warn)");
}

static void print_a_line(void)
{
	struct device dev = { .name = "0.0.0815" };

	dev_warn(&dev, "something %s\n", "odd");
	CU_ASSERT_STRING_EQUAL(sim.printed, "warning: 0.0.0815: something odd");
}

static void messages_reach_the_log(void)
{
	goes_well(print_a_line);
}

/* Faults: make each call fail once; nothing is lost, nothing goes wrong. */

static void a_life(void)
{
	char bytes[4];

	if (host_module_load(sim.host))
		return;
	if (!host_sch_bind(sim.host, SID) &&
	    !host_mdev_create(sim.host, SID) &&
	    !host_vfio_open(sim.host, SID, &file)) {
		if (!host_vfio_map(file, 0, 0, 0x4000, VFIO_DMA_MAP_FLAG_READ)) {
			pin(4, IOMMU_READ);
			vfio_dma_rw(drv.vdev, 0, bytes, 4, false);
			host_vfio_pread(file, bytes, 3, 0);
			drv_unpin(drv.vdev);
		}
		host_vfio_close(file);
	}
	host_module_unload(sim.host);
}

static void every_fault_is_survived(void)
{
	static const u64 least[HOST_FAULTS] = { 5, 4, 1, 1 };

	for (int kind = 0; kind < HOST_FAULTS; kind++) {
		u64 nth = 1;
		bool hit;

		do {
			begin(0);
			host_fault_arm(sim.host, kind, nth);
			run(a_life);
			CU_ASSERT_STRING_EQUAL(sim.violation, "");
			CU_ASSERT_TRUE(sim.over);
			CU_ASSERT_EQUAL(host_check_clean(sim.host, note_left, NULL), 0);
			CU_ASSERT_STRING_EQUAL(sim.left, "");
			hit = host_fault_hit(sim.host, kind);
			if (!hit)
				CU_ASSERT_EQUAL(host_fault_count(sim.host, kind), nth - 1);
			finish();
		} while (hit && nth++);
		CU_ASSERT_TRUE(nth > least[kind]);
	}
}

/* Two simulations, each on its own thread, do not know of each other. */

static void *many_lives(void *arg)
{
	u64 *seed = arg;

	for (int i = 0; i < 50; i++) {
		begin(*seed + i);
		run(a_life);
		*seed += sim.violation[0] || !sim.over ? 1000000 : 0;
		finish();
	}
	return NULL;
}

static void threads_do_not_disturb_each_other(void)
{
	pthread_t thread[2];
	u64 seed[2] = { 0, 500 };

	for (int i = 0; i < 2; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&thread[i], NULL, many_lives,
						     &seed[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	CU_ASSERT_EQUAL(seed[0], 0);
	CU_ASSERT_EQUAL(seed[1], 500);
}

int main(int argc, char **argv)
{
	static CU_TestInfo tests[] = {
		{ "words have the kernel's meaning", words_have_the_kernels_meaning },
		{ "tables are sorted, and random numbers differ", tables_are_sorted_and_numbers_differ },
		{ "debug log is written", debug_log_is_written },
		{ "debug log checks fire", debug_log_checks_fire },
		{ "lists are rings", lists_are_rings },
		{ "lock checks fire", lock_checks_fire },
		{ "locks exclude under any seed", locks_exclude_under_any_seed },
		{ "trylock takes a free mutex", trylock_takes_a_free_mutex },
		{ "a task that waits for ever stays", task_that_waits_for_ever_stays },
		{ "main task that waits for ever aborts", main_task_that_waits_for_ever_aborts },
		{ "completions count", completions_count },
		{ "work runs later and once", work_runs_later_and_once },
		{ "work may free itself", work_may_free_itself },
		{ "work checks fire", work_checks_fire },
		{ "memory is aligned and filled", memory_is_aligned_and_filled },
		{ "memory checks fire", memory_checks_fire },
		{ "what is left is listed", what_is_left_is_listed },
		{ "DMA memory lies below 2 GiB", dma_memory_lies_below_2_gib },
		{ "devices live and die in order", devices_live_and_die_in_order },
		{ "unloading unbinds", unloading_unbinds },
		{ "removal waits for the user", removal_waits_for_the_user },
		{ "calls reach the driver", calls_reach_the_driver },
		{ "mappings are checked", mappings_are_checked },
		{ "pinned pages lie high and apart", pinned_pages_lie_high_and_apart },
		{ "pins obey the mapping", pins_obey_the_mapping },
		{ "unmapping asks the driver to unpin", unmapping_asks_the_driver_to_unpin },
		{ "pin checks fire", pin_checks_fire },
		{ "storage checks fire", storage_checks_fire },
		{ "storage keys", storage_keys },
		{ "channel stores all or nothing", channel_stores_all_or_nothing },
		{ "copy checks fire", copy_checks_fire },
		{ "eventfds count signals", eventfds_count_signals },
		{ "eventfd checks fire", eventfd_checks_fire },
		{ "enabling answers as CIO does", enabling_answers_as_cio_does },
		{ "stopping goes from cancel to clear", stopping_goes_from_cancel_to_clear },
		{ "cancel and resume give their errors", cancel_and_resume_give_their_errors },
		{ "interrupts wait for lock and subclass", interrupts_wait_for_lock_and_subclass },
		{ "events reach the driver", events_reach_the_driver },
		{ "todos are done later", todos_are_done_later },
		{ "interrupt checks fire", interrupt_checks_fire },
		{ "device checks fire", device_checks_fire },
		{ "warnings end the run", warnings_end_the_run },
		{ "messages reach the log", messages_reach_the_log },
		{ "every fault is survived", every_fault_is_survived },
		{ "threads do not disturb each other", threads_do_not_disturb_each_other },
		CU_TEST_INFO_NULL
	};

	return suite_main(argc, argv, "host", tests);
}
