// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file guest.c
 * QEMU with a guest of its own, in the lab's virtual machine: the client that
 * all of this is for. The plan has bound the subchannel, and tests/vm/boot has
 * somebody type at the terminal.
 *
 *     guest TEST [WORD]
 *
 * The tests build on each other: the guest that the first has started is there
 * for the next. Each waits for what the guest says on its console, which QEMU
 * writes to a file, or for QEMU's own answers, and passes the console on. Exit
 * status: 0 if it held, 1 if not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sysfs.h"

#define UUID		"5ae25b2d-9c4f-4e4c-8d5c-3d5a2f6a0815"
#define MDEV		"/sys/bus/mdev/devices/" UUID
#define SUBCHANNEL	"/sys/bus/css/devices/0.0.0001"
#define QEMU		"/qemu/"		/* see tests/vm/inner-qemu */
#define CONSOLE		"/tmp/console"
#define MONITOR		"/tmp/monitor"
#define HEARD		"/tmp/heard"		/* how far into the console */
#define PID		"/tmp/pid"
#define TRACING		"/sys/kernel/tracing"
#define PATIENCE_S	900

#define DEVICE_OPTIONS	"sysfsdev=" MDEV ",devno=fe.0.1234,id=terminal"

/* Leave at once if something that was to hold does not. */
#define must(condition)							\
	do {								\
		if (!(condition))					\
			failed(__LINE__, #condition);			\
	} while (0)

/* What the driver's tracepoints have recorded, less process and time. */
static void print_trace(const char *prefix)
{
	FILE *file = fopen(TRACING "/trace", "re");
	char line[256], *text;

	while (file && fgets(line, sizeof(line), file)) {
		text = strstr(line, ": ");
		if (*line != '#' && text)
			printf("%s%s", prefix, text + 2);
	}
	if (file)
		fclose(file);
}

static void failed(int line, const char *condition)
{
	print_trace("");
	printf("guest.c:%d: not true: %s\n", line, condition);
	exit(1);
}

static void wait_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
}

/*
 * What the guest has said since what a test heard last, which may have been the
 * test before; it is passed on as it comes.
 */
static int console = -1;
static char said[1 << 20];
static size_t said_len;

static char *has_said(const char *text)
{
	ssize_t len = read(console, said + said_len,
			   sizeof(said) - 1 - said_len);

	if (len > 0) {
		fwrite(said + said_len, 1, len, stdout);
		fflush(stdout);
		said_len += len;
	}
	return strstr(said, text);
}

/* The next test begins behind it. */
static void heard(char *text)
{
	int fd = open(HEARD, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	off_t at = lseek(console, 0, SEEK_CUR) - said_len + (text - said);

	said_len -= text - said;
	memmove(said, text, said_len + 1);
	dprintf(fd, "%ld", (long)at);
	close(fd);
}

static bool running(void)
{
	char pid[16], word[16];

	return !sysfs_read(pid, sizeof(pid), PID) &&
	       !sysfs_read(word, sizeof(word), "/proc/%s/cmdline", pid) &&
	       *word;	/* or it has ended and nobody has looked at it */
}

/* The guest takes its time, but if its QEMU has ended it says nothing more. */
static bool says(const char *text)
{
	const time_t deadline = time(NULL) + PATIENCE_S;

	while (time(NULL) < deadline) {
		bool still_there = running();
		char *found = has_said(text);

		if (found) {
			heard(found + strlen(text));
			sysfs_write(text, TRACING "/trace_marker");
			return true;
		}
		if (!still_there || has_said("Kernel panic"))
			return false;
		wait_a_little();
	}
	return false;
}

static bool has_ended(void)
{
	const time_t deadline = time(NULL) + PATIENCE_S;

	while (running() && time(NULL) < deadline)
		wait_a_little();
	return !running();
}

/* The guest is switched off, and its QEMU goes with it. */
static bool ends(void)
{
	return says("guest: switches off") && has_ended();
}

/* Have tests/vm/boot do something at the terminal. */
static void ask_for(const char *what, const char *text)
{
	printf("lab: %s %s\n", what, text);
	fflush(stdout);
}

/* Ask QEMU's monitor, a pair of pipes. @return whether its answer is good */
static bool monitor(const char *command)
{
	FILE *in = fopen(MONITOR ".in", "r+e");
	FILE *out = fopen(MONITOR ".out", "r+e");
	char line[4096];

	must(in && out && running());
	fprintf(in, "{'execute':%s,'id':'command'}\n", command);
	fclose(in);
	do {
		must(fgets(line, sizeof(line), out));
	} while (!strstr(line, "\"id\": \"command\""));
	fclose(out);
	if (strstr(line, "\"error\""))
		printf("%s", line);
	return strstr(line, "\"return\"");
}

static void terminal_is_there(void)
{
	must(says("guest: has the terminal"));
	ask_for("shows", "a guest, has this terminal");
}

/* The administrator lends the subchannel, which the plan has bound. */
static void create(void)
{
	if (!sysfs_exists(MDEV))
		must(!sysfs_write(UUID, SUBCHANNEL
				  "/mdev_supported_types/vfio_ccw-io/create"));
}

/* What is typed is read by the guest, and what the guest writes is seen. */
static void terminal_works(const char *text)
{
	char line[128];

	ask_for("type", text);
	snprintf(line, sizeof(line), "guest: read '%s'", text);
	must(says(line));
	snprintf(line, sizeof(line), "the guest has read %zu letters: %s",
		 strlen(text), text);
	ask_for("shows", line);
	ask_for("type", "seen");
	must(says("guest: read 'seen'"));
}

static void test_starts(const char *word)
{
	char append[64], *argv[] = {
		QEMU "ld64.so.1", "--library-path", QEMU,
		QEMU "qemu-system-s390x", "-L", QEMU,
		"-M", "s390-ccw-virtio", "-accel", "tcg", "-m", "256",
		"-nodefaults", "-display", "none", "-daemonize",
		"-pidfile", PID, "-chardev", "pipe,id=monitor,path=" MONITOR,
		"-mon", "monitor,mode=control",
		"-chardev", "file,id=console,path=" CONSOLE,
		"-device", "sclpconsole,chardev=console",
		"-device", "vfio-ccw," DEVICE_OPTIONS,
		"-kernel", QEMU "bzImage", "-initrd", QEMU "initramfs.cpio",
		"-append", append, NULL
	};
	int status;
	pid_t child;

	snprintf(append, sizeof(append), "console=ttysclp0 %s", word);
	unlink(CONSOLE);
	unlink(HEARD);
	ask_for("connect", "");
	create();
	must(!mkfifo(MONITOR ".in", 0600) || errno == EEXIST);
	must(!mkfifo(MONITOR ".out", 0600) || errno == EEXIST);
	child = fork();
	must(child >= 0);
	if (!child) {
		execv(argv[0], argv);
		_exit(127);
	}
	must(waitpid(child, &status, 0) == child);
	must(WIFEXITED(status) && !WEXITSTATUS(status));
	console = open(CONSOLE, O_RDONLY | O_CLOEXEC);
	must(monitor("'qmp_capabilities'"));
	must(says("guest: is up"));
	must(says("guest: sees a device"));
}

static void test_terminal(const char *word)
{
	terminal_is_there();
	terminal_works("hello");
}

/* A page with colours: more than a line at a time. */
static void test_form(const char *word)
{
	ask_for("type", "form");
	must(says("guest: shows a form"));
	ask_for("shows", "Your name?");
	ask_for("type", "Ada");
	must(says("guest: has a visitor: Ada"));
	ask_for("shows", "Welcome to the guest, Ada.");
	ask_for("press", "Enter");
	must(says("guest: leaves the form"));
	terminal_works("lines again");
}

/* The guest is reset with everything it has, the subchannel included. */
static void test_reboot(const char *word)
{
	ask_for("type", "reboot");
	must(says("guest: reboots"));
	must(says("guest: is up"));
	terminal_is_there();
	terminal_works("as before");
}

/*
 * The administrator takes the device away. The driver asks QEMU for it, QEMU
 * takes it from the guest, the guest is told by a channel report.
 */
static void test_removed(const char *word)
{
	must(!sysfs_write("1", MDEV "/remove"));
	must(!sysfs_exists(MDEV));
	must(says("guest: sees the device gone"));
	must(running());
}

static void plug_in(void)
{
	must(monitor("'device_add','arguments':{'driver':'vfio-ccw',"
		     "'id':'terminal','devno':'fe.0.1234',"
		     "'sysfsdev':'" MDEV "'}"));
	must(says("guest: sees a device"));
}

static void test_given_again(const char *word)
{
	create();
	plug_in();
}

/* QEMU's own user takes the device away. */
static void test_unplugged(const char *word)
{
	must(monitor("'device_del','arguments':{'id':'terminal'}"));
	must(says("guest: sees the device gone"));
	must(running());
}

static void test_plugged(const char *word)
{
	plug_in();
	terminal_is_there();
	terminal_works("once more");
}

static void test_quit(const char *word)
{
	must(monitor("'quit'"));
	must(has_ended());
}

static void test_off(const char *word)
{
	ask_for("type", "off");
	must(ends());
	must(!sysfs_write("1", MDEV "/remove"));
}

/* Of a guest that has begun with the form: keep what is to be seen. */
static void test_picture(const char *word)
{
	ask_for("shows", "Your name?");
	ask_for("type", "Ada");
	must(says("guest: has a visitor: Ada"));
	ask_for("shows", "Welcome to the guest, Ada.");
	ask_for("keep", "screen.txt");
	ask_for("press", "Enter");
	must(ends());
}

/* Show the guest's console until the guest is switched off. */
static void test_watch(const char *word)
{
	while (running()) {
		has_said("");
		wait_a_little();
	}
}

static void test_trace(const char *word)
{
	print_trace("lab: trace ");
}

static const struct {
	const char *name;
	void (*run)(const char *word);
} tests[] = {
	{ "starts",		test_starts },
	{ "terminal",		test_terminal },
	{ "form",		test_form },
	{ "reboot",		test_reboot },
	{ "removed",		test_removed },
	{ "given-again",	test_given_again },
	{ "quit",		test_quit },
	{ "unplugged",		test_unplugged },
	{ "plugged",		test_plugged },
	{ "off",		test_off },
	{ "picture",		test_picture },
	{ "watch",		test_watch },
	{ "trace",		test_trace },
};

int main(int argc, char **argv)
{
	char where[16];

	console = open(CONSOLE, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	if (!sysfs_read(where, sizeof(where), HEARD))
		lseek(console, atol(where), SEEK_SET);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (argc < 2 || strcmp(tests[i].name, argv[1]))
			continue;
		tests[i].run(argc > 2 ? argv[2] : "");
		return 0;
	}
	fputs("Usage: guest TEST [WORD]\n", stderr);
	return 2;
}
