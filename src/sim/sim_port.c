// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <linux/bits.h>
#include <linux/vfio.h>

#include "chp.h"
#include "cpu.h"
#include "dev_unruly.h"
#include "host_cio.h"
#include "host_eventfd.h"
#include "host_fault.h"
#include "host_memory.h"
#include "host_vfio.h"
#include "machine.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
#include "sim_devices.h"

static struct sim *sim_of(struct port *port)
{
	return ((struct sim_port *)port)->sim;
}

/** Trace that a call is made. */
#define called(sim, ...)						\
	do {								\
		trace(&(sim)->trace, __VA_ARGS__);			\
		(sim)->port.lines = (sim)->trace.lines;			\
	} while (0)

/** Trace what the call returned, if it failed or much has happened since. */
static ssize_t returned(struct sim *sim, const char *who, ssize_t ret)
{
	struct trace *t = &sim->trace;

	if (ret < 0)
		trace(t, who, "host", "returns",
		      trace_text("error", scenario_result_name(-ret)));
	else if (t->lines != sim->port.lines)
		trace(t, who, "host", "returns", trace_number("value", ret));
	return ret;
}

static int administer(struct port *port, const char *what,
		      int (*call)(struct host *host, u32 sid))
{
	struct sim *sim = sim_of(port);

	called(sim, "admin", "host", what);
	return returned(sim, "admin", call(sim->host, sim->sid));
}

static int port_bind(struct port *port)
{
	int ret = administer(port, "bind", host_sch_bind);

	if (!ret)
		sim_of(port)->state = "UNCONFIGURED";
	return ret;
}

static int port_unbind(struct port *port)
{
	return administer(port, "unbind", host_sch_unbind);
}

static int port_create(struct port *port)
{
	return administer(port, "create", host_mdev_create);
}

static int port_remove(struct port *port)
{
	return administer(port, "remove", host_mdev_remove);
}

#define CHPID	0	/* of the only path there is */

static int port_vary(struct port *port, bool on)
{
	struct sim *sim = sim_of(port);

	called(sim, "admin", "host", on ? "vary on" : "vary off");
	return returned(sim, "admin",
			host_chp_event(sim->host, CHPID,
				       on ? CHP_VARY_ON : CHP_VARY_OFF));
}

static int port_shutdown(struct port *port)
{
	return administer(port, "shutdown", host_sch_shutdown);
}

static int open_file(struct sim *sim, struct host_file **file)
{
	const u32 prot = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE;
	int ret = host_vfio_open(sim->host, sim->sid, file);

	if (ret)
		return ret;
	ret = host_vfio_map(*file, 0, 0, PORT_GUEST_MEMORY, prot);
	if (ret)
		host_vfio_close(*file);
	return ret;
}

static int port_open(struct port *port)
{
	struct sim_port *me = (struct sim_port *)port;
	struct host_file *file;
	int ret;

	called(me->sim, "vmm", "host", "open");
	ret = open_file(me->sim, &file);
	if (!ret && me->file)
		host_vfio_close(file);
	else if (!ret)
		me->file = file;
	return returned(me->sim, "vmm", ret);
}

static int port_close(struct port *port)
{
	struct sim_port *me = (struct sim_port *)port;
	struct host_file *file = me->file;

	called(me->sim, "vmm", "host", "close");
	if (!file)
		return returned(me->sim, "vmm", -EBADF);
	me->file = NULL;
	host_vfio_close(file);
	return 0;
}

static const struct request {
	unsigned long number;
	const char *name;
	u32 least;		/* bytes that any monitor's structure has */
} requests[] = {
	{ VFIO_DEVICE_GET_INFO, "GET_INFO", 16 },
	{ VFIO_DEVICE_GET_REGION_INFO, "GET_REGION_INFO", 32 },
	{ VFIO_DEVICE_GET_IRQ_INFO, "GET_IRQ_INFO", 16 },
	{ VFIO_DEVICE_SET_IRQS, "SET_IRQS", 20 },
	{ VFIO_DEVICE_RESET, "RESET", 0 },
	{ 0, "unknown", 0 }
};

static const struct request *find_request(unsigned long number)
{
	const struct request *request = requests;

	while (request->number && request->number != number)
		request++;
	return request;
}

static int port_ioctl(struct port *port, unsigned long request, void *arg)
{
	const struct request *known = find_request(request);
	struct sim_port *me = (struct sim_port *)port;
	u32 size = 0;

	called(me->sim, "vmm", "device", "ioctl",
	       trace_text("request", known->name));
	if (!me->file)
		return returned(me->sim, "vmm", -EBADF);
	if (arg && known->least) {
		memcpy(&size, arg, sizeof(size));
		size = size < known->least ? known->least : size;
	}
	return returned(me->sim, "vmm",
			host_vfio_ioctl(me->file, request, arg, size));
}

static ssize_t port_pread(struct port *port, void *buf, size_t count,
			  u64 offset)
{
	struct sim_port *me = (struct sim_port *)port;

	called(me->sim, "vmm", "device", "pread",
	       trace_number("bytes", count), trace_hex("at", offset));
	if (!me->file)
		return returned(me->sim, "vmm", -EBADF);
	return returned(me->sim, "vmm",
			host_vfio_pread(me->file, buf, count, offset));
}

static ssize_t port_pwrite(struct port *port, const void *buf, size_t count,
			   u64 offset)
{
	struct sim_port *me = (struct sim_port *)port;

	called(me->sim, "vmm", "device", "pwrite",
	       trace_number("bytes", count), trace_hex("at", offset));
	if (!me->file)
		return returned(me->sim, "vmm", -EBADF);
	return returned(me->sim, "vmm",
			host_vfio_pwrite(me->file, buf, count, offset));
}

static int port_map(struct port *port, u64 guest, u64 size, bool read_only)
{
	struct sim_port *me = (struct sim_port *)port;

	called(me->sim, "vmm", "container", "map", trace_hex("at", guest),
	       trace_hex("bytes", size));
	if (!me->file)
		return returned(me->sim, "vmm", -EBADF);
	return returned(me->sim, "vmm",
			host_vfio_map(me->file, guest, guest, size,
				      VFIO_DMA_MAP_FLAG_READ |
				      (read_only ? 0 : VFIO_DMA_MAP_FLAG_WRITE)));
}

static int port_unmap(struct port *port, u64 guest, u64 size)
{
	struct sim_port *me = (struct sim_port *)port;
	s64 ret;

	called(me->sim, "vmm", "container", "unmap", trace_hex("at", guest),
	       trace_hex("bytes", size));
	if (!me->file)
		return returned(me->sim, "vmm", -EBADF);
	ret = host_vfio_unmap(me->file, guest, size);
	return returned(me->sim, "vmm", ret < 0 ? ret : 0);
}

static int port_event_create(struct port *port)
{
	return host_eventfd_create(sim_of(port)->host);
}

static int port_event_wait(struct port *port, int fd, unsigned int timeout_ms)
{
	struct sim *sim = sim_of(port);
	u64 ns = timeout_ms * 1000000ULL;
	s64 signals = host_eventfd_read(sim->host, fd, ns);

	if (signals > 0)
		trace(&sim->trace, "vmm", "eventfd", "wakes",
		      trace_number("signals", signals));
	return signals;
}

static void port_event_close(struct port *port, int fd)
{
	host_eventfd_close(sim_of(port)->host, fd);
}

static int port_load(struct port *port, u64 guest, void *buf, size_t len)
{
	void *memory = host_guest_pointer(sim_of(port)->host, guest, len);

	if (!memory)
		return -EFAULT;
	memcpy(buf, memory, len);
	return 0;
}

static int port_store(struct port *port, u64 guest, const void *buf,
		      size_t len)
{
	void *memory = host_guest_pointer(sim_of(port)->host, guest, len);

	if (!memory)
		return -EFAULT;
	memcpy(memory, buf, len);
	return 0;
}

static const char *port_state(struct port *port)
{
	struct sim *sim = sim_of(port);
	const struct subchannel *sch = host_subchannel(sim->host, sim->sid);

	return sch && sch->driver ? sim->state : "UNBOUND";
}

static int change_device(struct sim *sim,
			 int (*change)(struct machine *m, u32 sid))
{
	int ret = change(sim->machine, sim->sid);

	if (ret || !host_subchannel(sim->host, sim->sid))
		return ret;
	return host_sch_event(sim->host, sim->sid);
}

static const enum machine_insn sim_instructions[] = {
	[PORT_SSCH] = MACHINE_SSCH, [PORT_TSCH] = MACHINE_TSCH,
	[PORT_STSCH] = MACHINE_STSCH, [PORT_MSCH] = MACHINE_MSCH,
	[PORT_HSCH] = MACHINE_HSCH, [PORT_CSCH] = MACHINE_CSCH,
	[PORT_RSCH] = MACHINE_RSCH, [PORT_XSCH] = MACHINE_XSCH,
	[PORT_TPI] = MACHINE_TPI, [PORT_STCRW] = MACHINE_STCRW,
	[PORT_RCHP] = MACHINE_RCHP, [PORT_SCHM] = MACHINE_SCHM,
	[PORT_SAL] = MACHINE_SAL, [PORT_CHSC] = MACHINE_CHSC,
};

static int force_cc(struct sim *sim, enum port_instruction insn,
		    unsigned int cc)
{
	return machine_next_cc(sim->machine, sim->sid, sim_instructions[insn],
			       cc);
}

static int port_misbehave(struct port *port, const struct port_manner *manner)
{
	return dev_unruly_behave(sim_of(port)->unruly, manner);
}

static int port_type(struct port *port, const char *text)
{
	struct sim *sim = sim_of(port);

	called(sim, "operator", "device", "types", trace_text("text", text));
	if (!sim->type->type)
		return returned(sim, "operator", -EOPNOTSUPP);
	return returned(sim, "operator", sim->type->type(sim->device, text));
}

static int port_press(struct port *port, const char *key)
{
	struct sim *sim = sim_of(port);

	called(sim, "operator", "device", "presses", trace_text("key", key));
	return returned(sim, "operator",
			sim_device_press(sim->type, sim->device, key));
}

static int port_look(struct port *port, unsigned int line, char text[PORT_LINE])
{
	struct sim *sim = sim_of(port);

	if (!sim->type->line)
		return -EOPNOTSUPP;
	return sim->type->line(sim->device, line, text) ? 0 : -ENOENT;
}

/* The first of a device's keys asks for attention. */
static int press_attention(struct sim *sim)
{
	const struct sim_device_key *key = sim->type->keys;

	return key ? key->press(sim->device, key->value) : -EOPNOTSUPP;
}

static int fail(struct sim *sim, enum host_fault kind, unsigned int nth)
{
	host_fault_arm(sim->host, kind, nth);
	return 0;
}

static int change_path(struct sim *sim, bool on)
{
	int ret = machine_set_path(sim->machine, sim->sid, 0xff, on);

	return ret ?: host_chp_event(sim->host, CHPID,
				     on ? CHP_ONLINE : CHP_OFFLINE);
}

static int port_provoke(struct port *port, enum port_fault fault,
			enum port_instruction insn, unsigned int n)
{
	struct sim *sim = sim_of(port);

	switch (fault) {
	case PORT_DEVICE_ATTENTION:
		return press_attention(sim);
	case PORT_NEXT_CC:
		return force_cc(sim, insn, n);
	case PORT_DEVICE_GONE:
		return change_device(sim, machine_detach);
	case PORT_DEVICE_BACK:
		return change_device(sim, machine_reattach);
	case PORT_PATH_OFF:
	case PORT_PATH_ON:
		return change_path(sim, fault == PORT_PATH_ON);
	case PORT_FAIL_ALLOC:
		return fail(sim, HOST_FAULT_ALLOC, n);
	case PORT_FAIL_PIN:
		return fail(sim, HOST_FAULT_PIN, n);
	case PORT_FAIL_COPY:
		return fail(sim, HOST_FAULT_COPY, n);
	case PORT_FAIL_FETCH:
		return fail(sim, HOST_FAULT_GUEST, n);
	default:
		return port_misbehave(port, &(struct port_manner){
			.fault = fault });
	}
}

struct crew {
	unsigned int left;		/* that are not over */
	struct waitq waiter;
};

struct hand {
	const struct port_task *task;
	struct crew *crew;
};

static void lend_a_hand(void *arg)
{
	const struct hand *hand = arg;

	hand->task->fn(hand->task->arg);
	if (!--hand->crew->left)
		sched_wake_all(&hand->crew->waiter);
}

#define MAX_HANDS	16

static int port_together(struct port *port, const struct port_task *tasks,
			 size_t n)
{
	struct sched *sched = sim_of(port)->sched;
	struct hand hands[MAX_HANDS];
	struct crew crew = { .left = 0 };
	size_t i;

	for (i = 0; i < n && i < MAX_HANDS; i++) {
		hands[i] = (struct hand){ &tasks[i], &crew };
		if (!sched_spawn(sched, tasks[i].name, lend_a_hand, &hands[i]))
			break;
		crew.left++;
	}
	while (crew.left)
		sched_block(sched, &crew.waiter, SCHED_FOREVER);
	return i < n ? -ENOMEM : 0;
}

static struct cpu processor(struct sim *sim, u8 iscs)
{
	sim->bare = true;
	return (struct cpu){ .machine = sim->machine, .iscs = iscs,
			     .storage = sim_bare_storage, .ctx = sim };
}

static int port_execute(struct port *port, const struct port_execution *what)
{
	struct sim *sim = sim_of(port);
	struct cpu cpu = processor(sim, what->iscs);

	cpu.gr1 = what->of_device ? sim->sid : what->register_1;
	cpu.gr2 = what->register_2;
	cpu.problem = what->problem;
	return cpu_execute(&cpu, sim_instructions[what->insn], what->operand);
}

static int port_interrupt(struct port *port, u8 iscs, __be32 code[3])
{
	struct cpu cpu = processor(sim_of(port), iscs);
	struct machine_interruption taken;

	if (!cpu_interrupt(&cpu, &taken))
		return 0;
	memcpy(code, taken.word, sizeof(taken.word));
	return 1;
}

static const struct port_ops calls = {
	.bind = port_bind, .unbind = port_unbind,
	.create = port_create, .remove = port_remove,
	.vary = port_vary, .shutdown = port_shutdown,
	.open = port_open, .close = port_close,
	.ioctl = port_ioctl, .pread = port_pread, .pwrite = port_pwrite,
	.map = port_map, .unmap = port_unmap,
	.event_create = port_event_create, .event_wait = port_event_wait,
	.event_close = port_event_close,
	.load = port_load, .store = port_store,
	.state = port_state, .provoke = port_provoke,
	.misbehave = port_misbehave, .together = port_together,
	.type = port_type, .press = port_press, .look = port_look,
	.execute = port_execute, .interrupt = port_interrupt,
};

static unsigned long operator_offer(const struct sim *sim)
{
	return sim->type->keys || sim->type->line ? BIT(PORT_OPERATOR) : 0;
}

struct port *sim_port(struct sim *sim)
{
	sim->port = (struct sim_port){
		.port = { .ops = &calls, .home = "simulator",
			  .offers = sim->type->offers | BIT(PORT_SIMULATOR) |
				    BIT(PORT_HOLD) | BIT(PORT_FAULTS) |
				    BIT(PORT_STATE) | BIT(PORT_TASKS) |
				    BIT(PORT_BARE) | operator_offer(sim) |
				    (sim->seed ? 0 : BIT(PORT_ORDER)) },
		.sim = sim,
	};
	return &sim->port.port;
}
