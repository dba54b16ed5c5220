// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bitfield.h>

#include "cio.h"
#include "coro.h"
#include "host.h"
#include "host_cio.h"
#include "host_memory.h"
#include "machine.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
#include "sim_devices.h"
#include "vmm.h"

void sim_complain(struct sim_error *error, const char *text)
{
	if (!error)
		return;
	*error = (struct sim_error){ 0 };
	snprintf(error->text, sizeof(error->text), "%s", text);
}

static struct sim *refuse(const struct scenario_error *why,
			  struct sim_error *error)
{
	sim_complain(error, *why->text ? why->text : "no memory");
	if (error) {
		error->line = why->line;
		error->column = why->column;
	}
	return NULL;
}

static bool set_the_stage(struct sim *sim)
{
	sim->runner.out = open_memstream(&sim->report, &sim->report_length);
	if (sim->runner.out)
		sim->stage = coro_create();
	return sim->stage;
}

void sim_close_report(struct sim *sim)
{
	if (sim->runner.out)
		fclose(sim->runner.out);
	free(sim->report);
}

static struct sim *load(const struct sim_config *config, const char *name,
			struct scenario *scenario, struct sim_error *error)
{
	static const struct sim_config zero;
	struct sim_error why = { .text = "no memory" };
	struct sim *sim = sim_create(config ?: &zero, scenario, &why);

	if (sim && set_the_stage(sim))
		return sim;
	sim_destroy(sim);
	if (error)
		snprintf(error->text, sizeof(error->text), "%.400s: %.600s",
			 name, why.text);
	return NULL;
}

struct sim *sim_load(const struct sim_config *config, const char *name,
		     const char *text, size_t length, struct sim_error *error)
{
	struct scenario_error why = { 0 };
	struct scenario *scenario;

	if (scenario_parse(name, text, length, &scenario, &why))
		return refuse(&why, error);
	return load(config, name, scenario, error);
}

struct sim *sim_load_file(const struct sim_config *config, const char *path,
			  struct sim_error *error)
{
	struct scenario_error why = { 0 };
	struct scenario *scenario;

	if (scenario_load(path, &scenario, &why))
		return refuse(&why, error);
	return load(config, path, scenario, error);
}

static void heading(void *ctx, unsigned int line, const char *text,
		    const char *why)
{
	struct sim *sim = ctx;

	trace_step(&sim->trace, line, text, why);
}

struct inventory {
	FILE *out;
	const char *file;
};

static void left_over(void *ctx, const char *text)
{
	const struct inventory *inventory = ctx;

	if (inventory->out)
		fprintf(inventory->out, "FAIL %s: after the module is gone: "
			"%s\n", inventory->file, text);
}

static bool nothing_left(void *ctx, const struct scenario *scenario, FILE *out)
{
	struct inventory inventory = { out, scenario->file };
	struct sim *sim = ctx;

	host_cio_settle(sim->host);
	host_module_unload(sim->host);
	sim->loaded = false;
	return !host_check_clean(sim->host, left_over, &inventory);
}

static void pass_on(struct sim *sim)
{
	size_t from = sim->reported;

	fflush(sim->runner.out);
	sim->reported = sim->report_length;
	if (sim->result && from < sim->reported)
		sim->result(sim->ctx, sim->report + from, sim->reported - from);
}

static void perform(void *arg)
{
	struct sim *sim = arg;

	sim->runner.before = heading;
	sim->runner.after = nothing_left;
	sim->runner.ctx = sim;
	runner_play(&sim->runner, sim_port(sim), sim->scenario);
}

static void play(void *arg)
{
	struct sim *sim = arg;
	int ret = sim_run(sim, perform, sim);

	if (ret) {
		sim->runner.failed++;
		fprintf(sim->runner.out, "FAIL %s: %s\n", sim->scenario->file,
			sim_violation_text(sim) ?: ret == -ENOMEM ?
			"no memory" : "everybody waits for somebody else");
	}
	pass_on(sim);
	sim->over = true;
}

void sim_sink(void *ctx, const char *text, size_t length)
{
	struct sim *sim = ctx;

	if (sim->stage)
		pass_on(sim);
	if (sim->event)
		sim->event(sim->ctx, text, length);
	if (sim->stepping)
		sched_pause(sim->sched, sim->stage);
}

static bool go_on(struct sim *sim, bool stepping)
{
	if (sim->over)
		return false;
	if (coro_done(sim->stage))
		coro_start(sim->stage, play, sim);
	sim->stepping = stepping;
	host_enter(sim->host);
	coro_resume(sim->stage);
	return !coro_done(sim->stage);
}

bool sim_step(struct sim *sim)
{
	if (!sim->trace.out)
		trace_open(&sim->trace);
	return go_on(sim, true);
}

void sim_play(struct sim *sim)
{
	go_on(sim, false);
}

enum sim_verdict sim_verdict(const struct sim *sim)
{
	if (!sim->over)
		return SIM_UNDECIDED;
	if (sim->runner.failed)
		return SIM_FAILED;
	return sim->runner.skipped ? SIM_SKIPPED : SIM_PASSED;
}

const char *sim_report(const struct sim *sim)
{
	fflush(sim->runner.out);
	return sim->report;
}

static const char *driver_state(const struct sim *sim)
{
	const struct subchannel *sch = host_subchannel(sim->host, sim->sid);

	return sch && sch->driver && sim->state ? sim->state : "UNBOUND";
}

void sim_states(const struct sim *sim, struct sim_states *states)
{
	const struct ccw_schib *schib = machine_schib(sim->machine, sim->sid);
	const struct runner *runner = &sim->runner;

	*states = (struct sim_states){ .now = sched_now(sim->sched),
				       .driver = driver_state(sim) };
	if (schib)
		memcpy(states->machine, schib, sizeof(*schib));
	if (runner->vmm)
		memcpy(states->vmm, &runner->vmm->schib, sizeof(*schib));
	if (runner->irb)
		memcpy(states->guest, runner->irb, sizeof(*runner->irb));
}

static_assert(sizeof(((struct sim_states *)0)->vmm) ==
	      sizeof(struct ccw_schib), "a SCHIB");
static_assert(sizeof(((struct sim_states *)0)->guest) ==
	      sizeof(struct ccw_irb), "an IRB");

static void describe_schib(const u8 *bytes, char *buf, size_t size)
{
	struct ccw_schib schib;
	char status[256];

	memcpy(&schib, bytes, sizeof(schib));
	scenario_format_status(status, sizeof(status), &schib.scsw);
	snprintf(buf, size, "%s %s",
		 be32_get_bits(schib.pmcw.word[1], PMCW1_E) ? "enabled" :
		 "disabled", status);
}

static void describe_irb(const u8 *bytes, char *buf, size_t size)
{
	struct ccw_irb irb;

	memcpy(&irb, bytes, sizeof(irb));
	scenario_format_status(buf, size, &irb.scsw);
}

void sim_describe(const struct sim *sim, enum sim_owner owner, char *buf,
		  size_t size)
{
	struct sim_states states;

	sim_states(sim, &states);
	switch (owner) {
	case SIM_MACHINE:
		describe_schib(states.machine, buf, size);
		break;
	case SIM_DRIVER:
		snprintf(buf, size, "%s", states.driver);
		break;
	case SIM_VMM:
		describe_schib(states.vmm, buf, size);
		break;
	case SIM_GUEST:
	case SIM_OWNERS:
		describe_irb(states.guest, buf, size);
	}
}

int sim_memory(const struct sim *sim, uint64_t guest, void *buf, size_t size)
{
	const void *memory = host_guest_pointer(sim->host, guest, size);

	if (!memory)
		return -EFAULT;
	memcpy(buf, memory, size);
	return 0;
}

bool sim_view(const struct sim *sim, unsigned int line, char *buf, size_t size)
{
	char text[PORT_LINE] = "";
	bool there = sim->type->line &&
		     sim->type->line(sim->device, line, text);

	if (size)
		snprintf(buf, size, "%s", there ? text : "");
	return there;
}
