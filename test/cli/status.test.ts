import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WritableChain } from '#client/chain.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, create, propose } from '#client/oracle-writer.ts'
import { fixingId } from '#protocol/fixing.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { openOracle } from '../../cli/chain/connection.ts'
import { renderView, viewOf } from '../../cli/fixing/fixing-view.ts'
import { temporaryFolder } from '../node/temporary.ts'
import { assize } from './command-line.ts'
import { startProxy } from './rpc-proxy.ts'
import { silentWorld } from './whole-program.ts'

let stage: Stage
let ann: WritableChain
let flags: string[]

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  flags = ['status', '--rpc', stage.embedded.rpcUrl, '--oracle', stage.deployments.oracle]
})
afterAll(() => stage.embedded.stop())

test('says that there is nothing yet', async () => {
  expect(await assize(flags)).toEqual({ exitCode: 0, out: 'No fixing was created here.', err: '' })
})

test('takes from the configuration of a node what neither flag nor environment says', async () => {
  const config = join(temporaryFolder(), 'node.toml')
  const { oracle, registry } = stage.deployments
  const nobody = '0x00000000000000000000000000000000000000A1'
  const write = (rpc: string, named: string): void =>
    writeFileSync(
      config,
      `data_dir = "data"\nrpc_url = "${rpc}"\noracle = "${named}"\nregistry = "${registry}"\nindex_dir = "."\n`,
    )
  const none = { exitCode: 0, out: 'No fixing was created here.', err: '' }
  write(stage.embedded.rpcUrl, oracle)
  expect(await assize(['status', '--config', config])).toEqual(none)
  expect(await assize(['fixing', 'list', '--config', config])).toMatchObject({ exitCode: 0, err: '' })
  write('http://127.0.0.1:1', nobody)
  expect(
    await assize(['status', '--config', config], { ASSIZE_RPC_URL: stage.embedded.rpcUrl, ASSIZE_ORACLE: oracle }),
  ).toEqual(none)
  const named = { ASSIZE_RPC_URL: 'http://127.0.0.1:2', ASSIZE_ORACLE: nobody }
  expect(await assize([...flags, '--config', config], named)).toEqual(none)
  expect((await assize(['status', '--config', '/nowhere.toml'])).exitCode).toBe(2)
})

test('reads from the next endpoint of a configuration where one is dead, says so, and names it in what is to be pasted', async () => {
  const config = join(temporaryFolder(), 'node.toml')
  const { oracle, registry } = stage.deployments
  const write = (rpcUrl: string, ...others: readonly string[]): void =>
    writeFileSync(
      config,
      `data_dir = "data"\nrpc_url = "${rpcUrl}"\nrpc_fallbacks = ${JSON.stringify(others)}\noracle = "${oracle}"\n` +
        `registry = "${registry}"\nindex_dir = "."\n`,
    )
  const [one, two] = ['http://127.0.0.1:1/v3/very-secret', 'http://127.0.0.1:2']
  const host = new URL(stage.embedded.rpcUrl).host
  write(one, two, stage.embedded.rpcUrl)
  expect(await assize(['status', '--config', config])).toEqual({
    exitCode: 0,
    out: 'No fixing was created here.',
    err: ['127.0.0.1:1', '127.0.0.1:2']
      .map((dead) => `Expected a JSON-RPC endpoint at ${dead}, got no answer. Reading from ${host}.`)
      .join('\n'),
  })
  expect((await openOracle({ config }, silentWorld())).paste('status')).toContain(`--rpc ${stage.embedded.rpcUrl}`)
  // An endpoint of another chain is no dead one: what is configured is wrong.
  writeFileSync(config, `${readFileSync(config, 'utf8')}chain_id = 1\n`)
  expect(await assize(['status', '--config', config])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining(`Expected chain 1 at ${host}, got chain 31337.`),
  })
  write(one, two)
  expect(await assize(['status', '--config', config])).toMatchObject({
    exitCode: 1,
    err: 'error: Expected a JSON-RPC endpoint at 127.0.0.1:1, 127.0.0.1:2, got no answer from any. Check the address, or start the endpoint.',
  })
})

test('names an oracle address without code, exit 2', async () => {
  const nobody = '0x00000000000000000000000000000000000000A1'
  expect(await assize(['status', '--rpc', stage.embedded.rpcUrl, '--oracle', nobody])).toMatchObject({
    exitCode: 2,
    err:
      `error: Expected a MaturityOracle at ${nobody}, got an address without code. ` +
      'Check the address, and that the RPC endpoint is of the right chain.',
  })
})

test('follows a fixing through its phases: text, JSON and exit code', async () => {
  const { oracle } = stage.deployments
  const { fixing } = stage
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  await create(ann, oracle, fixing)
  const pending = await assize([...flags, '--exit-code'])
  expect(pending.exitCode).toBe(8)
  expect(pending.out).toContain('phase     pending')
  expect(pending.out).toContain('maturity  2025-01-01 01:00:00 UTC (in 59 min')

  await stage.embedded.mineAt(MATURITY)
  await propose(ann, oracle, fixing, { value: 3_000n * ETHER, maxBond: ETHER })
  await contribute(ann, oracle, fixing, { round: 1, value: 2_500n * ETHER, amount: ETHER / 10n })
  const { facts } = await readFixing(ann, oracle, fixing)
  const active = await assize([...flags, '--fixing', id, '--json'])
  expect(active.exitCode).toBe(0)
  expect(JSON.parse(active.out)).toMatchObject({
    version: 1,
    chainId: 31_337,
    oracle,
    fixings: [
      {
        id,
        phase: 'active',
        round: 1,
        leader: '3000',
        deadline: Number(facts.deadline),
        candidates: [{ value: '3000', stake: '100000000000000000', leads: true }],
        pots: [{ kind: 'stake', value: '2500', filled: '100000000000000000' }],
        settlement: null,
        outcome: 'none',
      },
    ],
  })
  const text = await assize([...flags, '--fixing', id])
  expect(text.out).toContain('leader    3000')
  expect(text.out).toMatch(
    /deadline {2}2025-01-02 01:00:\d\d UTC \(in 23 h 59 min\): the leader settles unless disputed/,
  )
  expect(text.out.split('\n').slice(-3)).toEqual([
    'value  stake    in pots  odds',
    '3000   0.1 ETH  0 ETH    50.0 %  leads',
    '2500   0 ETH    0.1 ETH  50.0 %  not a candidate yet',
  ])
  // Borders for a person, and whatever token is staked.
  const view = viewOf(await readFixing(ann, oracle, fixing), [])
  const table = renderView(view, { symbol: 'USDC', decimals: 16, isWeth: false }, { isTerminal: true })
  expect(table).toContain('│  3000 │ 10 USDC │  0 USDC │ 100.0 % │ leads │')

  await stage.embedded.mineAt(facts.deadline)
  const settled = await assize([...flags, '--exit-code'])
  expect(settled.exitCode).toBe(0)
  expect(settled.out).toContain('settled   3000 by timeout')
})

test('names a fixing that was never created, exit 2', async () => {
  const id = `0x${'ab'.repeat(32)}`
  expect(await assize([...flags, '--fixing', id])).toMatchObject({
    exitCode: 2,
    err:
      `error: Expected fixing ${id} at oracle ${stage.deployments.oracle}, got no Created event of it. ` +
      `List what is there with "assize fixing list --rpc ${stage.embedded.rpcUrl} --oracle ${stage.deployments.oracle}", ` +
      'or look further back with --from-block.',
  })
})

test('reads nothing of the log of others for the one that is named', async () => {
  const { oracle } = stage.deployments
  const other = { ...stage.fixing, window: 86_401 }
  await create(ann, oracle, other)
  const id = fixingId(other, { chainId: ann.chainId, oracle })
  const asked: unknown[] = []
  const proxy = await startProxy(stage.embedded.rpcUrl, (method, [filter]) => {
    if (method === 'eth_getLogs') asked.push(filter)
    return undefined
  })
  const { exitCode, out } = await assize(['status', '--rpc', proxy.url, '--oracle', oracle, '--fixing', id])
  expect({ exitCode, first: out.split('\n')[0] }).toEqual({ exitCode: 0, first: `fixing    ${id}` })
  expect(asked).toEqual([{ address: oracle, fromBlock: '0x0', toBlock: expect.anything(), topics: [null, id] }])
  await proxy.close()
})
