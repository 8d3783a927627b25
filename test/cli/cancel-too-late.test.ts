import { expect, test } from 'vitest'
import { impatiently } from '../client/impatience.ts'
import { request } from '../model/rpc.ts'
import { typing } from './disputer.ts'
import type { Between } from './rpc-proxy.ts'
import { cancelAt, court, keepWaiting, mine, mineNothing, plain, somebody } from './waiting.ts'

test('says that it was too late where the transaction was mined before the question was answered: nothing is sent', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const { exitCode, err } = await ann.run(['cancel'], typing('y', mine))
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err:
      'error: Expected a transaction that waits, got none any more: mined meanwhile. ' +
      'Nothing was sent. What it did is done: look before you repeat anything.',
  })
  expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address, blockTag: 'pending' })).toBe(
    1,
  )
})

test('names what was mined before it could be replaced', async () => {
  const ann = await somebody()
  const [hash] = await keepWaiting(ann, 1)
  const { exitCode, out } = await cancelAt(ann, ['--yes'], async (method) => {
    if (method === 'eth_sendRawTransaction') await mine()
    return undefined
  })
  expect(exitCode).toBe(1)
  expect(out.split('\n').slice(-2)).toEqual([
    expect.stringMatching(new RegExp(`^nonce 0: too late, in block \\d+ there is ${hash}$`)),
    'What was too late is done: look at what it did before you repeat anything.',
  ])
})

/** Has the first of two that wait mined alone, more blocks ago than are searched for it. */
async function mineFirst(): Promise<void> {
  const { rpcUrl } = court.stage.embedded
  await request(rpcUrl, 'evm_setBlockGasLimit', ['0x5300'])
  await mine()
  await mineNothing(40)
}

test('names what was mined before the question was answered, however many blocks ago, and cancels the rest', async () => {
  const ann = await somebody()
  const [hash] = await keepWaiting(ann, 2)
  const { exitCode, out, offers } = await cancelAt(ann, [], undefined, { world: typing('y', mineFirst) })
  expect(out.split('\n').slice(-3)).toEqual([
    expect.stringMatching(new RegExp(`^nonce 0: too late, in block \\d+ there is ${hash}$`)),
    expect.stringMatching(/^nonce 1: cancelled in block/),
    'What was too late is done: look at what it did before you repeat anything.',
  ])
  expect(offers.map(({ nonce }) => nonce)).toEqual([1])
  expect(exitCode).toBe(1)
})

test('says to look where a nonce was used and the endpoint does not tell by what', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 2)
  const hide: Between = (method) =>
    method === 'eth_getTransactionBySenderAndNonce' ? 'the method does not exist' : undefined
  const { exitCode, out } = await impatiently(() => cancelAt(ann, ['--json'], hide, { world: typing('y', mineFirst) }))
  expect(JSON.parse(out)).toMatchObject({
    isRepeatable: false,
    transactions: [
      { nonce: 0, end: 'used', transaction: null, block: null, error: null },
      { nonce: 1, end: 'cancelled' },
    ],
  })
  expect(exitCode).toBe(1)
  await court.stage.embedded.setMining('manual')
  const bob = await somebody()
  await keepWaiting(bob, 2)
  const told = await impatiently(() => cancelAt(bob, [], hide, { world: typing('y', mineFirst) }))
  expect(plain(told.out).split('\n').slice(-3)).toEqual([
    'nonce 0: used, by what the endpoint does not tell',
    'nonce 1: cancelled in block N, 0x…',
    'What was used may be done: look before you repeat anything.',
  ])
})

test('names what was mined instead though the endpoint fails of its receipt at first', async () => {
  const ann = await somebody()
  const [hash] = await keepWaiting(ann, 1)
  let failures = 0
  const { exitCode, out } = await cancelAt(ann, ['--yes'], async (method, [asked]) => {
    if (method === 'eth_sendRawTransaction') await mine()
    if (method !== 'eth_getTransactionReceipt' || asked !== hash) return undefined
    failures += 1
    return failures === 1 ? 'the block is being indexed' : undefined
  })
  expect(failures).toBeGreaterThan(1)
  expect(out).toMatch(new RegExp(`^nonce 0: too late, in block \\d+ there is ${hash}$`, 'm'))
  expect(exitCode).toBe(1)
})
