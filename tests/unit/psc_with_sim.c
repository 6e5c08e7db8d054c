// SPDX-License-Identifier: GPL-2.0-only
/* hvcore/psc.c as it is, with one back end more in its list. */
#include "psc_sim.h"
#include "../../hvcore/psc.c"
