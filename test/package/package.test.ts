import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { keccak256, stringToHex } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { latestBlock } from '#client/chain.ts'
import { planChainlinkFeed, planVault } from '#client/consumer-plan.ts'
import { readCreated } from '#client/fixing-log.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { evidenceText } from '#protocol/evidence-file.ts'
import { importsOf } from '../architecture/imports.ts'
import { codeOf } from '../architecture/source-text.ts'
import { CATALOGUE } from '../../cli/catalogue.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { observe } from '../client/evidence-scene.ts'
import { bundleForBrowser, dependencies, type Ended, entriesOf, install, type Installed, ROOT } from './installed.ts'
import { outlasting } from './outage.ts'

/** A Node of this machine that is too old, if there is one. */
const OLD_NODE = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (node) => Number(/^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 24) < 24,
)

let installed: Installed
beforeAll(async () => {
  installed = await install()
})
afterAll(() => installed.remove())

/** The TypeScript of docs/integrators.md, by the name of its file. */
function shown(name: string): string {
  const text = readFileSync(join(ROOT, 'docs/integrators.md'), 'utf8')
  const block = [...text.matchAll(/```ts\n([^`]*(?:`(?!``)[^`]*)*)```/g)].find(([, code = '']) =>
    code.startsWith(`// ${name}`),
  )
  if (block?.[1] === undefined) throw new Error(`Expected ${name} in docs/integrators.md, got none.`)
  return block[1]
}

describe('the packed package', () => {
  test('holds JavaScript, declarations, the contracts and the documents, and nothing else', () => {
    const kinds = new Set(
      installed.files.map((path) => {
        if (/^dist\/.*\.js$/.test(path)) return 'code'
        if (path === 'dist/cli/LICENSES.txt') return 'licences'
        if (/^dist\/contracts\/(client|protocol)\/.*\.d\.ts$/.test(path)) return 'types'
        if (path.startsWith('docs/')) return 'documents'
        return /^contracts\/src\/.*\.sol$/.test(path) ? 'contracts' : path
      }),
    )
    expect([...kinds].toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'code',
      'contracts',
      'documents',
      'licences',
      'package.json',
      'types',
    ])
    const code = installed.files.filter((path) => path.startsWith('dist/'))
    const left = code.filter((path) => /(['"])(?:#\w+\/|\.{1,2}\/)[\w./-]*\.ts\1/.test(fileOf(path)))
    expect(left).toEqual([])
  })

  test('has every document that its messages, its contracts and its README name', () => {
    const named = installed.files
      .filter((path) => /^dist\/(?:cli|node|contracts)\/.*\.js$|\.sol$|^README\.md$/.test(path))
      .flatMap((path) =>
        [...fileOf(path).matchAll(/(?<![\w/.-])docs\/[\w/-]+\.(?:md|json|service|yml)\b/g)].map(([name]) => name),
      )
    expect(named).toContain('docs/index-authors.md')
    expect(named).toContain('docs/operations/running.md')
    expect([...new Set(named)].filter((name) => !installed.files.includes(name))).toEqual([])
  })

  test('brings whoever installs it neither a Node nor a compiler', () => {
    const manifest = JSON.parse(fileOf('package.json')) as Record<string, Record<string, string>>
    expect(Object.keys(manifest)).not.toContain('devDependencies')
    expect(Object.keys(manifest).filter((name) => ['scripts', 'imports', 'overrides'].includes(name))).toEqual([])
    const optional = Object.keys(manifest['optionalDependencies'] ?? {})
    expect(optional).toContain('@chainsafe/blst')
    expect(optional.filter((name) => /node-linux|forge|cast/.test(name))).toEqual([])
  })

  test('imports of its own only what a browser has, and packages that it depends on', () => {
    const known = dependencies(installed.unpacked)
    const reached = reach([...entriesOf(installed).values()])
    expect(reached.files.size).toBeGreaterThan(entriesOf(installed).size)
    const strange = [...reached.packages].filter(
      (name) => !known.some((one) => name === one || name.startsWith(`${one}/`)),
    )
    expect(strange).toEqual([])
    const tied = [...reached.files].filter((path) =>
      /\bprocess\.|\bBuffer\b|\b__dirname\b/.test(codeOf(fileOf(path)).text),
    )
    expect(tied).toEqual([])
  })

  test('can be imported by every name that it exports, from plain JavaScript', async () => {
    const names = [...entriesOf(installed).keys()]
    expect(names.length).toBeGreaterThan(20)
    installed.write(
      'names.mjs',
      `for (const name of ${JSON.stringify(names)}) console.log(Object.keys(await import(name)).length > 0)`,
    )
    expect(await installed.run('node', ['names.mjs'])).toEqual(done(names.map(() => 'true\n').join('')))
    installed.write('inside.mjs', `await import('assize/dist/node/main.js')`)
    const refused = await installed.run('node', ['inside.mjs'])
    expect(refused.err).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  // Not `npx --offline --package TARBALL` from an empty folder: that resolves the ranges of every dependency anew, to the newest
  // version in the registry, and npm's cache has only what the lockfile names (ENOTCACHED). So it is installed beside links.
  test('has a command line, which npx finds, in which every command can be called', async () => {
    const npx = (...args: string[]): Promise<Ended> =>
      installed.run('npx', ['--offline', '--no', '--', 'assize', ...args])
    const { version } = JSON.parse(fileOf('package.json')) as { version: string }
    expect(await npx('--version')).toMatchObject({ exitCode: 0, out: `${version}\n` })
    expect((await npx('fixing', 'show', '0x12')).err).toContain('Expected 32 bytes of hex')
    const cli = join(installed.unpacked, 'dist/cli/main.js')
    for (const name of CATALOGUE.flatMap(({ entries: all }) => all.flatMap((one) => Object.keys(one.summaries)))) {
      const help = await installed.run('node', [cli, name, '--help'])
      expect(help, name).toMatchObject({ exitCode: 0, err: '' })
      expect(help.out, name).toContain(`Usage: assize ${name}`)
    }
  })

  test('imports nothing that an older Node lacks before it says which one it needs', () => {
    const first = importsOf(codeOf(fileOf('dist/cli/main.js'))).filter(({ kind }) => kind !== 'dynamic')
    expect(first.map(({ specifier }) => specifier)).toEqual([])
    const node = importsOf(codeOf(fileOf('dist/node/main.js'))).filter(({ kind }) => kind !== 'dynamic')
    expect(node.map(({ specifier }) => specifier)).toEqual([
      'node:module',
      '../contracts/protocol/printable.js',
      './ground/frugal.js',
      './ground/least-node.js',
      './ground/with-hosts.js',
    ])
    // What Node 12 cannot parse: waiting outside of functions, and operators that came later.
    expect(codeOf(fileOf('dist/cli/main.js')).text).not.toMatch(/\bawait\b|\?\?|\?\.|[|&]{2}=/)
  })

  test.skipIf(OLD_NODE === undefined)('says to an older Node which one it needs, exit 2', async () => {
    for (const [program, name] of [
      ['cli', 'error'],
      ['node', 'assize node'],
    ]) {
      const main = join(installed.unpacked, `dist/${program}/main.js`)
      const { exitCode, out, err } = await installed.run(OLD_NODE ?? '', [main, '--version'])
      expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
      expect(err).toMatch(new RegExp(`^${name}: Expected Node 24 or newer, got \\d+\\.\\d+\\.\\d+\\. .* PATH\\.\\n$`))
    }
    const asked = await installed.run(OLD_NODE ?? '', [
      join(installed.unpacked, 'dist/cli/main.js'),
      'status',
      '--json',
    ])
    expect(asked).toMatchObject({ exitCode: 2, err: expect.stringMatching(/^error: Expected Node 24 or newer, got /) })
    expect(JSON.parse(asked.out)).toEqual({
      version: 1,
      error: {
        name: 'Cli.OldNodeError',
        message: expect.stringMatching(/^Expected Node 24 or newer, got \d+\.\d+\.\d+\.$/),
        hint: 'Install it from https://nodejs.org, or put it first in PATH.',
        exitCode: 2,
      },
    })
  })

  test('brings the licence of every package that is put into its command line', () => {
    const [first, ...others] = fileOf('dist/cli/LICENSES.txt').split(`\n${'-'.repeat(80)}\n\n`)
    const licences = [first, ...others].map((text = '') => ({ name: text.split('\n', 1)[0], text }))
    expect(licences.map(({ name }) => name)).toContain(`commander ${versionOf('commander')}`)
    expect(licences.map(({ name }) => name)).toContain(`viem ${versionOf('viem')}`)
    for (const { name, text } of licences) expect(text, name).toMatch(/copyright|license/i)
    const left = new Set(
      installed.files
        .filter((path) => /^dist\/cli\/.*\.js$/.test(path))
        .flatMap((path) => importsOf(codeOf(fileOf(path))).map(({ specifier = '' }) => specifier))
        .filter((specifier) => !/^(?:\.|node:|assize\/)/.test(specifier)),
    )
    const known = [...dependencies(installed.unpacked), 'ccxt'] // whoever wants that installs it
    expect([...left].filter((name) => !known.some((one) => name === one || name.startsWith(`${one}/`)))).toEqual([])
  })

  test('has a node, which its command line starts', async () => {
    const cli = join(installed.unpacked, 'dist/cli/main.js')
    const node = await installed.run('node', [cli, 'node', '--config', 'none.toml'])
    expect(node).toMatchObject({ exitCode: 2, out: '' })
    expect(node.err).toContain('none.toml')
    expect(node.err).not.toContain('ERR_')
  })
})

describe('a program that imports the package', () => {
  test.each(['nodenext', 'bundler'])('is type-checked against its declarations (%s)', async (resolution) => {
    installed.write('service.ts', shown('service.ts'))
    installed.write('audit.ts', shown('audit.ts'))
    installed.write('deploy.ts', shown('deploy.ts'))
    installed.write('wrong.ts', WRONG)
    const module = resolution === 'nodenext' ? 'nodenext' : 'esnext'
    const options = { module, moduleResolution: resolution, target: 'es2024', lib: ['es2024', 'dom'], types: ['node'] }
    const strict = { strict: true, noEmit: true, skipLibCheck: false, exactOptionalPropertyTypes: true }
    const files = ['service.ts', 'audit.ts', 'deploy.ts', 'wrong.ts']
    installed.write('tsconfig.json', JSON.stringify({ compilerOptions: { ...options, ...strict }, files }))
    expect(await installed.run('tsc', ['-p', '.'])).toEqual(done(''))
  })

  describe('on a chain', () => {
    let stage: Stage
    beforeAll(async () => {
      stage = await raiseStage()
    })
    afterAll(() => stage.embedded.stop())

    test('reads a settlement, and verifies it from evidence, as docs/integrators.md shows', async () => {
      const { oracle, registry } = stage.deployments
      const ann = await stage.as('ann')
      const { fixing, evidence } = await observe(stage, ann)
      await create(ann, oracle, fixing)
      await stage.embedded.mineAt(MATURITY)
      await propose(ann, oracle, fixing, { value: 2_500n * ETHER, maxBond: ETHER })
      const { time } = await latestBlock(ann)
      const env = {
        RPC_URL: stage.embedded.rpcUrl,
        ORACLE: oracle,
        REGISTRY: registry,
        FIXING: evidence.id,
        FROM_BLOCK: '0',
      }
      installed.write('service.ts', shown('service.ts'))
      installed.write('audit.ts', shown('audit.ts'))
      installed.write('evidence.json', evidenceText(evidence))
      const unsettled = await installed.run('node', ['audit.ts', 'evidence.json'], env)
      expect(unsettled).toMatchObject({
        exitCode: 1,
        out: expect.stringContaining('settlement: there is none at block'),
      })

      const waiting = await outlasting(stage.embedded.rpcUrl, async ({ url, isAway }) => {
        const running = installed.run('node', ['service.ts'], { ...env, RPC_URL: url, POLL_MS: '50' })
        await isAway()
        for (let i = 0n; i <= 12n; i += 1n) await stage.embedded.mineAt(time + BigInt(fixing.firstWindow) + i)
        return running
      })
      expect(waiting).toEqual({ exitCode: 0, out: '2500\n', err: expect.stringContaining('the endpoint is away') })
      expect(await installed.run('node', ['audit.ts', 'evidence.json'], env)).toEqual(
        done('2500, signed by a quorum\n'),
      )
      const ofAnother = await installed.run('node', ['audit.ts', 'evidence.json'], {
        ...env,
        FIXING: evidence.fixing.indexId,
      })
      expect(ofAnother).toMatchObject({ exitCode: 1, out: expect.stringContaining('fixing wanted: is of') })
      const cli = join(installed.unpacked, 'dist/cli/main.js')
      expect(await installed.run('node', [cli, 'evidence', 'check', 'evidence.json'])).toMatchObject({ exitCode: 0 })
    })

    test('deploys a vault and an adapter without a clone, once, as docs/integrators.md shows', async () => {
      const { oracle, weth, council, backupCouncil } = stage.deployments
      const ann = await stage.as('ann')
      const terms = { collateral: weth, bondRate: ETHER }
      const indexId = `0x${'5e'.repeat(32)}` as const
      const maturity = (await latestBlock(ann)).time + 3_600n
      const env = {
        RPC_URL: stage.embedded.rpcUrl,
        KEY: keccak256(stringToHex('test ann')), // as accountOf makes it
        ORACLE: oracle,
        COLLATERAL: weth,
        BOND_RATE: terms.bondRate.toString(),
        INDEX_ID: indexId,
        MATURITY: maturity.toString(),
        ARBITRATOR: council,
        BACKUP: backupCouncil,
      }
      const vault = planVault(oracle, terms).address
      const fixing = { ...stage.fixing, indexId, maturity, openInterest: vault }
      const feed = planChainlinkFeed(oracle, { fixing, decimals: 8, description: 'ETH / USD' }).address
      installed.write('deploy.ts', shown('deploy.ts'))
      expect(await installed.run('node', ['deploy.ts'], env)).toEqual(done(`vault ${vault}\nfeed ${feed}\n`))
      const { number } = await latestBlock(ann)
      expect(await installed.run('node', ['deploy.ts'], env)).toEqual(done(`vault ${vault}\nfeed ${feed}\n`))
      expect((await latestBlock(ann)).number).toBe(number)
      expect((await readCreated(ann, oracle, 0n)).map(({ fixing: announced }) => announced)).toContainEqual(fixing)
    })
  })
})

describe('what a browser loads', () => {
  // Bytes after gzip beyond viem's clients, which such a page has anyway; measured 13 964, 23 047, 106 987, 143 066 and
  // 159 235 when they were set last; the texts of errors of tokens are 2 000 of each. BLS12-381 is 18 000 of them, for a page
  // that checks such a signature itself.
  test.each([
    ['to read a settlement', 15_000, () => READ],
    ['to deploy a vault', 24_000, () => DEPLOY],
    ['to verify a settlement from its evidence', 108_000, () => VERIFY],
    ['for everything that is exported but what deploys', 145_000, () => everything((name) => !DEPLOYS.test(name))],
    ['for everything that is exported', 162_000, () => everything(() => true)],
  ])('%s stays within its budget', async (_what, budget, text) => {
    const alone = await bundled(VIEM)
    const whole = await bundled(text())
    expect(whole - alone).toBeGreaterThan(1_000)
    expect(whole - alone).toBeLessThan(budget)
  })

  test('is nothing but what it uses', async () => {
    const text = `import { formatValue } from 'assize/protocol/decimal'\nconsole.log(formatValue(1n))`
    expect(await bundled(text)).toBeLessThan(1_000)
  })
})

const VIEM = `import { BaseError, createPublicClient, createWalletClient, custom, http } from 'viem'
console.log(BaseError, createPublicClient, createWalletClient, custom, http)`
const READ = `import { connectThrough } from 'assize/client/chain'
import { readSettlement } from 'assize/client/settlement'
console.log(connectThrough, readSettlement)`
const VERIFY = `import { connectThrough } from 'assize/client/chain'
import { verifySettlement } from 'assize/client/verify'
import { parseEvidence } from 'assize/protocol/evidence-file'
console.log(connectThrough, parseEvidence, verifySettlement)`
const DEPLOY = `import { connectThrough } from 'assize/client/chain'
import { deployVault } from 'assize/client/deploy'
console.log(connectThrough, deployVault)`
/** What brings the contracts' bytecode along. */
const DEPLOYS = /^assize\/client\/(?:consumer-plan|deploy)$/

function everything(isWanted: (name: string) => boolean): string {
  const names = [...entriesOf(installed).keys()].filter(isWanted)
  const lines = names.map((name, i) => `import * as m${i} from '${name}'`)
  return `${lines.join('\n')}\nconsole.log(${names.map((_, i) => `m${i}`).join(', ')})`
}

/** Mistakes that the types must catch. */
const WRONG = `import { connect } from 'assize/client/chain'
import { readSettlement } from 'assize/client/settlement'
import type { Fixing } from 'assize/protocol/fixing'
declare const fixing: Fixing
const chain = await connect({ rpcUrl: '' })
// @ts-expect-error the latest block can be undone
await readSettlement(chain, '0x', fixing, 'latest')
// @ts-expect-error a fixing has more; were its declaration not found, it would be anything
await readSettlement(chain, '0x', { maturity: 1n }, 'finalized')
const reading = await readSettlement(chain, '0x', fixing, 'finalized')
// @ts-expect-error it may not be settled, or INVALID
reading.value
// @ts-expect-error of no package that is exported
import('assize/client/embedded-chain')
`

/** The bytes after gzip of `text` bundled for a browser, as it is loaded at first. */
async function bundled(text: string): Promise<number> {
  const { main, files } = await bundleForBrowser(installed, text)
  return gzipSync(files.get(main) ?? '').length
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version
}

function fileOf(path: string): string {
  return readFileSync(join(installed.unpacked, path), 'utf8')
}

/** Every file of the package that `paths` load, and every package. */
function reach(paths: readonly string[]): {
  readonly files: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
} {
  const [files, packages] = [new Set<string>(), new Set<string>()]
  const queue = [...paths]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (files.has(path)) continue
    files.add(path)
    for (const { specifier = 'a computed import' } of importsOf(codeOf(fileOf(path)))) {
      if (specifier.startsWith('.')) queue.push(relative('/', join('/', dirname(path), specifier)))
      else packages.add(specifier)
    }
  }
  return { files, packages }
}

function done(out: string): Ended {
  return { exitCode: 0, out, err: '' }
}
