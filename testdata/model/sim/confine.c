// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program of the model runs functions of trees and rules, written by whoever.
 * Before the first of them runs, it gives up what the machine does not need.
 * Nothing of that asks for a privilege, and nothing can be taken back.
 *
 * The process does it to itself, and not whoever starts it: only so can the
 * system calls that start a program (execve, openat for the C library) be among
 * those that are given up.
 */

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "confine.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED	1
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

#if defined(__x86_64__)
#define HOST	AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define HOST	AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define HOST	AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define HOST	AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define HOST	AUDIT_ARCH_S390X
#endif

#define CPU_SECONDS	60
#define MEMORY_BYTES	(1UL << 30)
#define OUTPUT_BYTES	(64UL << 20)

enum {
	CPU_TIME, MEMORY, FILE_SIZE, OPEN_FILES, PROCESSES, NO_NEW_PRIVILEGES,
	SYSTEM_CALLS, NR_CONFINEMENTS,
};

static struct confinement confinements[NR_CONFINEMENTS] = {
	[CPU_TIME] = { "cpu-time", false },
	[MEMORY] = { "memory", false },
	[FILE_SIZE] = { "file-size", false },
	[OPEN_FILES] = { "open-files", false },
	[PROCESSES] = { "processes", false },
	[NO_NEW_PRIVILEGES] = { "no-new-privileges", false },
	[SYSTEM_CALLS] = { "system-calls", false },
};

const struct confinement *confinement(unsigned int number)
{
	return number < NR_CONFINEMENTS ? &confinements[number] : NULL;
}

/* Is there a limit of at most `most` now? */
static bool limit(int resource, rlim_t most)
{
	struct rlimit limits;

	if (getrlimit(resource, &limits))
		return false;
	if (limits.rlim_max > most)	/* RLIM_INFINITY is more than all */
		limits.rlim_max = most;
	if (limits.rlim_cur > limits.rlim_max)
		limits.rlim_cur = limits.rlim_max;

	return !setrlimit(resource, &limits);
}

#ifdef HOST

/* What the C library needs to write, to allocate and to end. */
static const unsigned short allowed[] = {
	__NR_write, __NR_writev, __NR_exit, __NR_exit_group,
	__NR_brk, __NR_mmap, __NR_munmap, __NR_mremap, __NR_madvise,
	__NR_fstat, __NR_lseek, __NR_getrandom, __NR_futex,
	__NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_getpid, __NR_gettid,
#ifdef __NR_newfstatat
	__NR_newfstatat,
#endif
#if SANITIZED
	/* To tell of a fault they look at the process, not at files. */
	__NR_mprotect, __NR_rt_sigaction, __NR_sigaltstack, __NR_sched_yield,
	__NR_clock_gettime, __NR_prlimit64, __NR_getuid, __NR_close,
#endif
};

/* These fail as they may fail anywhere: is the output a terminal, say. */
static const unsigned short failing[] = {
	__NR_ioctl,
#if SANITIZED
	__NR_openat, __NR_readlinkat,
#ifdef __NR_open
	__NR_open, __NR_readlink,
#endif
#endif
};

/* The lower half: a filter reads 32 bits at a time. */
#define FIRST_ARGUMENT	(offsetof(struct seccomp_data, args) + \
			 (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

#define NR_ALLOWED	(sizeof(allowed) / sizeof(allowed[0]))
#define NR_FAILING	(sizeof(failing) / sizeof(failing[0]))

static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset);
}

/* Goes on with the next one if the value is what was loaded, else skips it. */
static struct sock_filter is(unsigned int value)
{
	return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value,
					    0, 1);
}

static struct sock_filter answer(unsigned int action)
{
	return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
}

static bool give_up_system_calls(void)
{
	struct sock_filter filter[9 + 2 * (NR_ALLOWED + NR_FAILING)];
	struct sock_fprog program = { .filter = filter };
	unsigned short n = 0;

	/* Another architecture's system calls have other numbers. */
	filter[n++] = load(offsetof(struct seccomp_data, arch));
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						   HOST, 1, 0);
	filter[n++] = answer(SECCOMP_RET_KILL_PROCESS);
	filter[n++] = load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < NR_ALLOWED; i++) {
		filter[n++] = is(allowed[i]);
		filter[n++] = answer(SECCOMP_RET_ALLOW);
	}
	for (size_t i = 0; i < NR_FAILING; i++) {
		filter[n++] = is(failing[i]);
		filter[n++] = answer(SECCOMP_RET_ERRNO | 1 /* EPERM */);
	}
	/* abort() sends a signal, and it may go to this process alone. */
	filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						   __NR_tgkill, 0, 3);
	filter[n++] = load(FIRST_ARGUMENT);
	filter[n++] = is(getpid());
	filter[n++] = answer(SECCOMP_RET_ALLOW);
	filter[n++] = answer(SECCOMP_RET_KILL_PROCESS);
	program.len = n;

	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#else

static bool give_up_system_calls(void)
{
	return false;
}

#endif /* HOST */

void confine(void)
{
	limit(RLIMIT_CORE, 0);
	confinements[CPU_TIME].in_force = limit(RLIMIT_CPU, CPU_SECONDS);
	/* The shadow of the address sanitizer is larger than any limit. */
	confinements[MEMORY].in_force = !SANITIZED &&
		limit(RLIMIT_AS, MEMORY_BYTES);
	confinements[FILE_SIZE].in_force = limit(RLIMIT_FSIZE, OUTPUT_BYTES);
	confinements[OPEN_FILES].in_force = limit(RLIMIT_NOFILE, 3);
	/* Root may start as many as he likes, whatever the limit says. */
	confinements[PROCESSES].in_force = limit(RLIMIT_NPROC, 0) && getuid();
	confinements[NO_NEW_PRIVILEGES].in_force =
		!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	confinements[SYSTEM_CALLS].in_force = give_up_system_calls();
}
