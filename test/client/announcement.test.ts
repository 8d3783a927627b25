import { type Address, getAddress, numberToHex } from 'viem'
import { describe, expect, test } from 'vitest'
import { announcedFixing } from '#client/announcement.ts'
import { type Chain, connectThrough, type Provider } from '#client/chain.ts'
import type { OracleEvent } from '#client/fixing-log.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { FIXING } from '../node/reporters.ts'
import { openingOf } from './made-up-case.ts'

const ORACLE: Address = `0x${'0c'.repeat(20)}`
const FIRST = getAddress(`0x${'a1'.repeat(20)}`)
const SECOND = getAddress(`0x${'a2'.repeat(20)}`)
const WANTED: Fixing = { ...FIXING, arbitrator: FIRST, backup: SECOND }
const OTHER: Fixing = { ...WANTED, maturity: WANTED.maturity + 1n }
const ID = fixingId(WANTED, { chainId: 31_337, oracle: ORACLE })
const ARBITRATED = {
  eventName: 'Arbitrated',
  args: { id: ID, arbitrator: FIRST, backup: SECOND },
  blockNumber: 5n,
} as unknown as OracleEvent // all of it that is read

/** What one of the two has logged of the case; 'refused' if the endpoint does not give its log; 'none' if it is no jury. */
type Logged = readonly Fixing[] | 'refused' | 'none'

/** A chain on which both have logged that, and whose logs were asked for, in order. */
async function chainOf(first: Logged, second: Logged): Promise<{ readonly chain: Chain; readonly asked: Address[] }> {
  const asked: Address[] = []
  const loggedAt = (address: Address): Logged => (address === FIRST ? first : second)
  const provider: Provider = {
    request({ method, params }) {
      const [given] = (params ?? []) as readonly [{ readonly to: Address; readonly address: Address }?]
      if (method === 'eth_chainId') return Promise.resolve(numberToHex(31_337))
      if (method === 'eth_getBlockByNumber') return Promise.resolve({ number: '0x9', timestamp: '0x1', hash: ID })
      if (method === 'eth_call' && given !== undefined) {
        return Promise.resolve(loggedAt(given.to) === 'none' ? '0x' : `0x${'00'.repeat(9 * 32)}`)
      }
      if (method !== 'eth_getLogs' || given === undefined) throw new Error(`Expected no ${method}.`)
      if (asked.at(-1) !== given.address) asked.push(given.address)
      const logged = loggedAt(given.address)
      if (typeof logged !== 'string') return Promise.resolve(logged.map((fixing) => logOf(given.address, fixing)))
      return Promise.reject(Object.assign(new Error('more than 10000 results'), { code: -32_005 }))
    },
  }
  return { chain: await connectThrough({ provider }), asked }
}

function logOf(address: Address, fixing: Fixing): Record<string, unknown> {
  const at = { blockNumber: '0x6', blockHash: ID, transactionHash: ID, transactionIndex: '0x0', logIndex: '0x0' }
  return { address, ...openingOf(ID, fixing), ...at, removed: false }
}

/** What is found of the fixing that nobody created, and whose log was read for it. */
async function found(first: Logged, second: Logged, named?: Address) {
  const { chain, asked } = await chainOf(first, second)
  return { fixing: await announcedFixing(chain, ORACLE, ID, [ARBITRATED], named), asked }
}

describe('a fixing that nobody created, whose two arbitrators anybody can have chosen', () => {
  test('is found where it was opened, whatever the other of the two has logged', async () => {
    expect(await found([WANTED], 'none')).toEqual({ fixing: WANTED, asked: [FIRST] })
    expect(await found('none', [WANTED])).toEqual({ fixing: WANTED, asked: [SECOND] })
    expect(await found([], [WANTED])).toEqual({ fixing: WANTED, asked: [FIRST, SECOND] })
    expect(await found([OTHER], [WANTED])).toEqual({ fixing: WANTED, asked: [FIRST, SECOND] })
    expect(await found('refused', [WANTED])).toEqual({ fixing: WANTED, asked: [FIRST, SECOND] })
  })

  test('is found among openings with the parameters of another', async () => {
    expect(await found([OTHER, WANTED, OTHER], [])).toEqual({ fixing: WANTED, asked: [FIRST] })
  })

  test('is looked for first before the jury that was named', async () => {
    expect(await found('refused', [WANTED], SECOND)).toEqual({ fixing: WANTED, asked: [SECOND] })
    expect(await found([WANTED], 'refused', FIRST)).toEqual({ fixing: WANTED, asked: [FIRST] })
    expect(await found([WANTED], [OTHER], SECOND)).toEqual({ fixing: WANTED, asked: [SECOND, FIRST] })
  })

  test('is not found where neither has opened it, and made up if that is all that there is', async () => {
    expect((await found([], 'none')).fixing).toBeUndefined()
    const madeUp = { name: 'Client.MadeUpCaseError', message: expect.stringContaining(`the fixing ${ID} of a case`) }
    await expect(found([OTHER], 'none')).rejects.toMatchObject(madeUp)
    await expect(found([], [OTHER])).rejects.toMatchObject(madeUp)
    await expect(found('refused', [])).rejects.toThrow('more than 10000 results')
  })
})
