import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deployJury } from '#client/deploy-oracle.ts'
import type { JuryTerms } from '#client/jury.ts'
import { askNode } from '#node/http-client'
import { READINESS } from '#node/http-schemas'
import { loadConfig } from '#node/config'
import { unitName } from '../../cli/init/unit.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'
import { at, court, document, folder, given, init, MADE, members, owner, ownersKey } from './init-stage.ts'

/** How much room there is on the disk is nothing that a set-up changes. */
const withoutSpace = ({ checks, ...rest }: { readonly checks: readonly { readonly what: string }[] }) => ({
  ...rest,
  checks: checks.filter(({ what }) => what !== 'disk'),
})

describe('assize init, in a script', () => {
  test('goes from nothing to a registered reporter whose node is ready', async () => {
    const interruption = new AbortController()
    const flags = [...(await given({ ...ownersKey(), ...MADE })), '--yes', '--json', '--start']
    const running = init(flags, { signal: interruption.signal })
    const httpPort = Number(flags[flags.indexOf('--http-port') + 1])
    await expect
      .poll(() => askNode(httpPort, '/readyz', READINESS).catch(() => undefined))
      .toMatchObject({ ready: true, problems: [] })
    interruption.abort()
    const run = await running
    expect(run.exitCode).toBe(0)
    const set = document(run)
    expect(set).toMatchObject({
      version: 1,
      role: 'reporter',
      folder,
      config: join(folder, 'node.toml'),
      registration: { state: 'registered' },
      httpPort,
      unit: null,
      isWell: true,
    })
    const own = (await members()).find(({ signer }) => signer === set.signer)
    expect(own).toMatchObject({ index: set.registration.index, owner: owner.account.address, stake: ETHER })
    expect(run.err).toContain(`Registering takes 1 ETH from ${owner.account.address}:`)
    expect(`${run.out}${run.err}`).not.toContain(readFileSync(join(folder, 'password'), 'utf8').trim())
  })

  test('writes what a node reads, for its owner only, and changes nothing the second time', async () => {
    const terms = { announce: '/dns4/me.example/tcp/4001', arbitrators: court.stage.deployments.council }
    const flags = await given({ ...terms, ...MADE })
    const first = await init([...flags, '--yes', '--json', '--service', '--service-user', userInfo().username])
    expect(first).toMatchObject({ exitCode: 0 })
    const config = loadConfig({ file: join(folder, 'node.toml'), env: {} })
    const flag = (name: string): string => flags[flags.indexOf(`--${name}`) + 1] ?? ''
    expect(config).toMatchObject({
      chainId: 31_337,
      clock: 'chain',
      oracle: court.stage.deployments.oracle,
      registry: court.stage.deployments.registry,
      dataDir: join(folder, 'data'),
      indexDir: at('indices'),
      csvFile: at('closes.csv'),
      key: { kind: 'keystore', keystore: join(folder, 'keystore'), passwordFile: join(folder, 'password') },
      roles: ['reporter', 'proposer', 'watchtower', 'keeper'],
      listen: [`/ip4/0.0.0.0/tcp/${flag('port')}`],
      announce: ['/dns4/me.example/tcp/4001'],
      httpPort: Number(flag('http-port')),
    })
    expect(config.policy.arbitrators).toEqual([court.stage.deployments.council])
    for (const name of ['node.toml', 'keystore', 'password']) {
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0)
    }
    const files = readdirSync(folder).toSorted()
    expect(files).toEqual([unitName(folder), 'consent.json', 'data', 'keystore', 'node.toml', 'password'])
    const texts = () => files.filter((name) => name !== 'data').map((name) => readFileSync(join(folder, name), 'utf8'))
    const before = texts()
    const again = await init(['--yes', '--json'])
    expect(again.exitCode).toBe(0)
    expect(withoutSpace(document(again))).toEqual(withoutSpace(document(first)))
    expect(texts()).toEqual(before)
  })

  test('finds the block from which on the oracle is there', async () => {
    await init([...(await given()), '--yes'])
    const { fromBlock } = loadConfig({ file: join(folder, 'node.toml'), env: {} })
    const { publicClient } = owner.chain
    const { oracle: address } = court.stage.deployments
    expect(fromBlock).toBeGreaterThan(0n)
    expect(await publicClient.getCode({ address, blockNumber: fromBlock })).toBeDefined()
    expect(await publicClient.getCode({ address, blockNumber: fromBlock - 1n })).toBeUndefined()
  })

  test.each(['encrypting ...', 'Written: '])('goes on after it ended at "%s"', async (last) => {
    const err = (line: string): void => {
      if (line.startsWith(last)) throw new Error('The machine stopped.')
    }
    const flags = [...(await given(MADE)), '--yes', '--json']
    const cut = await init(flags, {
      io: { isTerminal: false, out: () => {}, err, redraw: () => {}, paint: (_, text) => text },
    })
    expect(cut.exitCode).toBe(1)
    expect(await init(flags)).toMatchObject({ exitCode: 0 })
  })

  test('goes on after it ended at any step', async () => {
    const flags = await given()
    await init([...flags, '--yes'])
    const config = readFileSync(join(folder, 'node.toml'), 'utf8')
    const { signer } = document(await init(['--yes', '--json']))
    for (const name of ['consent.json', 'data']) {
      rmSync(join(folder, name), { recursive: true })
    }
    const again = await init([...flags, '--yes', '--json'])
    expect(document(again)).toMatchObject({ signer, registration: { state: 'agreed' } })
    expect(readFileSync(join(folder, 'node.toml'), 'utf8')).toBe(config)
  })

  test('starts nothing where the check-up finds something bad, exit 1', async () => {
    await init([...(await given()), '--yes'])
    writeFileSync(
      join(folder, 'node.toml'),
      readFileSync(join(folder, 'node.toml'), 'utf8').replace(at('indices'), at('other')),
    )
    const { exitCode, out } = await init(['--yes', '--start', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ isWell: false })
  })

  test('sets a watcher up, which has no key and asks for no stake', async () => {
    const set = document(await init([...(await given({ role: 'watcher', owner: undefined })), '--yes', '--json']))
    expect(set).toMatchObject({ role: 'watcher', signer: null, registration: null, isWell: true })
    expect(readdirSync(folder)).toEqual(['node.toml'])
    expect(loadConfig({ file: join(folder, 'node.toml'), env: {} })).toMatchObject({ key: undefined, roles: [] })
  })
})

const JURY: JuryTerms = { ...SMALL_JURY, leastPool: 4, seatStake: ETHER / 10n, commitTime: 3_600, revealTime: 3_600 }

test('sets a juror up, and prints the command that names its key the voter', async () => {
  const jury = await deployJury(await court.stage.as('deployer'), court.stage.deployments.oracle, JURY)
  const flags = await given({ role: 'juror', owner: undefined, juries: jury, for: owner.account.address })
  const set = document(await init([...flags, '--yes', '--json']))
  expect(set).toMatchObject({ role: 'juror', registration: null })
  expect(set.next[0].command).toBe(`assize jury voter ${set.signer} --jury ${jury}`)
  const { roles, juror } = loadConfig({ file: join(folder, 'node.toml'), env: {} })
  expect(roles).toEqual(['keeper', 'juror'])
  expect(juror).toMatchObject({ juries: [jury], principals: [owner.account.address] })
})
