// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coro.h"
#include "dev_unruly.h"
#include "host.h"
#include "host_cio.h"
#include "host_memory.h"
#include "machine.h"
#include "port.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
#include "sim_devices.h"
#include "sim_events.h"

int sim_bare_storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
			bool write)
{
	struct sim *sim = ctx;
	void *memory = host_guest_pointer(sim->host, absolute, len);

	if (!memory)
		return -EFAULT;
	memcpy(write ? memory : buf, write ? buf : memory, len);
	return 0;
}

static int storage(void *ctx, u64 absolute, void *buf, u32 len, u8 key,
		   bool write)
{
	struct sim *sim = ctx;

	if (sim->bare)
		return sim_bare_storage(sim, absolute, buf, len, key, write);
	return host_storage(sim->host, absolute, buf, len, key, write);
}

static u64 machine_now(void *ctx)
{
	struct sim *sim = ctx;

	return sched_now(sim->sched);
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

static u64 now(const void *ctx)
{
	const struct sim *sim = ctx;

	return sim->sched ? sched_now(sim->sched) : 0;
}

static int choose_device(struct sim *sim, const char *wish,
			 const char **argument, struct sim_device_error *why)
{
	const struct sim_device_type *needed = NULL;

	if (sim->scenario)
		needed = sim_device_needed(sim->scenario->needs);
	sim->type = wish ? sim_device_parse(wish, argument, why) :
		    needed ?: sim_device_type(0);
	if (!sim->type)
		return -EINVAL;
	if (!needed || sim->type == needed)
		return 0;
	snprintf(why->text, sizeof(why->text), "it needs %s, and what was "
		 "chosen is %s", needed->name, sim->type->name);
	return -EINVAL;
}

static int make_device(struct sim *sim, const char *wish,
		       struct sim_error *error)
{
	struct sim_device_error why = { "no memory for a device" };
	const char *argument = NULL;

	if (!choose_device(sim, wish, &argument, &why))
		sim->device = sim->type->create(argument, &why);
	if (sim->device)
		return 0;
	sim_complain(error, why.text);
	return -EINVAL;
}

static int make_parts(struct sim *sim)
{
	const struct machine_env env = { .storage = storage, .after = after,
		.pending = pending, .event = sim_machine_event,
		.now = machine_now };
	const struct sched_hooks sched_hooks = { .ctx = sim,
		.preempted = sim_preempted };
	const struct host_hooks host_hooks = { .ctx = sim,
		.violation = sim_violation, .print = sim_kernel_log };

	sim->sched = sched_create(sim->seed, &sched_hooks);
	if (sim->sched)
		sim->unruly = dev_unruly_create(sim->type->ops, sim->device,
						sim->sched);
	if (sim->unruly)
		sim->host = host_create(sim->sched, &host_hooks);
	if (sim->host)
		sim->machine = machine_create(&env, sim);
	return sim->machine ? 0 : -ENOMEM;
}

static int connect_parts(struct sim *sim, struct sim_error *error)
{
	int sid = machine_attach(sim->machine, 0x0815, &dev_unruly_ops,
				 sim->unruly);

	if (sid < 0 || host_guest_memory(sim->host, PORT_GUEST_MEMORY))
		return -ENOMEM;
	sim->sid = sid;
	host_set_machine(sim->host, sim->machine);
	sim->loaded = !host_module_load(sim->host);
	if (sim->loaded)
		return 0;
	sim_complain(error, "the driver's module does not load");
	return -ENODEV;
}

static void begin(struct sim *sim, const struct sim_config *config,
		  struct scenario *scenario)
{
	sim->seed = config->seed;
	sim->watched = config->watched;
	sim->most = config->most_steps;
	sim->event = config->event;
	sim->result = config->result;
	sim->ctx = config->ctx;
	sim->scenario = scenario;
	sim->trace = (struct trace){ .now = now, .json = config->json,
				     .sink = sim_sink, .ctx = sim };
}

struct sim *sim_create(const struct sim_config *config,
		       struct scenario *scenario, struct sim_error *error)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int ret = -ENOMEM;

	sim_complain(error, "no memory for a simulation");
	if (!sim) {
		scenario_free(scenario);
		return NULL;
	}
	begin(sim, config, scenario);
	if (!config->event || !trace_open(&sim->trace))
		ret = make_device(sim, config->device, error) ?:
		      make_parts(sim) ?: connect_parts(sim, error);
	if (!ret)
		return sim;
	sim_destroy(sim);
	return NULL;
}

void sim_destroy(struct sim *sim)
{
	if (!sim)
		return;
	coro_destroy(sim->stage);
	if (sim->host)
		host_destroy(sim->host);
	if (sim->machine)
		machine_destroy(sim->machine);
	dev_unruly_destroy(sim->unruly);
	if (sim->device)
		sim->type->destroy(sim->device);
	if (sim->sched)
		sched_destroy(sim->sched);
	trace_close(&sim->trace);
	sim_close_report(sim);
	scenario_free(sim->scenario);
	free(sim);
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

	host_enter(sim->host);
	if (!sched_spawn(sim->sched, "vmm", tell, &story))
		return -ENOMEM;
	while (sched_step(sim->sched) && still_well(sim))
		;
	if (sim_violation_text(sim))
		return -EPROTO;
	return story.over ? 0 : -EDEADLK;
}
