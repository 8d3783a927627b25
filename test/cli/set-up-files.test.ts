import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { configText } from '../../cli/init/config-text.ts'
import type { Settings } from '../../cli/init/settings.ts'
import { serviceUnit, type ServiceTerms } from '../../cli/reporter/service-unit.ts'
import { loadConfig } from '#node/config'
import { temporaryFolder } from '../node/temporary.ts'

const SETTINGS: Settings = {
  role: 'reporter',
  rpcUrls: ['http://one.example/?key="quoted"', 'https://two.example', 'https://three.example'],
  chainId: 1,
  clock: 'system',
  oracle: '0x00000000000000000000000000000000000000A1',
  registry: '0x00000000000000000000000000000000000000A2',
  fromBlock: 19_000_000n,
  indexDir: '/srv/indices',
  csvFile: '/srv/closes.csv',
  sourceRpc: new Map([
    [10, ['https://ten.example']],
    [8_453, ['https://base.example/?key=1', 'https://base.other.example']],
  ]),
  key: { keystore: '/etc/node/keystore', passwordFile: '/etc/node/password' },
  arbitrators: ['0x00000000000000000000000000000000000000a3'],
  juries: ['0x00000000000000000000000000000000000000A4'],
  principals: ['0x00000000000000000000000000000000000000a5'],
  port: 4_001,
  announce: ['/dns4/me.example/tcp/4001'],
  bootstrap: ['/dns4/node.example/tcp/4001/p2p/12D3KooWFcBxWifdM5zGhSW5QqM3HTzX7Wq6A7MGQ8B7oip8ek1X'],
  httpPort: 9_464,
}

describe('the settings that are written', () => {
  test('are read back by a node as they were answered', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'node.toml')
    writeFileSync(file, configText(SETTINGS, { folder, data: join(folder, 'data') }))
    const config = loadConfig({ file, env: {} })
    expect(config).toMatchObject({
      rpcUrls: SETTINGS.rpcUrls,
      rpcAgreement: 2,
      chainId: 1,
      clock: 'system',
      oracle: SETTINGS.oracle,
      registry: SETTINGS.registry,
      fromBlock: 19_000_000n,
      dataDir: join(folder, 'data'),
      indexDir: '/srv/indices',
      csvFile: '/srv/closes.csv',
      sourceRpc: SETTINGS.sourceRpc,
      key: { kind: 'keystore', keystore: '/etc/node/keystore', passwordFile: '/etc/node/password' },
      roles: ['reporter', 'proposer', 'watchtower', 'keeper', 'juror'],
      listen: ['/ip4/0.0.0.0/tcp/4001'],
      announce: SETTINGS.announce,
      bootstrap: SETTINGS.bootstrap,
      httpPort: 9_464,
    })
    expect(config.policy.arbitrators.map((one) => one.toLowerCase())).toEqual(SETTINGS.arbitrators)
    expect(config.juror.principals.map((one) => one.toLowerCase())).toEqual(SETTINGS.principals)
  })

  test('say what each is for, and name what lies in their own folder by its name', () => {
    const text = configText({ ...SETTINGS, indexDir: '/n/indices' }, { folder: '/n', data: '/n/data' })
    expect(text).toContain('\ndata_dir = "data"\n')
    expect(text).toContain('\nindex_dir = "indices"\n')
    for (const paragraph of text.trim().split('\n\n')) expect(paragraph).toMatch(/^(\[\w+\]\n)?# /)
  })
})

/** The node of docs/operations. */
const DOCUMENTED: ServiceTerms = {
  name: 'assize.service',
  user: 'assize',
  workingDirectory: '/opt/assize',
  program: ['/opt/assize/node_modules/.bin/node', '/opt/assize/node/main.ts'],
  config: '/etc/assize/node.toml',
  passwordFile: '/etc/assize/password',
  dataDir: '/var/lib/assize',
  inputs: ['/etc/assize/keystore', '/etc/assize/indices'],
}

describe('the unit that is written', () => {
  test('is that of docs/operations/assize.service for the folders there', () => {
    // Beside it what only the folders of that file need: which machines have such a Node.
    const unit = readFileSync('docs/operations/assize.service', 'utf8')
    expect(unit.replace(/(?:# .*\n)+(?=ExecStart=)/, '')).toBe(serviceUnit(DOCUMENTED))
  })

  test('lets the node write where its data are, in a home as well', () => {
    const unit = serviceUnit({ ...DOCUMENTED, dataDir: '/home/ann/my node/100%', config: '/home/ann/node.toml' })
    expect(unit).toContain('\nReadWritePaths="/home/ann/my node/100%%"\n')
    expect(unit).toContain('\nProtectHome=read-only\n')
    expect(unit).not.toContain('StateDirectory')
    const deep = serviceUnit({ ...DOCUMENTED, dataDir: '/var/lib/assize/two' })
    expect(deep).toContain('\nStateDirectory=assize/two\n')
  })

  test.each<[string, Partial<ServiceTerms>]>([
    ['its folder', { workingDirectory: '/home/ann' }],
    ['the settings', { config: '/root/node.toml' }],
    ['the password', { passwordFile: '/home/ann/password' }],
    ['what is run', { program: ['/home/ann/.nvm/node', '/opt/assize/main.js'] }],
    ['an input', { inputs: ['/etc/assize/keystore', '/home/ann/indices'] }],
  ])('leaves homes to be read where %s is in one', (_name, changes) => {
    expect(serviceUnit(DOCUMENTED)).toContain('\nProtectHome=true\n')
    expect(serviceUnit({ ...DOCUMENTED, ...changes })).toContain('\nProtectHome=read-only\n')
  })

  test('has no specifier and no variable of a path that looks like one', () => {
    const unit = serviceUnit({
      ...DOCUMENTED,
      workingDirectory: '/srv/100%',
      program: ['/srv/$HOME/node', '/srv/$HOME/main.js'],
      config: '/srv/100%/$x y/node.toml',
      passwordFile: '/srv/100% $x/password',
    })
    expect(unit).toContain('\nWorkingDirectory=/srv/100%%\n')
    expect(unit).toContain('\nExecStart=/srv/$HOME/node /srv/$$HOME/main.js --config "/srv/100%%/$$x y/node.toml"\n')
    expect(unit).toContain('\nLoadCredential=password:/srv/100%% $x/password\n')
  })

  test.each(['/srv/"', '/srv/a\\b', '/srv/\nExecStart=/bin/true'])('is not written of the path %j', (path) => {
    expect(() => serviceUnit({ ...DOCUMENTED, inputs: [path] })).toThrow(
      'Expected paths without quotation marks, backslashes and line breaks for a systemd unit, got ',
    )
  })

  test.runIf(spawnSync('systemd-analyze', ['--version']).error === undefined)('is accepted by systemd', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'my $1 %h node'))
    writeFileSync(join(folder, 'my $1 %h node', 'password'), 'pw')
    const unit = join(folder, 'assize.service')
    const terms = { ...DOCUMENTED, user: 'root', workingDirectory: folder, program: [process.execPath, '/main.ts'] }
    const text = serviceUnit({
      ...terms,
      config: join(folder, 'my $1 %h node', 'node.toml'),
      passwordFile: join(folder, 'my $1 %h node', 'password'),
      dataDir: join(folder, 'my $1 %h node'),
    })
    writeFileSync(unit, text)
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
    expect(stderr.split('\n').filter((line) => line.includes('assize.service'))).toEqual([])
    expect(status).toBe(0)
  })
})
