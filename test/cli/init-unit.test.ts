import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '#node/config'
import { sleep } from '../../cli/clock.ts'
import type { Context } from '../../cli/context.ts'
import type { InitFlags } from '../../cli/init/flags.ts'
import { initialise } from '../../cli/init/initialise.ts'
import { linesOf } from '../../cli/init/report.ts'
import type { Places } from '../../cli/init/settings.ts'
import { ensureUnit, type Host, type Unit, unitName } from '../../cli/init/unit.ts'
import { temporaryFolder } from '../node/temporary.ts'

const FLAGS: InitFlags = { clock: 'system', sourceRpc: new Map(), service: true, yes: true }
const ANN = { uid: 1_000, username: 'ann', homedir: '/home/ann' }
const ROOT = { uid: 0, username: 'root', homedir: '/root' }
const PROGRAM = ['/opt/node', '/opt/assize/main.js']
const CONFIG = `
data_dir = "data"
rpc_url = "http://127.0.0.1:1"
oracle = "0x00000000000000000000000000000000000000A1"
registry = "0x00000000000000000000000000000000000000A2"
index_dir = "indices"
`

const hostOf = (user: typeof ANN, program = PROGRAM): Host => ({ user: () => user, program })

const CONTEXT: Context = {
  io: { isTerminal: false, out: () => {}, err: () => {}, redraw: () => {}, paint: (_, text) => text },
  env: {},
  signal: new AbortController().signal,
  now: () => 0n,
  monotonicMs: () => 0,
  sleep,
  terminal: undefined,
}

/** A watcher that was set up but for its unit. */
function placesIn(folder: string, config = CONFIG): Places {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'node.toml'), config)
  const at = (name: string): string => join(folder, name)
  return {
    folder,
    config: at('node.toml'),
    keystore: at('keystore'),
    password: at('password'),
    data: at('data'),
    indices: at('indices'),
    consent: at('consent.json'),
    unit: at(unitName(folder)),
  }
}

function unitOf(places: Places, host: Host, flags: Partial<InitFlags> = {}): Promise<Unit | undefined> {
  const config = loadConfig({ file: places.config, env: {} })
  return ensureUnit(places, config, { flags: { ...FLAGS, ...flags }, desk: CONTEXT, host })
}

test('the unit of a watcher has a folder to write to, which is there', async () => {
  const places = placesIn(temporaryFolder())
  expect(await unitOf(places, hostOf(ANN))).toEqual({ file: places.unit, stranger: undefined })
  const text = readFileSync(places.unit, 'utf8')
  expect(text).toContain(`\nReadWritePaths=${places.data}\n`)
  expect(text).toContain('\nUser=ann\n')
  expect(statSync(places.data).mode & 0o777).toBe(0o700)
})

test('what a node reads in a home stays to be read', async () => {
  for (const line of ['index_dir = "/home/ann/i"', 'csv_file = "/home/ann/c.csv"', 'keystore = "/home/ann/k"']) {
    const places = placesIn(temporaryFolder(), `${CONFIG.replace(/index_dir.*/, '')}password_file = "p"\n${line}\n`)
    if (!line.startsWith('index_dir')) writeFileSync(places.config, `index_dir = "i"\n`, { flag: 'a' })
    await unitOf(places, hostOf(ANN))
    expect(readFileSync(places.unit, 'utf8'), line).toContain('\nProtectHome=read-only\n')
  }
  const places = placesIn(temporaryFolder())
  await unitOf(places, hostOf(ANN))
  expect(readFileSync(places.unit, 'utf8')).toContain('\nProtectHome=true\n')
})

test('two folders of one name have units of two names, and one folder has one', () => {
  expect(unitName('/home/ann/node')).toMatch(/^assize-node-[0-9a-f]{6}\.service$/)
  expect(unitName('/home/ann/node')).toBe(unitName('/home/ann/node'))
  expect(unitName('/home/ann/node')).not.toBe(unitName('/home/bob/node'))
  expect(unitName('/srv/my node%i')).toMatch(/^assize-my-node-i-[0-9a-f]{6}\.service$/)
})

test('root says whom the unit runs as, and is told to give them the files', async () => {
  const places = placesIn(temporaryFolder())
  await expect(unitOf(places, hostOf(ROOT))).rejects.toThrow('Expected --service-user where nobody can be asked')
  await expect(unitOf(places, hostOf(ROOT), { serviceUser: 'a b' })).rejects.toThrow('Expected the name of a user')
  expect(existsSync(places.unit)).toBe(false)
  expect(await unitOf(places, hostOf(ROOT), { serviceUser: 'assize' })).toMatchObject({ stranger: 'assize' })
  expect(readFileSync(places.unit, 'utf8')).toContain('\nUser=assize\n')
  expect(await unitOf(places, hostOf(ROOT))).toMatchObject({ stranger: 'assize' })
  await expect(unitOf(places, hostOf(ROOT), { serviceUser: 'bob' })).rejects.toThrow('Expected the user bob in ')
  const own = placesIn(temporaryFolder())
  expect(await unitOf(own, hostOf(ROOT), { serviceUser: 'root' })).toEqual({ file: own.unit, stranger: undefined })
})

test('no unit runs a program from the cache of npx, and that is said before anything is written', async () => {
  const program = ['/usr/bin/node', '/root/.npm/_npx/1a2b/node_modules/assize/dist/node/main.js']
  const places = placesIn(temporaryFolder())
  await expect(unitOf(places, hostOf(ANN, program))).rejects.toThrow('got one in the cache of npx: /root/.npm/_npx/')
  const folder = temporaryFolder()
  const address = '0x00000000000000000000000000000000000000A1'
  const flags = { ...FLAGS, oracle: address, registry: address, owner: address, indexDir: folder } as const
  const tried = initialise(folder, flags, CONTEXT, hostOf(ANN, program))
  await expect(tried).rejects.toThrow('got one in the cache of npx')
  await expect(initialise(folder, flags, CONTEXT, hostOf(ROOT))).rejects.toThrow('Expected --service-user where')
  expect(readdirSync(folder)).toEqual([])
})

/** The commands that are printed for a unit that `stranger` runs. */
function commandsFor(places: Places, stranger: string | undefined): string[] {
  const paste = (...words: readonly string[]): string => words.join(' ')
  const config = loadConfig({ file: places.config, env: {} })
  const unit = { file: places.unit, stranger }
  const rest = { role: 'watcher', signer: undefined, registration: undefined, checks: [] } as const
  const lines = linesOf({ places, config, unit, paste, ...rest })
  return lines.filter((line) => line.startsWith('    ')).map((line) => line.trim())
}

const KEYED = `${CONFIG}keystore = "keystore"\npassword_file = "password"\n`

test('who runs the unit is given what was made, with the folder only if nothing else is in it', async () => {
  const places = placesIn(join(temporaryFolder(), 'node'), KEYED)
  for (const file of [places.keystore, places.password]) writeFileSync(file, '')
  await unitOf(places, hostOf(ROOT), { serviceUser: 'assize' })
  const { config, keystore, password, data, folder } = places
  const files = `${config} ${keystore} ${password}`
  expect(commandsFor(places, 'assize')[0]).toBe(
    `sudo chown assize: ${folder} ${files} && sudo chown -R assize: ${data}`,
  )
  mkdirSync(join(folder, '.ssh'))
  expect(commandsFor(places, 'assize')[0]).toBe(`sudo chown assize: ${files} && sudo chown -R assize: ${data}`)
})

test('no folder around the settings is given with all that is in it', () => {
  for (const dataDir of ['.', '..']) {
    const places = placesIn(join(temporaryFolder(), 'node'), CONFIG.replace('"data"', `"${dataDir}"`))
    expect(commandsFor(places, 'assize')[0], dataDir).not.toContain(' -R ')
  }
})

test('who can read the settings is who the check-up is to be run as', () => {
  const places = placesIn(temporaryFolder())
  expect(commandsFor(places, 'assize').at(-1)).toBe(`sudo -u assize assize doctor --config ${places.config}`)
  expect(commandsFor(places, undefined).at(-1)).toBe(`assize doctor --config ${places.config}`)
})

test('no unit is written that another user runs in a home, and that is said before anything is written', async () => {
  const home = temporaryFolder()
  const host = hostOf({ ...ANN, homedir: home })
  const refused = 'Expected a folder that the user assize may enter, for a unit that runs as them, got one in a home: '
  for (const folder of [home, join(home, 'node')]) {
    const places = placesIn(folder)
    await expect(unitOf(places, host, { serviceUser: 'assize' })).rejects.toThrow(`${refused}${folder}`)
    expect(existsSync(places.unit)).toBe(false)
    expect(await unitOf(places, host)).toMatchObject({ stranger: undefined })
  }
  const address = '0x00000000000000000000000000000000000000A1'
  const flags = { ...FLAGS, oracle: address, registry: address, owner: address, serviceUser: 'assize' } as const
  for (const folder of ['/root/not-there', '/home/not-there/node', join(home, 'not-there')]) {
    const tried = initialise(folder, { ...flags, indexDir: home }, CONTEXT, host)
    await expect(tried, folder).rejects.toThrow(`${refused}${folder}`)
    expect(existsSync(folder)).toBe(false)
  }
  const beside = placesIn(temporaryFolder())
  expect(await unitOf(beside, host, { serviceUser: 'assize' })).toMatchObject({ stranger: 'assize' })
})
