import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPublicClient, http } from 'viem'
import { afterEach, expect, test } from 'vitest'
import type { ChainPort } from '../../../node/chain/port.ts'
import { chainClock } from '../../../node/clock.ts'
import { startNode } from '../../../node/node.ts'
import { SILENT } from '../silent-log.ts'
import { scene, SOON } from './scene.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The address, with keys in it, of an endpoint that answers everything with an error of JSON-RPC. */
async function refusing(): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"over the plan"}}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  const { port } = server.address() as AddressInfo // listening
  return `http://127.0.0.1:${port}/v3/0123456789abcdef?token=secret`
}

test('of an endpoint that answers with an error /readyz shows the host, and nothing that could be a key to it', async () => {
  const { world, configOf } = await scene(1)
  const url = await refusing()
  const client = createPublicClient({ transport: http(url, { retryCount: 0 }) })
  const openChain = async (): Promise<ChainPort> => ({
    ...world.as(undefined),
    head: async () => {
      const { number, timestamp } = await client.getBlock()
      return { number, time: timestamp }
    },
  })
  const node = await startNode(await configOf(0), { log: SILENT, clock: chainClock(), openChain })
  closing.push(() => node.stop())
  const readiness = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).text()
  await expect.poll(readiness, SOON).toContain('over the plan')
  const text = await readiness()
  expect(text).toContain(new URL(url).origin)
  for (const secret of ['0123456789abcdef', 'secret']) expect(text).not.toContain(secret)
})
