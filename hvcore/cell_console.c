// SPDX-License-Identifier: GPL-2.0-only
/* A cell's console: output goes to the ring that root sees, input waits until the cell asks for it. */
#include <hv/arch.h>
#include <hv/atomic.h>
#include <hv/hv.h>
#include <hv/string.h>
#include "cell.h"

static bool has_console(const struct hv_cell *cell)
{
	return cell->conf->flags & HV_CONF_CONSOLE;
}

/*
 * How many of @size bytes at @gpa can be reached. Memory that waits for a first touch has it now: that takes locks and
 * time, and root may wait for the console.
 */
static u64 reach(struct hv_cell *cell, u64 gpa, u64 size, u64 rights)
{
	u64 at = gpa & HV_PAGE_MASK, hpa;

	while (at < gpa + size && hv_guest_frame(cell, at, rights, &hpa))
		at += HV_PAGE_SIZE;
	if (at <= gpa)
		return 0;
	return at - gpa < size ? at - gpa : size;
}

/*
 * What root has not read yet is overwritten, and root can tell: the ring remembers how much was written in all. It also
 * remembers how far a write came that failed, for what it overwrote does not come back.
 */
static s64 write(struct hv_cpu *cpu, u64 gpa, u64 size)
{
	struct hv_cell_page *page = cpu->cell->page;
	u64 done, at, piece;

	/* An exchange, so that it is there before the first byte is. */
	if (page->begun < page->written + size)
		(void)hv_exchange(&page->begun, page->written + size);
	for (done = 0; done < size; done += piece) {
		at = (page->written + done) % HV_CELL_CONSOLE;
		piece = HV_CELL_CONSOLE - at;
		if (piece > size - done)
			piece = size - done;
		if (!hv_arch_read_guest(cpu, gpa + done, &page->console[at], piece))
			return -EFAULT;
	}
	hv_store_release(&page->written, page->written + size);
	return (s64)size;
}

s64 hv_cell_write(struct hv_cpu *cpu, u64 gpa, u64 size)
{
	s64 result;

	if (!has_console(cpu->cell))
		return (s64)size;
	if (reach(cpu->cell, gpa, size, HV_PT_READ) < size)
		return -EFAULT;
	hv_lock(&cpu->cell->console_lock);
	result = write(cpu, gpa, size);
	hv_unlock(&cpu->cell->console_lock);
	return result;
}

/* @room: the buffer, as far as it is there */
static s64 read(struct hv_cpu *cpu, u64 gpa, u64 size, u64 room)
{
	struct hv_input *input = &cpu->cell->input;
	u32 waiting = input->put - input->got, i;
	u8 data[HV_CELL_INPUT_MAX];

	if (size > waiting)
		size = waiting;
	if (size > room)
		return -EFAULT;
	for (i = 0; i < size; i++)
		data[i] = input->data[(input->got + i) % HV_CELL_INPUT_MAX];
	if (!hv_arch_write_guest(cpu, gpa, data, size))
		return -EFAULT;
	input->got += (u32)size;
	cpu->cell->page->taken += size;
	return (s64)size;
}

s64 hv_cell_read(struct hv_cpu *cpu, u64 gpa, u64 size)
{
	u64 room = reach(cpu->cell, gpa, size, HV_PT_WRITE);
	s64 result;

	hv_lock(&cpu->cell->console_lock);
	result = read(cpu, gpa, size, room);
	hv_unlock(&cpu->cell->console_lock);
	return result;
}

static int put(struct hv_cell *cell, const struct hv_cell_input *from)
{
	struct hv_input *input = &cell->input;
	u32 done;

	hv_lock(&cell->console_lock);
	for (done = 0; done < from->size && input->put - input->got < HV_CELL_INPUT_MAX; done++)
		input->data[input->put++ % HV_CELL_INPUT_MAX] = from->data[done];
	hv_unlock(&cell->console_lock);
	return (int)done;
}

int hv_cell_input(const struct hv_cell_input *input)
{
	struct hv_cell **slot;
	int result = -ENOENT;

	if (input->size > HV_CELL_INPUT_MAX)
		return -EINVAL;
	hv_lock(&hv.cells_lock);
	slot = hv_cell_slot(input->id);
	if (slot)
		result = has_console(*slot) ? put(*slot, input) : -EINVAL;
	hv_unlock(&hv.cells_lock);
	return result;
}
