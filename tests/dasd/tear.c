// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: tear FILE KILLS
 *
 * Is a pwrite() to FILE whole or not done when the writer is killed? A child
 * writes one row of equal bytes after the other to the same place; it is killed
 * at a random moment, and the row is looked at. For rows of several lengths:
 * their bytes, the pages they touch, kills, and rows that were cut in two.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096
#define PLACE	812	/* as a record in an image: not at a page's beginning */

static char row[0x10000];

static void write_for_ever(int fd, size_t length)
{
	for (unsigned int i = 0;; i++) {
		memset(row, 'a' + i % 26, length);
		if (pwrite(fd, row, length, PLACE) != (ssize_t)length)
			_exit(1);
	}
}

static int kill_one(int fd, size_t length)
{
	const struct timespec moment = { .tv_nsec = 500000 + rand() % 1000000 };
	pid_t child;

	memset(row, 'a', length);
	if (pwrite(fd, row, length, PLACE) != (ssize_t)length)
		return -1;
	child = fork();
	if (!child)
		write_for_ever(fd, length);
	nanosleep(&moment, NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	if (pread(fd, row, length, PLACE) != (ssize_t)length)
		return -1;
	return !!memcmp(row, row + 1, length - 1);
}

int main(int argc, char **argv)
{
	static const size_t lengths[] = { 80, 3000, 4096, 27998, 56832 };
	int kills = argc == 3 ? atoi(argv[2]) : 0;
	int fd = kills ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;

	if (fd < 0) {
		fputs("usage: tear FILE KILLS\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t pages = (PLACE + lengths[i] - 1) / PAGE + 1;
		int cut = 0, ret = 0;

		for (int n = 0; n < kills && ret >= 0; n++)
			cut += ret = kill_one(fd, lengths[i]);
		if (ret < 0) {
			perror(argv[1]);
			return 2;
		}
		printf("%zu %zu %d %d\n", lengths[i], pages, kills, cut);
	}
	unlink(argv[1]);
	return 0;
}
