import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Hex, keccak256, numberToHex, parseTransaction } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { revealCall } from '#client/jury-calls.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import type { Context } from '../../cli/context.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { mined } from '../client/mined.ts'
import { type Court, type Disputer, FALSE, openCourt, typing, withoutChance } from './disputer.ts'
import { request } from '../model/rpc.ts'
import { type Between, type Rewrite, type RpcProxy, startProxy } from './rpc-proxy.ts'

const GWEI = 10n ** 9n

let court: Court
let people = 0
let proxy: RpcProxy | undefined

beforeAll(async () => {
  court = await openCourt()
})
afterEach(async () => {
  await proxy?.close()
  proxy = undefined
  await court.stage.embedded.setMining('instant')
  await mine()
})
afterAll(() => court.close())

function somebody(wei = ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`hurried-${people}`, wei)
}

async function mine(): Promise<void> {
  const { time } = await latestBlock(await court.stage.as('mallory'))
  await court.stage.embedded.mineAt(time + 1n)
}

/** Has `count` transactions of somebody wait from now on: nothing is mined any more. */
async function keepWaiting({ chain, account }: Disputer, count: number): Promise<readonly Hex[]> {
  await court.stage.embedded.setMining('manual')
  const hashes: Hex[] = []
  for (let nonce = 0; nonce < count; nonce += 1) {
    const fees = { maxFeePerGas: 3n * GWEI, maxPriorityFeePerGas: GWEI }
    hashes.push(
      await chain.walletClient.sendTransaction({ to: account.address, value: 7n, nonce, gas: 21_000n, ...fees }),
    )
  }
  return hashes
}

/** Runs `assize cancel` through an endpoint that mines as soon as a receipt is asked for, and does what else `between` says. */
async function cancelAt(
  person: Disputer,
  args: readonly string[] = ['--yes'],
  between: Between = () => undefined,
  { rewrite, ask, world = {} }: { rewrite?: Rewrite; ask?: Rewrite; world?: Partial<Context> } = {},
) {
  const sent: Hex[] = []
  let isMined = false
  proxy = await startProxy(
    court.stage.embedded.rpcUrl,
    async (method, params, gone) => {
      if (method === 'eth_sendRawTransaction') sent.push(params[0] as Hex) // as JSON-RPC has it
      if (method === 'eth_getTransactionReceipt' && !isMined) {
        isMined = true
        await mine()
      }
      return between(method, params, gone)
    },
    rewrite,
    ask,
  )
  const env = { ...person.env, ASSIZE_RPC_URL: proxy.url }
  const ended = await person.run(['cancel', ...args], { env, ...world })
  return { ...ended, sent, offers: sent.map((raw) => parseTransaction(raw)) }
}

/** Without what depends on the chain's fees, blocks and ports. */
function plain(text: string): string {
  return withoutChance(text)
    .replaceAll(/\d+(?:\.\d+)? ETH|~0 ETH/g, 'ETH')
    .replaceAll(/block \d+/g, 'block N')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
}

test('a contribution that nobody mines is taken back, and staked once by the same command', async () => {
  const { oracle, weth } = court.stage.deployments
  const ann = await somebody()
  const { id } = await court.fixing({}, FALSE)
  await ensureCollateral(ann.chain, weth, oracle, ETHER / 10n)
  await court.stage.embedded.setMining('manual')
  const args = ['contribute', id, '2500.1', '0.05eth', '--yes']
  const lost = await impatiently(() => ann.run(args))
  expect(lost.exitCode).toBe(1)
  expect(plain(lost.err.split('\n').at(-1) ?? '')).toBe(
    'error: Expected a receipt of contribute, got none: transaction 0x… may be mined yet. ' +
      'In flight: contribute ETH for 2500.1. ' +
      'Look at 0x… first: do not repeat before it is mined or dropped. If it stays, take it back, unless a node runs with this key: assize cancel --nonce 2',
  )
  const repeated = await impatiently(() => ann.run(args))
  expect(plain(repeated.err)).toContain('if it never is, take it back, unless a node runs with this key: assize cancel')
  const { exitCode, out } = await cancelAt(ann)
  expect(plain(out).split('\n')).toEqual([
    'account   0x…',
    expect.stringMatching(/^waits     nonce 2: contribute to 0x…, at most [\d.]+ gwei per gas, 0x…$/),
    'steps     an empty transaction for each nonce, the last first: only one of both is ever mined',
    'gas       about ETH, at most ETH',
    'nonce 2: cancelled in block N, 0x…',
    'Nothing waits any more as far as the endpoint shows, and nothing of it was done: what sent it can be repeated.',
  ])
  expect(exitCode).toBe(0)
  await court.stage.embedded.setMining('instant')
  expect((await ann.run(args)).exitCode).toBe(0)
  expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER / 20n)
})

test('the command to take it back has the flags that say which account of which chain', async () => {
  const ann = await somebody()
  const { id } = await court.fixing({}, FALSE)
  await keepWaiting(ann, 1)
  const { ASSIZE_RPC_URL = '', ASSIZE_KEYSTORE = '', ASSIZE_PASSWORD_FILE = '' } = ann.env
  const flags = `--rpc ${ASSIZE_RPC_URL} --chain-id 31337 --keystore ${ASSIZE_KEYSTORE} --password-file ${ASSIZE_PASSWORD_FILE}`
  const command = `contribute ${id} 2500.1 0.05eth --yes ${flags}`
  const { err } = await impatiently(() => ann.run(command.split(' ')))
  expect(err).toBe(
    `error: Expected no transaction of ${ann.account.address} that waits to be mined, got 1. Nothing was sent: it would wait behind. ` +
      `Once it is mined, look before you repeat; if it never is, take it back, unless a node runs with this key: assize cancel ${flags}`,
  )
})

test('what waits is replaced from the last on: nothing follows what is gone', async () => {
  const ann = await somebody()
  const hashes = await keepWaiting(ann, 2)
  const { exitCode, out, sent, offers } = await cancelAt(ann, ['--yes', '--json'])
  expect(exitCode).toBe(0)
  expect(offers.map(({ nonce }) => nonce)).toEqual([1, 0])
  for (const { to, value, data, maxFeePerGas = 0n, maxPriorityFeePerGas = 0n } of offers) {
    expect({ to: to?.toLowerCase(), value, data }).toEqual({ to: ann.account.address.toLowerCase() })
    expect(maxFeePerGas).toBeGreaterThanOrEqual((3n * GWEI * 9n) / 8n)
    expect(maxPriorityFeePerGas).toBeGreaterThanOrEqual((GWEI * 9n) / 8n)
  }
  const [second, first] = sent.map((raw) => keccak256(raw))
  expect(JSON.parse(out)).toEqual({
    version: 1,
    chainId: 31_337,
    action: 'cancel',
    account: ann.account.address,
    gas: { likely: expect.stringMatching(/^\d+$/), most: expect.stringMatching(/^\d+$/) },
    isSent: true,
    isRepeatable: true,
    transactions: [
      {
        nonce: 0,
        waiting: hashes[0],
        call: null,
        end: 'cancelled',
        transaction: first,
        block: expect.any(Number),
        error: null,
      },
      {
        nonce: 1,
        waiting: hashes[1],
        call: null,
        end: 'cancelled',
        transaction: second,
        block: expect.any(Number),
        error: null,
      },
    ],
  })
})

test('offers an eighth more again and again where the endpoint does not tell what waits', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  let bids = 0
  const { exitCode, out, offers } = await cancelAt(ann, ['--yes'], (method) => {
    if (method === 'eth_getTransactionBySenderAndNonce') return 'the method does not exist'
    bids += method === 'eth_sendRawTransaction' ? 1 : 0
    return method === 'eth_sendRawTransaction' && bids < 4 ? 'replacement transaction underpriced' : undefined
  })
  expect(exitCode).toBe(0)
  expect(out).toContain('waits     nonce 0: the endpoint does not tell what')
  expect(offers.length).toBeGreaterThanOrEqual(4)
  for (const [i, { maxFeePerGas = 0n, maxPriorityFeePerGas = 0n }] of offers.slice(1).entries()) {
    const before = offers[i]
    expect(8n * maxFeePerGas).toBeGreaterThanOrEqual(9n * (before?.maxFeePerGas ?? 0n))
    expect(8n * maxPriorityFeePerGas).toBeGreaterThanOrEqual(9n * (before?.maxPriorityFeePerGas ?? 0n))
  }
})

test('offers no more than --max, or four times what is usual, and says that what waits may be mined yet', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const dear: Between = (method) =>
    method === 'eth_sendRawTransaction' ? 'replacement transaction underpriced' : undefined
  const usual = await cancelAt(ann, ['--yes'], dear)
  expect(usual.exitCode).toBe(1)
  expect(usual.err).toMatch(
    /^error: Expected the endpoint to take an empty transaction in the place of nonce 0, got one that wants more than \d+ wei per gas\. What waits may be mined yet\. Allow a higher fee, or try another endpoint\.$/,
  )
  const firstOffer = usual.offers[0]?.maxFeePerGas ?? 0n
  expect(usual.offers.at(-1)?.maxFeePerGas).toBeGreaterThan(3n * firstOffer)
  expect(usual.offers.every(({ maxFeePerGas = 0n }) => maxFeePerGas <= 4n * firstOffer)).toBe(true)
  await proxy?.close()
  const bounded = await cancelAt(ann, ['--yes', '--max', '0.00021eth'], dear)
  expect(bounded.out).toContain('at most 0.00021 ETH')
  expect(bounded.offers.length).toBeGreaterThan(1)
  expect(bounded.offers.every(({ maxFeePerGas = 0n }) => maxFeePerGas <= 10n * GWEI)).toBe(true)
  await proxy?.close()
  const refusing: Between = (method) => (method === 'eth_sendRawTransaction' ? 'insufficient funds' : undefined)
  const refused = await cancelAt(ann, ['--yes', '--json'], refusing)
  expect(JSON.parse(refused.out)).toMatchObject({
    error: {
      name: 'Client.NotReplacedError',
      message: 'Expected the endpoint to take an empty transaction in the place of nonce 0, got a refusal.',
    },
  })
})

test('believes no endpoint that tells of others, or of an offer far beyond what anybody makes', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const answers = (replaced: RegExp, by: string) => ({ rewrite: (text: string) => text.replace(replaced, by) })
  const ofAnother = await cancelAt(
    ann,
    ['--dry-run'],
    undefined,
    answers(/("from":"0x)[\da-f]{40}/, `$1${'ab'.repeat(20)}`),
  )
  expect(ofAnother.out).toContain('waits     nonce 0: the endpoint does not tell what')
  await proxy?.close()
  const dear = answers(/("maxFeePerGas":")0x[\da-f]+/, `$1${numberToHex(10n ** 12n)}`)
  const { exitCode, err, sent } = await cancelAt(ann, ['--yes'], undefined, dear)
  expect({ exitCode, sent }).toEqual({ exitCode: 2, sent: [] })
  expect(err).toMatch(
    /^error: Expected to spend at most [\d.]+ ETH, got 0\.023625 ETH for gas\. Raise --max, or wait until gas is cheaper\.$/,
  )
  await proxy?.close()
  const withBlobs = await cancelAt(ann, ['--yes'], undefined, answers(/("type":")0x2/, '$10x3'))
  expect(withBlobs).toMatchObject({ exitCode: 2, sent: [] })
  expect(withBlobs.err).toContain('Expected transactions without blobs, got nonce 0 with some.')
})

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

/** Mines so many blocks that have no room for any transaction. */
async function mineNothing(count: number): Promise<void> {
  const { rpcUrl } = court.stage.embedded
  await request(rpcUrl, 'evm_setBlockGasLimit', ['0x5000'])
  await request(rpcUrl, 'anvil_mine', [numberToHex(count)])
  await request(rpcUrl, 'evm_setBlockGasLimit', ['0x1c9c380'])
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

test('says what became of the later ones where an earlier one could not be replaced', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 3)
  const refuse: Between = (method, [raw]) => {
    const isSecond = method === 'eth_sendRawTransaction' && parseTransaction(raw as Hex).nonce === 1 // as JSON-RPC has it
    return isSecond ? 'insufficient funds' : undefined
  }
  const { exitCode, out, offers } = await cancelAt(ann, ['--yes'], refuse)
  const why = 'Expected the endpoint to take an empty transaction in the place of nonce 1, got a refusal.'
  expect(plain(out).split('\n').slice(-4)).toEqual([
    `nonce 0: may be mined yet. ${why}`,
    `nonce 1: may be mined yet. ${why}`,
    'nonce 2: cancelled in block N, 0x…',
    'Offer more: assize cancel',
  ])
  expect(offers.map(({ nonce }) => nonce)).toEqual([2, 1])
  expect(exitCode).toBe(1)
})

test('says what a node sends before it is taken back, and asks by its name', async () => {
  const ann = await somebody()
  await court.stage.embedded.setMining('manual')
  const vote = { fixingId: keccak256('0x'), seat: 0, value: FALSE, salt: keccak256('0x') }
  const { to, data } = revealCall(court.stage.deployments.oracle, vote)
  await ann.chain.walletClient.sendTransaction({ to, data, nonce: 0, gas: 100_000n })
  const asked: string[] = []
  const ask = async (question: string): Promise<string> => {
    asked.push(question)
    return Promise.resolve('n')
  }
  const { out } = await ann.run(['cancel'], { terminal: { ask, askSecret: ask } })
  expect(plain(out)).toContain(
    "node      reveal is what nodes send, and replace themselves: too late it costs the seat's stake\n",
  )
  expect(asked).toEqual(["Cancel it, a node's reveal too? [y/N] "])
})

test('offers more than before where the endpoint has the same already', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const hide: Between = (method) =>
    method === 'eth_getTransactionBySenderAndNonce' ? 'the method does not exist' : undefined
  await impatiently(async () => {
    proxy = await startProxy(court.stage.embedded.rpcUrl, hide)
    await ann.run(['cancel', '--yes'], { env: { ...ann.env, ASSIZE_RPC_URL: proxy.url } })
    await proxy.close()
  })
  const last = await offerOf(ann)
  const { exitCode } = await cancelAt(ann, ['--yes'], hide)
  expect(exitCode).toBe(0)
  expect(8n * (await offerMined(ann))).toBeGreaterThanOrEqual(9n * last)
})

/** What waits of somebody offers at most, wei per gas. */
async function offerOf({ chain, account }: Disputer): Promise<bigint> {
  const { maxFeePerGas = 0n } = await chain.publicClient.getTransaction({ sender: account.address, nonce: 0 })
  return maxFeePerGas
}

/** What the only transaction of the newest block offered at most, wei per gas. */
async function offerMined({ chain }: Disputer): Promise<bigint> {
  const { transactions } = await chain.publicClient.getBlock({ includeTransactions: true })
  return transactions[0]?.maxFeePerGas ?? 0n
}

test('offers an eighth more every few blocks that do not have it, up to --max', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const offers: bigint[] = []
  proxy = await startProxy(court.stage.embedded.rpcUrl, async (method, params) => {
    if (method === 'eth_sendRawTransaction') offers.push(parseTransaction(params[0] as Hex).maxFeePerGas ?? 0n) // as JSON-RPC has it
    if (method !== 'eth_getTransactionReceipt') return undefined
    if (offers.length < 4) await mineNothing(1)
    else await mine()
    return undefined
  })
  const { exitCode, out } = await ann.run(['cancel', '--yes', '--max', '0.00042eth'], {
    env: { ...ann.env, ASSIZE_RPC_URL: proxy.url },
  })
  expect(plain(out)).toContain('nonce 0: cancelled in block N, 0x…')
  expect(exitCode).toBe(0)
  expect(offers).toHaveLength(4)
  for (const [i, offer] of offers.slice(1).entries()) expect(8n * offer).toBeGreaterThanOrEqual(9n * (offers[i] ?? 0n))
  expect(offers.every((offer) => offer <= 20n * GWEI)).toBe(true)
})

test('does not say that all can be repeated while more waits, which a missing nonce hid', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const { account, chain } = ann
  await chain.walletClient.sendTransaction({ to: account.address, value: 7n, nonce: 2, gas: 21_000n })
  const fill = async (): Promise<void> => {
    await chain.walletClient.sendTransaction({ to: account.address, value: 7n, nonce: 1, gas: 21_000n })
  }
  let isFilled = false
  const { exitCode, out } = await impatiently(() =>
    cancelAt(ann, ['--yes'], async (method) => {
      if (method !== 'eth_getTransactionReceipt' || isFilled) return undefined
      isFilled = true
      await fill() // after the block that has the first
      return undefined
    }),
  )
  expect(plain(out).split('\n').slice(-2)).toEqual([
    'nonce 0: cancelled in block N, 0x…',
    'Nothing of it was done, but more may wait by now: look with --dry-run before you repeat.',
  ])
  expect(exitCode).toBe(1)
})

test('says what still waits after two minutes, and how to offer more', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  const { exitCode, out } = await impatiently(() => ann.run(['cancel', '--yes']))
  expect(exitCode).toBe(1)
  expect(plain(out).split('\n').slice(-2)).toEqual([
    'nonce 0: still waits, replaced by 0x…',
    'Offer more: assize cancel',
  ])
  // What was offered is what waits now.
  const again = await cancelAt(ann)
  expect(plain(again.out)).toMatch(/waits     nonce 0: an empty transaction, at most/)
  expect(again.exitCode).toBe(0)
})

test('looks for what waits for as long as a machine behind an endpoint may lag', async () => {
  const ann = await somebody()
  await keepWaiting(ann, 1)
  let looks = 0
  const { exitCode, out } = await cancelAt(ann, ['--yes'], undefined, {
    rewrite: (text) => {
      // The first machine has nothing: its counts are those of the newest block.
      looks += text.includes('"result":"0x1"') ? 1 : 0
      return looks === 1 ? text.replace('"result":"0x1"', '"result":"0x0"') : text
    },
  })
  expect(out).toMatch(/^nonce 0: cancelled in block/m)
  expect(exitCode).toBe(0)
})

/** An endpoint that shows nothing that waits, as one that keeps it from everybody but miners. */
const HIDING = {
  between: ((method) =>
    method === 'eth_getTransactionBySenderAndNonce' ? 'the method does not exist' : undefined) satisfies Between,
  ask: (body: string): string => body.replace('"pending"', '"latest"'),
}

/** What somebody runs at such an endpoint, where nothing is mined. */
async function atHiding({ env }: Disputer): Promise<Partial<Context>> {
  await court.stage.embedded.setMining('manual')
  proxy = await startProxy(court.stage.embedded.rpcUrl, HIDING.between, undefined, HIDING.ask)
  return { env: { ...env, ASSIZE_RPC_URL: proxy.url } }
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
  await proxy?.close()
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
  await proxy?.close()
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
  await proxy?.close()
  const far = await impatiently(() => cancelAt(ann, ['--nonce', '18', '--yes']))
  expect(far).toMatchObject({
    exitCode: 2,
    err: 'error: Expected a nonce from 2 to 17, got 18. So many ahead it cannot be mined soon: all before it have to be mined first.',
    sent: [],
  })
  expect((await ann.run(['cancel', '--nonce', '17', '--dry-run'])).exitCode).toBe(0)
})

test('sends nothing where nothing waits, nobody agrees, or it is only to be simulated', async () => {
  const ann = await somebody()
  const none = await impatiently(() => ann.run(['cancel', '--yes']))
  const unknown =
    'What was sent is mined, dropped, or not shown by this endpoint: look before you repeat it, as with assize fixing show ID.'
  expect({ ...none, out: plain(none.out) }).toEqual({
    exitCode: 1, // or `assize cancel --yes && assize contribute …` would stake twice after the first was mined
    out: `Nothing of 0x… waits at HOST.\n${unknown}`,
    err: '',
  })
  const nothing = await impatiently(() => ann.run(['cancel', '--json', '--yes']))
  expect(nothing.exitCode).toBe(1)
  expect(JSON.parse(nothing.out)).toMatchObject({ isSent: false, isRepeatable: false, transactions: [] })
  expect(await impatiently(() => ann.run(['cancel', '--dry-run']))).toMatchObject({ exitCode: 1 })
  await keepWaiting(ann, 1)
  expect(await ann.run(['cancel'], typing('n'))).toMatchObject({ exitCode: 130 })
  const simulated = await ann.run(['cancel', '--dry-run', '--account', ann.account.address], {
    env: {
      ASSIZE_RPC_URL: ann.env['ASSIZE_RPC_URL'],
    },
  })
  expect(simulated.exitCode).toBe(0)
  expect(simulated.out.split('\n').at(-1)).toBe('Nothing was sent.')
  expect(await ann.run(['cancel', '--yes', '--max', '100wei'])).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/^error: Expected to spend at most ~?0 ETH, got .* for gas\. Raise --max, or wait/),
  })
  await court.stage.embedded.setBalance(ann.account.address, 1_000n)
  expect(await ann.run(['cancel', '--yes'])).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/^error: Expected .* ETH for gas, got ~0 ETH\. Send the account more ETH\.$/),
  })
  await court.stage.embedded.setBalance(ann.account.address, ETHER)
})
