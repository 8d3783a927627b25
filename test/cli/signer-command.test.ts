import { join } from 'node:path'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { createSignerCall } from '../../node/http/json-rpc.ts'
import { typedDataOf } from '../../node/sign/typed-data.ts'
import { keyOf, observationOf } from '../node/reporters.ts'
import { signerFolder, TOKEN } from '../node/stand-up-signer.ts'
import { assize } from './command-line.ts'

const ann = keyOf('ann')
const CONTRACT = '0x00000000000000000000000000000000000000aa'

function argsIn(folder: string, ...more: readonly string[]): string[] {
  const file = (name: string): string => join(folder, name)
  const keys = ['--keystore', file('key.json'), '--password-file', file('password'), '--token-file', file('token')]
  const deployment = ['--chain-id', '5', '--oracle', CONTRACT, '--registry', CONTRACT, '--bond-token', CONTRACT]
  return ['signer', ...keys, '--data-dir', file('signed'), ...deployment, ...more]
}

/** A terminal whose lines end up in `lines`, and the end of what runs there. */
function watched() {
  const stopping = new AbortController()
  const lines: string[] = []
  const note = (line: string): void => void lines.push(line)
  const io = {
    isTerminal: false,
    out: note,
    err: note,
    paint: (_: unknown, text: string) => text,
    redraw: () => undefined,
  }
  return { stopping, lines, world: { io, signal: stopping.signal } }
}

test('signer says where it listens, answers there, and ends when it is told to', async () => {
  const folder = await signerFolder(ann.privateKey)
  const { stopping, lines, world } = watched()
  expect(await assize(argsIn(folder, '--port', '0'))).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('a memory that does not know it'),
  })
  const ended = assize(argsIn(folder, '--port', '0', '--new-key'), {}, world)
  await expect.poll(() => lines.length).toBe(1)
  const { url, ...rest } = JSON.parse(lines[0] ?? '') as { readonly url: string }
  expect(rest).toEqual({ ready: true, signer: ann.address })
  const call = createSignerCall({ url, token: TOKEN, timeoutMs: 5_000 })
  expect(await call('eth_accounts', [])).toEqual({ kind: 'result', result: [ann.address] })
  stopping.abort()
  expect((await ended).exitCode).toBe(0)
  expect(await call('eth_accounts', [])).toEqual({ kind: 'silent', reason: 'ECONNREFUSED' })
})

test('signer ends when its disk does not take something, says so, and exits 1', async () => {
  const folder = await signerFolder(ann.privateKey)
  const { lines, world } = watched()
  const ended = assize(argsIn(folder, '--port', '0', '--new-key'), {}, world)
  await expect.poll(() => lines.length).toBe(1)
  const { url } = JSON.parse(lines[0] ?? '') as { readonly url: string }
  const call = createSignerCall({ url, token: TOKEN, timeoutMs: 5_000 })
  const full = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(full)
  const domain = { chainId: 5, oracle: CONTRACT, registry: CONTRACT } as const
  const typed = typedDataOf(domain, { primaryType: 'Observation', message: observationOf() })
  await call('eth_signTypedData', [ann.address, typed])
  expect((await ended).exitCode).toBe(1)
  expect(lines.at(-1)).toContain(`Expected the disk to keep ${join(folder, 'signed/store')}`)
})

test('signer says what is wrong with what it was given, and exits 2', async () => {
  const folder = await signerFolder(ann.privateKey)
  expect(await assize(argsIn(folder))).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Expected --port or --socket, got both or none.'),
  })
  const both = argsIn(folder, '--port', '0', '--socket', join(folder, 'socket'))
  expect((await assize(both)).exitCode).toBe(2)
  const nowhere = join(folder, 'nowhere')
  for (const flag of ['--keystore', '--password-file', '--token-file']) {
    expect(await assize(argsIn(folder, '--port', '0', flag, nowhere))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(nowhere),
    })
  }
})
