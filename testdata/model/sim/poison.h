/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIM_POISON_H
#define SIM_POISON_H

/*
 * For code that strangers wrote, behind all headers of the model: macros that
 * were defined before still work. Assembly could take a file of the host into
 * the program (.incbin), and so could the name of a section, which compilers
 * hand to the assembler as it is. Other attributes run functions before main(),
 * or give them names of the host. [[gnu::...]] is another way to write them.
 *
 * The compiler knows best what is a token, pasted ones included, so this is a
 * pragma and not a search.
 */

#pragma GCC poison asm __asm __asm__
#pragma GCC poison __attribute __attribute__ gnu __gnu__ clang _Clang

#endif /* SIM_POISON_H */
