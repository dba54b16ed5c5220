// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"
#include "host_cio.h"
#include "host_memory.h"
#include "machine.h"
#include "port.h"
#include "runner.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
#include "sim_devices.h"
#include "sim_events.h"

static int storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
		   bool write)
{
	struct sim *sim = ctx;

	return host_storage(sim->host, absolute, buf, len, write);
}

static void after(void *ctx, u64 ns, void (*fn)(void *), void *arg)
{
	struct sim *sim = ctx;

	if (!sched_after(sim->sched, ns, fn, arg))
		abort();
}

static void pending(void *ctx, u32 sid)
{
	struct sim *sim = ctx;

	host_pending(sim->host, sid);
}

_Thread_local struct sim *sim_current;

void sim_enter(struct sim *sim)
{
	sim_current = sim;
	host_enter(sim->host);
}

static u64 now(const void *ctx)
{
	const struct sim *sim = ctx;

	return sim->sched ? sched_now(sim->sched) : 0;
}

static int make_device(struct sim *sim, const struct sim_config *config)
{
	struct sim_device_error ignored;
	struct sim_device_error *error = config->error ?: &ignored;

	snprintf(error->text, sizeof(error->text),
		 "no simulation: no memory, or the module does not load");
	sim->type = config->device ?: sim_device_type(0);
	sim->device = sim->type->create(config->argument, error);
	return sim->device ? 0 : -EINVAL;
}

static int make_parts(struct sim *sim)
{
	const struct machine_env env = { .storage = storage, .after = after,
		.pending = pending, .event = sim_machine_event };
	const struct sched_hooks sched_hooks = { .ctx = sim,
		.preempted = sim_preempted };
	const struct host_hooks host_hooks = { .ctx = sim,
		.violation = sim_violation, .print = sim_kernel_log };

	sim->sched = sched_create(sim->seed, &sched_hooks);
	if (sim->sched)
		sim->host = host_create(sim->sched, &host_hooks);
	if (sim->host)
		sim->machine = machine_create(&env, sim);
	return sim->machine ? 0 : -ENOMEM;
}

static int connect_parts(struct sim *sim)
{
	int sid = machine_attach(sim->machine, 0x0815, sim->type->ops,
				 sim->device);

	if (sid < 0 || host_guest_memory(sim->host, PORT_GUEST_MEMORY))
		return -ENOMEM;
	sim->sid = sid;
	host_set_machine(sim->host, sim->machine);
	sim->loaded = !host_module_load(sim->host);
	return sim->loaded ? 0 : -ENODEV;
}

struct sim *sim_create(const struct sim_config *config)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return NULL;
	sim->seed = config->seed;
	sim->watched = config->watched;
	sim->most = config->most;
	sim->trace = (struct trace){ .out = config->trace, .now = now,
				     .json = config->json, .ctx = sim };
	sim_current = sim;
	if (make_device(sim, config) || make_parts(sim) || connect_parts(sim)) {
		sim_destroy(sim);
		return NULL;
	}
	return sim;
}

void sim_destroy(struct sim *sim)
{
	if (!sim)
		return;
	if (sim->host)
		host_destroy(sim->host);
	if (sim->machine)
		machine_destroy(sim->machine);
	if (sim->device)
		sim->type->destroy(sim->device);
	if (sim->sched)
		sched_destroy(sim->sched);
	if (sim_current == sim)
		sim_current = NULL;
	free(sim);
}

int sim_choose_device(struct sim_config *config,
		      const struct scenario *scenario)
{
	const struct sim_device_type *needed;

	needed = sim_device_needed(scenario->needs);
	if (!config->device)
		config->device = needed;
	if (!needed || config->device == needed)
		return 0;
	if (config->error)
		snprintf(config->error->text, sizeof(config->error->text),
			 "it needs %s, and --device says %s",
			 needed->name, config->device->name);
	return -EINVAL;
}

const char *sim_violation_text(const struct sim *sim)
{
	return sim->violation[0] ? sim->violation :
				   host_violation_text(sim->host);
}

static bool still_well(struct sim *sim)
{
	const struct witness *witness = &sim->witness;

	sim->steps++;
	if (sim->watched && !witness_look(&sim->witness, sim))
		snprintf(sim->violation, sizeof(sim->violation), "%s: %s",
			 witness->name, witness->text);
	else if (sim->steps == sim->most)
		snprintf(sim->violation, sizeof(sim->violation),
			 "no end: after %llu steps",
			 (unsigned long long)sim->steps);
	else
		return true;
	sim_violation(sim, sim->violation);
	sched_stop(sim->sched);
	return false;
}

struct story {
	void (*fn)(void *arg);
	void *arg;
	bool over;
};

static void tell(void *arg)
{
	struct story *story = arg;

	story->fn(story->arg);
	story->over = true;
}

int sim_run(struct sim *sim, void (*fn)(void *arg), void *arg)
{
	struct story story = { .fn = fn, .arg = arg };

	sim_enter(sim);
	if (!sched_spawn(sim->sched, "vmm", tell, &story))
		return -ENOMEM;
	while (sched_step(sim->sched) && still_well(sim))
		;
	if (sim_violation_text(sim))
		return -EPROTO;
	return story.over ? 0 : -EDEADLK;
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

struct performance {
	struct sim *sim;
	struct runner *runner;
	const struct scenario *scenario;
};

static void perform(void *arg)
{
	struct performance *p = arg;

	runner_play(p->runner, sim_port(p->sim), p->scenario);
}

void sim_play(struct sim *sim, struct runner *runner,
	      const struct scenario *scenario)
{
	struct performance performance = { sim, runner, scenario };
	int ret;

	runner->before = heading;
	runner->after = nothing_left;
	runner->ctx = sim;
	ret = sim_run(sim, perform, &performance);
	if (!ret)
		return;
	runner->failed++;
	if (runner->out)
		fprintf(runner->out, "FAIL %s: %s\n", scenario->file,
			sim_violation_text(sim) ?:
			"everybody waits for somebody else");
}
