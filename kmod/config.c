// SPDX-License-Identifier: GPL-2.0-only
/* The system configuration: what Linux knows of memory and CPUs, in the hypervisor's words. */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <asm/smp.h>
#include <asm/tsc.h>

#include "hvk.h"

#define LOW_END SZ_4G

static unsigned int nr_cpus(void)
{
	return nr_cpu_ids;
}

static u64 config_size(void)
{
	return PAGE_ALIGN(sizeof(struct hv_sysconfig) + nr_cpus() * sizeof(u32));
}

/* Resources that lie above what is mapped anyway, or the end of RAM: how far root's map has to reach. */
static u64 mapped_bytes(void)
{
	struct resource *res;
	u64 bytes = LOW_END;

	for (res = iomem_resource.child; res; res = res->sibling)
		if (res->end >= LOW_END)
			bytes += round_up(resource_size(res), SZ_1G);
	return bytes;
}

/*
 * For cells, of which there are fewer than CPUs: bitmaps, tables, configuration. And what is noted of every piece of
 * memory that changes hands, in root's map, in the cell's and by owner: 320 bytes for each 2 MiB, up to as many as can
 * be noted.
 */
#define CELL_FRAMES 32
#define PIECES_PER_GIB 512
#define MAX_PIECES 4096

static u64 cell_frames(u64 gigabytes)
{
	u64 cells = min_t(u64, HV_MAX_CELLS, nr_cpus() - 1);
	u64 pieces = min_t(u64, MAX_PIECES, gigabytes * PIECES_PER_GIB);

	return cells * CELL_FRAMES + DIV_ROUND_UP(pieces * 320, PAGE_SIZE);
}

/*
 * Tables of root: one frame per GiB unless the CPU has 1G pages, then one per 512 GiB; a dozen where types or the
 * hidden range split a large page; and what is shared.
 */
u64 hvk_range_size(const struct hvk *state)
{
	const struct hv_header *image = (const void *)hvk_image;
	u64 gigabytes = mapped_bytes() / SZ_1G;
	u64 frames = 48 + 3 * (u64)nr_cpus();
	u32 i;

	/* Root sees zeros there, by pages of 4K. */
	for (i = 0; i < state->secure.nr; i++)
		frames += 2 + state->secure.want[i].size / SZ_2M;
	/* So with registers, which the hypervisor maps as well. */
	frames += 3 * (u64)state->iommus.nr_taken;
	/* The same once more where encryption is enabled, and every frame has a second address. */
	if (boot_cpu_has(X86_FEATURE_SME))
		frames += 4 + frames / 256 + (frames - 48);
	frames += boot_cpu_has(X86_FEATURE_GBPAGES) ? 16 + gigabytes / 512 : gigabytes + gigabytes / 512;
	frames += cell_frames(DIV_ROUND_UP((u64)totalram_pages() << PAGE_SHIFT, SZ_1G));
	/* What is shown is one block of the pool's: a power of two, and as much aligned. */
	frames += 2 * roundup_pow_of_two(hv_stats_size(nr_cpus()) / PAGE_SIZE);
	return round_up(image->core_size + (u64)nr_cpus() * image->percpu_size + config_size() + frames * PAGE_SIZE,
			HV_SIZE_2M);
}

struct builder {
	struct hv_sysconfig *config;
	const struct hvk *state;
	u64 at;			/* everything below is described */
	int err;
};

static void put_region(struct builder *b, u64 start, u64 end, u32 kind)
{
	if (start >= end || b->err)
		return;
	if (b->config->nr_regions == HV_MAX_REGIONS) {
		b->err = hvk_fail(-E2BIG, "the memory map has more than %u pieces", HV_MAX_REGIONS);
		return;
	}
	b->config->regions[b->config->nr_regions++] =
		(struct hv_region_config){ .start = start, .size = end - start, .kind = kind };
}

static const struct hv_range *hidden_range(const struct builder *b, u32 i)
{
	return i ? &b->state->secure.memory[i - 1].range : &b->state->memory.range;
}

/* The lowest range in [start, end) that root does not get. */
static const struct hv_range *next_hidden(const struct builder *b, u64 start, u64 end)
{
	const struct hv_range *range, *lowest = NULL;
	u32 i;

	for (i = 0; i <= b->state->secure.nr; i++) {
		range = hidden_range(b, i);
		if (range->start < end && range->start + range->size > start &&
		    (!lowest || range->start < lowest->start))
			lowest = range;
	}
	return lowest;
}

static void put_visible(struct builder *b, u64 start, u64 end, u32 kind)
{
	const struct hv_range *hidden;

	while ((hidden = next_hidden(b, start, end))) {
		put_region(b, start, hidden->start, kind);
		start = hidden->start + hidden->size;
	}
	put_region(b, start, end, kind);
}

static void describe(struct builder *b, u64 start, u64 end, u32 kind)
{
	start = max(start, b->at);
	if (start >= end)
		return;
	put_visible(b, start, end, kind);
	b->at = end;
}

/* The space below 4G belongs to root as a whole; above, what Linux knows to be there. */
static void describe_gap(struct builder *b, u64 end)
{
	describe(b, b->at, min_t(u64, end, LOW_END), HV_REGION_DEVICE);
}

static void describe_resource(struct builder *b, const struct resource *res)
{
	bool ram = (res->flags & IORESOURCE_SYSTEM_RAM) == IORESOURCE_SYSTEM_RAM;
	u64 start = ram ? PAGE_ALIGN(res->start) : res->start & PAGE_MASK;
	u64 end = ram ? (res->end + 1) & PAGE_MASK : PAGE_ALIGN(res->end + 1);

	if (ram || start >= LOW_END) {
		describe_gap(b, start);
		describe(b, start, end, ram ? HV_REGION_RAM : HV_REGION_DEVICE);
	}
}

u64 hvk_shared_size(void)
{
	return HV_SHARED_STATS + hv_stats_size(nr_cpus());
}

static void fill_ranges(struct hv_header *header, struct hv_sysconfig *config, const struct hvk *state)
{
	u32 i;

	config->hypervisor_memory = state->memory.range;
	config->shared.start = virt_to_phys(state->shared);
	config->shared.size = hvk_shared_size();
	header->nr_secure = state->secure.nr;
	for (i = 0; i < state->secure.nr; i++)
		header->secure[i] = state->secure.memory[i].range;
	config->nr_iommus = state->iommus.nr_taken;
	memcpy(config->iommus, state->iommus.taken, sizeof(config->iommus));
	config->nr_reserved = state->iommus.nr_reserved;
	memcpy(config->reserved, state->iommus.reserved, sizeof(config->reserved));
}

int hvk_config_fill(struct hv_header *header, const struct hvk *state)
{
	struct hv_sysconfig *config;
	struct builder b = { .state = state };
	struct resource *res;
	unsigned int cpu, at = 0;

	header->config_offset = header->core_size + (u64)header->max_cpus * header->percpu_size;
	b.config = config = (void *)header + header->config_offset;
	fill_ranges(header, config, state);
	config->tsc_khz = tsc_khz;
	config->nr_cpus = header->online_cpus;
	for_each_online_cpu(cpu)
		config->apic_ids[at++] = per_cpu(x86_cpu_to_apicid, cpu);
	for (res = iomem_resource.child; res; res = res->sibling)
		describe_resource(&b, res);
	describe_gap(&b, LOW_END);
	return b.err;
}
