import { expect, test } from 'vitest'
import { OracleRevertError } from '#client/errors.ts'
import { amount } from '../../cli/arguments.ts'
import { onFreshPool } from '../../cli/court/fresh-pool.ts'
import type { SigningFlags } from '../../cli/options.ts'

/** Fails with `failures`, one after the other, then succeeds: how it ended, how often it was tried, and what was said. */
async function tried(failures: readonly Error[], flags: Pick<SigningFlags, 'max'> = {}) {
  const said: string[] = []
  let tries = 0
  const attempt = (): Promise<string> => {
    const failure = failures[tries++]
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure)
  }
  const io = { err: (line: string) => void said.push(line) }
  const end = await onFreshPool(attempt, flags, { io }).catch((error: unknown) => error)
  return { end, tries, said }
}

const GONE = new OracleRevertError('NothingToReadmit', [])
const TAKEN = new OracleRevertError('NotYourStake', [4n])

test('looks at the pool again where others have changed it, once', async () => {
  expect(await tried([TAKEN])).toEqual({
    end: 'done',
    tries: 2,
    said: [
      'Expected a stake of the account at place 4 of the pool, got another or none. Others have changed the pool meanwhile, and nothing of this was done: looking again.',
    ],
  })
  expect(await tried([new OracleRevertError('StakesReturned', [3n])])).toMatchObject({ end: 'done', tries: 2 })
  expect(await tried([GONE, TAKEN])).toMatchObject({ end: TAKEN, tries: 2 })
})

test('repeats nothing that failed of something else, or whose cost is limited, and then says that it can be repeated', async () => {
  const closed = new OracleRevertError('DrawsWaiting', [1n])
  expect(await tried([closed])).toEqual({ end: closed, tries: 1, said: [] })
  // Part of it was done.
  const half = new Error('Done before: wrap.', { cause: GONE })
  expect(await tried([half])).toEqual({ end: half, tries: 1, said: [] })
  expect(await tried([GONE], { max: amount('1') })).toEqual({ end: GONE, tries: 1, said: [] })
  expect([GONE.hint, TAKEN.hint]).toEqual([
    'Somebody else has put them into the pool already: nothing is lost, read the pool and repeat.',
    'Others have taken theirs out since the pool was read: nothing is lost, read it and repeat.',
  ])
})
