/** What the command's end means to a script. Part of the interface; {@link EXIT_MEANINGS} says it in words. */
export const EXIT = { ok: 0, failed: 1, usage: 2, abstained: 3, notFinal: 8, interrupted: 130 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The codes in words, as `--help` and docs/quickstart.md print them. */
export const EXIT_MEANINGS: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.ok, 'done'],
  [
    EXIT.failed,
    'failed: the chain moved on, it is too late, a transaction may be mined yet, nothing waits (`cancel`), the endpoint is dead, the output cannot be written, all that an alarm watches is settled (`watch`); what stands is wrong (`verify`)',
  ],
  [EXIT.usage, 'what you gave cannot be used; nothing was sent'],
  [
    EXIT.abstained,
    'no value: the reporters abstained (`demo`), or the sources do not suffice (`index sample`, `verify`)',
  ],
  [
    EXIT.notFinal,
    'nothing is due yet (`claim`, `redeem --all`), not settled yet (`status --exit-code`), or not all is deployed (`deploy --check`, `--recorded`)',
  ],
  [EXIT.interrupted, 'you said no, or pressed Ctrl-C'],
]
