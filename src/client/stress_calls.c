// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>
#include <vfio_ccw_ext.h>

#include "port.h"
#include "stress_calls.h"

u32 stress_random(struct stress_worker *worker, u32 bound)
{
	worker->random = worker->random * 6364136223846793005ULL +
			 1442695040888963407ULL;
	return (worker->random >> 33) % bound;
}

/* Write the I/O region with this function and ORB. */
static int write_request(struct stress_worker *worker, u32 function,
			 const struct ccw_orb *orb)
{
	struct ccw_scsw scsw = { { cpu_to_be32(function) } };
	struct ccw_io_region region = { 0 };
	int ret;

	memcpy(region.orb_area, orb, sizeof(region.orb_area));
	memcpy(region.scsw_area, &scsw, sizeof(region.scsw_area));
	ret = vmm_write(&worker->vmm, VMM_IO, &region, sizeof(region), 0);
	return ret == sizeof(region) ? 0 : ret < 0 ? ret : -EIO;
}

static int start(struct stress_worker *worker)
{
	struct ledger *ledger = &worker->life->ledger;
	const u32 slot = worker->first + worker->next % worker->slots;
	const char *wrong;
	struct ccw_orb orb;
	int ret;

	if (ledger->slot[slot].state == SLOT_STARTED && ledger->steady)
		return STRESS_NOT_MADE;
	orb = ledger_program(ledger, worker->port, slot,
			     stress_random(worker, 0x10));
	if (!ledger_start(ledger, slot))
		return STRESS_NOT_MADE;
	ret = write_request(worker, SCSW0_FC_START, &orb);
	wrong = ledger_started(ledger, slot, ret);
	if (wrong)
		worker->wrong(worker, wrong);
	worker->next += !ret;
	return ret;
}

static int ask_nothing(struct stress_worker *worker)
{
	return write_request(worker, 0, &(struct ccw_orb){ 0 });
}

static int halt_by_io(struct stress_worker *worker)
{
	return write_request(worker, SCSW0_FC_HALT, &(struct ccw_orb){ 0 });
}

static int start_transport(struct stress_worker *worker)
{
	const struct ccw_orb orb = { {
		0, cpu_to_be32(ORB1_B | ORB1_LPM),
		cpu_to_be32(LEDGER_PROGRAMS),
	} };

	return write_request(worker, SCSW0_FC_START, &orb);
}

static int start_too_long(struct stress_worker *worker)
{
	static const u8 nop[8] = { 0x03, (CCW0_CC | CCW0_SLI) >> 16, 0, 1 };
	const struct ccw_orb orb = { {
		0, cpu_to_be32(ORB1_F | ORB1_P | ORB1_LPM),
		cpu_to_be32(STRESS_LONG),
	} };

	for (u32 i = 0; i < STRESS_PIECE; i += sizeof(nop))
		worker->port->ops->store(worker->port, STRESS_LONG + i, nop,
					 sizeof(nop));
	return write_request(worker, SCSW0_FC_START, &orb);
}

int stress_read_result(struct stress_worker *worker, unsigned int timeout_ms)
{
	struct port *port = worker->port;
	struct stress_life *life = worker->life;
	struct ccw_io_region region;
	struct ccw_irb irb;
	const char *wrong;
	u64 horizon;
	ssize_t ret;

	ret = port->ops->event_wait(port, life->results, timeout_ms);
	if (ret <= 0 && (life->ledger.steady || !timeout_ms))
		return ret == -EAGAIN ? 0 : ret;
	horizon = life->ledger.horizon;
	ret = vmm_read(&worker->vmm, VMM_IO, &region, sizeof(region), 0);
	if (ret != sizeof(region))
		return ret < 0 ? ret : -EIO;
	memcpy(&irb, region.irb_area, sizeof(irb));
	wrong = ledger_result(&life->ledger, port, &irb, horizon);
	if (wrong)
		{
			char text[160];

			snprintf(text, sizeof(text), "result %08x %08x %08x: %s",
				 be32_to_cpu(irb.scsw.word[0]), be32_to_cpu(irb.scsw.word[1]),
				 be32_to_cpu(irb.scsw.word[2]), wrong);
			worker->wrong(worker, text);
		}
	return 1;
}

static int read_result(struct stress_worker *worker)
{
	return stress_read_result(worker, stress_random(worker, 3));
}

static int command(struct stress_worker *worker, u32 command)
{
	struct ccw_cmd_region region = { .command = command };
	int ret;

	ret = vmm_write(&worker->vmm, VMM_ASYNC, &region, sizeof(region), 0);
	return ret == sizeof(region) ? 0 : ret < 0 ? ret : -EIO;
}

static int halt(struct stress_worker *worker)
{
	return command(worker, VFIO_CCW_ASYNC_CMD_HSCH);
}

static int clear(struct stress_worker *worker)
{
	return command(worker, VFIO_CCW_ASYNC_CMD_CSCH);
}

static int resume(struct stress_worker *worker)
{
	return command(worker, VFIO_CCW_CMD_RSCH);
}

static int cancel(struct stress_worker *worker)
{
	return command(worker, VFIO_CCW_CMD_XSCH);
}

static int unknown_command(struct stress_worker *worker)
{
	return command(worker, 0x10 << stress_random(worker, 28));
}

static int read_schib(struct stress_worker *worker)
{
	struct ccw_schib schib;
	int ret = vmm_schib(&worker->vmm, &schib);

	if (!ret && be32_to_cpu(schib.scsw.word[1]) >= PORT_GUEST_MEMORY)
		worker->wrong(worker, "the SCHIB has a host's CCW address");
	return ret;
}

static int read_command(struct stress_worker *worker)
{
	struct ccw_cmd_region region;

	return vmm_read(&worker->vmm, VMM_ASYNC, &region, sizeof(region), 0);
}

static int read_report(struct stress_worker *worker)
{
	struct ccw_crw_region region;

	return vmm_read(&worker->vmm, VMM_CRW, &region, sizeof(region), 0);
}

#define NOWHERE	((void *)8UL)

static int write_read_only(struct stress_worker *worker)
{
	u8 bytes[sizeof(struct ccw_schib)] = { 0 };
	const bool schib = stress_random(worker, 2);

	return vmm_write(&worker->vmm, schib ? VMM_SCHIB : VMM_CRW, bytes,
			 schib ? sizeof(struct ccw_schib_region) :
			 sizeof(struct ccw_crw_region), 0);
}

static int read_part(struct stress_worker *worker)
{
	u8 bytes[sizeof(struct ccw_io_region)];

	return vmm_read(&worker->vmm, stress_random(worker, VMM_REGIONS),
			bytes, stress_random(worker, 8) | 1,
			stress_random(worker, 256));
}

static int write_nowhere(struct stress_worker *worker)
{
	u8 bytes[sizeof(struct ccw_io_region)] = { 0 };
	const u64 offset = (u64)stress_random(worker, 1U << 31) << 33;

	return worker->port->ops->pwrite(worker->port, bytes, sizeof(bytes),
					 offset | BIT(12));
}

static int read_to_nowhere(struct stress_worker *worker)
{
	return vmm_read(&worker->vmm, VMM_ASYNC, NOWHERE,
			sizeof(struct ccw_cmd_region), 0);
}

static int write_from_nowhere(struct stress_worker *worker)
{
	return vmm_write(&worker->vmm, VMM_IO, NOWHERE,
			 sizeof(struct ccw_io_region), 0);
}

static int ask(struct stress_worker *worker, unsigned long request, void *arg)
{
	return worker->port->ops->ioctl(worker->port, request, arg);
}

static int device_info(struct stress_worker *worker)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };

	return ask(worker, VFIO_DEVICE_GET_INFO, &info);
}

static int region_info(struct stress_worker *worker)
{
	u8 room[128] = { 0 };
	struct vfio_region_info info = {
		.argsz = sizeof(info) + 8 * stress_random(worker, 12),
		.index = stress_random(worker, VMM_REGIONS),
	};

	memcpy(room, &info, sizeof(info));
	return ask(worker, VFIO_DEVICE_GET_REGION_INFO, room);
}

static int no_such_region(struct stress_worker *worker)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VMM_REGIONS + stress_random(worker, INT_MAX),
	};

	return ask(worker, VFIO_DEVICE_GET_REGION_INFO, &info);
}

static int short_question(struct stress_worker *worker)
{
	struct vfio_device_info info = { .argsz = stress_random(worker, 16) };

	return ask(worker, VFIO_DEVICE_GET_INFO, &info);
}

static int question_nowhere(struct stress_worker *worker)
{
	return ask(worker, stress_random(worker, 2) ? VFIO_DEVICE_GET_INFO :
		   VFIO_DEVICE_SET_IRQS, NOWHERE);
}

static int unknown_question(struct stress_worker *worker)
{
	return ask(worker, _IO(VFIO_TYPE, VFIO_BASE + 99), NULL);
}

static int reset(struct stress_worker *worker)
{
	struct ledger *ledger = &worker->life->ledger;
	const u64 began = ledger_now(ledger);
	int ret = ask(worker, VFIO_DEVICE_RESET, NULL);

	if (!ret)
		ledger_reset(ledger, began);
	return ret;
}

static u32 some_interrupt(struct stress_worker *worker)
{
	return worker->life->ledger.steady ? VFIO_CCW_CRW_IRQ_INDEX :
	       stress_random(worker, 2);
}

static int arm(struct stress_worker *worker)
{
	return vmm_irq(&worker->vmm, some_interrupt(worker), true);
}

static int disarm(struct stress_worker *worker)
{
	return vmm_irq(&worker->vmm, some_interrupt(worker), false);
}

/* VFIO_DEVICE_SET_IRQS with one word of data. */
static int set_irqs(struct stress_worker *worker, u32 flags, u32 index,
		    u32 count, s32 data)
{
	union {
		struct vfio_irq_set set;
		u8 space[sizeof(struct vfio_irq_set) + sizeof(data)];
	} arg = { .set = {
		.argsz = sizeof(arg), .index = index, .count = count,
		.flags = VFIO_IRQ_SET_ACTION_TRIGGER | flags,
	} };

	memcpy(arg.set.data, &data, sizeof(data));
	return ask(worker, VFIO_DEVICE_SET_IRQS, &arg);
}

static int trigger(struct stress_worker *worker)
{
	return set_irqs(worker, VFIO_IRQ_SET_DATA_NONE,
			some_interrupt(worker), 1, 0);
}

static int too_many_interrupts(struct stress_worker *worker)
{
	return set_irqs(worker, VFIO_IRQ_SET_DATA_EVENTFD,
			stress_random(worker, VFIO_CCW_NUM_IRQS),
			2 + stress_random(worker, INT_MAX), -1);
}

static int no_such_interrupt(struct stress_worker *worker)
{
	return set_irqs(worker, VFIO_IRQ_SET_DATA_NONE,
			VFIO_CCW_NUM_IRQS + stress_random(worker, INT_MAX), 1,
			0);
}

static int no_such_file(struct stress_worker *worker)
{
	return set_irqs(worker, VFIO_IRQ_SET_DATA_EVENTFD,
			some_interrupt(worker), 1, INT_MAX);
}

/* Take a piece that no program uses. Return it, or STRESS_NOT_MADE. */
static int take_piece(struct stress_worker *worker)
{
	const u32 piece = STRESS_SPARE +
			  stress_random(worker, STRESS_PIECES - STRESS_SPARE);

	return atomic_exchange(&worker->life->unmapped[piece], true) ?
	       STRESS_NOT_MADE : (int)piece;
}

/* Unmap a piece that has been taken, map it and give it back. */
static int unmap_and_map_piece(struct stress_worker *worker, u32 piece)
{
	struct port *port = worker->port;
	const u64 at = (u64)piece * STRESS_PIECE;
	int ret;

	ret = port->ops->unmap(port, at, STRESS_PIECE);
	if (stress_random(worker, 2))
		usleep(stress_random(worker, 1000));
	if (!ret)
		ret = port->ops->map(port, at, STRESS_PIECE, false);
	worker->life->unmapped[piece] = false;
	return ret;
}

static int unmap_and_map(struct stress_worker *worker)
{
	const int piece = take_piece(worker);

	return piece < 0 ? piece : unmap_and_map_piece(worker, piece);
}

static int pull_memory(struct stress_worker *worker)
{
	const u32 piece = (stress_random(worker, 2) ? LEDGER_PROGRAMS :
			   LEDGER_BUFFERS) / STRESS_PIECE;

	if (atomic_exchange(&worker->life->unmapped[piece], true))
		return STRESS_NOT_MADE;
	return unmap_and_map_piece(worker, piece);
}

static int map_twice(struct stress_worker *worker)
{
	const int piece = take_piece(worker);
	int ret;

	if (piece < 0)
		return piece;
	ret = worker->port->ops->map(worker->port, (u64)piece * STRESS_PIECE,
				     STRESS_PIECE, false);
	worker->life->unmapped[piece] = false;
	return ret;
}

static int unmap_half(struct stress_worker *worker)
{
	const int piece = take_piece(worker);
	int ret;

	if (piece < 0)
		return piece;
	ret = worker->port->ops->unmap(worker->port,
				       (u64)piece * STRESS_PIECE,
				       STRESS_PIECE / 2);
	worker->life->unmapped[piece] = false;
	return ret;
}

static int open_again(struct stress_worker *worker)
{
	return worker->port->ops->open(worker->port);
}

static int lend_again(struct stress_worker *worker)
{
	return worker->port->ops->create(worker->port);
}

static int pause_a_while(struct stress_worker *worker)
{
	usleep(stress_random(worker, 2000));
	return 0;
}

const struct stress_call stress_calls[] = {
	{ "start", STRESS_START, 30, 30, start,
	  { STRESS_OK, -EBUSY }, { -EIO },
	  "one program at a time; memory being unmapped; reset not done" },
	{ "read a result", STRESS_START, 0, 10, read_result,
	  { STRESS_OK }, { 0 }, "reading always works" },
	{ "ask for nothing", STRESS_START, 1, 1, ask_nothing,
	  { -EINVAL }, { 0 }, "there was no request" },
	{ "halt by the I/O region", STRESS_START, 1, 1, halt_by_io,
	  { -EOPNOTSUPP }, { 0 }, "the command region is for that" },
	{ "start transport mode", STRESS_START, 1, 1, start_transport,
	  { -EOPNOTSUPP, -EBUSY }, { -EIO }, "the translator has none" },
	{ "start too much", STRESS_START, 1, 1, start_too_long,
	  { -E2BIG, -EBUSY }, { -EIO }, "at most 4096 CCWs" },

	{ "halt", STRESS_ASYNC, 0, 5, halt,
	  { STRESS_OK, -EBUSY, -EIO }, { 0 },
	  "halt or clear pending; on its way down; reset not done" },
	{ "clear", STRESS_ASYNC, 0, 5, clear,
	  { STRESS_OK, -EBUSY, -EIO }, { 0 },
	  "on its way down; reset not done" },
	{ "resume", STRESS_ASYNC, 0, 2, resume,
	  { STRESS_OK, -EINVAL, -EBUSY, -EIO }, { 0 },
	  "no program; status pending; reset not done" },
	{ "cancel", STRESS_ASYNC, 0, 2, cancel,
	  { STRESS_OK, -EINVAL, -EBUSY, -EIO }, { 0 },
	  "no program, or it has begun; status pending; reset not done" },
	{ "unknown command", STRESS_ASYNC, 1, 1, unknown_command,
	  { -EINVAL }, { 0 }, "wrong in any state" },

	{ "read the SCHIB", STRESS_REGION, 5, 3, read_schib,
	  { STRESS_OK }, { 0 }, "the machine can always be asked" },
	{ "read the command", STRESS_REGION, 2, 1, read_command,
	  { STRESS_OK }, { 0 }, "reading always works" },
	{ "read a report", STRESS_REGION, 2, 1, read_report,
	  { STRESS_OK }, { 0 }, "zeros if there is none" },
	{ "write what is read-only", STRESS_REGION, 1, 1, write_read_only,
	  { -EINVAL }, { 0 }, "the region's flags say so" },
	{ "read a part", STRESS_REGION, 1, 1, read_part,
	  { -EINVAL }, { 0 }, "a region or nothing" },
	{ "write to nowhere", STRESS_REGION, 1, 1, write_nowhere,
	  { -EINVAL }, { 0 }, "no region is there" },
	{ "read into no memory", STRESS_REGION, 1, 1, read_to_nowhere,
	  { -EFAULT }, { 0 }, "the buffer is not there" },
	{ "write from no memory", STRESS_REGION, 1, 1, write_from_nowhere,
	  { -EFAULT }, { 0 }, "the buffer is not there" },
	{ "ask for the device", STRESS_REGION, 1, 1, device_info,
	  { STRESS_OK }, { 0 }, "the same in every state" },
	{ "ask for a region", STRESS_REGION, 2, 1, region_info,
	  { STRESS_OK }, { 0 }, "the same in every state" },
	{ "ask for no region", STRESS_REGION, 1, 1, no_such_region,
	  { -EINVAL }, { 0 }, "there are four" },
	{ "ask with too little room", STRESS_REGION, 1, 1, short_question,
	  { -EINVAL }, { 0 }, "argsz is too small" },
	{ "ask without memory", STRESS_REGION, 1, 1, question_nowhere,
	  { -EFAULT }, { 0 }, "the structure is not there" },
	{ "ask what is not asked", STRESS_REGION, 1, 1, unknown_question,
	  { -ENOTTY }, { 0 }, "no such ioctl" },

	{ "arm an interrupt", STRESS_IRQ, 3, 3, arm,
	  { STRESS_OK }, { 0 }, "a new eventfd in place of another" },
	{ "disarm an interrupt", STRESS_IRQ, 2, 1, disarm,
	  { STRESS_OK }, { 0 }, "even if it was not armed" },
	{ "trigger an interrupt", STRESS_IRQ, 1, 1, trigger,
	  { STRESS_OK }, { 0 }, "even if it is not armed" },
	{ "arm several", STRESS_IRQ, 1, 1, too_many_interrupts,
	  { -EINVAL }, { 0 }, "each index has one signal" },
	{ "trigger no interrupt", STRESS_IRQ, 1, 1, no_such_interrupt,
	  { -EINVAL }, { 0 }, "there are three" },
	{ "arm with no file", STRESS_IRQ, 1, 1, no_such_file,
	  { -EBADF }, { 0 }, "no such descriptor" },

	{ "reset", STRESS_RESET, 0, 4, reset,
	  { STRESS_OK, -EBUSY }, { 0 },
	  "somebody else is bringing it down again" },

	{ "unmap and map", STRESS_MEMORY, 3, 2, unmap_and_map,
	  { STRESS_OK }, { 0 }, "no program uses it" },
	{ "map twice", STRESS_MEMORY, 1, 1, map_twice,
	  { -EEXIST }, { 0 }, "VFIO's: it is mapped" },
	{ "unmap a half", STRESS_MEMORY, 1, 1, unmap_half,
	  { -EINVAL, -ENOENT }, { 0 }, "VFIO's, and iommufd's: all or none" },

	{ "pull memory", STRESS_PULL, 0, 3, pull_memory,
	  { STRESS_OK }, { 0 }, "whatever runs is ended before" },

	{ "open it again", STRESS_LIFE, 1, 1, open_again,
	  { -EBUSY, -ENOENT, -ENODEV }, { 0 },
	  "VFIO's: a group is open once; being removed" },
	{ "lend it again", STRESS_LIFE, 1, 1, lend_again,
	  { -EUSERS, -ENOENT, -ENODEV }, { 0 },
	  "mdev's: one device for one subchannel; being unbound" },
	{ "pause", STRESS_LIFE, 5, 5, pause_a_while,
	  { STRESS_OK }, { 0 }, "nothing is asked" },
};

const unsigned int stress_nr_calls =
	sizeof(stress_calls) / sizeof(stress_calls[0]);

static unsigned int weight(const struct stress_call *call,
			   const struct stress_life *life)
{
	if (call->group != STRESS_START && !(life->groups & BIT(call->group)))
		return 0;
	return life->ledger.steady ? call->steady : call->rough;
}

const struct stress_call *stress_choose(struct stress_worker *worker)
{
	const struct stress_life *life = worker->life;
	unsigned int i, sum = 0, chosen;

	for (i = 0; i < stress_nr_calls; i++)
		sum += weight(&stress_calls[i], life);
	chosen = stress_random(worker, sum);
	for (i = 0; chosen >= weight(&stress_calls[i], life); i++)
		chosen -= weight(&stress_calls[i], life);
	return &stress_calls[i];
}

static bool listed(const int list[4], int answer)
{
	for (unsigned int i = 0; i < 4 && list[i]; i++) {
		if (list[i] == answer)
			return true;
	}
	return false;
}

bool stress_may(const struct stress_call *call, const struct stress_life *life,
		int answer)
{
	const int what = answer >= 0 ? STRESS_OK : answer;

	return answer == STRESS_NOT_MADE || listed(call->may, what) ||
	       (!life->ledger.steady && listed(call->may_rough, what)) ||
	       (life->faults && answer == -ENOMEM);
}
