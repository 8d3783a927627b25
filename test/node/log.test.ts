import { spawnSync, type StdioOptions } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from './temporary.ts'

const MODULES = "import { connect } from './contracts/client/chain.ts'; import { createLog } from './node/log.ts';"
const FLAGS = ['--input-type=module-typescript', '-e']

/** What a program that logs so writes to stderr. */
function logged(program: string): string {
  const run = spawnSync(process.execPath, [...FLAGS, `${MODULES} ${program}`])
  expect(run.status, run.stderr.toString()).toBe(0)
  return run.stderr.toString()
}

test('of an endpoint that fails the log has the host, and nothing that could be a key to it', () => {
  const url = 'http://name:word@127.0.0.1:1/v3/0123456789abcdef?token=secret'
  const text = logged(`await connect({ rpcUrl: '${url}' }).catch((err) => createLog('info').warn({ err }, 'no chain'))`)
  expect(JSON.parse(text)).toMatchObject({ msg: 'no chain', err: { type: 'DeadRpcError' } })
  expect(text).toContain('http://127.0.0.1:1')
  for (const secret of ['word', '0123456789abcdef', 'secret']) expect(text).not.toContain(secret)
})

test('whatever an error carries, it is logged: circles, depths, and what cannot be read', () => {
  const text = logged(`
    const err = Object.assign(new Error('at https://a.example/key0'), { at: new URL('https://a.example/key1'), count: 5n });
    err.self = { err, list: ['wss://a.example/key2', new Map([['url', 'https://a.example/key3']])] };
    err.inner = { cause: new Error('https://a.example/key4') };
    let deep = (err.deep = {});
    for (let i = 0; i < 100_000; i += 1) deep = deep.on = {};
    createLog('info').warn({ err }, 'first');
    const bad = new Error('bad');
    Object.defineProperty(bad, 'x', { enumerable: true, get: () => { throw new Error('https://a.example/key5') } });
    createLog('info').warn({ err: bad }, 'second');
    createLog('info').warn({ err: 'https://a.example/key6' }, 'third');`)
  const [first, second, third] = text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
  expect(text).not.toContain('key')
  expect(first).toMatchObject({
    msg: 'first',
    err: {
      message: 'at https://a.example',
      at: '[URL]',
      count: 5,
      self: { err: '[…]', list: ['wss://a.example', '[Map]'] },
      inner: { cause: { message: 'https://a.example' } },
    },
  })
  expect(second).toMatchObject({ msg: 'second', err: 'an error that cannot be read' })
  expect(third).toMatchObject({ msg: 'third', err: 'https://a.example' })
})

test.skipIf(!existsSync('/dev/full'))('a log that the disk does not take ends nothing', () => {
  const full = openSync('/dev/full', 'w')
  const stdio: StdioOptions = ['ignore', 'pipe', full]
  const program = `const log = createLog('info');
    log.info({}, 'first');
    setImmediate(() => { for (let i = 0; i < 9; i += 1) log.info({}, 'next'); console.log('still there') })`
  const { status, stdout } = spawnSync(process.execPath, [...FLAGS, `${MODULES} ${program}`], { stdio })
  closeSync(full)
  expect([status, stdout.toString()]).toEqual([0, 'still there\n'])
})

test('what is logged once a full disk has room again is written', () => {
  const file = join(temporaryFolder(), 'log')
  const program = `import { ftruncateSync } from 'node:fs';
    const log = createLog('info');
    for (let i = 0; i < 100; i += 1) log.info({}, 'line');
    ftruncateSync(2);
    log.info({}, 'room')`
  const script = 'ulimit -f 1; exec "$0" "$@" 2>> "$LOG"'
  const { status } = spawnSync('bash', ['-c', script, process.execPath, ...FLAGS, `${MODULES} ${program}`], {
    env: { ...process.env, LOG: file },
  })
  expect(status).toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ msg: 'room' })
})
