/* SPDX-License-Identifier: GPL-2.0-only */
/* Images on their way into a cell. All are opened and understood before the first one is loaded. */
#ifndef HVCTL_LOAD_H
#define HVCTL_LOAD_H

#include "cellfile.h"
#include "genl.h"
#include "image.h"

struct load {
	unsigned int count;
	struct {
		const char *path;
		int fd;
		struct image image;
	} images[CELL_MAX_IMAGES];
};

/* NULL, with a sentence, if one of them is not good. */
struct load *load_images(const struct cell_image *images, u32 count);
void load_free(struct load *load);

/* Into the cell of that name. DONE, or REFUSED after the sentence. */
int load_send(struct genl *genl, const char *name, const struct load *load);

#endif
