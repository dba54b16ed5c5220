// SPDX-License-Identifier: GPL-2.0-only
/* Channel paths: which there are, and which one is taken. */
#include "machine_sch.h"

/** Return: the installed paths whose channels are switched on. */
u8 sch_available(const struct machine_sch *sch)
{
	u8 paths = sch->installed;
	int i;

	for (i = 0; i < 8; i++)
		if (sch->m->channel_off[sch->chpid[i]])
			paths &= ~(0x80 >> i);
	return paths;
}

/** Return: the paths that operator and program permit. */
u8 sch_usable(const struct machine_sch *sch)
{
	const __be32 *pmcw = sch->schib.pmcw.word;

	return be32_get_bits(pmcw[2], PMCW2_LPM) &
	       be32_get_bits(pmcw[3], PMCW3_PAM);
}

/* Return: whether the device answers on the path; the masks know it, too. */
static bool try_path(struct machine_sch *sch, u8 path)
{
	__be32 *pmcw = sch->schib.pmcw.word;
	u8 works = be32_get_bits(pmcw[3], PMCW3_POM);
	u8 dead = be32_get_bits(pmcw[2], PMCW2_PNOM);

	if (sch->responds & path) {
		be32p_replace_bits(&pmcw[3], works | path, PMCW3_POM);
		be32p_replace_bits(&pmcw[2], path, PMCW2_LPUM);
		return true;
	}
	if (works & path) {
		be32p_replace_bits(&pmcw[3], works & ~path, PMCW3_POM);
		be32p_replace_bits(&pmcw[2], dead | path, PMCW2_PNOM);
		sch_set(sch, SCSW0_N);
	}
	return false;
}

static u8 leftmost(u8 paths)
{
	u8 path = 0x80;

	while (!(paths & path))
		path >>= 1;
	return path;
}

/* Return: which of some paths, at least one, to try first. */
static u8 next_path(const struct machine_sch *sch, u8 paths)
{
	u8 used = be32_get_bits(sch->schib.pmcw.word[2], PMCW2_LPUM);
	u8 behind = paths & (used - 1);

	if (sch->preferred & paths)
		return sch->preferred;
	return leftmost(behind ? behind : paths);
}

/* The paths to a device at work, or those to one at rest. */
static u8 among(const struct machine_sch *sch)
{
	const __be32 *pmcw = sch->schib.pmcw.word;
	bool bound = sch_bits(sch, SCSW0_AC_SCH | SCSW0_AC_DEV) &&
		     !be32_get_bits(pmcw[1], PMCW1_D);

	return bound ? be32_get_bits(pmcw[2], PMCW2_LPUM) : 0xff;
}

/** Return: a path on which the device answers, now noted as used; or 0. */
u8 sch_reach(struct machine_sch *sch)
{
	u8 left = sch_usable(sch) & among(sch);

	while (left) {
		u8 path = next_path(sch, left);

		if (try_path(sch, path))
			return path;
		left &= ~path;
	}
	return 0;
}

/** Return: whether the device's status gets through; on which path is noted. */
bool sch_is_heard(struct machine_sch *sch)
{
	__be32 *pmcw = sch->schib.pmcw.word;
	u8 paths = be32_get_bits(pmcw[3], PMCW3_PAM) & sch->responds &
		   among(sch);
	u8 used = be32_get_bits(pmcw[2], PMCW2_LPUM);

	if (paths && !(paths & used))
		be32p_replace_bits(&pmcw[2], leftmost(paths), PMCW2_LPUM);
	return paths;
}
