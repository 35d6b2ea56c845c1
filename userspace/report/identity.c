/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/identity.h"

#include <math.h>

#include "report/derive.h"

#define AT(role) [TIERSCOPE_ROLE_##role]

/* From what each kind of request costs (Hildebrand et al., ISPASS 2021): a tag
 * check reads DRAM, a miss reads Optane, a dirty miss writes it too. The ones
 * with pmm.read ask for a cache that fetches on a write miss. */
const struct report_identity report_identities[REPORT_IDENTITIES] = {
	[REPORT_IDENTITY_DRAM_READ] = {
		"dram.read = tag.hit + tag.miss_clean + tag.miss_dirty",
		.left = { AT(DRAM_READ) = 1 },
		.right = { AT(TAG_HIT) = 1, AT(TAG_MISS_CLEAN) = 1, AT(TAG_MISS_DIRTY) = 1 },
	},
	[REPORT_IDENTITY_PMM_READ] = {
		"pmm.read = tag.miss_clean + tag.miss_dirty",
		.left = { AT(PMM_READ) = 1 },
		.right = { AT(TAG_MISS_CLEAN) = 1, AT(TAG_MISS_DIRTY) = 1 },
	},
	[REPORT_IDENTITY_PMM_WRITE] = {
		"pmm.write = tag.miss_dirty",
		.left = { AT(PMM_WRITE) = 1 },
		.right = { AT(TAG_MISS_DIRTY) = 1 },
	},
	[REPORT_IDENTITY_PMM] = {
		"pmm.read + pmm.write = tag.miss_clean + 2 tag.miss_dirty",
		.left = { AT(PMM_READ) = 1, AT(PMM_WRITE) = 1 },
		.right = { AT(TAG_MISS_CLEAN) = 1, AT(TAG_MISS_DIRTY) = 2 },
	},
};

uint32_t report_identity_roles(const struct report_identity *identity)
{
	uint32_t roles = 0;

	for (int role = 0; role < TIERSCOPE_ROLES; role++)
		if (identity->left[role] || identity->right[role])
			roles |= TIERSCOPE_ROLE_BIT(role);
	return roles;
}

bool report_identity_sides(const struct report_identity *identity,
			   const struct report_traffic *traffic,
			   enum tierscope_mode mode, double *ret_left,
			   double *ret_right, struct report_value *ret_none)
{
	double left = 0, right = 0;

	if (mode != TIERSCOPE_MODE_MEMORY_MODE) {
		*ret_none = report_not_available("it holds in Memory Mode only");
		return false;
	}
	if (!report_traffic_have(traffic, report_identity_roles(identity), ret_none))
		return false;
	for (int role = 0; role < TIERSCOPE_ROLES; role++) {
		left += identity->left[role] * traffic->count[role];
		right += identity->right[role] * traffic->count[role];
	}
	*ret_left = left;
	*ret_right = right;
	return true;
}

struct report_value report_identity_residual(const struct report_identity *identity,
					     const struct report_traffic *traffic,
					     enum tierscope_mode mode)
{
	struct report_value none;
	double left, right;

	if (!report_identity_sides(identity, traffic, mode, &left, &right, &none))
		return none;
	return report_real(report_residual(left, right));
}

void report_agreement_add(struct report_agreement *agreement,
			  const struct report_identity *identity,
			  const struct report_traffic *traffic,
			  enum tierscope_mode mode)
{
	struct report_value none;
	double left, right;

	if (!report_identity_sides(identity, traffic, mode, &left, &right, &none))
		return;
	agreement->apart += fabs(left - right);
	agreement->larger += fmax(left, right);
}

int report_agreement_residual(const struct report_agreement *agreement,
			      double *ret)
{
	return report_quotient(agreement->apart, agreement->larger, ret);
}
