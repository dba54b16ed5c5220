// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE 1	/* strerrorname_np() */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>
#include <linux/bits.h>
#include <linux/vfio.h>

#include "stress.h"
#include "stress_calls.h"

#define ERRNOS		134	/* more than there are */
#define MAX_CALLS	64
#define MAX_WRONG	20	/* that are told; more would be the same */
#define PATIENCE	120	/* seconds that one call may take */
#define LAST_RESULTS	20	/* seconds that results may be late */

/** One thread. */
struct stress_thread {
	struct stress_worker worker;
	struct stress *stress;
	struct vfio_port vp;		/**< the shared one, other descriptors */
	thrd_t thread;
	atomic_bool done;
	const struct stress_call *_Atomic doing;
};

/** All of it. */
struct stress {
	struct vfio_port *vp;
	const struct stress_options *options;
	struct stress_life life;
	struct stress_thread thread[STRESS_THREADS];
	struct vmm vmm;			/**< the one that has opened it */
	bool bound;
	unsigned int lives, rough, wrong;	/**< counts */
	atomic_ullong calls;
	atomic_ullong answers[MAX_CALLS][ERRNOS];	/**< [0]: success */
	mtx_t telling;
	time_t end, told;
	u64 random;
};

static void tell(struct stress *stress, const char *what, const char *why)
{
	mtx_lock(&stress->telling);
	if (stress->wrong++ < MAX_WRONG)
		fprintf(stderr, "ccwio stress: life %u (%s), seed %llu: "
			"%s: %s\n", stress->lives,
			stress->life.ledger.steady ? "steady" : "rough",
			(unsigned long long)stress->options->seed, what, why);
	mtx_unlock(&stress->telling);
}

static void wrong(struct stress_worker *worker, const char *what)
{
	struct stress_thread *me = (struct stress_thread *)worker;
	const struct stress_call *call = me->doing;

	tell(me->stress, call ? call->name : "read a result", what);
}

static const char *answer_name(int answer)
{
	return answer >= 0 ? "success" : strerrorname_np(-answer) ?: "?";
}

/* Count an answer, and complain if it may not be. */
static void answered(struct stress *stress, const struct stress_call *call,
		     int answer)
{
	const int error = answer >= 0 || answer <= -ERRNOS ? 0 : -answer;
	char text[160];

	if (answer == STRESS_NOT_MADE)
		return;
	stress->calls++;
	stress->answers[call - stress_calls][error]++;
	if (stress_may(call, &stress->life, answer))
		return;
	snprintf(text, sizeof(text), "answered %s; allowed is what comes of: "
		 "%s", answer_name(answer), call->why);
	tell(stress, call->name, text);
}

static int read_results(void *arg)
{
	struct stress_thread *me = arg;
	struct stress_life *life = me->worker.life;
	time_t end = 0;
	int ret = 0;

	while (!ret && (!life->over || life->ledger.ahead)) {
		ret = stress_read_result(&me->worker, 20);
		if (ret > 0 || ret == -EINTR)
			ret = 0;
		if (!life->over)
			end = time(NULL) + LAST_RESULTS;
		else if (time(NULL) > end)
			break;
	}
	if (ret)
		tell(me->stress, "read a result", answer_name(ret));
	me->vp.port.ops->close(&me->vp.port);
	me->done = true;
	return 0;
}

static int make_calls(void *arg)
{
	struct stress_thread *me = arg;

	while (!me->worker.life->over) {
		me->doing = stress_choose(&me->worker);
		answered(me->stress, me->doing,
			 me->doing->make(&me->worker));
	}
	me->doing = NULL;
	for (unsigned int i = 0; i < VFIO_CCW_NUM_IRQS; i++) {
		if (me->worker.vmm.event[i] >= 0)
			close(me->worker.vmm.event[i]);
	}
	me->vp.port.ops->close(&me->vp.port);
	me->done = true;
	return 0;
}

static bool begin_thread(struct stress *stress, unsigned int n)
{
	struct stress_thread *thread = &stress->thread[n];
	struct stress_worker *worker = &thread->worker;
	const unsigned int slots = LEDGER_SLOTS / stress->options->threads;

	*worker = (struct stress_worker){
		.life = &stress->life, .port = &thread->vp.port,
		.vmm = stress->vmm, .wrong = wrong,
		.random = stress->options->seed * 1000003 +
			  stress->lives * STRESS_THREADS + n,
		.first = n * slots, .slots = slots,
	};
	worker->vmm.port = worker->port;
	for (unsigned int i = 0; i < VFIO_CCW_NUM_IRQS; i++)
		worker->vmm.event[i] = -1;
	thread->stress = stress;
	thread->doing = NULL;
	thread->done = false;
	if (vfio_port_share(&thread->vp, stress->vp))
		return false;
	return thrd_create(&thread->thread, n ? make_calls : read_results,
			   thread) == thrd_success;
}

static void join_thread(struct stress *stress, unsigned int n)
{
	struct stress_thread *thread = &stress->thread[n];
	const time_t end = time(NULL) + 2 * PATIENCE;
	const struct stress_call *doing;

	while (!thread->done && time(NULL) < end)
		usleep(1000);
	if (thread->done) {
		thrd_join(thread->thread, NULL);
		return;
	}
	doing = thread->doing;
	fprintf(stderr, "ccwio stress: life %u: '%s' has not returned in %d "
		"seconds; given up, nothing is given back\n", stress->lives,
		doing ? doing->name : "close", 2 * PATIENCE);
	_exit(1);
}

static int map_in_pieces(struct port *port)
{
	int ret = port->ops->unmap(port, 0, PORT_GUEST_MEMORY);

	for (u64 at = 0; !ret && at < PORT_GUEST_MEMORY; at += STRESS_PIECE)
		ret = port->ops->map(port, at, STRESS_PIECE, false);
	return ret;
}

static int begin_life(struct stress *stress)
{
	struct css_admin *admin = &stress->vp->admin;
	struct port *port = &stress->vp->port;
	int ret = 0;

	if (!stress->bound)
		ret = css_admin_bind(admin);
	stress->bound |= !ret;
	if (!ret && !*admin->uuid)
		ret = css_admin_create(admin);
	if (ret)
		return ret;
	vmm_init(&stress->vmm, port);
	ret = vmm_open(&stress->vmm);
	if (ret)
		return ret;
	ret = map_in_pieces(port) ?: vmm_reset(&stress->vmm);
	if (ret)
		vmm_close(&stress->vmm);
	return ret;
}

/* Begin all threads. Return how many there are. */
static unsigned int begin_threads(struct stress *stress, bool steady)
{
	struct stress_life *life = &stress->life;
	unsigned int n = 0;

	ledger_begin(&life->ledger, steady);
	life->results = stress->vmm.event[VFIO_CCW_IO_IRQ_INDEX];
	life->over = false;
	life->faults = stress->options->faults;
	life->groups = stress->options->groups & ~stress->options->except;
	while (n < stress->options->threads && begin_thread(stress, n))
		n++;
	return n;
}

struct farewell {
	struct css_admin admin;		/* a copy; the threads have others */
	int (*command)(struct css_admin *admin);	/* NULL: only close */
	int ret;
};

static int say_farewell(void *arg)
{
	struct farewell *farewell = arg;

	farewell->ret = farewell->command(&farewell->admin);
	return 0;
}

static void await_request(struct stress *stress)
{
	struct port *port = &stress->vp->port;
	int fd = stress->vmm.event[VFIO_CCW_REQ_IRQ_INDEX];

	if (port->ops->event_wait(port, fd, PATIENCE * 1000) <= 0 &&
	    !*stress->options->stop)
		tell(stress, "being asked to let go", "nobody has asked");
}

static void end_threads(struct stress *stress, unsigned int threads)
{
	struct ledger *ledger = &stress->life.ledger;
	char text[80];

	stress->vp->port.ops->close(&stress->vp->port);
	stress->life.over = true;
	while (threads--)
		join_thread(stress, threads);
	vmm_die(&stress->vmm);
	if (!ledger->steady || !ledger->ahead)
		return;
	snprintf(text, sizeof(text), "%u accepted, and without a result",
		 ledger->ahead);
	tell(stress, "start", text);
}

static void end_life(struct stress *stress, unsigned int threads,
		     int (*command)(struct css_admin *admin))
{
	struct farewell farewell = {
		.admin = stress->vp->admin, .command = command,
	};
	thrd_t thread;
	bool asked;

	asked = command && thrd_create(&thread, say_farewell, &farewell) ==
			   thrd_success;
	if (asked)
		await_request(stress);
	end_threads(stress, threads);
	if (!asked)
		return;
	thrd_join(thread, NULL);
	if (farewell.ret)
		tell(stress, "taking it back", farewell.admin.complaint.text);
	*stress->vp->admin.uuid = '\0';
	if (command == css_admin_unbind)
		stress->bound = false;
}

static bool enough(const struct stress *stress)
{
	const struct stress_options *options = stress->options;

	return *options->stop || stress->wrong > MAX_WRONG ||
	       (options->seconds && time(NULL) >= stress->end) ||
	       (options->calls && stress->calls >= options->calls);
}

static void progress(struct stress *stress)
{
	const time_t now = time(NULL);

	if (!stress->options->progress || now == stress->told)
		return;
	stress->told = now;
	fprintf(stress->options->progress, "ccwio stress: %u lives, %llu calls, "
		"%llu programs, %u wrong\n", stress->lives,
		(unsigned long long)stress->calls,
		(unsigned long long)stress->life.ledger.ended, stress->wrong);
}

static u32 chance(struct stress *stress, u32 bound)
{
	struct stress_worker worker = { .random = stress->random };
	u32 number = stress_random(&worker, bound);

	stress->random = worker.random;
	return number;
}

/* Live once. Return false if that was not possible. */
static bool live(struct stress *stress)
{
	static int (* const commands[])(struct css_admin *admin) = {
		NULL, css_admin_remove, css_admin_unbind,
	};
	const bool alone = !(stress->options->groups & ~stress->options->except &
			     BIT(STRESS_LIFE));
	const u32 end = alone ? 0 : chance(stress, 3);
	u32 ticks = 2 + chance(stress, 40);
	unsigned int threads;

	if (begin_life(stress)) {
		tell(stress, "opening", stress->vp->admin.complaint.text);
		return stress->options->faults;
	}
	threads = begin_threads(stress, stress->lives % 2 == 0);
	while (ticks-- && !enough(stress))
		usleep(10000);
	end_life(stress, threads, commands[end]);
	stress->lives++;
	progress(stress);
	return true;
}

static void print_call(const struct stress *stress, unsigned int call,
		       FILE *out)
{
	const char *comma = "";

	fprintf(out, "  %-26s", stress_calls[call].name);
	for (unsigned int error = 0; error < ERRNOS; error++) {
		const unsigned long long n = stress->answers[call][error];

		if (!n)
			continue;
		fprintf(out, "%s%llu %s", comma, n, answer_name(-(int)error));
		comma = ", ";
	}
	fprintf(out, "%s\n", *comma ? "" : "-");
}

static void print_summary(const struct stress *stress, FILE *out)
{
	const struct ledger *ledger = &stress->life.ledger;

	fprintf(out, "answers:\n");
	for (unsigned int i = 0; i < stress_nr_calls; i++)
		print_call(stress, i, out);
	fprintf(out, "%u lives, %llu calls, %llu programs ended, "
		"%llu of them unusually; seed %llu\n", stress->lives,
		(unsigned long long)stress->calls,
		(unsigned long long)ledger->ended,
		(unsigned long long)ledger->unusual,
		(unsigned long long)stress->options->seed);
	fprintf(out, "%u wrong\n", stress->wrong);
}

int stress_group(const char *name)
{
	static const char * const names[] = {
		[STRESS_START] = "start", [STRESS_ASYNC] = "async",
		[STRESS_REGION] = "region", [STRESS_IRQ] = "irq",
		[STRESS_RESET] = "reset", [STRESS_MEMORY] = "memory",
		[STRESS_PULL] = "pull", [STRESS_LIFE] = "life",
	};

	for (int i = 0; i < STRESS_GROUPS; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}

/* Take the device back after the last life. */
static void take_back(struct stress *stress)
{
	struct css_admin *admin = &stress->vp->admin;

	if (*admin->uuid && css_admin_remove(admin))
		tell(stress, "removing", admin->complaint.text);
	if (stress->bound && css_admin_unbind(admin))
		tell(stress, "unbinding", admin->complaint.text);
}

static bool same_device(struct stress *stress)
{
	const struct sense_id *before = &stress->life.ledger.id;
	struct sense_id id;

	return !sense_id(&stress->vp->port, &id) && id.len == before->len &&
	       !memcmp(id.bytes, before->bytes, id.len);
}

bool stress(struct vfio_port *vp, const struct stress_options *options,
	    FILE *out)
{
	struct stress *stress = calloc(1, sizeof(*stress));
	bool well;

	if (!stress)
		return false;
	stress->vp = vp;
	stress->options = options;
	stress->random = options->seed;
	mtx_init(&stress->telling, mtx_plain);
	if (sense_id(&vp->port, &stress->life.ledger.id)) {
		tell(stress, "SENSE ID", vp->admin.complaint.text);
	} else {
		stress->end = time(NULL) + options->seconds;
		while (!enough(stress) && live(stress))
			;
		take_back(stress);
		if (!same_device(stress))
			tell(stress, "SENSE ID", "not what it was before");
		print_summary(stress, out);
	}
	well = !stress->wrong;
	free(stress);
	return well;
}
