// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file complains.c
 * Does a command fail, and does what it says contain a text?
 *
 *     complains TEXT COMMAND...      (an underscore in TEXT matches a blank)
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool run(char **argv, char *said, size_t size, int *status)
{
	int pipefd[2];
	size_t len = 0;
	ssize_t more;
	pid_t child;

	if (pipe(pipefd))
		return false;
	child = fork();
	if (!child) {
		dup2(pipefd[1], STDOUT_FILENO);
		dup2(pipefd[1], STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(pipefd[1]);
	while ((more = read(pipefd[0], said + len, size - 1 - len)) > 0)
		len += more;
	said[len] = '\0';
	return waitpid(child, status, 0) == child;
}

int main(int argc, char **argv)
{
	char said[4096];
	int status;

	if (argc < 3) {
		fputs("Usage: complains TEXT COMMAND...\n", stderr);
		return 2;
	}
	for (char *p = argv[1]; (p = strchr(p, '_')); )
		*p = ' ';
	if (!run(argv + 2, said, sizeof(said), &status)) {
		perror("complains");
		return 2;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) && strstr(said, argv[1]))
		return 0;
	printf("status %#x, and no '%s' in:\n%s", status, argv[1], said);
	return 1;
}
