// SPDX-License-Identifier: GPL-2.0-only
/* hvctl: tells the module hv what to do, and shows what it answers. */
#include <stdio.h>
#include <string.h>

#include "command.h"

int main(int argc, char **argv)
{
	int status = command_run(argc, argv);

	progress_end();
	/* a full disk or a closed pipe: what was said did not arrive */
	if (fflush(stdout) || ferror(stdout))
		return fail("cannot write: %s", strerror(errno));
	return status;
}
