// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ccwsim.h"
#include "cmd_sim.h"
#include "cmd_decode.h"
#include "cmd_owners.h"

struct stepper {
	struct sim_config config;
	const char *path;
	struct sim *sim;
	size_t now;		/* events that have happened */
	char **events;		/* their texts */
	size_t known;		/* texts that are there, now or more */
	bool over;
	bool no_memory;
	struct owner_view owners[SIM_OWNERS];
	struct owner_view before[SIM_OWNERS];	/* at the last stop */
	bool terminal;
	int wrong;		/* commands that were none */
};

static void keep_event(void *ctx, const char *text, size_t length)
{
	struct stepper *s = ctx;
	char **events = s->events;

	if (s->now++ < s->known)
		return;
	events = realloc(events, (s->known + 1) * sizeof(*events));
	if (events) {
		s->events = events;
		events[s->known] = strndup(text, length - 1);
	}
	if (events && events[s->known])
		s->known++;
	else
		s->no_memory = true;
}

static bool forward(struct stepper *s)
{
	if (s->over || s->no_memory)
		return false;
	s->over = !sim_step(s->sim);
	return !s->over;
}

static int begin(struct stepper *s)
{
	struct sim_error error;

	sim_destroy(s->sim);
	s->now = 0;
	s->over = false;
	s->sim = sim_load_file(&s->config, s->path, &error);
	if (s->sim)
		return CMD_OK;
	fprintf(stderr, "ccwsim: %s\n", error.text);
	return CMD_WRONG;
}

static int go_to(struct stepper *s, size_t event)
{
	if (event < s->now && begin(s))
		return CMD_WRONG;
	while (s->now < event && forward(s))
		;
	return CMD_OK;
}

static const char *last_event(const struct stepper *s)
{
	return s->now && s->now <= s->known ? s->events[s->now - 1] : "";
}

static bool is_heading(const char *event)
{
	return event[0] == '\n';
}

static bool acts(const char *event, const char *who)
{
	size_t length = strlen(who);

	event += strspn(event, "\n ");
	event += strcspn(event, " ");
	event += strspn(event, " ");
	return !strncmp(event, who, length) &&
	       (event[length] == ' ' || event[length] == ':');
}

static bool is_party(const char *word)
{
	static const char *const parties[] = {
		"admin", "guest", "vmm", "driver", "host", "machine", "cpu",
		"channel", "device", "operator", "kernel", "sched",
	};

	for (size_t i = 0; i < sizeof(parties) / sizeof(parties[0]); i++)
		if (!strcmp(parties[i], word))
			return true;
	return false;
}

#define CLEAR	"\033[H\033[2J\033[3J"
#define BOLD	"\033[1m"
#define REVERSE	"\033[7m"
#define PLAIN	"\033[0m"

static const char *paint(const struct stepper *s, const char *sequence)
{
	return s->terminal ? sequence : "";
}

static void measure(const struct stepper *s, int *width, int *height)
{
	struct winsize size;

	*width = 80;
	*height = 0;
	if (!s->terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    !size.ws_col)
		return;
	*width = size.ws_col;
	*height = size.ws_row;
}

#define NAME	5	/* characters of the longest name of a fact */

static unsigned int columns_in(int width)
{
	return width >= 72 ? 4 : width >= 40 ? 2 : 1;
}

static void print_cell(const struct stepper *s, unsigned int owner, int row,
		       int width)
{
	const struct owner_view *view = &s->owners[owner];
	const struct owner_fact *fact = &view->fact[row];
	const struct owner_fact *before = &s->before[owner].fact[row];
	int length = strlen(fact->value), room = width - NAME - 2;
	bool changed;

	if (row >= (int)view->count) {
		printf("%*s", width, "");
		return;
	}
	changed = row >= (int)s->before[owner].count ||
		  strcmp(fact->value, before->value);
	printf("%-*s%c%s%.*s%s%s%*s", NAME, fact->name,
	       changed && !s->terminal ? '*' : ' ',
	       changed ? paint(s, REVERSE) : "",
	       length > room ? room - 1 : length, fact->value,
	       length > room ? ">" : "", changed ? paint(s, PLAIN) : "",
	       length > room ? 1 : 1 + room - length, "");
}

static void print_row(const struct stepper *s, unsigned int first,
		      unsigned int columns, int row, int width)
{
	for (unsigned int i = first; i < first + columns; i++)
		print_cell(s, i, row, width);
	putchar('\n');
}

static void print_titles(const struct stepper *s, unsigned int first,
			 unsigned int columns, int width)
{
	fputs(paint(s, BOLD), stdout);
	for (unsigned int i = first; i < first + columns; i++)
		printf("%-*s", width, s->owners[i].title);
	printf("%s\n", paint(s, PLAIN));
	for (unsigned int i = first; i < first + columns; i++)
		printf("%-*s", width, s->owners[i].what);
	putchar('\n');
}

static void print_owners(const struct stepper *s, int width)
{
	unsigned int columns = columns_in(width);
	int cell = width / columns;

	for (unsigned int first = 0; first < SIM_OWNERS; first += columns) {
		print_titles(s, first, columns, cell);
		for (int row = 0; row < OWNER_FACTS; row++)
			print_row(s, first, columns, row, cell);
	}
}

static void print_events(const struct stepper *s, size_t from)
{
	for (size_t i = from; i < s->now && i < s->known; i++)
		printf("%s%s%s\n",
		       i + 1 == s->now ? paint(s, BOLD) : "", s->events[i],
		       i + 1 == s->now ? paint(s, PLAIN) : "");
}

static void print_position(const struct stepper *s)
{
	struct sim_states states;

	sim_states(s->sim, &states);
	printf("%s%s  event %zu  %llu.%03llu us  seed %llu%s\n",
	       paint(s, BOLD), s->path, s->now,
	       (unsigned long long)states.now / 1000,
	       (unsigned long long)states.now % 1000,
	       (unsigned long long)s->config.seed, paint(s, PLAIN));
	if (s->over)
		fputs(sim_report(s->sim), stdout);
}

static int lines_of(const char *text, int width)
{
	int lines = 0, length;

	for (;; text += length + 1) {
		length = strcspn(text, "\n");
		lines += length ? (length + width - 1) / width : 1;
		if (!text[length])
			return lines;
	}
}

#define TITLES	2	/* lines above the facts of a block */
#define AROUND	4	/* position, two empty lines and the prompt */

static void print_latest(const struct stepper *s, int width, int height)
{
	int blocks = SIM_OWNERS / columns_in(width);
	int room = height - AROUND - blocks * (TITLES + OWNER_FACTS);
	size_t from = s->now;

	while (from && room > 0)
		room -= lines_of(s->events[--from], width);
	print_events(s, from + (room < 0));
}

static void show(struct stepper *s, size_t since)
{
	int width, height;

	measure(s, &width, &height);
	memcpy(s->before, s->owners, sizeof(s->before));
	owners_look(s->sim, s->owners);
	if (!s->before[0].title)
		memcpy(s->before, s->owners, sizeof(s->before));
	if (!s->terminal) {
		print_events(s, since < s->now ? since : s->now - !!s->now);
		putchar('\n');
	}
	fputs(paint(s, CLEAR), stdout);
	print_position(s);
	print_owners(s, width);
	fputs(paint(s, "\n"), stdout);
	if (s->terminal)
		print_latest(s, width, height);
}

enum answer { STAY, MOVED, QUIT };

static enum answer complain(struct stepper *s, const char *found,
			    const char *expected)
{
	printf("found '%s', expected %s\n", found, expected);
	s->wrong++;
	return STAY;
}

static enum answer cmd_next(struct stepper *s, char **words)
{
	u64 count = 1;

	if (*words && !cmd_parse(*words, &count))
		return complain(s, *words, "a number of events");
	while (count-- && forward(s))
		;
	return MOVED;
}

static enum answer cmd_line(struct stepper *s, char **words)
{
	while (forward(s) && !is_heading(last_event(s)))
		;
	return MOVED;
}

static enum answer cmd_until(struct stepper *s, char **words)
{
	if (!*words)
		return complain(s, "nothing", "a party, or a text");
	while (forward(s))
		if (is_party(*words) ? acts(last_event(s), *words) :
		    strstr(last_event(s), *words) != NULL)
			break;
	return MOVED;
}

static enum answer cmd_end(struct stepper *s, char **words)
{
	while (forward(s))
		;
	return MOVED;
}

static enum answer cmd_back(struct stepper *s, char **words)
{
	u64 count = 1;

	if (*words && !cmd_parse(*words, &count))
		return complain(s, *words, "a number of events");
	return go_to(s, count < s->now ? s->now - count : 0) ? QUIT : MOVED;
}

static enum answer cmd_goto(struct stepper *s, char **words)
{
	u64 event;

	if (!*words || !cmd_parse(*words, &event))
		return complain(s, *words ?: "nothing", "the number of an event");
	return go_to(s, event) ? QUIT : MOVED;
}

static enum answer cmd_memory(struct stepper *s, char **words)
{
	u64 address, count = 64;
	u8 byte;

	if (!*words || !cmd_parse(*words, &address))
		return complain(s, *words ?: "nothing", "a guest address");
	if (words[1] && (!cmd_parse(words[1], &count) || count > 4096))
		return complain(s, words[1], "a number of bytes, up to 4096");
	for (u64 i = 0; i < count; i++) {
		if (sim_memory(s->sim, address + i, &byte, 1)) {
			putchar('\n');
			return complain(s, *words, "an address of guest memory");
		}
		if (i % 16 == 0)
			printf("%s%6llx ", i ? "\n" : "",
			       (unsigned long long)(address + i));
		printf("%s%02x", i % 4 ? "" : " ", byte);
	}
	putchar('\n');
	return STAY;
}

static enum answer cmd_decode(struct stepper *s, char **words)
{
	const struct decode_format *format = *words ? decode_find(*words) : NULL;
	u8 bytes[DECODE_LONGEST];
	u64 address;

	if (!format)
		return complain(s, *words ?: "nothing", "a format, as "
				"'ccwsim help show' lists them");
	if (!words[1] || !cmd_parse(words[1], &address) ||
	    sim_memory(s->sim, address, bytes, format->least))
		return complain(s, words[1] ?: "nothing", "a guest address");
	decode(stdout, format, bytes, format->least, false);
	return STAY;
}

static enum answer cmd_owner(struct stepper *s, char **words)
{
	struct sim_states states;

	sim_states(s->sim, &states);
	if (*words && !strcmp(*words, "machine"))
		decode(stdout, decode_find("schib"), states.machine,
		       sizeof(states.machine), false);
	else if (*words && !strcmp(*words, "vmm"))
		decode(stdout, decode_find("schib"), states.vmm,
		       sizeof(states.vmm), false);
	else if (*words && !strcmp(*words, "guest"))
		decode(stdout, decode_find("irb"), states.guest,
		       sizeof(states.guest), false);
	else
		return complain(s, *words ?: "nothing",
				"machine, vmm or guest");
	return STAY;
}

static enum answer cmd_list(struct stepper *s, char **words);

static enum answer cmd_again(struct stepper *s, char **words)
{
	return MOVED;
}

static enum answer cmd_quit(struct stepper *s, char **words)
{
	return QUIT;
}

static const struct command {
	const char *name;
	const char *arguments;
	const char *text;
	enum answer (*run)(struct stepper *s, char **words);
	int words;	/* that it takes; -1: the rest of the line as one */
} commands[] = {
	{ "next", "[N]", "to the next event, or by N events", cmd_next, 1 },
	{ "line", "", "to the next line of the scenario", cmd_line, 0 },
	{ "until", "PARTY | TEXT", "until PARTY acts, or an event has TEXT",
	  cmd_until, -1 },
	{ "end", "", "to the end of the scenario", cmd_end, 0 },
	{ "back", "[N]", "back by an event, or by N", cmd_back, 1 },
	{ "goto", "N", "to event N; 0 is the beginning", cmd_goto, 1 },
	{ "memory", "ADDRESS [N]", "N bytes of guest memory", cmd_memory, 2 },
	{ "decode", "FORMAT ADDRESS", "an orb, a ccw... in guest memory",
	  cmd_decode, 2 },
	{ "owner", "machine|vmm|guest", "all of that owner's structure",
	  cmd_owner, 1 },
	{ "where", "", "the four columns once more", cmd_again, 0 },
	{ "help", "", "this list", cmd_list, 0 },
	{ "quit", "", "leave; so does the end of the input", cmd_quit, 0 },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static enum answer cmd_list(struct stepper *s, char **words)
{
	char left[40];

	for (size_t i = 0; i < COMMANDS; i++) {
		snprintf(left, sizeof(left), "%s %s", commands[i].name,
			 commands[i].arguments);
		printf("  %-24s %s\n", left, commands[i].text);
	}
	return STAY;
}

static const struct command *find_command(const char *word)
{
	const struct command *found = NULL;

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, word, strlen(word)))
			continue;
		if (found)
			return NULL;
		found = &commands[i];
	}
	return found;
}

#define WORDS	2	/* that a command takes at most */
#define BLANKS	" \t\n"

static enum answer obey(struct stepper *s, char *line)
{
	char *words[WORDS + 1] = { NULL }, *rest = line;
	const char *name = strtok_r(line, BLANKS, &rest);
	const struct command *command = find_command(name);

	if (!command)
		return complain(s, name, "a command, as 'help' lists them");
	rest += strspn(rest, BLANKS);
	if (command->words < 0) {
		words[0] = strtok_r(rest, "\n", &rest);
		return command->run(s, words);
	}
	for (int i = 0; i < command->words; i++)
		words[i] = strtok_r(NULL, BLANKS, &rest);
	rest += strspn(rest, BLANKS);
	if (*rest)
		return complain(s, strtok_r(NULL, "\n", &rest), "no more words");
	return command->run(s, words);
}

static void prompt(const struct stepper *s)
{
	if (s->terminal)
		printf("%sstep>%s ", BOLD, PLAIN);
	fflush(stdout);
}

static void talk(struct stepper *s)
{
	char *line = NULL, *last = strdup("next"), *copy;
	enum answer answer = MOVED;
	size_t size = 0, since = 0;

	while (answer != QUIT && last) {
		if (answer == MOVED)
			show(s, since);
		since = s->now;
		prompt(s);
		if (getline(&line, &size, stdin) < 0)
			break;
		if (line[strspn(line, " \t\n")]) {
			free(last);
			last = strdup(line);
		}
		copy = last ? strdup(last) : NULL;
		answer = copy ? obey(s, copy) : QUIT;
		free(copy);
	}
	free(last);
	free(line);
}

static bool can_paint(void)
{
	const char *terminal = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && terminal &&
	       strcmp(terminal, "dumb");
}

static int step_through(struct stepper *s)
{
	int status = begin(s);

	if (!status) {
		talk(s);
		if (s->terminal)
			putchar('\n');
		if (s->no_memory)
			status = cmd_wrong(&cmd_step, "no memory");
	}
	sim_destroy(s->sim);
	while (s->known)
		free(s->events[--s->known]);
	free(s->events);
	return status ?: s->wrong && !s->terminal ? CMD_WRONG : CMD_OK;
}

static int step(int argc, char **argv)
{
	struct stepper s = { .terminal = can_paint() };
	u64 seed = 0;
	int key;

	s.config.event = keep_event;
	s.config.ctx = &s;
	while ((key = cmd_option(&cmd_step, argc, argv))) {
		if (key == '?' ||
		    (key == 's' && !cmd_number(&cmd_step, "--seed", optarg, 0,
					       UINT64_MAX, &seed)) ||
		    (key == 'd' && !cmd_device(&cmd_step, optarg, &s.config)))
			return CMD_WRONG;
	}
	if (argc - optind != 1)
		return cmd_wrong(&cmd_step, "found %d files, expected one",
				 argc - optind);
	s.config.seed = seed;
	s.path = argv[optind];
	return step_through(&s);
}

static const struct cmd_option options[] = {
	{ 's', "seed", "N", "decide every race by N, as 'run' does" },
	{ 'd', "device", "TYPE[=ARGUMENT]", "stand this behind the subchannel; "
	  "'ccwsim devices' lists them" },
	{ }
};

const struct cmd cmd_step = {
	.name = "step",
	.arguments = "FILE.ccw",
	.summary = "go through a scenario event by event, and back",
	.text = "After each event the states of machine, driver, VMM and guest "
		"are shown side by\nside; what has changed is marked. Commands are "
		"read from standard input, one a\nline; 'help' lists them, an empty "
		"line repeats the last one.\n",
	.options = options,
	.example = "  ccwsim step tests/scenarios/sense-id.ccw\n"
		   "  printf 'until BUSY\\nuntil TSCH\\n' | ccwsim step "
		   "tests/scenarios/sense-id.ccw\n",
	.run = step,
};
