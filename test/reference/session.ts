import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { getAddress, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { connect, latestBlock, sendingAs } from '#client/chain.ts'
import { createdIn, oracleEvents } from '#client/fixing-log.ts'
import { create } from '#client/oracle-writer.ts'
import { approveCall } from '#client/weth.ts'
import { openStore } from '#node/store'
import { evidenceText } from '#protocol/evidence-file.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { hash } from '../../cli/arguments.ts'
import { Cleanup } from '../../cli/demo/cleanup.ts'
import { castPeople, type Person } from '../../cli/demo/people.ts'
import { type Devnet, openDevnet } from '../../cli/devnet/devnet.ts'
import { readKeystore, writeKeystore } from '../../node/ground/keystore.ts'
import { assize, type Run } from '../cli/command-line.ts'
import { freePort } from '../cli/free-port.ts'
import { startProxy } from '../cli/rpc-proxy.ts'
import { request } from '../model/rpc.ts'
import { evidenceOf } from '../protocol/evidence-of.ts'
import { threeSamples } from '../protocol/index-documents.ts'
import { commandNames } from './commands.ts'
import { askUma, sitInAJury } from './court-session.ts'

/** What commands printed with `--json`, by their names. */
export type Printed = ReadonlyMap<string, readonly unknown[]>

/** 2026-03-27 08:00 UTC. */
const NOW = 1_774_598_400n

/** Called before a command is run, with its name and its chain's time: `run` runs it as at another time of this machine. */
export type Rehearse = (name: string, time: bigint, run: (now: bigint) => Promise<Run>) => Promise<void>

/** Runs one command of nearly every kind on a network of its own, with `--json`, and keeps what each prints. */
export async function runSession(rehearse: Rehearse = () => Promise.resolve()): Promise<Printed> {
  const cleanup = new Cleanup()
  const scratch = mkdtempSync(join(tmpdir(), 'assize-session-'))
  cleanup.defer(async () => rmSync(scratch, { recursive: true }))
  try {
    const signal = new AbortController().signal
    const env = process.env
    const devnet = await openDevnet({ folder: undefined, port: 0, now: NOW, env, signal, cleanup })
    // No block comes by itself: between a look at the chain's time and a command it would be newer than the command is told.
    await devnet.embedded.setMining('instant')
    const session = new Session(devnet, scratch, await commandNames(), rehearse)
    await lookAndExplain(session)
    await disputeAndClaim(session)
    await announceAndPropose(session)
    await sitInACouncil(session)
    await sitInAJury(session)
    await askUma(session)
    await deployAgain(session)
    await openAnother(session)
    await keepKeysAndReport(session)
    await keepAStore(session)
    await describeAnIndex(session)
    await verifyByEvidence(session)
    await holdPAndN(session)
    return session.printed
  } finally {
    await cleanup.run()
  }
}

/** A network, and what commands that were run there have printed. */
export class Session {
  readonly printed = new Map<string, unknown[]>()
  readonly devnet: Devnet
  readonly scratch: string
  readonly #names: readonly string[]
  readonly #rehearse: Rehearse

  constructor(devnet: Devnet, scratch: string, names: readonly string[], rehearse: Rehearse) {
    this.devnet = devnet
    this.scratch = scratch
    // The longest name first: `devnet` is also the beginning of `devnet pass`.
    this.#names = names.toSorted((a, b) => b.length - a.length)
    this.#rehearse = rehearse
  }

  /** A value of the network's environment. */
  of(name: string): string {
    return this.devnet.environment[name] ?? ''
  }

  /** Runs a command line, whose words have spaces between them, and returns its document. Throws if it printed none. */
  async run(line: string, more: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const words = line.split(' ')
    const name = this.#names.find((each) => `${line} `.startsWith(`${each} `)) ?? line
    const chain = await connect({ rpcUrl: this.devnet.embedded.rpcUrl })
    const { time } = await latestBlock(chain)
    const env = { ...this.devnet.environment, ...more }
    const runAt = (now: bigint): Promise<Run> => assize([...words, '--json'], env, { now: () => now })
    await this.#rehearse(name, time, runAt)
    const { out, err } = await runAt(time)
    if (out === '') throw new Error(`Expected a document of ${line}, got none: ${err}`)
    const document = JSON.parse(out) as Record<string, unknown>
    if ('error' in document && name !== 'error') throw new Error(`Expected ${line} to succeed, got: ${err}`)
    this.printed.set(name, [...(this.printed.get(name) ?? []), document])
    return document
  }

  /** The document of an error. */
  async fail(line: string): Promise<void> {
    const { out } = await assize([...line.split(' '), '--json'], { ...this.devnet.environment })
    this.printed.set('error', [...(this.printed.get('error') ?? []), JSON.parse(out) as unknown])
  }

  /** Creates a fixing that matured `minutes` ago, ruled on by `court`; returns its id. */
  async createFixing(
    court: string,
    minutes: string,
    index = join(this.devnet.folder, 'index', 'index.json'),
  ): Promise<Hex> {
    const chain = await connect({ rpcUrl: this.devnet.embedded.rpcUrl })
    const { time } = await latestBlock(chain)
    const maturity = new Date(Number(time - 60n * BigInt(minutes)) * 1_000).toISOString().slice(0, 16)
    const both = `--arbitrator ${court} --backup ${this.of('BACKUP')}`
    const { id } = await this.run(`fixing create --index ${index} --maturity ${maturity}Z ${both} --yes`)
    return hash(String(id))
  }

  /** The terms of a fixing that was created. */
  async logged(id: Hex): Promise<Fixing> {
    const chain = await connect({ rpcUrl: this.devnet.embedded.rpcUrl })
    const { number } = await latestBlock(chain)
    const range = { fromBlock: 0n, toBlock: number }
    const created = createdIn(await oracleEvents(chain, getAddress(this.of('ASSIZE_ORACLE')), range))
    const found = created.find((one) => one.id === id)
    if (found === undefined) throw new Error(`Expected fixing ${id} in the log, got none.`)
    return found.fixing
  }

  async pass(time: string): Promise<void> {
    await this.run(`devnet pass ${time}`)
  }

  /** The environment of somebody else, with a keystore. */
  async as(person: Person): Promise<Record<string, string>> {
    const keystore = join(this.scratch, `${person.name}.json`)
    const password = join(this.scratch, `${person.name}.password`)
    await writeKeystore(keystore, person.privateKey, 'pw', { cost: 1_024 })
    writeFileSync(password, 'pw', { mode: 0o600 })
    await this.devnet.embedded.setBalance(person.account.address, 10n ** 19n)
    return { ASSIZE_KEYSTORE: keystore, ASSIZE_PASSWORD_FILE: password }
  }
}

async function lookAndExplain(session: Session): Promise<void> {
  const fixing = session.of('FIXING')
  for (const line of ['fixing list', `fixing show ${fixing}`, 'status', `verify ${fixing}`, 'watch --once']) {
    await session.run(line)
  }
  for (const line of ['explain --value 1000', 'griefing', 'income']) await session.run(line)
  await session.fail('fixing show 0x12')
}

async function disputeAndClaim(session: Session): Promise<void> {
  const fixing = session.of('FIXING')
  const account = session.of('ACCOUNT')
  await session.run(`devnet give ${account} 20eth`)
  await session.run(`contribute ${fixing} 2500.10 0.05eth --dry-run`)
  await session.run(`contribute ${fixing} 2500.10 0.05eth --yes`)
  for (const line of [`fixing show ${fixing}`, 'watch --once', 'status']) await session.run(line)
  await session.run(`contribute ${fixing} 2500.10 rest --yes`)
  await session.run(`fixing show ${fixing}`)
  await session.run(`appeal ${fixing} 3000 rest --dry-run`)
  await session.run(`reporters fund ${fixing} 0.01eth --yes`)
  await session.run('receipts list')
  await session.run(`receipts transfer ${fixing} 0x000000000000000000000000000000000000dEaD --amount 0.01eth --yes`)
  await session.run(`claim ${fixing} --yes`)
  await session.pass('2d')
  for (const line of ['status', 'fixing list', `fixing show ${fixing}`, 'receipts list', 'watch --once'])
    await session.run(line)
  await session.run(`verify ${fixing}`)
  await session.run('watch --once --all')
  await session.run(`claim ${fixing} --yes`)
  await session.run(`collect ${fixing} --yes`)
  await session.run(`reporters refund ${fixing} --yes`)
  await takeBack(session)
}

/** Splits, merges and redeems a series of its own. */
async function holdPAndN(session: Session): Promise<void> {
  const vault = session.of('ASSIZE_VAULT')
  const { time } = await latestBlock(await connect({ rpcUrl: session.devnet.embedded.rpcUrl }))
  const index = join(session.devnet.folder, 'index', 'index.json')
  const courts = `--arbitrator ${session.of('COUNCIL')} --backup ${session.of('BACKUP')}`
  const terms = `--index ${index} --maturity ${time + 1_800n} ${courts} --open-interest ${vault}`
  await session.run(`devnet give ${session.of('ACCOUNT')} 5eth`)
  const { id: fixing } = await session.run(`fixing create ${terms} --yes`)
  const { series } = await session.run(`series create ${String(fixing)} 2000 --invalid-share 80 --yes`)
  const id = String(series)
  await session.run(`split ${id} 1eth --dry-run`)
  await session.run(`split ${id} 1eth --yes`)
  await session.run(`merge ${id} 0.25eth --yes`)
  for (const line of [`series show ${id}`, 'series list', 'redeem --all --yes']) await session.run(line)
  await session.pass('35min')
  await session.run(`propose ${String(fixing)} 2500.10 --yes`)
  await session.pass('2d')
  for (const line of [`series show ${id}`, 'series list', `redeem ${id} --yes`]) await session.run(line)
}

/** Has transactions of the disputer wait until they are cancelled: one that is, then two of which the endpoint replaces the last only. */
async function takeBack(session: Session): Promise<void> {
  const { embedded } = session.devnet
  let refusesAfter = Infinity
  const proxy = await startProxy(embedded.rpcUrl, async (method) => {
    if (method === 'eth_getTransactionReceipt') await embedded.setMining('instant')
    if (method !== 'eth_sendRawTransaction') return undefined
    refusesAfter -= 1
    return refusesAfter < 0 ? 'replacement transaction underpriced' : undefined
  })
  const { privateKey } = await readKeystore(session.of('ASSIZE_KEYSTORE'), session.of('ASSIZE_PASSWORD_FILE'))
  const disputer = sendingAs(await connect({ rpcUrl: embedded.rpcUrl }), privateKeyToAccount(privateKey))
  const oracle = getAddress(session.of('ASSIZE_ORACLE'))
  const { to, data } = approveCall(oracle, oracle, 1n)
  const send = async (): Promise<void> =>
    void (await disputer.walletClient.sendTransaction({ to, data, gas: 100_000n }))
  const cancel = (): Promise<unknown> => session.run('cancel --yes', { ASSIZE_RPC_URL: proxy.url })
  // Blocks come by the clock there, too, which only this ends.
  await request(embedded.rpcUrl, 'evm_setIntervalMining', [0])
  const nonce = await disputer.publicClient.getTransactionCount({ address: disputer.account.address })
  await session.run(`cancel --dry-run --nonce ${nonce}`)
  await send()
  await session.run('cancel --dry-run')
  await cancel()
  await embedded.setMining('manual')
  await send()
  await send()
  refusesAfter = 1
  await cancel()
  await proxy.close()
}

async function announceAndPropose(session: Session): Promise<void> {
  const fixing = await session.createFixing(session.of('COUNCIL'), '10')
  await session.run(`fund ${fixing} 0.01eth --yes`)
  for (const line of [`fixing show ${fixing}`, `verify ${fixing}`, 'watch --once']) await session.run(line)
  await session.run(`propose ${fixing} 2500.10 --yes`)
  // Who is to report the open interest of this one knows nothing of it.
  await session.run(`fixing show ${await createUnproposable(session, await session.logged(fixing))}`)
}

/** A fixing like that one, but who is to report its open interest knows nothing of it: `fixing create` makes none such. */
async function createUnproposable(session: Session, like: Fixing): Promise<Hex> {
  const { deployer } = castPeople(1, 0, { node: 0n, owner: 0n })
  await session.devnet.embedded.setBalance(deployer.account.address, 10n ** 19n)
  const { rpcUrl } = session.devnet.embedded
  const chain = await connect({ rpcUrl, account: deployer.account, pollingMs: 20 })
  const oracle = getAddress(session.of('ASSIZE_ORACLE'))
  const fixing = { ...like, openInterest: getAddress(session.of('ASSIZE_REGISTRY')) }
  await create(chain, oracle, fixing)
  return fixingId(fixing, { chainId: chain.chainId, oracle })
}

/** How long ago a fixing matured that has no value of its own, minutes: the closes of the network begin later. */
const LONG_AGO = String(25 * 24 * 60)

async function sitInACouncil(session: Session): Promise<void> {
  const { council } = castPeople(1, 0, { node: 0n, owner: 0n })
  const fixing = await session.createFixing(session.of('COUNCIL'), LONG_AGO)
  await session.run(`request ${fixing} --yes`)
  for (const line of [`fixing show ${fixing}`, 'status', 'watch --once', 'fixing list']) await session.run(line)
  const file = join(session.scratch, 'ruling.json')
  let member: Record<string, string> = {}
  for (const person of council.slice(0, 3)) {
    member = await session.as(person)
    await session.run(`council sign ${fixing} 2500.10 --file ${file} --yes`, member)
  }
  await session.run(`council submit ${file} --yes`)
  for (const line of [`fixing show ${fixing}`, 'status', 'receipts list', `claim ${fixing} --yes`])
    await session.run(line)
  await session.run(`council claim ${session.of('COUNCIL')} --yes`, member)
}

async function keepKeysAndReport(session: Session): Promise<void> {
  const path = (name: string): string => join(session.scratch, name)
  await session.run(`keys new ${path('key.json')} --password-file ${path('password')}`)
  writeFileSync(path('raw'), `0x${'21'.repeat(32)}`, { mode: 0o600 })
  await session.run(`keys import ${path('imported.json')} --from ${path('raw')} --password-file ${path('password')}`)
  await session.run(`keys list ${session.scratch}`)
  const own = { ASSIZE_KEYSTORE: path('key.json'), ASSIZE_PASSWORD_FILE: path('password') }
  await session.run(`keys export ${path('key.json')} ${path('exported')} --yes --password-file ${path('password')}`)
  writeFileSync(path('node.toml'), configurationOf(session))
  const config = `--config ${path('node.toml')}`
  const consent = await assize(
    ['keys', 'bind', ...config.split(' '), '--owner', session.of('ACCOUNT')],
    { ...session.devnet.environment, ...own },
    { now: () => NOW },
  )
  session.printed.set('keys bind', [JSON.parse(consent.out)])
  await session.run(`keys peer ${config}`)
  writeFileSync(path('consent.json'), consent.out)
  for (const line of [
    `register ${path('consent.json')} --yes`,
    'stake 0 0.5eth --yes',
    'reporters',
    `doctor ${config}`,
  ]) {
    await session.run(line, line.startsWith('doctor') ? own : {})
  }
  await session.pass('3d')
  await session.run(`keys new ${path('next.json')} --password-file ${path('next.pw')}`)
  const next = `--keystore ${path('next.json')} --password-file ${path('next.pw')}`
  const rotation = await session.run(`keys rotate 0 ${config} --owner ${session.of('ACCOUNT')} ${next}`)
  writeFileSync(path('rotation.json'), JSON.stringify(rotation))
  await session.run(`rotate ${path('rotation.json')} --yes`)
  await session.run('unregister 0 --yes')
  await session.run('reporters')
  await session.pass('339d')
  await session.run('unstake 0 --yes')
  await setUp(session)
}

/** A node, before and after its owner registers it. */
async function setUp(session: Session): Promise<void> {
  const path = (name: string): string => join(session.scratch, name)
  mkdirSync(path('indices'))
  cpSync(join(session.devnet.folder, 'index', 'index.json'), path('indices/index.json'))
  const ports = `--port ${await freePort()} --http-port ${await freePort()}`
  const account = session.of('ACCOUNT')
  const [rpc, oracle, registry] = ['RPC_URL', 'ORACLE', 'REGISTRY'].map((name) => session.of(`ASSIZE_${name}`))
  const chain = `--rpc ${rpc} --oracle ${oracle} --registry ${registry} --clock chain`
  const files = `--index-dir ${path('indices')} --prices ${session.of('ASSIZE_CSV_FILE')}`
  await session.run(`init ${path('node')} --yes ${chain} ${files} --owner ${account} ${ports}`)
  const key = `--owner-keystore ${session.of('ASSIZE_KEYSTORE')} --owner-password-file ${session.of('ASSIZE_PASSWORD_FILE')}`
  await session.run(`init ${path('node')} --yes ${key} --service --service-user ${userInfo().username}`)
}

function configurationOf(session: Session): string {
  return `data_dir = "data"
rpc_url = "${session.of('ASSIZE_RPC_URL')}"
oracle = "${session.of('ASSIZE_ORACLE')}"
registry = "${session.of('ASSIZE_REGISTRY')}"
index_dir = "${session.devnet.folder}"
keystore = "key.json"
password_file = "password"
`
}

async function keepAStore(session: Session): Promise<void> {
  const config = `--config ${join(session.scratch, 'node.toml')}`
  const store = await openStore(join(session.scratch, 'data'))
  const entry = {
    time: NOW,
    stage: 'observe',
    action: 'observe',
    reason: 'Value 1.',
    fixingId: `0x${'12'.repeat(32)}`,
  } as const
  await store.journal.append(entry)
  await store.close()
  await session.run(`journal ${config}`)
  for (const line of [`halt ${config} why`, `resume ${config}`]) await session.run(line)
  const backup = join(session.scratch, 'backup.jsonl')
  await session.run(`backup ${config} ${backup}`)
  await session.run(`restore --data-dir ${join(session.scratch, 'restored')} ${backup}`)
}

async function describeAnIndex(session: Session): Promise<void> {
  const file = join(session.scratch, 'index.json')
  await session.run(`index new --base ETH --quote USD --bounds 10..1000000 --out ${file}`)
  await session.run(`index check ${file}`)
  const maturity = new Date(Number(NOW) * 1_000).toISOString().slice(0, 16)
  const own = join(session.devnet.folder, 'index', 'index.json')
  await session.run(`index sample ${own} --maturity ${maturity}Z --prices ${session.of('ASSIZE_CSV_FILE')}`)
  await session.run(`index sample ${own} --maturity ${maturity}Z --prices ${join(session.scratch, 'nowhere.csv')}`)
}

/** What reporters have signed of an index of three minutes, whose file has other closes now, or is gone. */
async function verifyByEvidence(session: Session): Promise<void> {
  const path = (name: string): string => join(session.scratch, name)
  const document = threeSamples([
    {
      id: 'file',
      venue: 'file',
      kind: 'csv',
      quote: 'USD',
      timeUnit: 'seconds',
      timeoutMs: 1_000,
      maxBytes: 10_000,
      columns: { time: 'time', close: 'close' },
    },
  ])
  writeFileSync(path('three.json'), JSON.stringify(document))
  const id = await session.createFixing(session.of('COUNCIL'), '10', path('three.json'))
  const fixing = await session.logged(id)
  const opens = [180n, 120n, 60n].map((before) => fixing.maturity - before)
  writeFileSync(path('three.csv'), ['time,close', ...opens.map((open) => `${open},2500.1`)].join('\n'))
  const subject = { fixing, id, oracle: getAddress(session.of('ASSIZE_ORACLE')), document }
  writeFileSync(path('sound.json'), evidenceText(await evidenceOf(subject, ['2500.1', '2600', '2500.1'])))
  const lying = await evidenceOf(subject, ['2500.1', '2500.1'], 3_000n * 10n ** 18n)
  writeFileSync(path('lying.json'), evidenceText(lying))
  writeFileSync(path('lost.json'), evidenceText({ ...lying, samples: new Map() }))
  const index = `verify ${id} --index ${path('three.json')}`
  for (const file of ['sound.json', 'lying.json', 'lost.json']) {
    await session.run(`${index} --prices ${path('three.csv')} --evidence ${path(file)}`)
  }
  await session.run(`${index} --prices ${path('nowhere.csv')} --evidence ${path('sound.json')}`, {
    ASSIZE_REGISTRY: '',
  })
}

async function deployAgain(session: Session): Promise<void> {
  const { out } = await assize(['deploy', '--example'])
  const terms = join(session.scratch, 'terms.toml')
  // The embedded chain has a WETH of its own.
  writeFileSync(terms, out.replace(/^weth = .*$/m, ''))
  const folder = join(session.scratch, 'deployments')
  await session.run(`deploy --terms ${terms} --check`)
  await session.run(`deploy --terms ${terms} --record ${folder} --yes`)
  await session.run(`deploy --recorded ${join(folder, '31337.json')}`)
}

/** Another network, which ends as soon as it has said where it is. */
async function openAnother(session: Session): Promise<void> {
  const stopping = new AbortController()
  const out = (line: string): void => {
    session.printed.set('devnet', [JSON.parse(line)])
    stopping.abort()
  }
  const io = {
    isTerminal: false,
    out,
    err: () => undefined,
    redraw: () => undefined,
    paint: (_: unknown, text: string) => text,
  }
  await assize(['devnet', '--json'], {}, { io, signal: stopping.signal, now: () => NOW })
}
