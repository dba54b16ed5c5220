// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "dev_3270.h"
#include "host.h"
#include "host_cio.h"
#include "host_memory.h"
#include "machine.h"
#include "port.h"
#include "scenario.h"
#include "sched.h"
#include "sim.h"
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

static u64 now(const void *ctx)
{
	const struct sim *sim = ctx;

	return sim->sched ? sched_now(sim->sched) : 0;
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
	sim->terminal = dev_3270_create();
	return sim->machine && sim->terminal ? 0 : -ENOMEM;
}

static int connect_parts(struct sim *sim)
{
	int sid = machine_attach(sim->machine, 0x0815, &dev_3270_ops,
				 sim->terminal);

	if (sid < 0 || host_guest_memory(sim->host, PORT_GUEST_MEMORY))
		return -ENOMEM;
	sim->sid = sid;
	host_set_machine(sim->host, sim->machine);
	sim->loaded = !host_module_load(sim->host);
	return sim->loaded ? 0 : -ENODEV;
}

static int prepare(struct sim *sim, const struct sim_config *config)
{
	sim->seed = config->seed;
	sim->event = config->event;
	sim->ctx = config->ctx;
	sim->trace = (struct trace){ .now = now, .json = config->json,
				     .sink = sim_sink, .ctx = sim };
	return config->event ? trace_open(&sim->trace) : 0;
}

struct sim *sim_create(const struct sim_config *config,
		       struct sim_error *error)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int ret = sim ? prepare(sim, config) : -ENOMEM;

	ret = ret ?: make_parts(sim) ?: connect_parts(sim);
	if (!ret)
		return sim;
	sim_complain(error, ret == -ENOMEM ? "no memory for a simulation" :
		     "the driver's module does not load");
	sim_destroy(sim);
	return NULL;
}

void sim_destroy(struct sim *sim)
{
	if (!sim)
		return;
	sim_unload(sim);
	if (sim->host)
		host_destroy(sim->host);
	if (sim->machine)
		machine_destroy(sim->machine);
	if (sim->terminal)
		dev_3270_destroy(sim->terminal);
	if (sim->sched)
		sched_destroy(sim->sched);
	trace_close(&sim->trace);
	free(sim);
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
	while (sched_step(sim->sched))
		;
	if (host_violation_text(sim->host))
		return -EPROTO;
	return story.over ? 0 : -EDEADLK;
}
