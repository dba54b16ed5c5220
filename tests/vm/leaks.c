// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file leaks.c
 * Has the kernel look for memory that nobody points to any more, and judges
 * what it finds. Runs in the lab's virtual machine on a kernel with kmemleak.
 *
 *     leaks --forget	what has leaked so far is not of interest
 *     leaks		what has leaked since then?
 *
 * Exit status: 0 if nothing has leaked but what /debug.allow lists; 1 if
 * something has, which is printed with where it was allocated.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define ALLOW		"/debug.allow"
#define MIN_AGE_S	6	/* kmemleak suspects nothing younger than 5 s */

static void failed(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static void command(const char *word)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, word, strlen(word)) < 0)
		failed(KMEMLEAK);
	close(fd);
}

/* Twice: what a processor had in a register the first time was in use. */
static void scan(void)
{
	sleep(MIN_AGE_S);
	command("scan");
	command("scan");
}

/* The functions of this kernel in which Linux leaks. */
static char allowed[16][72];
static unsigned int nr_allowed;

static void read_allowed(void)
{
	char line[256], kernel[16], where[32], what[64];
	struct utsname system;
	FILE *file = fopen(ALLOW, "re");

	if (!file || uname(&system))
		failed(ALLOW);
	while (nr_allowed < 16 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%15s %31s %63s", kernel, where, what) != 3)
			continue;
		if (strcmp(where, "kmemleak") ||
		    strncmp(system.release, kernel, strlen(kernel)))
			continue;
		snprintf(allowed[nr_allowed++], sizeof(allowed[0]), " %s+",
			 what);
	}
	fclose(file);
}

/* Is this line of a backtrace one in a function that is allowed to leak? */
static bool is_allowed(const char *line)
{
	for (unsigned int i = 0; i < nr_allowed; i++)
		if (strstr(line, allowed[i]))
			return true;
	return false;
}

/* One object of the report, from its first line to the next one's. */
static struct {
	char text[8192];
	bool known;		/* or there is none yet */
} object = { .known = true };

static unsigned int leaks;

/* The object is whole: was it to leak? Make room for the next. */
static void judge(void)
{
	if (!object.known) {
		fputs(object.text, stdout);
		leaks++;
	}
	*object.text = '\0';
	object.known = false;
}

static void read_report(void)
{
	FILE *report = fopen(KMEMLEAK, "re");
	char line[512];

	if (!report)
		failed(KMEMLEAK);
	while (fgets(line, sizeof(line), report)) {
		if (!strncmp(line, "unreferenced", strlen("unreferenced")))
			judge();
		if (strlen(object.text) + strlen(line) < sizeof(object.text))
			strcat(object.text, line);
		if (is_allowed(line))
			object.known = true;
	}
	fclose(report);
	judge();
}

int main(int argc, char **argv)
{
	scan();
	if (argc > 1 && !strcmp(argv[1], "--forget")) {
		command("clear");
		return 0;
	}
	read_allowed();
	read_report();
	if (leaks)
		printf("leaks: %u\n", leaks);
	return !!leaks;
}
