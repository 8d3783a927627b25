import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, expect, test } from 'vitest'
import { connect } from '#client/chain.ts'
import { answeringWhole } from '#client/whole-answer.ts'

let stop: () => void = () => undefined
afterEach(() => stop())

const ANSWER = '{"jsonrpc":"2.0","id":1,"result":"0x7a69"}'

type Answer = (response: ServerResponse) => void

/** The address of an endpoint over HTTP that answers every request so. */
async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    answer(response)
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  stop = () => server.close().closeAllConnections()
  const { port } = server.address() as AddressInfo // it listens on TCP
  return `http://127.0.0.1:${port}`
}

const HANGING: readonly (readonly [name: string, answer: Answer])[] = [
  ['goes no further than its headers', (response) => response.flushHeaders()],
  [
    'trickles, a space at a time, with which JSON may begin,',
    (response) => {
      const trickle = setInterval(() => response.write(' '), 5)
      response.once('close', () => clearInterval(trickle))
    },
  ],
]

test.each(HANGING)('an answer that %s is none in time', async (_, answer) => {
  const rpcUrl = await serve(answer)
  await expect(connect({ rpcUrl, name: 'it', timeoutMs: 100 })).rejects.toMatchObject({
    name: 'Chain.DeadRpcError',
    message: 'Expected a JSON-RPC endpoint at it, got "The request timed out.".',
  })
})

test('an answer that comes in pieces is read whole', async () => {
  const rpcUrl = await serve((response) => {
    response.write(ANSWER.slice(0, 30))
    setImmediate(() => response.end(ANSWER.slice(30)))
  })
  expect(await connect({ rpcUrl })).toMatchObject({ chainId: 31_337 })
})

test('an answer without end is cut off where it is too large to be taken', async () => {
  const part = ' '.repeat(2 ** 20)
  let sent = 0
  const rpcUrl = await serve((response) => {
    const more = (): void => {
      if (response.destroyed) return
      sent += part.length
      response.write(part, () => setImmediate(more))
    }
    more()
  })
  await expect(connect({ rpcUrl, name: 'it' })).rejects.toMatchObject({
    message: expect.stringContaining('HTTP response body exceeded the size limit.'),
  })
  expect(sent).toBeGreaterThan(10_485_760)
})

test('the runtime counts the memory of answers that are held, so that it collects them in time', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void // the flag makes it
  const counted = (): number => {
    collect()
    return process.memoryUsage().external
  }
  const ask = answeringWhole(async () => new Response('x'.repeat(2 ** 20)))
  const before = counted()
  const held: Response[] = []
  for (let i = 0; i < 96; i += 1) held.push(await ask('http://127.0.0.1'))
  // Half of it is far more than what may be collected meanwhile of the tests before.
  expect(counted() - before).toBeGreaterThan(48 * 2 ** 20)
  for (const answer of held) expect(await answer.text()).toHaveLength(2 ** 20)
})
