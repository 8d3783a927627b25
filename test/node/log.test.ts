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
