import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { NodeView, Readiness } from '../../../node/http/node-view.ts'
import { type LocalServer, startHttp } from '../../../node/http/server.ts'
import { FIXING_ID, reportedBy } from '../reporters.ts'

const closing: LocalServer[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((server) => server.close()))
})

const VERIFIED = { ecdsa: 'native', bls: 'portable' } as const
const READY: Readiness = { ready: true, chain: true, block: 12n, store: true, peers: 3, problems: [] }

async function serve(changes: Partial<NodeView> = {}): Promise<LocalServer> {
  const view: NodeView = {
    status: async () => ({ time: 2n ** 60n, block: 12n, peers: 3, verification: VERIFIED, fixings: [] }),
    readiness: async () => READY,
    observations: () => undefined,
    evidence: () => undefined,
    report: () => undefined,
    samples: async () => undefined,
    differences: async () => undefined,
    journal: async () => [],
    metrics: async () => ({ contentType: 'text/plain', text: 'assize_peers 3\n' }),
    addPeer: () => undefined,
    ...changes,
  }
  const server = await startHttp(view, 0)
  closing.push(server)
  return server
}

async function get(
  server: LocalServer,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
  return { status: response.status, body: await response.json() }
}

test('answers with JSON whose bigints are decimal strings', async () => {
  const server = await serve()
  expect(await get(server, '/status')).toEqual({
    status: 200,
    body: { time: '1152921504606846976', block: '12', peers: 3, verification: VERIFIED, fixings: [] },
  })
  expect(await get(server, '/healthz')).toEqual({ status: 200, body: { ok: true } })
})

test('is ready only when the node is', async () => {
  expect(await get(await serve(), '/readyz')).toEqual({ status: 200, body: { ...READY, block: '12' } })
  const dead = { ...READY, ready: false, chain: false, problems: ['The chain does not answer.'] }
  expect(await get(await serve({ readiness: async () => dead }), '/readyz')).toEqual({
    status: 503,
    body: { ...dead, block: '12' },
  })
})

test('shows metrics as text', async () => {
  const server = await serve()
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`)
  expect(response.headers.get('content-type')).toContain('text/plain')
  expect(await response.text()).toBe('assize_peers 3\n')
})

test('shows observations with their signatures and their bytes', async () => {
  const held = await reportedBy(3)
  const server = await serve({ observations: (id) => (id === FIXING_ID ? [held] : undefined) })
  const { body } = await get(server, `/fixings/${FIXING_ID}/observations`)
  expect(body).toEqual([
    {
      fixingId: FIXING_ID,
      value: held.signed.value.toString(),
      observedAt: held.signed.observedAt.toString(),
      sourcesRoot: held.signed.sourcesRoot,
      signature: held.signed.signature,
      signer: held.signer,
      reporterIndex: 3,
      bytes: `0x${Buffer.from(held.bytes).toString('hex')}`,
    },
  ])
})

test('shows both observations of a reporter that signed twice', async () => {
  const first = await reportedBy(3)
  const second = { ...first, signed: { ...first.signed, value: first.signed.value + 1n } }
  const server = await serve({ evidence: (id) => (id === FIXING_ID ? [{ first, second }] : undefined) })
  const { body } = await get(server, `/fixings/${FIXING_ID}/evidence`)
  expect(body).toMatchObject([
    { first: { value: first.signed.value.toString() }, second: { value: second.signed.value.toString() } },
  ])
})

test.each(['observations', 'evidence', 'report', 'samples', 'differences'])(
  'knows no %s of a fixing it does not follow',
  async (what) => {
    const server = await serve()
    for (const id of [FIXING_ID, 'nonsense']) {
      expect(await get(server, `/fixings/${id}/${what}`)).toEqual({
        status: 404,
        body: { error: 'Expected a fixing that this node follows, got another. See /status.' },
      })
    }
  },
)

test.each([
  [
    'report',
    'Expected observations to make a report of, got none looked at yet. Ask again once the fixing has matured.',
  ],
  ['samples', 'Expected samples of the fixing, got none yet. See /journal, stage observe.'],
  [
    'differences?signer=0x12',
    'Expected a signer whose observation is held, got "0x12". See /fixings/:id/observations.',
  ],
])('says that there is no %s yet of a fixing it follows', async (what, error) => {
  const server = await serve({ observations: () => [] })
  expect(await get(server, `/fixings/${FIXING_ID}/${what}`)).toEqual({ status: 404, body: { error } })
})

test('shows a report, or what it lacks', async () => {
  const short = { kind: 'short', have: 2, need: 5 } as const
  expect(await get(await serve({ report: () => short }), `/fixings/${FIXING_ID}/report`)).toEqual({
    status: 200,
    body: short,
  })
})

test('knows a fixing by its id in capitals', async () => {
  const held = await reportedBy(3)
  const server = await serve({ observations: (id) => (id === FIXING_ID ? [held] : undefined) })
  const capitals = `0x${FIXING_ID.slice(2).toUpperCase()}`
  expect(await get(server, `/fixings/${capitals}/observations`)).toEqual(
    await get(server, `/fixings/${FIXING_ID}/observations`),
  )
})

test('bounds the journal', async () => {
  const limits: number[] = []
  const server = await serve({
    journal: async (limit) => {
      limits.push(limit)
      return []
    },
  })
  for (const query of ['', '?limit=7', '?limit=999999', '?limit=-1', '?limit=x']) await get(server, `/journal${query}`)
  expect(limits).toEqual([100, 7, 1_000, 100, 100])
})

const post = (body: string, type = 'application/json'): RequestInit => ({
  method: 'POST',
  body,
  headers: { 'content-type': type },
})

test('takes peers, and says what is wrong with one', async () => {
  const added: string[] = []
  const server = await serve({
    addPeer: (address) => {
      if (address === 'bad') throw new Error('Expected a multiaddr, got "bad".')
      added.push(address)
    },
  })
  expect((await get(server, '/peers', post('{"multiaddr":"/ip4/1.2.3.4"}'))).status).toBe(200)
  expect(await get(server, '/peers', post('{"multiaddr":"bad"}'))).toEqual({
    status: 400,
    body: { error: 'Expected a multiaddr, got "bad".' },
  })
  for (const body of ['{}', '[]', '{', '{"multiaddr":1}', `{"multiaddr":"${'x'.repeat(5_000)}"}`]) {
    expect((await get(server, '/peers', post(body))).status).toBeGreaterThanOrEqual(400)
  }
  // What a form of another site can send without asking first.
  expect((await get(server, '/peers', post('{"multiaddr":"/ip4/1.2.3.4"}', 'text/plain'))).status).toBe(400)
  expect(added).toEqual(['/ip4/1.2.3.4'])
})

test('does not answer to another name, by which a page of another site could reach it', async () => {
  const server = await serve()
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request(
      { port: server.port, host: '127.0.0.1', path: '/status', headers: { host: 'evil.example' } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
      .on('error', reject)
      .end()
  })
  expect(status).toBe(403)
})

test('says that its port is taken', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const view = { status: async () => ({ time: 0n, block: 0n, peers: 0, fixings: [] }) } as unknown as NodeView
  await expect(startHttp(view, port)).rejects.toMatchObject({
    name: 'Http.HttpPortError',
    port,
    message: `Expected port ${port} on 127.0.0.1 to be free, got one in use. Stop its owner, or set http_port.`,
  })
  other.close()
})
