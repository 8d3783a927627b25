import { expect, test } from 'vitest'
import { type Hex, keccak256, parseTransaction } from 'viem'
import { revealCall } from '#client/jury-calls.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { FALSE, typing } from './disputer.ts'
import type { Between } from './rpc-proxy.ts'
import { cancelAt, court, GWEI, keepWaiting, plain, somebody } from './waiting.ts'

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
