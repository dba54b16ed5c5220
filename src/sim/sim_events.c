// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <linux/bitfield.h>

#include "host.h"
#include "machine.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
#include "sim_devices.h"
#include "sim_events.h"
#include "vfio_ccw_fsm.h"
#include "vfio_ccw_trace.h"

/** The longest word for a place, with its zero byte. */
#define PLACE 16

static void place(char buf[PLACE], u32 sid)
{
	if (sid)
		snprintf(buf, PLACE, "0.%x.%04x", sid >> 17 & 3, sid & 0xffff);
	else
		snprintf(buf, PLACE, "all");
}

static const char *function_name(u32 function)
{
	if (function & SCSW0_FC_CLEAR)
		return "clear";
	return function & SCSW0_FC_HALT ? "halt" : "start";
}

static void command_name(const struct trace *t, char *buf, size_t size,
			 u8 command)
{
	const struct sim *sim = t->ctx;
	const char *name = scenario_command_name(sim->type->offers, command);

	if (name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "0x%02x", command);
}

static void word_fetched(struct trace *t, const char *where,
			 const __be32 *operand)
{
	struct ccw_scsw scsw;
	char status[256];

	memcpy(&scsw, operand, sizeof(scsw));
	scenario_format_status(status, sizeof(status), &scsw);
	trace(t, "machine", where, machine_insn_name(MACHINE_TSCH),
	      trace_number("cc", 0), trace_text("status", status));
}

static void word_interruption(struct trace *t, const char *where,
			      const char *what, const __be32 *word)
{
	trace(t, "machine", where, what,
	      trace_hex("sid", be32_to_cpu(word[0])),
	      trace_hex("intparm", be32_to_cpu(word[1])),
	      trace_number("isc", be32_get_bits(word[2], INTERRUPTION2_ISC)));
}

static void word_report(struct trace *t, const char *what, __be32 word,
			bool lost)
{
	struct ccw_crw crw = { { word } };
	char text[64];

	scenario_format_crw(text, sizeof(text), &crw);
	if (lost)
		trace(t, "machine", "all", what, trace_text("lost", text));
	else
		trace(t, "machine", "all", what, trace_text("crw", text));
}

static void word_whole(struct trace *t, const struct machine_event *event)
{
	const char *name = machine_insn_name(event->insn.insn);
	const __be32 *operand = event->insn.operand;
	int cc = event->insn.cc;

	if (event->insn.insn == MACHINE_TPI && cc)
		word_interruption(t, "all", name, operand);
	else if (event->insn.insn == MACHINE_STCRW && !cc)
		word_report(t, name, operand[0], false);
	else if (operand)
		trace(t, "machine", "all", name, trace_number("cc", cc),
		      trace_hex("word", be32_to_cpu(*operand)));
	else
		trace(t, "machine", "all", name, trace_number("cc", cc));
}

static void word_instruction(struct trace *t, const char *where,
			     const struct machine_event *event)
{
	const char *name = machine_insn_name(event->insn.insn);
	const __be32 *operand = event->insn.operand;
	int cc = event->insn.cc;

	if (cc < 0)
		trace(t, "machine", where, name,
		      trace_text("exception", scenario_exception_name(-cc)));
	else if (event->insn.insn >= MACHINE_SCH_INSNS)
		word_whole(t, event);
	else if (event->insn.insn == MACHINE_SSCH && operand)
		trace(t, "machine", where, name, trace_number("cc", cc),
		      trace_hex("program", be32_to_cpu(operand[2])));
	else if (event->insn.insn == MACHINE_TSCH && operand && !cc)
		word_fetched(t, where, operand);
	else
		trace(t, "machine", where, name, trace_number("cc", cc));
}

static void word_ccw(struct trace *t, const struct machine_event *event)
{
	char where[PLACE], command[32], flags[64];

	snprintf(where, sizeof(where), "%#x", event->ccw.address);
	command_name(t, command, sizeof(command), event->ccw.command);
	scenario_format_ccw_flags(flags, sizeof(flags),
				  (u32)event->ccw.flags << 16);
	trace(t, "channel", where, "ccw", trace_text("command", command),
	      trace_number("count", event->ccw.count),
	      trace_hex("data", event->ccw.cda), trace_text("flags", flags));
}

static void word_data(struct trace *t, const struct machine_event *event)
{
	char where[PLACE];
	u32 length = event->data.length;

	snprintf(where, sizeof(where), "%#llx",
		 (unsigned long long)event->data.absolute);
	trace(t, "channel", where, event->data.to_storage ? "store" : "fetch",
	      trace_number("count", length),
	      trace_bytes("bytes", event->data.bytes,
			  length < 16 ? length : 16));
}

static void word_sense(struct trace *t, const char *where,
		       const struct machine_event *event)
{
	u32 length = event->data.length;

	trace(t, "device", where, "explains", trace_number("count", length),
	      trace_bytes("bytes", event->data.bytes,
			  length < 16 ? length : 16));
}

static void word_status(struct trace *t, const char *who, const char *where,
			const char *what, const struct ccw_scsw *scsw)
{
	char status[256];

	scenario_format_status(status, sizeof(status), scsw);
	trace(t, who, where, what, trace_text("status", status));
}

static void word_device(struct trace *t, const char *where, u8 dstat)
{
	char status[128];

	scenario_format_statuses(status, sizeof(status), (u32)dstat << 24);
	trace(t, "device", where, "presents", trace_text("status", status));
}

void sim_machine_event(void *ctx, const struct machine_event *event)
{
	struct trace *t = &((struct sim *)ctx)->trace;
	char where[PLACE];

	if (!t->out)
		return;
	place(where, event->sid);
	switch (event->kind) {
	case MACHINE_EV_INSN:
		word_instruction(t, where, event);
		break;
	case MACHINE_EV_FUNCTION:
		trace(t, "channel", where, "performs",
		      trace_text("function", function_name(event->function)));
		break;
	case MACHINE_EV_CCW:
		word_ccw(t, event);
		break;
	case MACHINE_EV_DATA:
		word_data(t, event);
		break;
	case MACHINE_EV_SENSE:
		word_sense(t, where, event);
		break;
	case MACHINE_EV_DEVICE:
		word_device(t, where, event->dstat);
		break;
	case MACHINE_EV_PENDING:
		word_status(t, "channel", where, "pending", &event->scsw);
		break;
	case MACHINE_EV_REPORT:
		word_report(t, "reports", event->report.crw.word[0],
			    event->report.lost);
		break;
	case MACHINE_EV_INTERRUPT:
		word_interruption(t, where, "interrupts", event->code.word);
		break;
	case MACHINE_EV_GONE:
	case MACHINE_EV_BACK:
		trace(t, "machine", where,
		      event->kind == MACHINE_EV_GONE ? "gone" : "back");
		break;
	}
}

void sim_trace_vfio_ccw_fsm_event(u32 schid, unsigned int state,
				  unsigned int event, unsigned int next,
				  int ret)
{
	struct sim *sim = host_context();
	char where[PLACE];

	sim->state = vfio_ccw_state_name(next);
	witness_event(&sim->witness, event, next, ret);
	if (!sim->trace.out)
		return;
	place(where, schid);
	trace(&sim->trace, "driver", where, vfio_ccw_event_name(event),
	      trace_text("from", vfio_ccw_state_name(state)),
	      trace_text("to", sim->state),
	      trace_text("result", scenario_result_name(-ret)));
}

/* The trace of the simulation whose driver speaks; NULL: there is none. */
static struct trace *heard(void)
{
	struct sim *sim = host_context();

	return sim->trace.out ? &sim->trace : NULL;
}

static struct witness *witness(void)
{
	struct sim *sim = host_context();

	return &sim->witness;
}

void sim_trace_vfio_ccw_start(u32 schid, u32 cpa, unsigned int ccws,
			      unsigned int pages, int ret)
{
	struct trace *t = heard();
	char where[PLACE];

	witness_start(witness(), ret);
	if (!t)
		return;
	place(where, schid);
	trace(t, "driver", where, "starts", trace_hex("program", cpa),
	      trace_number("ccws", ccws), trace_number("pages", pages),
	      trace_text("result", scenario_result_name(-ret)));
}

void sim_trace_vfio_ccw_result(u32 schid, u32 word0, u32 cpa, u32 word2,
			       bool final)
{
	struct ccw_scsw scsw = {{ cpu_to_be32(word0), cpu_to_be32(cpa),
				  cpu_to_be32(word2) }};
	struct trace *t = heard();
	char where[PLACE];

	witness_result(witness(), final);
	if (!t)
		return;
	place(where, schid);
	word_status(t, "driver", where, final ? "ends" : "reports", &scsw);
}

void sim_trace_vfio_ccw_crw(u32 schid, u32 crw)
{
	struct ccw_crw report = {{ cpu_to_be32(crw) }};
	struct trace *t = heard();
	char where[PLACE], text[64];

	if (!t)
		return;
	place(where, schid);
	scenario_format_crw(text, sizeof(text), &report);
	trace(t, "driver", where, "channel report", trace_text("crw", text));
}

void sim_preempted(void *ctx, struct task *task, const char *where)
{
	struct sim *sim = ctx;

	trace(&sim->trace, "sched", sched_task_name(task), "preempted",
	      trace_text("at", where));
}

void sim_violation(void *ctx, const char *text)
{
	struct sim *sim = ctx;

	trace(&sim->trace, "host", "driver", "violation",
	      trace_text("text", text));
}

void sim_kernel_log(void *ctx, const char *text)
{
	struct sim *sim = ctx;

	trace(&sim->trace, "kernel", "log", "says", trace_text("text", text));
}
