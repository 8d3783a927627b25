/**
 * What the command's end means to a script. Part of the interface.
 * 0 done; 1 failed; 2 bad input or configuration, nothing was changed; 3 the reporters abstained: the index cannot be
 * served; 8 not final yet; 130 interrupted.
 */
export const EXIT = { ok: 0, failed: 1, usage: 2, abstained: 3, notFinal: 8, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
