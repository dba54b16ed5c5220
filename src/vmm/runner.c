// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bitfield.h>
#include <linux/vfio.h>
#include <linux/vfio_ccw.h>

#include "port.h"
#include "runner.h"
#include "scenario.h"
#include "vfio_ccw_ext.h"
#include "vmm.h"

struct stage {
	struct vmm vmm;
	bool bound, created, varied;	/* to be undone at the end */
};

struct play {
	struct runner *runner;
	struct port *port;
	const struct scenario *scenario;
	const struct scenario_step *step;
	struct stage *stage;
	u32 orb_word1;			/* flags, format, key, paths */
	u32 intparm;
	struct ccw_irb irb;		/* the last status fetched */
	struct ccw_schib schib;		/* the last subchannel stored */
	struct ccw_crw crw;		/* the last channel report */
	char got[512];			/* for the line that fails */
	u8 iscs_off;			/* subclasses that the cpu has disabled */
	__be32 code[3];			/* of the last interruption */
};

static int note(bool *done, bool value, int ret)
{
	if (!ret)
		*done = value;
	return ret;
}

static int admin_bind(struct play *play)
{
	return note(&play->stage->bound, true, play->port->ops->bind(play->port));
}

static int admin_unbind(struct play *play)
{
	return note(&play->stage->bound, false, play->port->ops->unbind(play->port));
}

static int admin_create(struct play *play)
{
	return note(&play->stage->created, true,
		    play->port->ops->create(play->port));
}

static int admin_remove(struct play *play)
{
	return note(&play->stage->created, false,
		    play->port->ops->remove(play->port));
}

static u64 argument(const struct play *play, enum scenario_field field)
{
	return play->step->args.value[field];
}

static int admin_vary(struct play *play)
{
	bool on = argument(play, FIELD_SWITCH);

	return note(&play->stage->varied, !on,
		    play->port->ops->vary(play->port, on));
}

static int admin_shutdown(struct play *play)
{
	return play->port->ops->shutdown(play->port);
}

static int monitor_halt(struct play *play)
{
	return vmm_async(&play->stage->vmm, VFIO_CCW_ASYNC_CMD_HSCH);
}

static int monitor_clear(struct play *play)
{
	return vmm_async(&play->stage->vmm, VFIO_CCW_ASYNC_CMD_CSCH);
}

static int monitor_resume(struct play *play)
{
	return vmm_async(&play->stage->vmm, VFIO_CCW_CMD_RSCH);
}

static int monitor_cancel(struct play *play)
{
	return vmm_async(&play->stage->vmm, VFIO_CCW_CMD_XSCH);
}

static unsigned int patience(const struct play *play)
{
	if (play->step->anything)
		return 20;
	return play->step->expect.value[FIELD_NONE] ? 100 : 5000;
}

static int monitor_interrupt(struct play *play)
{
	return vmm_interrupt(&play->stage->vmm, patience(play), &play->irb);
}

static int monitor_crw(struct play *play)
{
	return vmm_crw(&play->stage->vmm, patience(play), &play->crw);
}

static int monitor_schib(struct play *play)
{
	return vmm_schib(&play->stage->vmm, &play->schib);
}

static int let_pass(struct play *play, unsigned int milliseconds)
{
	struct port *port = play->port;
	int fd = port->ops->event_create(port);
	int ret;

	if (fd < 0)
		return fd;
	ret = port->ops->event_wait(port, fd, milliseconds);
	port->ops->event_close(port, fd);
	return ret;
}

static int monitor_wait(struct play *play)
{
	return let_pass(play, argument(play, FIELD_TIME));
}

static int monitor_map(struct play *play)
{
	return play->port->ops->map(play->port, argument(play, FIELD_ADDRESS),
				    argument(play, FIELD_SIZE),
				    argument(play, FIELD_READ_ONLY));
}

static int monitor_unmap(struct play *play)
{
	return play->port->ops->unmap(play->port,
				      argument(play, FIELD_ADDRESS),
				      argument(play, FIELD_SIZE));
}

static struct ccw_orb orb_for(const struct play *play)
{
	return (struct ccw_orb){ {
		cpu_to_be32(play->intparm),
		cpu_to_be32(play->orb_word1),
		cpu_to_be32(argument(play, FIELD_ADDRESS)),
	} };
}

static int monitor_start(struct play *play)
{
	struct ccw_orb orb = orb_for(play);

	return vmm_start(&play->stage->vmm, &orb);
}

static size_t region_size(const struct play *play)
{
	u64 region = argument(play, FIELD_REGION);

	if (play->step->args.given & BIT_ULL(FIELD_SIZE))
		return argument(play, FIELD_SIZE);
	return region < VMM_REGIONS ? play->stage->vmm.region[region].size : 4;
}

static int whole(ssize_t moved, size_t size)
{
	if (moved < 0)
		return moved;
	return (size_t)moved == size ? 0 : -EIO;
}

static void *somewhere(const struct play *play, void *buf)
{
	return argument(play, FIELD_NOWHERE) ? NULL : buf;
}

static int monitor_read(struct play *play)
{
	u8 buf[4096];
	size_t size = region_size(play);

	return whole(vmm_read(&play->stage->vmm, argument(play, FIELD_REGION),
			      somewhere(play, buf), size,
			      argument(play, FIELD_OFFSET)), size);
}

static int monitor_write(struct play *play)
{
	u8 buf[4096] = { 0 };
	size_t size = region_size(play);

	return whole(vmm_write(&play->stage->vmm, argument(play, FIELD_REGION),
			       somewhere(play, buf), size,
			       argument(play, FIELD_OFFSET)), size);
}

static int monitor_request(struct play *play)
{
	struct ccw_scsw scsw = {
		{ cpu_to_be32(argument(play, FIELD_CONTROL)) }
	};
	struct ccw_io_region region = { 0 };

	memcpy(region.scsw_area, &scsw, sizeof(region.scsw_area));
	return whole(vmm_write(&play->stage->vmm, VMM_IO, &region, sizeof(region), 0),
		     sizeof(region));
}

static int monitor_command(struct play *play)
{
	return vmm_async(&play->stage->vmm, argument(play, FIELD_MASK));
}

static int monitor_arm(struct play *play)
{
	return vmm_irq(&play->stage->vmm, argument(play, FIELD_IRQ), true);
}

static int monitor_disarm(struct play *play)
{
	return vmm_irq(&play->stage->vmm, argument(play, FIELD_IRQ), false);
}

static u64 argument_or(const struct play *play, enum scenario_field field,
		       u64 otherwise)
{
	bool given = play->step->args.given & BIT_ULL(field);

	return given ? argument(play, field) : otherwise;
}

static int call(struct play *play, unsigned long request, void *arg)
{
	return play->port->ops->ioctl(play->port, request,
				      somewhere(play, arg));
}

static int monitor_irqs(struct play *play)
{
	u32 data = argument(play, FIELD_DATA_WORD);
	union {
		struct vfio_irq_set set;
		u8 space[256];
	} arg = { .set = {
		.argsz = argument_or(play, FIELD_ARGSZ,
				     sizeof(arg.set) + sizeof(data)),
		.flags = argument(play, FIELD_IRQ_FLAGS),
		.index = argument(play, FIELD_INDEX),
		.start = argument(play, FIELD_START),
		.count = argument_or(play, FIELD_COUNT, 1),
	} };

	if (arg.set.flags & VFIO_IRQ_SET_DATA_BOOL)
		arg.set.data[0] = data;
	else
		memcpy(arg.set.data, &data, sizeof(data));
	return call(play, VFIO_DEVICE_SET_IRQS, &arg);
}

static int monitor_info(struct play *play)
{
	union {
		struct vfio_region_info info;
		u8 space[256];
	} arg = { .info = {
		.argsz = argument_or(play, FIELD_ARGSZ, sizeof(arg.info)),
		.index = argument(play, FIELD_INDEX),
	} };

	return call(play, argument(play, FIELD_REQUEST), &arg);
}

static int monitor_ioctl(struct play *play)
{
	return call(play, argument(play, FIELD_REQUEST), NULL);
}

static void build_ccw(const struct play *play, __be32 ccw[2])
{
	u32 command = argument(play, FIELD_COMMAND);
	u32 flags = argument(play, FIELD_CCW);
	u32 count = argument(play, FIELD_COUNT);
	u32 data = argument(play, FIELD_DATA);

	if (play->orb_word1 & ORB1_F) {
		ccw[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, command) | flags |
				     count);
		ccw[1] = cpu_to_be32(data);
	} else {
		ccw[0] = cpu_to_be32(FIELD_PREP(CCW0_CMD, command) |
				     (data & GENMASK(23, 0)));
		ccw[1] = cpu_to_be32(flags << 8 | count);
	}
}

static int guest_ccw(struct play *play)
{
	u64 at = argument(play, FIELD_ADDRESS);
	u64 times = argument_or(play, FIELD_TIMES, 1);
	__be32 ccw[2];
	int ret = 0;

	build_ccw(play, ccw);
	for (; !ret && times--; at += sizeof(ccw))
		ret = play->port->ops->store(play->port, at, ccw, sizeof(ccw));
	return ret;
}

static int guest_store(struct play *play)
{
	return play->port->ops->store(play->port,
				      argument(play, FIELD_ADDRESS),
				      play->step->args.bytes,
				      play->step->args.nr_bytes);
}

static int guest_idaws(struct play *play)
{
	const struct scenario_values *args = &play->step->args;
	const size_t size = argument(play, FIELD_FORMAT) == 1 ? 4 : 8;
	u64 at = argument(play, FIELD_ADDRESS);
	int ret = 0;

	for (size_t i = 8 - size; !ret && i < args->nr_bytes; i += 8, at += size)
		ret = play->port->ops->store(play->port, at, args->bytes + i,
					     size);
	return ret;
}

static int guest_midaw(struct play *play)
{
	struct ccw_midaw midaw = {
		.word[1] = cpu_to_be32(argument(play, FIELD_CCW) |
				       argument(play, FIELD_COUNT)),
		.address = cpu_to_be64(argument(play, FIELD_DATA)),
	};

	return play->port->ops->store(play->port,
				      argument(play, FIELD_ADDRESS), &midaw,
				      sizeof(midaw));
}

/** The flags of an ORB about which a scenario says nothing. */
#define DEFAULT_FLAGS	(ORB1_P | ORB1_H)

static void shape_orb(struct play *play, const struct scenario_values *say)
{
	u64 format = 1, lpm = 0xff, flags = DEFAULT_FLAGS;

	if (say->given & BIT_ULL(FIELD_FORMAT))
		format = say->value[FIELD_FORMAT];
	if (say->given & BIT_ULL(FIELD_LPM))
		lpm = say->value[FIELD_LPM];
	if (say->given & BIT_ULL(FIELD_ORB))
		flags = say->value[FIELD_ORB];
	play->intparm = say->value[FIELD_INTPARM];
	play->orb_word1 = FIELD_PREP(ORB1_KEY, say->value[FIELD_KEY]) |
			  FIELD_PREP(ORB1_LPM, lpm) | flags |
			  (format ? ORB1_F : 0);
}

static int guest_orb(struct play *play)
{
	shape_orb(play, &play->step->args);
	return 0;
}

static int guest_enable(struct play *play)
{
	struct ccw_schib schib = { 0 };

	schib.pmcw.word[1] = cpu_to_be32(PMCW1_E);
	return vmm_msch(&play->stage->vmm, &schib);
}

static int guest_ssch(struct play *play)
{
	struct ccw_orb orb = orb_for(play);

	return vmm_ssch(&play->stage->vmm, &orb);
}

static int guest_stsch(struct play *play)
{
	struct ccw_schib schib;

	return vmm_stsch(&play->stage->vmm, &schib);
}

static int guest_tsch(struct play *play)
{
	return vmm_tsch(&play->stage->vmm, &play->irb);
}

static int guest_interrupt(struct play *play)
{
	return vmm_serve(&play->stage->vmm, patience(play));
}

static int change_path(struct play *play)
{
	return play->port->ops->provoke(play->port,
					argument(play, FIELD_SWITCH) ?
					PORT_PATH_ON : PORT_PATH_OFF, 0, 0);
}

static int provoke_fault(struct play *play)
{
	static const enum port_fault faults[SCENARIO_ACTIONS] = {
		[DEVICE_HOLD]		= PORT_DEVICE_HOLD,
		[DEVICE_DEAF]		= PORT_DEVICE_DEAF,
		[DEVICE_RELEASE]	= PORT_DEVICE_RELEASE,
		[DEVICE_MODIFY]		= PORT_DEVICE_MODIFY,
		[DEVICE_ATTENTION_KEY]	= PORT_DEVICE_ATTENTION,
		[MACHINE_CC]		= PORT_NEXT_CC,
		[MACHINE_GONE]		= PORT_DEVICE_GONE,
		[MACHINE_BACK]		= PORT_DEVICE_BACK,
	};

	return play->port->ops->provoke(play->port,
					faults[play->step->verb->action],
					argument(play, FIELD_INSTRUCTION),
					argument(play, FIELD_CC));
}

static int fail_call(struct play *play)
{
	return play->port->ops->provoke(play->port, argument(play, FIELD_CALL),
					0, argument(play, FIELD_NTH));
}

static const enum port_fault manners[SCENARIO_ACTIONS] = {
	[DEVICE_SILENT]		= PORT_DEVICE_SILENT,
	[DEVICE_DELAY]		= PORT_DEVICE_DELAY,
	[DEVICE_REFUSE]		= PORT_DEVICE_CHECK,
	[DEVICE_LENGTH]		= PORT_DEVICE_LENGTH,
	[DEVICE_DATA_CHECK]	= PORT_DEVICE_DATA_CHECK,
	[DEVICE_DOUBLE]		= PORT_DEVICE_DOUBLE,
	[DEVICE_RETRY_IT]	= PORT_DEVICE_RETRY,
	[DEVICE_BE_BUSY]	= PORT_DEVICE_BUSY,
	[DEVICE_PRESENT]	= PORT_DEVICE_PRESENT,
};

static int misbehave(struct play *play)
{
	const struct scenario_values *args = &play->step->args;
	struct port_manner manner = {
		.fault = manners[play->step->verb->action],
		.ns = argument(play, FIELD_TIME) * 1000000,
		.bytes = argument(play, FIELD_COUNT),
		.control_unit = argument(play, FIELD_SWITCH),
		.status = FIELD_GET(SCSW2_DSTAT, argument(play, FIELD_STATUS)),
	};

	if (args->nr_bytes > sizeof(manner.sense))
		return -E2BIG;
	if (args->nr_bytes)
		memcpy(manner.sense, args->bytes, args->nr_bytes);
	if (!play->port->ops->misbehave)
		return -EOPNOTSUPP;
	return play->port->ops->misbehave(play->port, &manner);
}

static int operator_type(struct play *play)
{
	const struct port_ops *ops = play->port->ops;
	const char *text = (const char *)play->step->args.bytes;

	return ops->type ? ops->type(play->port, text) : -EOPNOTSUPP;
}

static int operator_press(struct play *play)
{
	const struct port_ops *ops = play->port->ops;
	const char *key = (const char *)play->step->args.bytes;

	return ops->press ? ops->press(play->port, key) : -EOPNOTSUPP;
}

__attribute__((format(printf, 2, 3)))
static void got(struct play *play, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(play->got, sizeof(play->got), format, args);
	va_end(args);
}

static u64 expected(const struct play *play, enum scenario_field field)
{
	return play->step->expect.value[field];
}

static bool stated(const struct play *play, enum scenario_field field)
{
	return play->step->expect.given & BIT_ULL(field);
}

static bool result_holds(struct play *play, int answer)
{
	got(play, "%s", scenario_result_name(-answer));
	return answer == -(int)expected(play, FIELD_RESULT);
}

static bool word_holds(const struct play *play, enum scenario_field field,
		       u32 value)
{
	return !stated(play, field) || value == expected(play, field);
}

static bool scsw_holds(const struct play *play)
{
	const u32 bytes = SCSW2_CSTAT |
			  (stated(play, FIELD_LENIENT) ? 0 : SCSW2_DSTAT);
	const struct ccw_scsw *scsw = &play->irb.scsw;
	u32 control = expected(play, FIELD_CONTROL);

	return (be32_to_cpu(scsw->word[2]) & bytes) ==
		       expected(play, FIELD_STATUS) &&
	       (be32_to_cpu(scsw->word[0]) & control) == control &&
	       word_holds(play, FIELD_CPA, be32_to_cpu(scsw->word[1])) &&
	       word_holds(play, FIELD_RESIDUAL,
			  be32_get_bits(scsw->word[2], SCSW2_COUNT)) &&
	       word_holds(play, FIELD_DEFERRED,
			  be32_get_bits(scsw->word[0], SCSW0_CC)) &&
	       word_holds(play, FIELD_KEY,
			  be32_get_bits(scsw->word[0], SCSW0_KEY)) &&
	       word_holds(play, FIELD_FORMAT,
			  be32_get_bits(scsw->word[0], SCSW0_F));
}

static bool status_holds(struct play *play, int answer)
{
	if (answer > 0)
		scenario_format_status(play->got, sizeof(play->got),
				       &play->irb.scsw);
	else
		got(play, "%s", answer ? scenario_result_name(-answer) :
				"none");
	if (answer < 0 || !answer != stated(play, FIELD_NONE))
		return false;
	return !answer || scsw_holds(play);
}

static bool schib_terms_hold(const struct play *play)
{
	const __be32 *word = play->schib.pmcw.word;

	return word_holds(play, FIELD_VALID,
			  be32_get_bits(word[1], PMCW1_V) ? 1 : 2) &&
	       word_holds(play, FIELD_ENABLED,
			  be32_get_bits(word[1], PMCW1_E) ? 1 : 2) &&
	       word_holds(play, FIELD_PIM, be32_get_bits(word[2], PMCW2_PIM)) &&
	       word_holds(play, FIELD_PAM, be32_get_bits(word[3], PMCW3_PAM)) &&
	       word_holds(play, FIELD_POM, be32_get_bits(word[3], PMCW3_POM)) &&
	       word_holds(play, FIELD_PNOM,
			  be32_get_bits(word[2], PMCW2_PNOM)) &&
	       word_holds(play, FIELD_LPUM, be32_get_bits(word[2], PMCW2_LPUM));
}

static bool schib_holds(struct play *play, int answer)
{
	if (answer) {
		got(play, "%s", scenario_result_name(-answer));
		return false;
	}
	scenario_format_schib(play->got, sizeof(play->got), &play->schib);
	return schib_terms_hold(play);
}

#define CRW_FLAGS	(CRW0_S | CRW0_R | CRW0_C)

static bool crw_terms_hold(const struct play *play)
{
	__be32 word = play->crw.word[0];

	return (be32_to_cpu(word) & CRW_FLAGS) == expected(play, FIELD_CRW) &&
	       word_holds(play, FIELD_SOURCE, be32_get_bits(word, CRW0_RSC)) &&
	       word_holds(play, FIELD_NEWS, be32_get_bits(word, CRW0_ERC)) &&
	       word_holds(play, FIELD_ID, be32_get_bits(word, CRW0_RSID));
}

static bool crw_holds(struct play *play, int answer)
{
	if (answer > 0)
		scenario_format_crw(play->got, sizeof(play->got), &play->crw);
	else
		got(play, "%s", answer ? scenario_result_name(-answer) :
				"none");
	if (answer <= 0 || stated(play, FIELD_NONE))
		return !answer && stated(play, FIELD_NONE);
	return crw_terms_hold(play);
}

static bool cc_holds(struct play *play, int answer)
{
	size_t used;

	got(play, "cc %d", answer);
	if (!word_holds(play, FIELD_CC, answer))
		return false;
	if (!(play->step->expect.given & ~BIT_ULL(FIELD_CC)))
		return true;
	got(play, "cc %d, ", answer);
	used = strlen(play->got);
	scenario_format_status(play->got + used, sizeof(play->got) - used,
			       &play->irb.scsw);
	return scsw_holds(play);
}

static bool delivery_holds(struct play *play, int answer)
{
	got(play, "%s", answer ? "delivered" : "none");
	return (answer ? 0 : 1) == expected(play, FIELD_NONE);
}

static int differ(struct play *play, const u8 *bytes)
{
	const struct scenario_values *expect = &play->step->expect;

	for (size_t i = 0; i < expect->nr_bytes && i < 64; i++)
		snprintf(play->got + 3 * i - !!i, 4, i ? " %02x" : "%02x",
			 bytes[i]);
	return expect->nr_bytes &&
	       memcmp(bytes, expect->bytes, expect->nr_bytes);
}

static int guest_load(struct play *play)
{
	size_t size = play->step->expect.nr_bytes;
	u8 *bytes = malloc(size);
	int ret = -ENOMEM;

	if (bytes)
		ret = play->port->ops->load(play->port,
					    argument(play, FIELD_ADDRESS),
					    bytes, size);
	got(play, "%s", scenario_result_name(-ret));
	if (!ret)
		ret = differ(play, bytes);
	free(bytes);
	return ret;
}

static int ask_for_sense(struct play *play, u64 ccw, u8 *bytes, size_t size)
{
	const __be32 sense[2] = {
		cpu_to_be32(FIELD_PREP(CCW0_CMD, 0x04) | CCW0_SLI | size),
		cpu_to_be32(ccw + sizeof(sense)),
	};
	struct ccw_orb orb = orb_for(play);
	int ret;

	ret = play->port->ops->store(play->port, ccw, sense, sizeof(sense));
	if (!ret)
		ret = vmm_start(&play->stage->vmm, &orb);
	if (!ret)
		ret = vmm_interrupt(&play->stage->vmm, patience(play), &play->irb);
	if (ret <= 0)
		return ret ?: -ETIMEDOUT;
	return play->port->ops->load(play->port, ccw + sizeof(sense), bytes,
				     size);
}

static int guest_sense(struct play *play)
{
	size_t size = play->step->expect.nr_bytes;
	u8 bytes[sizeof(play->irb.ecw)] = { 0 };
	int ret = 0;

	if (size > sizeof(bytes))
		ret = -E2BIG;
	else if (be32_get_bits(play->irb.esw[1], ESW1_CONS))
		memcpy(bytes, play->irb.ecw, size);
	else
		ret = ask_for_sense(play, argument(play, FIELD_ADDRESS),
				    bytes, size);
	got(play, "%s", scenario_result_name(-ret));
	return ret ?: differ(play, bytes);
}

static int operator_line(struct play *play)
{
	const char *wanted = (const char *)play->step->expect.bytes;
	u64 line = argument(play, FIELD_COUNT);
	char text[PORT_LINE] = "";
	int ret = -EOPNOTSUPP;

	if (play->port->ops->look)
		ret = line ? play->port->ops->look(play->port, line - 1, text) :
			     -ENOENT;
	if (ret)
		got(play, "%s", scenario_result_name(-ret));
	else
		got(play, "\"%s\"", text);
	return ret ?: strcmp(text, wanted);
}

static bool as_compared(struct play *play, int answer)
{
	return !answer;
}

static int driver_state(struct play *play)
{
	const char *state = play->port->ops->state(play->port);

	got(play, "%s", state ?: "");
	return state && strcmp(state, scenario_state_name(
				expected(play, FIELD_STATE)));
}

static const enum port_instruction cpu_instructions[SCENARIO_ACTIONS] = {
	[CPU_SSCH] = PORT_SSCH, [CPU_TSCH] = PORT_TSCH,
	[CPU_STSCH] = PORT_STSCH, [CPU_MSCH] = PORT_MSCH,
	[CPU_HSCH] = PORT_HSCH, [CPU_CSCH] = PORT_CSCH,
	[CPU_RSCH] = PORT_RSCH, [CPU_XSCH] = PORT_XSCH,
	[CPU_TPI] = PORT_TPI, [CPU_STCRW] = PORT_STCRW,
	[CPU_RCHP] = PORT_RCHP, [CPU_SCHM] = PORT_SCHM,
	[CPU_SAL] = PORT_SAL, [CPU_CHSC] = PORT_CHSC,
};

static int program_execute(struct play *play)
{
	const u64 given = play->step->args.given;
	const struct port_execution what = {
		.insn = cpu_instructions[play->step->verb->action],
		.of_device = !(given & (BIT_ULL(FIELD_SID) |
					BIT_ULL(FIELD_MASK))),
		.register_1 = argument(play, FIELD_SID) |
			      argument(play, FIELD_MASK),
		.register_2 = argument(play, FIELD_DATA),
		.operand = argument(play, FIELD_ADDRESS),
		.iscs = play->iscs_off ^ 0xff,
		.problem = argument(play, FIELD_PROBLEM),
	};

	return play->port->ops->execute(play->port, &what);
}

static bool ends_as_said(struct play *play, int answer)
{
	if (answer < 0)
		got(play, "%s", scenario_exception_name(-answer));
	else
		got(play, "cc %d", answer);
	if (answer < 0)
		return answer == -(int)expected(play, FIELD_EXCEPTION);
	return !expected(play, FIELD_EXCEPTION) &&
	       word_holds(play, FIELD_CC, answer);
}

/** Load what the instruction has stored, if that is asked for. */
static bool loads(struct play *play, u64 from, void *to, size_t size)
{
	const u64 ways = BIT_ULL(FIELD_CC) | BIT_ULL(FIELD_EXCEPTION);

	return play->step->expect.given & ~ways &&
	       !play->port->ops->load(play->port, from, to, size);
}

static bool program_irb_holds(struct play *play, int answer)
{
	bool ends = ends_as_said(play, answer);

	if (!ends || !loads(play, argument(play, FIELD_ADDRESS), &play->irb, 64))
		return ends;
	scenario_format_status(play->got, sizeof(play->got), &play->irb.scsw);
	return scsw_holds(play);
}

static bool program_crw_holds(struct play *play, int answer)
{
	bool ends = ends_as_said(play, answer);

	if (!ends || !loads(play, argument(play, FIELD_ADDRESS), &play->crw,
		   sizeof(play->crw)))
		return ends;
	scenario_format_crw(play->got, sizeof(play->got), &play->crw);
	return crw_terms_hold(play);
}

static bool program_schib_holds(struct play *play, int answer)
{
	u64 modes = expected(play, FIELD_MODES);
	const __be32 *word = play->schib.pmcw.word;
	bool ends = ends_as_said(play, answer);

	if (!ends || !loads(play, argument(play, FIELD_ADDRESS), &play->schib,
		   sizeof(play->schib)))
		return ends;
	scenario_format_schib(play->got, sizeof(play->got), &play->schib);
	return schib_terms_hold(play) &&
	       (be32_to_cpu(word[1]) & modes) == modes &&
	       word_holds(play, FIELD_INTPARM, be32_to_cpu(word[0])) &&
	       word_holds(play, FIELD_ISC, be32_get_bits(word[1], PMCW1_ISC));
}

#define CODE_LOW	184	/* where interruptions store their code */
#define CODE2_ISC	GENMASK(29, 27)

static bool code_holds(struct play *play)
{
	const __be32 *word = play->code;

	got(play, "sid %#x intparm %#x isc %u", be32_to_cpu(word[0]),
	    be32_to_cpu(word[1]), be32_get_bits(word[2], CODE2_ISC));
	return word_holds(play, FIELD_SID, be32_to_cpu(word[0])) &&
	       word_holds(play, FIELD_INTPARM, be32_to_cpu(word[1])) &&
	       word_holds(play, FIELD_ISC, be32_get_bits(word[2], CODE2_ISC));
}

static bool program_tpi_holds(struct play *play, int answer)
{
	u64 at = argument(play, FIELD_ADDRESS);
	bool ends = ends_as_said(play, answer);

	play->code[2] = 0;
	if (!ends || !loads(play, at ? at : CODE_LOW, play->code, at ? 8 : 12))
		return ends;
	return code_holds(play);
}

static bool program_interrupt_holds(struct play *play, int answer)
{
	bool holds = answer && code_holds(play);

	if (!answer)
		got(play, "none");
	return stated(play, FIELD_NONE) ? !answer : holds;
}

static int program_interrupt(struct play *play)
{
	struct port *port = play->port;
	u8 iscs = play->iscs_off ^ 0xff;
	unsigned int left = patience(play);
	int ret = port->ops->interrupt(port, iscs, play->code);

	while (!ret && left--)
		ret = let_pass(play, 1) ?:
		      port->ops->interrupt(port, iscs, play->code);
	return ret;
}

static int program_enable(struct play *play)
{
	play->iscs_off = argument(play, FIELD_MASK) ^ 0xff;
	return 0;
}

static int program_run_once(struct play *play)
{
	struct port_execution what = {
		.insn = PORT_SSCH, .of_device = true,
		.operand = argument(play, FIELD_ADDRESS),
	};
	int ret = play->port->ops->execute(play->port, &what);

	if (ret)
		return -EIO;
	ret = program_interrupt(play);
	if (ret <= 0)
		return ret;
	what.insn = PORT_TSCH;
	what.operand += sizeof(struct ccw_orb);
	ret = play->port->ops->execute(play->port, &what);
	if (!ret)
		ret = play->port->ops->load(play->port, what.operand,
					    &play->irb, 64);
	return ret ? -EIO : 1;
}

static int program_run(struct play *play)
{
	u64 times = argument_or(play, FIELD_TIMES, 1);
	int ret = 1;

	while (ret > 0 && times--)
		ret = program_run_once(play);
	return ret;
}

static int program_orb(struct play *play)
{
	struct ccw_orb orb = orb_for(play);

	orb.word[2] = cpu_to_be32(argument(play, FIELD_DATA));
	return play->port->ops->store(play->port,
				      argument(play, FIELD_ADDRESS), &orb,
				      sizeof(orb));
}

static void change(const struct play *play, enum scenario_field field,
		   __be32 *word, u32 mask, u32 value)
{
	if (play->step->args.given & BIT_ULL(field))
		*word = (*word & ~cpu_to_be32(mask)) | cpu_to_be32(value);
}

static void change_fields(const struct play *play, struct ccw_schib *schib)
{
	__be32 *word = schib->pmcw.word;
	u64 block = argument(play, FIELD_DATA);

	change(play, FIELD_INTPARM, &word[0], ~0u,
	       argument(play, FIELD_INTPARM));
	change(play, FIELD_ENABLED, &word[1], PMCW1_E,
	       argument(play, FIELD_ENABLED) == 1 ? PMCW1_E : 0);
	change(play, FIELD_ISC, &word[1], PMCW1_ISC,
	       FIELD_PREP(PMCW1_ISC, argument(play, FIELD_ISC)));
	change(play, FIELD_INDEX, &word[3], PMCW3_MBI,
	       FIELD_PREP(PMCW3_MBI, argument(play, FIELD_INDEX)));
	change(play, FIELD_FORMAT, &word[6], PMCW6_F,
	       FIELD_PREP(PMCW6_F, argument(play, FIELD_FORMAT)));
	change(play, FIELD_DATA, &schib->model[0], ~0u, block >> 32);
	change(play, FIELD_DATA, &schib->model[1], ~0u, block);
	word[1] |= cpu_to_be32(argument(play, FIELD_MODES));
	word[1] ^= cpu_to_be32(argument(play, FIELD_FLIP));
}

static int program_pmcw(struct play *play)
{
	u64 at = argument(play, FIELD_ADDRESS);
	struct ccw_schib schib;
	int ret = play->port->ops->load(play->port, at, &schib, sizeof(schib));

	if (ret)
		return ret;
	change_fields(play, &schib);
	return play->port->ops->store(play->port, at, &schib, sizeof(schib));
}

static int program_block(struct play *play)
{
	unsigned int bytes = argument(play, FIELD_FORMAT) ? 4 : 2;
	u64 at = argument(play, FIELD_ADDRESS);
	u8 block[8] = { 0 };
	u32 count[2] = { 0 };
	int ret = play->port->ops->load(play->port, at, block, 2 * bytes);

	if (ret) {
		got(play, "%s", scenario_result_name(-ret));
		return ret;
	}
	for (unsigned int i = 0; i < 2 * bytes; i++)
		count[i / bytes] = count[i / bytes] << 8 | block[i];
	got(play, "starts %u samples %u", count[0], count[1]);
	return !word_holds(play, FIELD_COUNT, count[0]) ||
	       !word_holds(play, FIELD_TIMES, count[1]);
}

static const struct act {
	int (*perform)(struct play *play);
	bool (*holds)(struct play *play, int answer);
	int (*monitor)(struct vmm *vmm);	/* instead of perform */
} acts[SCENARIO_ACTIONS] = {
	[ADMIN_BIND]	= { admin_bind, result_holds },
	[ADMIN_UNBIND]	= { admin_unbind, result_holds },
	[ADMIN_CREATE]	= { admin_create, result_holds },
	[ADMIN_REMOVE]	= { admin_remove, result_holds },
	[ADMIN_VARY]	= { admin_vary, result_holds },
	[ADMIN_SHUTDOWN] = { admin_shutdown, result_holds },
	[VMM_OPEN]	= { .monitor = vmm_open, .holds = result_holds },
	[VMM_CLOSE]	= { .monitor = vmm_close, .holds = result_holds },
	[VMM_DIE]	= { .monitor = vmm_die, .holds = result_holds },
	[VMM_RESET]	= { .monitor = vmm_reset, .holds = result_holds },
	[VMM_START]	= { monitor_start, result_holds },
	[VMM_HALT]	= { monitor_halt, result_holds },
	[VMM_CLEAR]	= { monitor_clear, result_holds },
	[VMM_RESUME]	= { monitor_resume, result_holds },
	[VMM_CANCEL]	= { monitor_cancel, result_holds },
	[VMM_INTERRUPT]	= { monitor_interrupt, status_holds },
	[VMM_STORE]	= { monitor_schib, schib_holds },
	[VMM_REPORT]	= { monitor_crw, crw_holds },
	[VMM_WAIT]	= { monitor_wait, result_holds },
	[VMM_MAP]	= { monitor_map, result_holds },
	[VMM_UNMAP]	= { monitor_unmap, result_holds },
	[VMM_READ]	= { monitor_read, result_holds },
	[VMM_WRITE]	= { monitor_write, result_holds },
	[VMM_REQUEST]	= { monitor_request, result_holds },
	[VMM_COMMAND]	= { monitor_command, result_holds },
	[VMM_ARM]	= { monitor_arm, result_holds },
	[VMM_DISARM]	= { monitor_disarm, result_holds },
	[VMM_IRQS]	= { monitor_irqs, result_holds },
	[VMM_INFO]	= { monitor_info, result_holds },
	[VMM_IOCTL]	= { monitor_ioctl, result_holds },
	[HOST_FAIL]	= { fail_call, result_holds },
	[GUEST_STORE]	= { guest_store, result_holds },
	[GUEST_MEMORY]	= { guest_load, as_compared },
	[GUEST_SENSE]	= { guest_sense, as_compared },
	[GUEST_CCW]	= { guest_ccw, result_holds },
	[GUEST_IDAWS]	= { guest_idaws, result_holds },
	[GUEST_MIDAW]	= { guest_midaw, result_holds },
	[GUEST_ORB]	= { guest_orb, result_holds },
	[GUEST_ENABLE]	= { guest_enable, cc_holds },
	[GUEST_SSCH]	= { guest_ssch, cc_holds },
	[GUEST_HSCH]	= { .monitor = vmm_hsch, .holds = cc_holds },
	[GUEST_CSCH]	= { .monitor = vmm_csch, .holds = cc_holds },
	[GUEST_STSCH]	= { guest_stsch, cc_holds },
	[GUEST_INTERRUPT] = { guest_interrupt, delivery_holds },
	[GUEST_TSCH]	= { guest_tsch, cc_holds },
	[DEVICE_HOLD]	= { provoke_fault, result_holds },
	[DEVICE_DEAF]	= { provoke_fault, result_holds },
	[DEVICE_RELEASE] = { provoke_fault, result_holds },
	[DEVICE_MODIFY]	= { provoke_fault, result_holds },
	[DEVICE_SILENT]	= { misbehave, result_holds },
	[DEVICE_DELAY]	= { misbehave, result_holds },
	[DEVICE_REFUSE]	= { misbehave, result_holds },
	[DEVICE_LENGTH]	= { misbehave, result_holds },
	[DEVICE_DATA_CHECK] = { misbehave, result_holds },
	[DEVICE_DOUBLE]	= { misbehave, result_holds },
	[DEVICE_RETRY_IT] = { misbehave, result_holds },
	[DEVICE_BE_BUSY] = { misbehave, result_holds },
	[DEVICE_PRESENT] = { misbehave, result_holds },
	[OPERATOR_TYPE]	= { operator_type, result_holds },
	[OPERATOR_PRESS] = { operator_press, result_holds },
	[OPERATOR_LINE]	= { operator_line, as_compared },
	[DEVICE_ATTENTION_KEY] = { provoke_fault, result_holds },
	[MACHINE_CC]	= { provoke_fault, result_holds },
	[MACHINE_GONE]	= { provoke_fault, result_holds },
	[MACHINE_BACK]	= { provoke_fault, result_holds },
	[MACHINE_PATH]	= { change_path, result_holds },
	[DRIVER_STATE]	= { driver_state, as_compared },
	[CPU_SSCH]	= { program_execute, ends_as_said },
	[CPU_TSCH]	= { program_execute, program_irb_holds },
	[CPU_STSCH]	= { program_execute, program_schib_holds },
	[CPU_MSCH]	= { program_execute, ends_as_said },
	[CPU_HSCH]	= { program_execute, ends_as_said },
	[CPU_CSCH]	= { program_execute, ends_as_said },
	[CPU_RSCH]	= { program_execute, ends_as_said },
	[CPU_XSCH]	= { program_execute, ends_as_said },
	[CPU_TPI]	= { program_execute, program_tpi_holds },
	[CPU_STCRW]	= { program_execute, program_crw_holds },
	[CPU_RCHP]	= { program_execute, ends_as_said },
	[CPU_SCHM]	= { program_execute, ends_as_said },
	[CPU_SAL]	= { program_execute, ends_as_said },
	[CPU_CHSC]	= { program_execute, ends_as_said },
	[CPU_ENABLE]	= { program_enable, result_holds },
	[CPU_INTERRUPT]	= { program_interrupt, program_interrupt_holds },
	[CPU_RUN]	= { program_run, status_holds },
	[CPU_ORB]	= { program_orb, result_holds },
	[CPU_PMCW]	= { program_pmcw, result_holds },
	[CPU_BLOCK]	= { program_block, as_compared },
	[CPU_WAIT]	= { monitor_wait, result_holds },
};

__attribute__((format(printf, 2, 3)))
static void report(const struct runner *runner, const char *format, ...)
{
	va_list args;

	if (!runner->out)
		return;
	va_start(args, format);
	vfprintf(runner->out, format, args);
	va_end(args);
}

static void announce(const struct runner *runner, unsigned int line,
		     const char *text, const char *why)
{
	if (runner->before)
		runner->before(runner->ctx, line, text, why);
}

static bool play_step(struct play *play)
{
	const struct scenario_step *step = play->step;
	const struct act *act = &acts[step->verb->action];
	int answer;

	announce(play->runner, step->line, step->text, step->why);
	answer = act->monitor ? act->monitor(&play->stage->vmm) :
				act->perform(play);
	if (step->anything)
		return true;
	if (act->holds(play, answer)) {
		if (play->runner->answers)
			report(play->runner, "     %s:%u: got %s\n", play->scenario->file,
			       step->line, play->got);
		return true;
	}
	report(play->runner, "FAIL %s:%u: %s", play->scenario->file, step->line,
	       step->verb->who);
	{
		const char *action = strchr(step->text, ' ');
		const char *arrow = strstr(action, "=> ");
		int length = arrow ? arrow - action - 1 : (int)strlen(action);

		report(play->runner, ":%.*s: expected %s, got %s\n", length, action,
		       arrow ? arrow + 3 : "ok", play->got);
	}
	return false;
}

static bool undone(struct play *play, const struct scenario *scenario,
		   const char *what, int ret)
{
	if (!ret || ret == -ENODEV)
		return true;
	report(play->runner, "FAIL %s: %s: expected ok, got %s\n",
	       scenario->file, what, scenario_result_name(-ret));
	return false;
}

static bool prepare(struct play *play, const struct scenario *scenario)
{
	announce(play->runner, 0, "before the first step", scenario->title);
	return undone(play, scenario, "bind before the first step",
		      admin_bind(play)) &&
	       undone(play, scenario, "create before the first step",
		      admin_create(play));
}

static bool clean_up(struct play *play, const struct scenario *scenario)
{
	bool clean = true;

	announce(play->runner, 0, "after the last step", NULL);
	if (play->stage->vmm.opened)
		clean &= undone(play, scenario, "close after the last step",
				vmm_close(&play->stage->vmm));
	if (play->stage->created)
		clean &= undone(play, scenario, "remove after the last step",
				admin_remove(play));
	if (play->stage->bound)
		clean &= undone(play, scenario, "unbind after the last step",
				admin_unbind(play));
	if (play->stage->varied)
		clean &= undone(play, scenario, "vary on after the last step",
				play->port->ops->vary(play->port, true));
	return clean;
}

static void skip(struct runner *runner, const struct port *port,
		 const struct scenario *scenario, unsigned long missing)
{
	runner->skipped++;
	report(runner, "SKIP %s: %s: the %s does not offer %s\n",
	       scenario->file, scenario->title, port->home,
	       scenario_offer_name(__builtin_ctzl(missing)));
}

struct part {
	struct play play;
	unsigned int number;
	size_t first, end;		/* steps of the round */
	bool held;
};

static void play_part(void *arg)
{
	struct part *part = arg;
	const struct scenario *scenario = part->play.scenario;

	part->held = true;
	for (size_t i = part->first; part->held && i < part->end; i++) {
		part->play.step = &scenario->steps[i];
		if (part->play.step->part == part->number)
			part->held = play_step(&part->play);
	}
}

static bool complain_round(const struct play *play, size_t first, int error)
{
	const struct scenario *scenario = play->scenario;

	report(play->runner, "FAIL %s:%u: meanwhile: expected ok, got %s\n",
	       scenario->file, scenario->steps[first].line,
	       scenario_result_name(-error));
	return false;
}

static bool play_round(struct play *play, size_t first, size_t end)
{
	const struct scenario *scenario = play->scenario;
	struct port_task tasks[SCENARIO_PARTS];
	struct part parts[SCENARIO_PARTS];
	unsigned int number = scenario->steps[first].part;
	unsigned int last = scenario->steps[end - 1].part, n = 0;
	bool held = true;
	int ret;

	for (; number <= last; number++, n++) {
		parts[n] = (struct part){ *play, number, first, end, false };
		tasks[n] = (struct port_task){ scenario->part[number - 1],
					       play_part, &parts[n] };
	}
	ret = play->port->ops->together(play->port, tasks, n);
	if (ret)
		return complain_round(play, first, ret);
	while (n--)
		held &= parts[n].held;
	return held;
}

static size_t end_of_round(const struct scenario *scenario, size_t i)
{
	while (i < scenario->nr_steps && scenario->steps[i].part)
		i++;
	return i;
}

static bool play_steps(struct play *play)
{
	const struct scenario *scenario = play->scenario;
	size_t i = 0, end;
	bool held = true;

	while (held && i < scenario->nr_steps) {
		end = end_of_round(scenario, i);
		play->step = &scenario->steps[i];
		held = end > i ? play_round(play, i, end) : play_step(play);
		i = end > i ? end : i + 1;
	}
	return held;
}

static void show(struct runner *runner, const struct play *play)
{
	runner->vmm = play ? &play->stage->vmm : NULL;
	runner->irb = play ? &play->irb : NULL;
}

static void runner_count(struct runner *runner,
			 const struct scenario *scenario, bool held)
{
	if (runner->after)
		held &= runner->after(runner->ctx, scenario, runner->out);
	if (held) {
		runner->passed++;
		report(runner, "PASS %s: %s\n", scenario->file,
		       scenario->title);
	} else {
		runner->failed++;
	}
}

void runner_play(struct runner *runner, struct port *port,
		 const struct scenario *scenario)
{
	unsigned long missing = scenario->needs & ~port->offers;
	struct stage stage = { .bound = false };
	struct play play = { .runner = runner, .port = port,
			     .scenario = scenario, .stage = &stage };
	bool held;

	if (missing) {
		skip(runner, port, scenario, missing);
		return;
	}
	vmm_init(&stage.vmm, port);
	shape_orb(&play, &(struct scenario_values){ 0 });
	show(runner, &play);

	held = (scenario->needs & BIT(PORT_BARE) ||
		prepare(&play, scenario)) && play_steps(&play);
	held &= clean_up(&play, scenario);
	runner_count(runner, scenario, held);
	show(runner, NULL);
}

void runner_file(struct runner *runner, struct port *port, const char *path)
{
	struct scenario_error error;
	struct scenario *scenario;

	if (scenario_load(path, &scenario, &error)) {
		runner->broken++;
		report(runner, "%s\n", error.text);
		return;
	}
	runner_play(runner, port, scenario);
	scenario_free(scenario);
}

int runner_finish(const struct runner *runner)
{
	report(runner, "%u passed, %u failed, %u skipped\n", runner->passed,
	       runner->failed, runner->skipped);
	if (runner->broken)
		return 2;
	return runner->failed ? 1 : 0;
}
