import { expect, test } from 'vitest'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import type { Context } from '../../cli/context.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { mined } from '../client/mined.ts'
import { type Disputer, FALSE, typing } from './disputer.ts'
import type { Between } from './rpc-proxy.ts'
import { cancelAt, court, mineNothing, openProxy, plain, somebody } from './waiting.ts'

/** An endpoint that shows nothing that waits, as one that keeps it from everybody but miners. */
const HIDING = {
  between: ((method) =>
    method === 'eth_getTransactionBySenderAndNonce' ? 'the method does not exist' : undefined) satisfies Between,
  ask: (body: string): string => body.replace('"pending"', '"latest"'),
}

/** What somebody runs at such an endpoint, where nothing is mined. */
async function atHiding({ env }: Disputer): Promise<Partial<Context>> {
  await court.stage.embedded.setMining('manual')
  const { url } = await openProxy(HIDING.between, undefined, HIDING.ask)
  return { env: { ...env, ASSIZE_RPC_URL: url } }
}

test('takes back what an endpoint does not show, by its nonce, as the command that sent it says', async () => {
  const { oracle, weth } = court.stage.deployments
  const ann = await somebody()
  const { id } = await court.fixing({}, FALSE)
  await ensureCollateral(ann.chain, weth, oracle, ETHER / 10n)
  const args = ['contribute', id, '2500.1', '0.05eth', '--yes']
  const world = await atHiding(ann)
  const { err } = await impatiently(() => ann.run(args, world))
  expect(err).toMatch(/take it back, unless a node runs with this key: assize cancel --nonce 2$/)
  expect(await impatiently(() => ann.run(['cancel', '--yes'], world))).toMatchObject({ exitCode: 1 })
  const { exitCode, out } = await cancelAt(ann, ['--nonce', '2', '--yes'], HIDING.between, { ask: HIDING.ask })
  expect(plain(out).split('\n')).toEqual([
    'account   0x…',
    'waits     nonce 2: the endpoint does not show it',
    'steps     an empty transaction for each nonce, the last first: only one of both is ever mined',
    'gas       about ETH, at most ETH',
    'nonce 2: cancelled in block N, 0x…',
    'Nothing that had nonce 2 was done or will be: what sent it can be repeated, unless it had another.',
  ])
  expect(exitCode).toBe(0)
  expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER / 10n)
})

test('takes back all up to a nonce that is named, the last first, after asking', async () => {
  const ann = await somebody()
  await court.stage.embedded.setMining('manual')
  const asked = (answer: string) => ({ ask: HIDING.ask, world: typing(answer) })
  const declined = await cancelAt(ann, ['--nonce', '2'], HIDING.between, asked('n'))
  expect(declined).toMatchObject({ exitCode: 130, sent: [] })
  const { exitCode, out, offers } = await cancelAt(ann, ['--nonce', '2'], HIDING.between, asked('y'))
  expect(offers.map(({ nonce }) => nonce)).toEqual([2, 1, 0])
  expect(out.split('\n').at(-1)).toBe(
    'Nothing that had the nonces 0 to 2 was done or will be: what sent it can be repeated, unless it had another.',
  )
  expect(exitCode).toBe(0)
})

test('says how to offer more for a nonce that the endpoint does not show', async () => {
  const ann = await somebody()
  const world = await atHiding(ann)
  const { exitCode, out } = await impatiently(() => ann.run(['cancel', '--nonce', '0', '--yes'], world))
  expect(plain(out).split('\n').slice(-2)).toEqual([
    'nonce 0: still waits, replaced by 0x…',
    'Offer more: assize cancel --nonce 0',
  ])
  expect(exitCode).toBe(1)
})

test('refuses a nonce that a block has, with what has it, and one far ahead: nothing is sent', async () => {
  const ann = await somebody()
  const { walletClient } = ann.chain
  const hash = await walletClient.sendTransaction({ to: ann.account.address, value: 7n })
  const { blockNumber } = await mined(ann.chain, hash)
  const next = await walletClient.sendTransaction({ to: ann.account.address, value: 7n })
  await mined(ann.chain, next) // a block of mineNothing has no room for it
  await mineNothing(40)
  const used = await ann.run(['cancel', '--nonce', '0', '--yes'])
  const done = 'Nothing was sent. What it did is done: look before you repeat anything.'
  expect({ ...used, out: '' }).toEqual({
    exitCode: 1,
    out: '',
    err: `error: Expected a nonce that no block has, got 0: block ${blockNumber} has ${hash}. ${done}`,
  })
  const keepsNone: Between = (method, [, at]) =>
    method === 'eth_getTransactionCount' && String(at).startsWith('0x') ? 'missing trie node' : undefined
  const forgotten = await cancelAt(ann, ['--nonce', '0', '--yes'], keepsNone)
  expect(forgotten).toMatchObject({
    exitCode: 1,
    err: `error: Expected a nonce that no block has, got 0: one that was used before. ${done}`,
    sent: [],
  })
  const far = await impatiently(() => cancelAt(ann, ['--nonce', '18', '--yes']))
  expect(far).toMatchObject({
    exitCode: 2,
    err: 'error: Expected a nonce from 2 to 17, got 18. So many ahead it cannot be mined soon: all before it have to be mined first.',
    sent: [],
  })
  expect((await ann.run(['cancel', '--nonce', '17', '--dry-run'])).exitCode).toBe(0)
})
