import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeDeployData, type Hex, keccak256, numberToHex, stringToHex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, create, propose } from '#client/oracle-writer.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { fixingId } from '#protocol/fixing.ts'
import { maturityOracleBytecode } from '#client/bytecode/maturity-oracle.ts'
import { weth9Bytecode } from '#client/bytecode/weth-9.ts'
import { SINK } from '#client/deployment-plan.ts'
import { ensureCollateral, transferWeth, wethBalance, wrap } from '#client/weth.ts'
import type { Context } from '../../cli/context.ts'
import { accountOf, ETHER } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { mined } from '../client/mined.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'
import { request } from '../model/rpc.ts'
import type { Run } from './command-line.ts'
import { startProxy } from './rpc-proxy.ts'

let court: Court
let people = 0

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

function somebody(wei = ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`careless ${people}`, wei)
}

/** Nothing of the account has ever been sent. */
async function expectUntouched({ chain, account }: Disputer): Promise<void> {
  expect(await chain.publicClient.getTransactionCount({ address: account.address })).toBe(0)
}

describe('a mistake before anything is sent names what was expected, what was found and the next step:', () => {
  test('no keystore, an unreadable one, another account', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', 'rest', '--yes']
    const nobody = await ann.run([...args, '--keystore', ''])
    expect(nobody).toMatchObject({
      exitCode: 2,
      err:
        'error: Expected a keystore to sign with, got none. ' +
        'Give its file with --keystore or in ASSIZE_KEYSTORE; or simulate with --dry-run --account ADDRESS.',
    })
    expect(await ann.run([...args, '--keystore', '/nowhere.json'])).toMatchObject({
      exitCode: 2,
      err:
        'error: Expected a keystore at /nowhere.json, got no readable file. ' +
        'Correct the path; assize keys new makes a keystore and a password.',
    })
    const other = accountOf('other').address
    expect(await ann.run([...args, '--account', other])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`Expected the key of ${other} in `),
    })
    await expectUntouched(ann)
  })

  test('a wrong password: in a file, in the environment, typed', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', 'rest']
    const keystore = ann.env['ASSIZE_KEYSTORE'] ?? ''
    const wrong = join(court.folder, 'wrong')
    writeFileSync(wrong, 'wrong')
    const message = (source: string): string =>
      `error: Expected the password of ${keystore} in ${source}, got another one. Correct it there.`
    const byFile = await ann.run([...args, '--password-file', wrong])
    expect(byFile).toMatchObject({ exitCode: 2, err: message(wrong) })
    const env = { ...ann.env, ASSIZE_PASSWORD_FILE: '' }
    const inEnvironment = await ann.run(args, { env: { ...env, ASSIZE_PASSWORD: 'wrong' } })
    expect(inEnvironment).toMatchObject({ exitCode: 2, err: message('ASSIZE_PASSWORD') })
    const typed = await ann.run(args, { env, ...typing('wrong') })
    expect(typed).toMatchObject({ exitCode: 2, err: message('what was typed') })
    const unasked = await ann.run(args, { env })
    expect(unasked).toMatchObject({
      exitCode: 2,
      err:
        `error: Expected the password of ${keystore}, got none. ` +
        'Name a file that holds it with --password-file or in ASSIZE_PASSWORD_FILE.',
    })
    await expectUntouched(ann)
  })

  test('a value beside another candidate, beside the leader, and the leader itself', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const run = (value: string): ReturnType<Disputer['run']> => ann.run(['contribute', id, value, '0.1eth', '--yes'])
    expect(await run('3000')).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(
        /^error: Expected a value that does not lead, got 3000, which leads\. It settles .* unless somebody disputes it: there is nothing to do\.$/,
      ),
    })
    expect(await run('3001')).toMatchObject({
      exitCode: 2,
      err:
        'error: Expected a value at least 0.1 % from every candidate, got 3001 beside 3000. ' +
        '3000 leads already: at this distance it is the same claim.',
    })
    await contribute(await court.stage.as('ben'), oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    expect(await run('3001')).toMatchObject({
      exitCode: 2,
      err:
        'error: Expected a value at least 0.1 % from every candidate, got 3001 beside 3000. ' +
        `Stake on that one: assize contribute ${id} 3000 0.1eth`,
    })
    await expectUntouched(ann)
  })

  test('an arbitrator that the user does not trust', async () => {
    const { council, backupCouncil } = court.stage.deployments
    const ann = await somebody()
    const { id } = await court.fixing({ backup: accountOf('mallory').address }, FALSE)
    const args = ['contribute', id, '2500.1', 'rest', '--yes']
    const refusal = {
      exitCode: 2,
      err:
        `error: Expected a fixing ruled on by ${council} or ${backupCouncil}, got ${accountOf('mallory').address}. ` +
        'Leave it alone, or name the address in --arbitrators if you trust it.',
    }
    const trusted = `${council},${backupCouncil}`
    expect(await ann.run([...args, '--arbitrators', trusted])).toMatchObject(refusal)
    const env = { ...ann.env, ASSIZE_POLICY_ARBITRATORS: trusted.toLowerCase() }
    expect(await ann.run(args, { env })).toMatchObject(refusal)
    await expectUntouched(ann)
    const own = await court.fixing({}, FALSE)
    expect((await ann.run(['contribute', own.id, '2500.1', '0.01eth', '--yes'], { env })).exitCode).toBe(0)
  })

  test('more than --max, gas included', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const { exitCode, err } = await ann.run(['contribute', id, '2500.1', 'rest', '--yes', '--max', '0.2eth'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(
      /^error: Expected to spend at most 0\.2 ETH, got 0\.20\d+ ETH with gas \(at most 0\.00\d+ ETH\)\. Raise --max, or stake less\.$/,
    )
    await expectUntouched(ann)
  })

  test('a --max that gas cannot be held against, where the endpoint does not simulate', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const blind = await startProxy(court.stage.embedded.rpcUrl, (method) =>
      method === 'eth_simulateV1' ? 'not here' : undefined,
    )
    const args = ['contribute', id, '2500.1', '0.05eth', '--yes', '--rpc', blind.url]
    expect(await ann.run([...args, '--max', '0.5eth'])).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected an endpoint that simulates to hold the gas against --max, got one that does not. ' +
        'Use another with --rpc, or leave --max out.',
    })
    await expectUntouched(ann)
    expect((await ann.run(args)).exitCode).toBe(0)
    await blind.close()
  })

  test('too little ETH: how much is missing, and what can be staked instead, with gas left over', async () => {
    const ann = await somebody(ETHER / 10n)
    const { id } = await court.fixing({}, FALSE)
    const { exitCode, err } = await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(
      /^error: Expected 0\.2 ETH to wrap and up to 0\.000\d+ ETH for gas, got 0\.1 ETH: 0\.100\d+ ETH short\. Stake at most 0\.099\d+ ETH, or send the account more ETH\.$/,
    )
    const all = await ann.run(['contribute', id, '2500.1', '0.1eth', '--yes'])
    expect(all.exitCode).toBe(2)
    expect(all.err).toMatch(/0\.000\d+ ETH short\. Stake at most 0\.099\d+ ETH, or send the account more ETH\.$/)
    await expectUntouched(ann)
    // What it names can be staked as it stands, whichever of the two said it.
    for (const said of [err, all.err]) {
      const most = /Stake at most (0\.\d+) ETH/.exec(said)?.[1] ?? ''
      const args = ['contribute', id, '2500.1', `${most}eth`, '--dry-run']
      expect(await ann.run(args), most).toMatchObject({ exitCode: 0 })
    }
    const most = /Stake at most (0\.\d+) ETH/.exec(err)?.[1] ?? ''
    expect(await ann.run(['contribute', id, '2500.1', `${most}eth`, '--yes'])).toMatchObject({ exitCode: 0 })
  })

  test('too little ETH for gas alone: no amount is named that could not be staked either', async () => {
    const ann = await somebody(ETHER / 10n)
    const { id } = await court.fixing({}, FALSE)
    await wrap(ann.chain, court.stage.deployments.weth, ETHER / 20n)
    await court.stage.embedded.setBalance(ann.account.address, 1_000n)
    const { exitCode, err } = await ann.run(['contribute', id, '2500.1', '0.05eth', '--yes'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/ ETH for gas, got ~0 ETH and 0\.05 WETH: 0\.0\d+ ETH short\. Send the account more ETH\.$/)
  })

  test('an account without any ETH', async () => {
    const ann = await somebody(0n)
    const { id } = await court.fixing({}, FALSE)
    const { exitCode, err } = await ann.run(['contribute', id, '2500.1', '0.01eth', '--yes'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/got 0 ETH: 0\.01\d+ ETH short\. Send the account more ETH\.$/)
  })

  test('a dead endpoint, another chain, no contract, another contract', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', 'rest', '--yes']
    expect(await ann.run([...args, '--rpc', 'http://127.0.0.1:9'])).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected a JSON-RPC endpoint at 127.0.0.1:9, got no answer. ' +
        'Check the address, or start the endpoint.',
    })
    expect(await ann.run([...args, '--chain-id', '1'])).toMatchObject({
      exitCode: 2,
      err:
        `error: Expected chain 1 at ${new URL(court.stage.embedded.rpcUrl).host}, got chain 31337. ` +
        'Name an endpoint of that chain with --rpc, or correct --chain-id; in the settings of a node rpc_url, or chain_id.',
    })
    const where = 'Check the address, and that the RPC endpoint is of the right chain.'
    const nowhere = accountOf('nowhere').address
    expect(await ann.run([...args, '--oracle', nowhere])).toMatchObject({
      exitCode: 2,
      err: `error: Expected a MaturityOracle at ${nowhere}, got an address without code. ${where}`,
    })
    const { weth, council, registry, vault } = court.stage.deployments
    for (const other of [weth, council, registry, vault]) {
      expect(await ann.run([...args, '--oracle', other])).toMatchObject({
        exitCode: 2,
        err: `error: Expected a MaturityOracle at ${other}, got another contract. ${where}`,
      })
    }
    await expectUntouched(ann)
  })

  test('an unknown fixing, an id that is none, amounts and values that are none', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const unknown = `0x${'ab'.repeat(32)}`
    const cases: readonly (readonly [args: string[], message: string])[] = [
      [[unknown, '2500.1', 'rest'], `Expected fixing ${unknown} at oracle `],
      [['0x12', '2500.1', 'rest'], 'Expected 32 bytes of hex, got "0x12".'],
      [[id, '2,500', 'rest'], 'Expected a decimal number such as 20156.55, or INVALID, got "2,500".'],
      [[id, '2500.1', 'much'], 'Expected an amount such as 0.05eth, or "rest", got "much".'],
      [[id, '2500.1', '0'], 'Expected an amount above zero, got 0.'],
      [[id, '2500.1', '5 usdc'], 'Expected an amount in eth, ether, weth, gwei, wei, got "5 usdc".'],
      [[id, '2500.1', '0.5wei'], 'Expected at most 0 digits after the point, got "0.5wei".'],
    ]
    for (const [args, message] of cases) {
      const { exitCode, out, err } = await ann.run(['contribute', ...args, '--yes'])
      expect({ exitCode, out }, message).toEqual({ exitCode: 2, out: '' })
      expect(err).toContain(message)
    }
    await expectUntouched(ann)
  })

  test('a fixing that is not open yet, is open, or is settled', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const run = (id: string): ReturnType<Disputer['run']> => ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    const early = await court.fixing({ maturity: 2n ** 38n })
    expect((await run(early.id)).err).toContain('got one that matures ')
    const open = await court.fixing()
    expect((await run(open.id)).err).toContain(`Propose: assize propose ${open.id} VALUE`)
    const late = await court.fixing({}, FALSE)
    const { facts } = await readFixing(ann.chain, oracle, late.fixing)
    // The newest block is before the deadline, but the next one cannot be.
    const tooLate = await ann.run(['contribute', late.id, '2500.1', 'rest', '--yes', '--max-age', '30d'], {
      now: () => facts.deadline,
    })
    expect(tooLate.exitCode).toBe(1)
    expect(withoutChance(tooLate.err, { ID: late.id })).toBe(
      'error: Expected time before the deadline TIME, got TIME: the leader settles. ' +
        'It is too late. Look again: assize fixing show ID',
    )
    await court.stage.embedded.mineAt(facts.deadline)
    const settled = await run(late.id)
    expect(settled.exitCode).toBe(1)
    expect(withoutChance(settled.err, { ID: late.id })).toBe(
      'error: Expected a fixing that can be staked on, got one settled at 3000 by timeout, its deadline was TIME (0 s ago). ' +
        'It is too late; to take out what is yours: assize claim ID --unwrap',
    )
    await expectUntouched(ann)
  })

  test('a chain that stands still, and a round that is over', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const { time } = await latestBlock(ann.chain)
    expect(await ann.run(['contribute', id, '2500.1', 'rest', '--yes'], { now: () => time + 301n })).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected a newest block at most 5 min old, got one 5 min 1 s old. ' +
        'The endpoint is behind: use another with --rpc, or allow it with --max-age.',
    })
    expect(await ann.run(['contribute', id, '2500.1', 'rest', '--yes', '--round', '2'])).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected round 2, got round 1: meanwhile 3000 leads. ' +
        `Nothing was sent. Look again: assize fixing show ${id}`,
    })
    await expectUntouched(ann)
  })
})

describe('when the chain moves on', () => {
  test('while the question stands, nothing is sent', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const ben = await court.stage.as('ben')
    const meanwhile = (): Promise<unknown> => contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    expect(await ann.run(['contribute', id, '2500.1', 'rest'], typing('y', meanwhile))).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected round 1, got round 2: meanwhile 2500.1 leads. ' +
        `Nothing was sent. Look again: assize fixing show ${id}`,
    })
    await expectUntouched(ann)
  })

  test('while the question stands and the account stakes on the same by another command, nothing more is sent', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', '0.05eth']
    const twin = (): Promise<Run> => ann.run([...args, '--yes'])
    expect(await ann.run(args, typing('y', twin))).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected 0 ETH of the account in this pot, got 0.05 ETH: meanwhile 0.05 ETH of it were staked by something else. ' +
        `Nothing was sent. Look again: assize fixing show ${id}`,
    })
    const sent = await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })
    // Those of the other command: it wraps, allows and stakes.
    expect(sent).toBe(3)
    // What was there when the question was put does not count.
    expect(await ann.run(args, typing('y'))).toMatchObject({ exitCode: 0 })
  })

  test('more than --max is not spent, at the most that gas can come to, also if it becomes dear while the question stands', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', '0.05eth', '--json']
    const { gas } = JSON.parse((await ann.run([...args, '--dry-run'])).out) as { gas: { most: string } } // as documented
    const most = ETHER / 20n + BigInt(gas.most)
    const { rpcUrl } = court.stage.embedded
    const within = (wei: bigint, world: Partial<Context> = {}): Promise<Run> =>
      ann.run([...args, '--max', `${wei}wei`], world)
    const refusal = { exitCode: 2, err: expect.stringContaining('\nerror: Expected to spend at most 0.05') }
    const before = await within(most - 1n, typing('y'))
    expect(before).toMatchObject({ exitCode: 2, err: expect.stringMatching(/^error: Expected to spend at most 0\.05/) })
    const becomingDear = async (): Promise<void> => {
      await request(rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(10n ** 11n)])
      await request(rpcUrl, 'anvil_mine', [])
    }
    expect(await within(most, typing('y', becomingDear))).toMatchObject(refusal)
    await expectUntouched(ann)
    await request(rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(1n)])
    await request(rpcUrl, 'anvil_mine', [])
    expect((await within(most, typing('y'))).exitCode).toBe(0)
  })

  test('more than --max is not spent where gas becomes dear after the first step', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', '0.05eth', '--json']
    const { gas } = JSON.parse((await ann.run([...args, '--dry-run'])).out) as { gas: { most: string } } // as documented
    const { rpcUrl } = court.stage.embedded
    const price = async (baseFee: bigint): Promise<void> => {
      await request(rpcUrl, 'anvil_setNextBlockBaseFeePerGas', [numberToHex(baseFee)])
      await request(rpcUrl, 'anvil_mine', [])
    }
    let sent = 0
    const dearer = await startProxy(rpcUrl, async (method) => {
      if (method === 'eth_sendRawTransaction') sent += 1
      if (method === 'eth_gasPrice' && sent === 1) await price(10n ** 11n)
      return undefined
    })
    const max = `${ETHER / 20n + 2n * BigInt(gas.most)}wei`
    const { exitCode, err } = await ann.run([...args, '--yes', '--max', max, '--rpc', dearer.url])
    await dearer.close()
    await price(1n)
    expect(exitCode).toBe(1)
    expect(err.split('\n').at(-1)).toMatch(
      /^error: Expected to spend at most 0\.05.* ETH, got 0\..* Done before: wrap 0\.05 ETH\. Not done: .* Raise --max, or stake less\.$/,
    )
    expect(sent).toBe(1)
  })

  test('while the question stood until after the deadline, or the endpoint fell behind, nothing is sent', async () => {
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, fixing)
    const { time } = await latestBlock(ann.chain)
    /** Answers when the machine's clock is at `later`. */
    const answering = (later: bigint): Partial<Context> => {
      let now = time
      return { ...typing('y', () => Promise.resolve((now = later))), now: () => now }
    }
    const args = ['contribute', id, '2500.1', 'rest']
    expect(await ann.run(args, answering(time + 301n))).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/^error: Expected a newest block at most 5 min old, got one 5 min 1 s old\./),
    })
    expect(await ann.run([...args, '--max-age', '30d'], answering(facts.deadline))).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/^error: Expected time before the deadline .*: the leader settles\./),
    })
    expect((await ann.run(args, answering(time + 300n))).exitCode).toBe(0)
  })

  test('after ETH was wrapped, it says where the WETH is; the next try uses it', async () => {
    const { oracle, weth } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const ben = await court.stage.as('ben')
    let sent = 0
    const proxy = await startProxy(court.stage.embedded.rpcUrl, async (method) => {
      if (method !== 'eth_sendRawTransaction') return undefined
      sent += 1
      // The allowance is on its way when somebody else fills the pot.
      if (sent === 2) await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
      return undefined
    })
    const args = ['contribute', id, '2500.2', 'rest', '--yes']
    const { exitCode, err } = await ann.run([...args, '--rpc', proxy.url])
    await proxy.close()
    expect(exitCode).toBe(1)
    expect(err.split('\n').at(-1)).toBe(
      'error: Expected round 2, got round 1: the leader has changed since. ' +
        'Done before: wrap 0.2 ETH; let the oracle take 0.2 WETH. Not done: contribute 0.2 ETH for 2500.2. ' +
        `The 0.2 WETH are in ${ann.account.address}; the next try uses them, or once nothing pays any more assize claim --all --unwrap --rpc ${proxy.url} makes ETH of them. ` +
        'Read where the fixing stands with assize status, then decide again.',
    )
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER / 5n)
    const other = await court.fixing({}, FALSE)
    const again = await ann.run(['contribute', other.id, '2500.2', 'rest', '--yes'])
    expect(again.exitCode).toBe(0)
    expect(again.out).toContain('steps     contribute 0.2 ETH for 2500.2')
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)
  })
})

describe('a transaction whose receipt does not come', () => {
  /** Runs `args`, of which the endpoint has no receipt of transaction `lost` and of later ones, the first being 1. */
  async function losing(lost: number, ann: Disputer, args: readonly string[]) {
    const hashes: unknown[] = []
    const proxy = await startProxy(court.stage.embedded.rpcUrl, (method, [raw]) => {
      if (method === 'eth_sendRawTransaction') hashes.push(keccak256(raw as Hex)) // as JSON-RPC has it
      return method === 'eth_getTransactionReceipt' && hashes.length >= lost ? 'nothing to see here' : undefined
    })
    const result = await impatiently(() => ann.run([...args, '--yes', '--json', '--rpc', proxy.url]))
    await proxy.close()
    return { ...result, url: proxy.url, hash: String(hashes[lost - 1]) }
  }

  test('is in flight, by its hash, and not said to be undone: a repeated try would stake twice', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const { exitCode, out, hash, url } = await losing(3, ann, ['contribute', id, '2500.1', '0.05eth'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toEqual({
      version: 1,
      error: {
        name: 'Cli.InFlightError',
        message:
          `Expected a receipt of contribute, got none: transaction ${hash} may be mined yet. ` +
          'Done before: wrap 0.05 ETH; let the oracle take 0.05 WETH. In flight: contribute 0.05 ETH for 2500.1.',
        hint:
          `Look at ${hash} first: do not repeat before it is mined or dropped. ` +
          `If it stays, take it back, unless a node runs with this key: assize cancel --nonce 2 --rpc ${url}`,
        exitCode: 1,
        transaction: hash,
      },
    })
  })

  test('keeps what comes after it from being sent', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const { err, hash, url } = await losing(1, ann, ['contribute', id, '2500.1', '0.05eth'])
    expect(err.split('\n').at(-1)).toBe(
      `error: Expected a receipt of deposit, got none: transaction ${hash} may be mined yet. ` +
        'In flight: wrap 0.05 ETH. Not sent: let the oracle take 0.05 WETH; contribute 0.05 ETH for 2500.1. ' +
        `Look at ${hash} first: do not repeat before it is mined or dropped. ` +
        `If it stays, take it back, unless a node runs with this key: assize cancel --nonce 0 --rpc ${url}`,
    )
    expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(1)
  })

  test('keeps the command from being repeated while it waits, before the question and after it', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', '0.05eth']
    const { embedded } = court.stage
    const sendAnother = async (): Promise<void> => {
      await embedded.setMining('manual')
      await ann.chain.walletClient.sendTransaction({ to: ann.account.address })
    }
    const asked = await impatiently(() => ann.run(args, typing('y', sendAnother)))
    const told = await impatiently(() => ann.run([...args, '--yes']))
    const simulated = await ann.run([...args, '--dry-run'])
    await embedded.setMining('instant')
    await embedded.mineAt((await latestBlock(ann.chain)).time + 1n)
    const refusal = {
      exitCode: 1,
      err:
        `error: Expected no transaction of ${ann.account.address} that waits to be mined, got 1. ` +
        'Nothing was sent: it would wait behind. ' +
        'Once it is mined, look before you repeat; if it never is, take it back, unless a node runs with this key: assize cancel',
    }
    expect(asked).toMatchObject(refusal)
    expect(told).toMatchObject(refusal)
    expect(told.out).toBe('')
    expect(simulated.exitCode).toBe(0)
    expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(1)
  })
})

test('Ctrl-C between two transactions stops there, and says what was done', async () => {
  const ann = await somebody()
  const { id } = await court.fixing({}, FALSE)
  const interruption = new AbortController()
  const proxy = await startProxy(court.stage.embedded.rpcUrl, (method) => {
    if (method === 'eth_sendRawTransaction') interruption.abort()
    return undefined
  })
  const args = ['contribute', id, '2500.1', 'rest', '--yes', '--rpc', proxy.url]
  const { exitCode, err } = await ann.run(args, { signal: interruption.signal })
  await proxy.close()
  expect(exitCode).toBe(130)
  expect(err.split('\n').at(-1)).toBe(
    'error: Interrupted. Done before: wrap 0.2 ETH. ' +
      'Not done: let the oracle take 0.2 WETH; contribute 0.2 ETH for 2500.1. ' +
      `The 0.2 WETH are in ${ann.account.address}; the next try uses them, or once nothing pays any more assize claim --all --unwrap --rpc ${proxy.url} makes ETH of them.`,
  )
  expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(1)
})

test('where stake is not in WETH nothing is wrapped, and a lack of tokens is named', async () => {
  const ann = await somebody()
  const deployer = await court.stage.as('mallory')
  const deployed = async (data: Hex): Promise<Hex> => {
    const hash = await deployer.walletClient.sendTransaction({ data })
    const { contractAddress } = await mined(deployer, hash)
    return contractAddress ?? '0x'
  }
  // A token that takes deposits, but does not call itself WETH.
  const renamed = weth9Bytecode.replace(hexOf('WETH'), hexOf('MODL')) as Hex
  const token = await deployed(renamed)
  const oracle = await deployed(
    encodeDeployData({ abi: maturityOracleAbi, bytecode: maturityOracleBytecode, args: [token, SINK] }),
  )
  const indexId = keccak256(stringToHex('model'))
  const fixing = { ...court.stage.fixing, indexId, openInterest: `0x${'00'.repeat(20)}` } as const
  const id = fixingId(fixing, { chainId: 31_337, oracle })
  await wrap(deployer, token, ETHER)
  await ensureCollateral(deployer, token, oracle, ETHER)
  await create(deployer, oracle, fixing)
  await propose(deployer, oracle, fixing, { value: FALSE, maxBond: ETHER })

  const args = ['contribute', id, '2500.1', '0.1', '--yes', '--oracle', oracle]
  expect(await ann.run(args)).toMatchObject({
    exitCode: 2,
    err:
      'error: Expected 0.1 MODL, got 0 MODL: 0.1 MODL short. ' +
      'ETH cannot be wrapped into MODL: get it elsewhere first.',
  })
  await transferWeth(deployer, token, ann.account.address, BOND)
  const { exitCode, out } = await ann.run(args)
  expect(exitCode).toBe(0)
  expect(out).toContain('steps     let the oracle take 0.1 MODL; contribute 0.1 MODL for 2500.1')
  expect(out).toContain('token     taken in MODL: nothing is wrapped')
  expect(await wethBalance(ann.chain, token, ann.account.address)).toBe(0n)
})

/** The hex digits of a text. */
function hexOf(text: string): string {
  return stringToHex(text).slice(2)
}
