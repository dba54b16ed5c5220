// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file guest_init.c
 * The first process of the guest in the lab's machine. Waits for its terminal,
 * switches it on, and does what is typed there:
 *
 *     form       show a page with colours that asks for names
 *     reboot     start again from the beginning
 *     off        switch the guest off
 *
 * Any other line is read back to the terminal. The kernel's command line may have
 * a word for it:
 *
 *     form       begin with the form, and switch the guest off behind it
 *     third      leave the first two devices that come alone, and use the third
 *
 * What happens is told on the console, in lines that begin with "guest: ".
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "guest_form.h"

#define DEVICE		"/sys/bus/ccw/devices/0.0.1234"
#define TTY		"/dev/3270/tty1"

__attribute__((format(printf, 1, 2)))
static void say(const char *fmt, ...)
{
	va_list ap;

	fputs("guest: ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

static void wait_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* The terminal's driver finds out about it first, and may not be ready. */
static void switch_on(void)
{
	int fd;

	do {
		wait_a_little();
		fd = open(DEVICE "/online", O_WRONLY | O_CLOEXEC);
	} while (fd < 0 && exists(DEVICE));
	if (write(fd, "1", 1) < 0)
		say("switching it on: %s", strerror(errno));
	close(fd);
}

static void start_again(int how)
{
	say(how == RB_AUTOBOOT ? "reboots" : "switches off");
	reboot(how);
}

static void obey(const char *line, FILE *tty)
{
	say("read '%s'", line);
	if (!strcmp(line, "form")) {
		guest_form(tty, say);
	} else if (!strcmp(line, "reboot")) {
		start_again(RB_AUTOBOOT);
	} else if (!strcmp(line, "off")) {
		start_again(RB_POWER_OFF);
	} else {
		fprintf(tty, "the guest has read %zu letters: %s\n",
			strlen(line), line);
		fflush(tty);
	}
}

/* Read lines until the terminal is gone, which is the end of the file. */
static void serve(bool form)
{
	struct utsname name;
	char line[128];
	FILE *tty;

	while (!(tty = fopen(TTY, "r+e"))) {
		if (!exists(DEVICE))
			return;
		wait_a_little();
	}
	if (form) {
		guest_form(tty, say);
		start_again(RB_POWER_OFF);
	}
	uname(&name);
	fprintf(tty, "Linux %s, a guest, has this terminal\n", name.release);
	fflush(tty);
	say("has the terminal");
	while (fgets(line, sizeof(line), tty)) {
		line[strcspn(line, "\n")] = '\0';
		obey(line, tty);
	}
	fclose(tty);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	int skipped = strcmp(word, "third") ? 0 : 2;

	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("none", "/proc", "proc", 0, "");
	mount("none", "/sys", "sysfs", 0, "");
	mount("none", "/dev", "devtmpfs", 0, "");
	say("is up");
	for (;;) {
		while (!exists(DEVICE))
			wait_a_little();
		say("sees a device");
		if (skipped-- <= 0) {
			switch_on();
			serve(!strcmp(word, "form"));
		}
		while (exists(DEVICE))
			wait_a_little();
		say("sees the device gone");
	}
}
