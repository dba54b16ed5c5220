// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two users of a VMM, its owner, a device and an administrator do what they like
 * at once. Whatever the order is, the driver must not break a rule of the kernel,
 * and when all have let go nothing may be left. A seed is one such story.
 */
#include <stdlib.h>

#include "bugs_world.h"
#include "vfio_ccw_ext.h"

#define STORIES		300
#define DEEDS		25	/* of each party, in one story */
#define BUFFERS		0x8000	/* guest memory that programs read into, */
#define UNMAPPED	0x9000	/* and a page of it that is taken away */

struct story {
	struct world w;
	u32 chance;		/* what they do is drawn from */
	unsigned int parties;	/* that are not done */
	unsigned int inside;	/* users in the middle of a system call */
	bool closed;		/* and none may begin another */
};

static u32 draw(struct story *story, u32 below)
{
	story->chance ^= story->chance << 13;
	story->chance ^= story->chance >> 17;
	story->chance ^= story->chance << 5;
	return story->chance % below;
}

/* Users. What they are answered is their business. */

static void starts(struct story *story)
{
	static const u32 orb1[] = {
		ORB1_F, ORB1_F | ORB1_P | ORB1_H, ORB1_F | ORB1_S,
		ORB1_F | ORB1_P | ORB1_H | ORB1_T | ORB1_S, ORB1_F | ORB1_B,
	};
	static const u8 command[] = { SENSE_ID, 0x03, 0x04, 0x08, 0x00, 0x01 };
	static const u32 flags[] = {
		CCW0_SLI | CCW0_CC, CCW0_SLI | CCW0_CD, CCW0_SLI | CCW0_CC,
		CCW0_SLI | CCW0_CC | CCW0_S, CCW0_SLI | CCW0_PCI | CCW0_CC,
		CCW0_IDA, CCW0_SLI, 0,
	};
	u32 program = PROGRAM + 0x100 * draw(story, 4), i;
	struct world *w = &story->w;

	for (i = 0; i < 6; i++) {
		u8 cmd = command[draw(story, ARRAY_SIZE(command))];
		struct ccw_format1 ccw = bugs_ccw(cmd,
			flags[draw(story, ARRAY_SIZE(flags))],
			1 + draw(story, 0x3000), cmd == 0x08 ?
			program + 8 * draw(story, 6) :
			BUFFERS + draw(story, 0x3000));

		w->port->ops->store(w->port, program + 8 * i, &ccw, sizeof(ccw));
	}
	bugs_start_orb(w, program, orb1[draw(story, ARRAY_SIZE(orb1))] |
		       FIELD_PREP(ORB1_LPM, 0x80));
}

static void commands(struct story *story)
{
	world_command(&story->w, BIT(draw(story, 5)));
}

static void reads(struct story *story)
{
	static const struct { u64 offset; size_t size; } regions[] = {
		{ 0, sizeof(struct ccw_io_region) },
		{ 0, sizeof(struct ccw_io_region) },
		{ 2 << 10, sizeof(struct ccw_schib_region) },
		{ 3 << 10, sizeof(struct ccw_crw_region) },
	};
	struct world *w = &story->w;
	u32 i = draw(story, ARRAY_SIZE(regions));
	char bytes[sizeof(struct ccw_io_region)];

	w->port->ops->pread(w->port, bytes, regions[i].size, regions[i].offset);
}

static void resets(struct story *story)
{
	world_reset(&story->w);
}

static void unmaps(struct story *story)
{
	struct port *port = story->w.port;

	port->ops->unmap(port, UNMAPPED, PAGE_SIZE);
	world_wait(&story->w, draw(story, 1000000));
	port->ops->map(port, UNMAPPED, PAGE_SIZE, draw(story, 2));
}

static void waits(struct story *story)
{
	world_wait(&story->w, draw(story, LONG_ENOUGH));
}

/* Who has opened the device. The last system call on a file ends, then it closes. */

static void closes(struct story *story)
{
	struct port *port = story->w.port;

	if (story->closed)
		return;
	story->closed = true;
	while (story->inside)
		world_wait(&story->w, LONG_ENOUGH);
	CU_ASSERT_EQUAL(port->ops->close(port), 0);
}

static void opens(struct story *story)
{
	struct port *port = story->w.port;

	if (!story->closed || port->ops->open(port))
		return;
	world_reset(&story->w);
	story->closed = false;
}

/* The device, and who has his hands on it. */

static void provokes(struct story *story)
{
	static const enum port_fault faults[] = {
		PORT_DEVICE_HOLD, PORT_DEVICE_RELEASE, PORT_DEVICE_RELEASE,
		PORT_DEVICE_MODIFY, PORT_DEVICE_ATTENTION, PORT_DEVICE_GONE,
		PORT_DEVICE_BACK, PORT_DEVICE_BACK, PORT_PATH_OFF, PORT_PATH_ON,
		PORT_PATH_ON, PORT_DEVICE_DEAF,
	};
	struct port *port = story->w.port;

	port->ops->provoke(port, faults[draw(story, ARRAY_SIZE(faults))], 0, 0);
}

/* Never condition code 3: who says that there is no subchannel must not lie. */
static void forces(struct story *story)
{
	static const enum port_instruction insns[] = {
		PORT_SSCH, PORT_HSCH, PORT_MSCH, PORT_RSCH, PORT_XSCH,
	};
	struct port *port = story->w.port;

	port->ops->provoke(port, PORT_NEXT_CC,
			   insns[draw(story, ARRAY_SIZE(insns))],
			   1 + draw(story, 2));
}

static void varies(struct story *story)
{
	struct port *port = story->w.port;

	port->ops->vary(port, draw(story, 2));
}

/* Waits until the owner closes. */
static void unbinds(struct story *story)
{
	struct port *port = story->w.port;

	port->ops->unbind(port);
}

static void binds(struct story *story)
{
	struct port *port = story->w.port;

	port->ops->bind(port);
	port->ops->create(port);
}

static void shuts_down(struct story *story)
{
	struct port *port = story->w.port;

	port->ops->shutdown(port);
}

#define KINDS	6	/* of deeds, at most */

enum { USER, OWNER, DEVICE, ADMINISTRATOR };

static const struct party {
	const char *name;
	bool user;		/* acts on the file that the owner has opened */
	bool owner;		/* closes it in the end */
	struct deed {
		void (*does)(struct story *story);
		unsigned int weight;
	} deed[KINDS];
} parties[] = {
	[USER] = { "user", true, false, {
		{ starts, 6 }, { commands, 4 }, { reads, 5 }, { resets, 1 },
		{ unmaps, 1 }, { waits, 4 } } },
	[OWNER] = { "owner", false, true, { { closes, 1 }, { opens, 2 }, { waits, 6 } } },
	[DEVICE] = { "device", false, false, {
		{ provokes, 4 }, { forces, 1 }, { waits, 6 } } },
	[ADMINISTRATOR] = { "administrator", false, false, {
		{ varies, 4 }, { unbinds, 1 }, { binds, 3 }, { shuts_down, 1 },
		{ waits, 12 } } },
};

/* Who takes part in a story. */
static const u8 cast[] = { USER, USER, OWNER, DEVICE, ADMINISTRATOR };

/* One party's part in a story. */
struct part {
	struct story *story;
	const struct party *party;
};

static const struct deed *choose(struct story *story, const struct party *party)
{
	const struct deed *deed;
	unsigned int which, all = 0;

	for (deed = party->deed; deed < party->deed + KINDS; deed++)
		all += deed->weight;
	for (deed = party->deed, which = draw(story, all);
	     which >= deed->weight; deed++)
		which -= deed->weight;
	return deed;
}

static void part_task(void *arg)
{
	const struct part *part = arg;
	struct story *story = part->story;
	bool user = part->party->user;
	unsigned int i;

	for (i = 0; i < DEEDS; i++) {
		const struct deed *deed = choose(story, part->party);

		if (user && story->closed) {
			waits(story);
			continue;
		}
		story->inside += user;
		deed->does(story);
		story->inside -= user;
	}
	if (part->party->owner)
		closes(story);
	story->parties--;
}

static void story_task(void *arg)
{
	struct part part[ARRAY_SIZE(cast)];
	struct story *story = arg;
	struct world *w = &story->w;
	struct port *port = w->port;
	unsigned int i;

	world_idle(w);
	story->parties = ARRAY_SIZE(cast);
	for (i = 0; i < ARRAY_SIZE(cast); i++) {
		part[i] = (struct part){ story, &parties[cast[i]] };
		sched_spawn(w->sim->sched, part[i].party->name, part_task,
			    &part[i]);
	}
	while (story->parties)
		world_wait(w, LONG_ENOUGH);
	port->ops->provoke(port, PORT_DEVICE_RELEASE, 0, 0);
	port->ops->provoke(port, PORT_PATH_ON, 0, 0);
	port->ops->provoke(port, PORT_DEVICE_BACK, 0, 0);
	world_wait(w, LONG_ENOUGH);
}

/* Tell the story of @seed. Return: did it end well? */
static void print(void *ctx, const char *text, size_t length)
{
	fwrite(text, 1, length, stdout);
}

static bool tell(u64 seed)
{
	struct story story = { .chance = seed * 2654435761u + 1 };
	const struct sim_config config = {
		.seed = seed, .event = getenv("TRACE") ? print : NULL,
	};
	struct world *w = &story.w;
	const char *wrong = NULL;

	w->sim = sim_create(&config, NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->sim);
	w->port = sim_port(w->sim);
	if (sim_run(w->sim, story_task, &story) ?: sim_run(w->sim, world_end, w))
		wrong = host_violation_text(w->sim->host) ?: "everybody waits";
	else if (CU_get_number_of_failures())
		wrong = "as above";
	if (wrong)
		printf("\n  seed %llu: %s", (unsigned long long)seed, wrong);
	sim_destroy(w->sim);
	return !wrong;
}

static void all_stories_end_well(void)
{
	const char *first = getenv("SEED"), *many = getenv("STORIES");
	u64 seed = first ? strtoull(first, NULL, 0) : 1;
	u64 left = many ? strtoull(many, NULL, 0) : first ? 1 : STORIES;

	for (; left && !CU_get_number_of_failures(); left--)
		CU_ASSERT(tell(seed++));
}

int main(int argc, char **argv)
{
	CU_TestInfo tests[] = {
		{ "all stories end well", all_stories_end_well },
		CU_TEST_INFO_NULL,
	};

	return suite_main(argc, argv, "soak", tests);
}
