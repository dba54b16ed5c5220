// SPDX-License-Identifier: GPL-2.0-only
/**
 * @file complains.c
 * Does a command fail, and does what it says contain a text?
 *
 *     complains [--if-at-all] TEXT COMMAND...
 *
 * In TEXT an underscore stands for a blank. What the command says is printed.
 * With --if-at-all it may also do what it should.
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

/* What a plan has as one word. */
static void join_words(char *text)
{
	while ((text = strchr(text, ' ')))
		*text = '_';
}

static bool as_foretold(int status, char *said, char *text, bool may_pass)
{
	if (!WIFEXITED(status))
		return false;
	if (!WEXITSTATUS(status))
		return may_pass;
	join_words(said);
	join_words(text);
	return strstr(said, text);
}

int main(int argc, char **argv)
{
	bool may_pass = argc > 1 && !strcmp(argv[1], "--if-at-all");
	static char said[65536];
	char **args = argv + 1 + may_pass;
	int status;

	if (argc < 3 + may_pass) {
		fputs("Usage: complains [--if-at-all] TEXT COMMAND...\n", stderr);
		return 2;
	}
	if (!run(args + 1, said, sizeof(said), &status)) {
		perror("complains");
		return 2;
	}
	fputs(said, stdout);
	if (as_foretold(status, said, args[0], may_pass))
		return 0;
	printf("status %#x, and it was to fail with '%s'\n", status, args[0]);
	return 1;
}
