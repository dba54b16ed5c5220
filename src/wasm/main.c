// SPDX-License-Identifier: GPL-2.0-only
/* The command for node: says its exit status when there is one. */
#include <stdlib.h>

int ccwsim_main(int argc, char **argv);

int main(int argc, char **argv)
{
	exit(ccwsim_main(argc, argv));
}
