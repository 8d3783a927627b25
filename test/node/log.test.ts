import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** What a program that logs so writes to stderr. */
function logged(program: string): string {
  const modules = "import { connect } from './contracts/client/chain.ts'; import { createLog } from './node/log.ts';"
  const run = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', `${modules} ${program}`])
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
