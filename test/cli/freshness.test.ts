import { expect, test } from 'vitest'
import { MAX_AGE } from '../../cli/options.ts'
import { ELSEWHERE } from '../reference/json.ts'
import { runSession } from '../reference/session.ts'
import { wholeProgram } from './whole-program.ts'

const REFUSAL = 'error: Expected a newest block at most 5 min old, got one 5 min 1 s old.'

test('every command that signs refuses a chain whose newest block is a second older than --max-age', async () => {
  const refused = new Set<string>()
  const signing = await signingCommands()
  await runSession(async (name, time, run) => {
    if (!signing.includes(name)) return
    const { exitCode, out, err } = await run(time + BigInt(MAX_AGE) + 1n)
    if (exitCode === 1 && err.startsWith(REFUSAL)) refused.add(name)
    // Where nothing is due there is nothing to refuse.
    else if (!out.includes('"isSent": false'))
      throw new Error(`Expected ${name} to refuse, got exit ${exitCode}: ${err}`)
  })
  // The session does not have these, which share all of it with another.
  const others = Object.keys(ELSEWHERE).filter((name) => signing.includes(name))
  expect([...refused, ...others].toSorted()).toEqual(signing.toSorted())
})

/** Every command that asks before it signs and looks at the age of the newest block, by its name. */
async function signingCommands(): Promise<string[]> {
  const program = await wholeProgram()
  const isSigning = ({ options }: typeof program): boolean =>
    ['--max-age', '--yes'].every((name) => options.some(({ long }) => long === name))
  const below = (command: typeof program, words: readonly string[]): string[] => [
    ...(isSigning(command) ? [words.join(' ')] : []),
    ...command.commands.flatMap((child) => below(child, [...words, child.name()])),
  ]
  return below(program, [])
}
