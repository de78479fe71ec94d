// SPDX-License-Identifier: GPL-2.0-only
/*
 * A strong version of a weak helper, for linking with code that was converted
 * to it. Its value has a bit that nothing else uses, so an allocation that does
 * not ask the helper stands out even where the flags are the same by chance.
 */

unsigned long MODEL_OVERRIDE(void);

unsigned long MODEL_OVERRIDE(void)
{
	return MODEL_OVERRIDE_FLAGS;
}
