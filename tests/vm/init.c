// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file init.c
 * The first process of the lab's virtual machine. Carries out /plan, reports
 * on the console, switches the machine off.
 *
 * Each line of the plan is one of
 *
 *     load MODULE                load /modules/MODULE.ko
 *     write FILE [WORD]          write a word or an empty line to a file
 *     link TARGET FILE           make a symbolic link in place of a file
 *     mount TYPE DIRECTORY       mount a file system
 *     patience SECONDS           how long each command may take from here on
 *     test NAME : COMMAND...     run a command; its exit status is the result
 *
 * and each line of the report begins with "lab: ", so that tests/vm/boot can
 * tell it from everything else a console shows:
 *
 *     lab: run NAME            what follows belongs to NAME
 *     lab: log LEVEL TEXT      the kernel said this meanwhile
 *     lab: pass NAME           exit status 0
 *     lab: skip NAME           exit status 77
 *     lab: fail NAME: WHY      anything else
 *     lab: end                 the plan was carried out to its last line
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PLAN		"/plan"
#define SKIPPED		77	/* the exit status that says so, as automake's */
#define WORDS		32	/* in one line of the plan */

static const struct {
	const char *type, *where;
} mounts[] = {
	{ "proc",	"/proc" },
	{ "sysfs",	"/sys" },
	{ "devtmpfs",	"/dev" },
	{ "tmpfs",	"/tmp" },
	{ "tracefs",	"/sys/kernel/tracing" },
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static int kmsg = -1;
static int patience = 300;	/* how many seconds one command may take */

__attribute__((format(printf, 1, 2)))
static void report(const char *fmt, ...)
{
	va_list ap;

	fputs("lab: ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/*
 * Pass on what the kernel has logged since the last time. A record of
 * /dev/kmsg is "priority,sequence,microseconds,flags;text", and lines of
 * key=value after it.
 */
static void report_log(void)
{
	char record[8192], *text;
	unsigned int priority;
	double microseconds;
	ssize_t len;

	for (;;) {
		len = read(kmsg, record, sizeof(record) - 1);
		if (len < 0 && errno == EPIPE) {
			report("log 3 [          ] (records were lost here)");
			continue;
		}
		if (len <= 0)
			return;
		record[len] = '\0';
		text = strchr(record, ';');
		if (!text || sscanf(record, "%u,%*u,%lf", &priority,
				    &microseconds) != 2)
			continue;
		text[strcspn(text, "\n")] = '\0';
		report("log %u [%10.6f] %s", priority & 7, microseconds / 1e6,
		       text + 1);
	}
}

static int load(const char *module)
{
	char path[256];
	int fd, ret;

	snprintf(path, sizeof(path), "/modules/%s.ko", module);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

static int write_word(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, word, strlen(word)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int make_link(const char *target, const char *path)
{
	if (unlink(path) || symlink(target, path))
		return -errno;
	return 0;
}

static int mount_type(const char *type, const char *path)
{
	return mount("none", path, type, 0, "") ? -errno : 0;
}

/* Wait for a child, but not for ever. Return false if it is still there. */
static bool wait_until(pid_t child, time_t deadline, int *status)
{
	const struct timespec tick = { .tv_nsec = 5000000 };

	while (waitpid(child, status, WNOHANG) != child) {
		if (time(NULL) >= deadline)
			return false;
		nanosleep(&tick, NULL);
	}
	return true;
}

/* SysRq: 'd' shows the locks held, 'w' the tasks that wait uninterruptibly. */
static void show_blocked_tasks(void)
{
	write_word("/proc/sysrq-trigger", "d");
	write_word("/proc/sysrq-trigger", "w");
}

static void report_result(const char *name, int status)
{
	if (WIFSIGNALED(status))
		report("fail %s: %s", name, strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == SKIPPED)
		report("skip %s", name);
	else if (WEXITSTATUS(status) == 0)
		report("pass %s", name);
	else
		report("fail %s: exit status %d", name, WEXITSTATUS(status));
}

/* Run a test. Return false if nothing more can be done after it. */
static bool test(const char *name, char **argv)
{
	bool timed_out = false;
	int status;
	pid_t child;

	report("run %s", name);
	child = fork();
	if (child < 0) {
		report("fail %s: fork: %s", name, strerror(errno));
		return false;
	}
	if (!child) {
		setpgid(0, 0);
		execv(argv[0], argv);
		printf("%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}

	if (!wait_until(child, time(NULL) + patience, &status)) {
		timed_out = true;
		show_blocked_tasks();
		kill(-child, SIGKILL);
		if (!wait_until(child, time(NULL) + 5, &status)) {
			report_log();
			report("fail %s: hangs in the kernel", name);
			return false;
		}
	}

	report_log();
	if (timed_out)
		report("fail %s: not done in %d s", name, patience);
	else
		report_result(name, status);
	return true;
}

/* A test has a name and a command. */
static bool carry_out_test(char *name)
{
	char *command = strstr(name, " : ");
	char *argv[WORDS + 1];
	int n = 0;

	if (!command) {
		report("fail plan: '%s' has no ' : COMMAND'", name);
		return false;
	}
	*command = '\0';
	command += strlen(" : ");
	while (n < WORDS && (argv[n] = strtok_r(command, " ", &command)))
		n++;
	argv[n] = NULL;
	return n && test(name, argv);
}

/* Carry out one line. Return false if the plan cannot go on. */
static bool carry_out(char *line)
{
	char *verb, *rest, *file, *target;
	int ret = -EINVAL;

	verb = strtok_r(line, " ", &rest);
	if (!strcmp(verb, "test"))
		return carry_out_test(rest);
	if (!strcmp(verb, "load")) {
		ret = load(rest);
	} else if (!strcmp(verb, "write")) {
		file = strtok_r(rest, " ", &rest);
		ret = write_word(file, *rest ? rest : "\n");
	} else if (!strcmp(verb, "link")) {
		target = strtok_r(rest, " ", &rest);
		ret = make_link(target, rest);
	} else if (!strcmp(verb, "mount")) {
		target = strtok_r(rest, " ", &rest);
		ret = mount_type(target, rest);
	} else if (!strcmp(verb, "patience")) {
		patience = atoi(rest);
		ret = patience > 0 ? 0 : -EINVAL;
	}
	report_log();
	if (ret)
		report("fail %s %s: %s", verb, rest, strerror(-ret));
	return !ret;
}

int main(void)
{
	char line[1024];
	bool go_on = true;
	FILE *plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].where, 0755);
		if (mount("none", mounts[i].where, mounts[i].type, 0, ""))
			report("fail mount %s: %s", mounts[i].where,
			       strerror(errno));
	}
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	plan = fopen(PLAN, "re");
	if (kmsg < 0 || !plan) {
		report("fail init: no " PLAN " or no /dev/kmsg");
		go_on = false;
	}
	while (go_on && fgets(line, sizeof(line), plan)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			go_on = carry_out(line);
	}
	if (go_on)
		report("end");
	/* Who was started by another (pace.c) may not have been heard yet. */
	if (getpid() != 1)
		return !go_on;
	if (!go_on)	/* at once, since switching off could wait for what hangs */
		write_word("/proc/sysrq-trigger", "b");
	reboot(RB_POWER_OFF);
	return 1;
}
