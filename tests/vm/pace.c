// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file pace.c
 * The first process of a machine whose console loses what comes too fast: of one
 * write Hercules' 3215 shows the first 150 bytes. So /init runs on a terminal of
 * its own here, and what it and its children say goes to the console in pieces,
 * each when the last one has been printed. A backslash at the end of a piece
 * says that its line goes on.
 *
 * Its own line "lab: over" at the end tells the operator to switch off.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#define INIT	"/init"
#define PIECE	140

/* Print so much and wait until it is printed. */
static void print(const char *text, size_t length)
{
	while (length) {
		ssize_t done = write(STDOUT_FILENO, text, length);

		if (done <= 0)
			return;
		text += done;
		length -= done;
	}
	/* The console driver takes it for an order to print at once. */
	tcflush(STDOUT_FILENO, TCOFLUSH);
	tcdrain(STDOUT_FILENO);
}

/* Pass on what is there, by pieces. Return false if there will be no more. */
static bool pass_on(int terminal)
{
	static char piece[PIECE + 2];
	static size_t length;
	char more[256];
	ssize_t got = read(terminal, more, sizeof(more));

	for (ssize_t i = 0; i < got; i++) {
		piece[length++] = more[i];
		if (length == PIECE && more[i] != '\n') {
			piece[length++] = '\\';
			piece[length++] = '\n';
		}
		if (piece[length - 1] == '\n') {
			print(piece, length);
			length = 0;
		}
	}
	return got > 0 || errno == EINTR;
}

static void follow(int terminal, pid_t init)
{
	struct pollfd output = { .fd = terminal, .events = POLLIN };
	bool running = true;

	/* What is left over by a test may hold the terminal for ever. */
	while (poll(&output, 1, running ? 100 : 0) > 0 || running) {
		if (output.revents && !pass_on(terminal))
			return;
		running = running && waitpid(init, NULL, WNOHANG) != init;
	}
}

/* Return: our end of a terminal of which init has the other, or -1. */
static int start_init(pid_t *init)
{
	struct termios raw;
	int terminal, other, locked = 0;

	mkdir("/pts", 0755);
	mount("none", "/pts", "devpts", 0, "");
	terminal = open("/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	ioctl(terminal, TIOCSPTLCK, &locked);
	other = ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (other < 0 || tcgetattr(other, &raw))
		return -1;
	cfmakeraw(&raw);
	tcsetattr(other, TCSANOW, &raw);
	*init = fork();
	if (!*init) {
		login_tty(other);
		execl(INIT, INIT, NULL);
		_exit(127);
	}
	close(other);
	return *init < 0 ? -1 : terminal;
}

int main(void)
{
	pid_t init;
	int terminal = start_init(&init);

	if (terminal < 0)
		perror("lab: fail pace: no terminal for " INIT);
	else
		follow(terminal, init);
	print("lab: over\n", 10);
	for (;;)
		pause();
}
