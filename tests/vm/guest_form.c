// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file guest_form.c
 * The page says who is between the reader and the guest, and what the terminal
 * has brought so far; and it greets whoever types a name.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "guest_form.h"

/* Escape sequences that Linux's 3270 driver makes fields and colours of. */
#define CLEAR	"\033[2J\033[H"
#define RED	"\033[31m"
#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define BLUE	"\033[34m"
#define PINK	"\033[35m"
#define TURQ	"\033[36m"
#define WHITE	"\033[37m"

/* The kernel counts interrupts for each of its drivers. */
static unsigned int interrupts(void)
{
	FILE *file = fopen("/proc/interrupts", "re");
	unsigned int count = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (strstr(line, "3270"))
			sscanf(line, "%*s %u", &count);
	}
	if (file)
		fclose(file);
	return count;
}

static void draw(FILE *tty, const char *name)
{
	struct utsname system;

	uname(&system);
	fprintf(tty, CLEAR WHITE " A CHANNEL OF ONE'S OWN" TURQ
		"                     a 3270 passed through vfio_ccw\n\n");
	fprintf(tty, GREEN " Who is between you and the program that draws:\n\n");
	fprintf(tty, YELLOW "   you           " TURQ "QEMU           "
		RED "Linux          " TURQ "QEMU           "
		PINK "Linux %.9s\n", system.release);
	fprintf(tty, YELLOW "   a terminal    " TURQ "emulates       "
		RED "vfio_ccw.ko    " TURQ "emulates       " PINK "a guest\n");
	fprintf(tty, YELLOW "   emulator      " TURQ "a machine      "
		RED "passes it on   " TURQ "a machine      "
		PINK "this program\n\n");
	fprintf(tty, GREEN " Interrupts of this terminal so far: " WHITE "%u\n\n",
		interrupts());
	if (*name)
		fprintf(tty, YELLOW " Welcome to the guest, %s.\n\n", name);
	fprintf(tty, GREEN " Your name? " BLUE "(an empty line leaves)" GREEN
		"\n");
	fflush(tty);
}

void guest_form(FILE *tty, void (*say)(const char *fmt, ...))
{
	char name[40] = "";

	say("shows a form");
	do {
		draw(tty, name);
		if (!fgets(name, sizeof(name), tty))
			return;
		name[strcspn(name, "\n")] = '\0';
		if (*name)
			say("has a visitor: %s", name);
	} while (*name);
	fprintf(tty, CLEAR);
	fflush(tty);
	say("leaves the form");
}
