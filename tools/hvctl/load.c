// SPDX-License-Identifier: GPL-2.0-only
/* Sends images part by part. The kernel reads them from descriptors; zeros come from a file without content. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <uapi/hv.h>

#include "load.h"

struct load *load_images(const struct cell_image *images, u32 count)
{
	struct load *load = calloc(1, sizeof(*load));
	u32 i;

	if (!load)
		fail("out of memory");
	for (i = 0; load && i < count && i < CELL_MAX_IMAGES; i++) {
		load->images[i].path = images[i].file;
		load->images[i].fd = image_open(images[i].file, images[i].has_gpa ? &images[i].gpa : NULL,
						&load->images[i].image);
		if (load->images[i].fd < 0) {
			load_free(load);
			return NULL;
		}
		load->count++;
	}
	return load;
}

void load_free(struct load *load)
{
	unsigned int i;

	for (i = 0; load && i < load->count; i++)
		close(load->images[i].fd);
	free(load);
}

static int send_part(struct genl *genl, const char *name, int fd, const struct image_part *part)
{
	json_t *request = json_pack("{s:s, s:{s:i, s:I, s:I, s:o}}", "name", name, "image", "fd", fd, "offset",
				    (json_int_t)part->offset, "size", (json_int_t)part->size, "gpa",
				    json_hex(part->gpa));
	int status = genl_do(genl, HV_CMD_CELL_LOAD, request, NULL);

	json_decref(request);
	return status;
}

/* A cell that is loaded a second time has to find zeros again, so they are loaded like any other bytes. */
static int send_zeros(struct genl *genl, const char *name, const struct image_part *part)
{
	int fd = memfd_create("zeros", MFD_CLOEXEC), status;

	if (fd < 0 || part->size > INT64_MAX || ftruncate(fd, (off_t)part->size)) {
		fail("cannot provide %llu bytes of zeros: %s", part->size, strerror(errno));
		status = FAILED;
	} else {
		status = send_part(genl, name, fd, part);
	}
	if (fd >= 0)
		close(fd);
	return status;
}

static int refused(const struct genl *genl, const char *path, const struct image_part *part)
{
	fail("%s, %llu bytes at 0x%llx: %s", path, part->size, part->gpa, refusal_text(genl_refusal(genl)));
	return REFUSED;
}

int load_send(struct genl *genl, const char *name, const struct load *load)
{
	const struct image *image;
	unsigned int i, k;
	int status;

	for (i = 0; i < load->count; i++) {
		image = &load->images[i].image;
		for (k = 0; k < image->nr_parts; k++) {
			progress("loading %s, part %u of %u", load->images[i].path, k + 1, image->nr_parts);
			status = image->parts[k].is_zeros ? send_zeros(genl, name, &image->parts[k]) :
							    send_part(genl, name, load->images[i].fd,
								      &image->parts[k]);
			if (status)
				return status == REFUSED ? refused(genl, load->images[i].path, &image->parts[k]) :
							   status;
		}
	}
	progress_end();
	return DONE;
}
