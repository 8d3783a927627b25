import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type LocalServer, startHttp } from '../../../node/http/server.ts'
import { connected, fixingOf, run, scene, SOON } from '../node/scene.ts'
import { FIXING_ID, MATURITY, reportedBy, reporterKey } from '../reporters.ts'

const closing: LocalServer[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((server) => server.close()))
})

const CONTENT = z.record(z.string(), z.object({ schema: z.custom<object>((schema) => typeof schema === 'object') }))
const OPERATION = z.object({
  summary: z.string(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: CONTENT })),
})
const DESCRIPTION = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), OPERATION)),
})

async function descriptionAt(port: number): Promise<z.output<typeof DESCRIPTION>> {
  return DESCRIPTION.parse(await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json())
}

const fileOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')

type Asked = { readonly status: number; readonly type: string; readonly body: unknown; readonly fits: boolean }

/** Asks a route as it is described, and whether the answer fits its description. */
async function ask(port: number, route: string, query = '', init: RequestInit = {}): Promise<Asked> {
  const response = await fetch(`http://127.0.0.1:${port}${route.replace('{id}', FIXING_ID)}${query}`, init)
  const text = await response.text()
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
  const { paths } = await descriptionAt(port)
  const method = (init.method ?? 'GET').toLowerCase()
  const schema = paths[route]?.[method]?.responses[String(response.status)]?.content[type]?.schema
  if (schema === undefined) throw new Error(`${method} ${route} describes no ${response.status} of ${type}`)
  const body: unknown = type === 'application/json' ? JSON.parse(text) : text
  const fits = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(body)
  if (!fits.success) throw new Error(`${route}: ${fits.error.message} in ${text}`)
  return { status: response.status, type, body, fits: fits.success }
}

test('every route of a node that has settled nothing and signed something answers as it is described', async () => {
  const { world, configOf, venue } = await scene(2)
  const nodes = [await run(await configOf(0), world), await run(await configOf(1), world)]
  await connected(nodes)
  // Half a minute before the maturity they say that they are there.
  world.mine(MATURITY - 30n)
  // What they see differs, and by too little for anybody to leave the turn to the other.
  venue.close = (asked) => `2500.${String(asked).padStart(6, '0')}`
  world.mine(MATURITY)
  const acted = async (): Promise<number> => {
    const actions = await Promise.all(nodes.map(async (node) => (await fixingOf(node))?.actions.length ?? 0))
    return actions.findIndex((count) => count > 0)
  }
  await expect.poll(acted, SOON).toBeGreaterThanOrEqual(0)
  const index = await acted()
  const [one, other] = [nodes[index], nodes[1 - index]]
  if (one === undefined || other === undefined) throw new Error('nobody acted')
  const port = one.httpPort
  const fixing = '/fixings/{id}'
  const signer = `?signer=${reporterKey(1 - index).address}`
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const answers = {
    '/healthz': await ask(port, '/healthz'),
    '/readyz': await ask(port, '/readyz'),
    '/metrics': await ask(port, '/metrics'),
    '/status': await ask(port, '/status'),
    [`${fixing}/observations`]: await ask(port, `${fixing}/observations`),
    [`${fixing}/evidence`]: await ask(port, `${fixing}/evidence`),
    [`${fixing}/report`]: await ask(port, `${fixing}/report`),
    [`${fixing}/samples`]: await ask(port, `${fixing}/samples`),
    [`${fixing}/differences`]: await ask(port, `${fixing}/differences`, signer),
    '/journal': await ask(port, '/journal', '?limit=5'),
    '/openapi.json': await ask(port, '/openapi.json'),
    '/peers': await ask(port, '/peers', '', { ...post, body: JSON.stringify({ multiaddr: other.multiaddrs[0] }) }),
  }
  expect(Object.entries(answers).filter(([, { status }]) => status !== 200)).toEqual([])
  expect(answers[`${fixing}/differences`]?.body).toMatchObject({ kind: 'compared', differences: [{}, {}, {}] })
  expect(answers['/journal']?.body).toHaveLength(5)
  const { paths } = await descriptionAt(port)
  expect(Object.keys(answers).toSorted()).toEqual(Object.keys(paths).toSorted())
  expect((await ask(port, '/peers', '', { ...post, body: '{}' })).status).toBe(400)
})

test('what has no occasion above fits too: an unready node, evidence, a fixing that is not followed, a short report', async () => {
  const first = await reportedBy(3)
  const second = await reportedBy(3, { value: 1n })
  const readiness = { ready: false, chain: false, block: 0n, store: true, peers: 0, problems: ['Not yet.'] }
  const view = {
    readiness: async () => readiness,
    evidence: () => [{ first, second }],
    report: () => ({ kind: 'short', have: 1, need: 5 }),
    observations: () => undefined,
    samples: async () => undefined,
    differences: async () => ({ kind: 'unknown', signer: first.signer, sourcesRoot: FIXING_ID, value: 7n }),
  } as unknown as Parameters<typeof startHttp>[0]
  const server = await startHttp(view, 0)
  closing.push(server)
  const status = async (route: string): Promise<number> => (await ask(server.port, route)).status
  expect(await status('/readyz')).toBe(503)
  expect(await status('/fixings/{id}/evidence')).toBe(200)
  expect(await status('/fixings/{id}/report')).toBe(200)
  expect(await status('/fixings/{id}/differences')).toBe(200)
  expect(await status('/fixings/{id}/observations')).toBe(404)
  expect(await status('/fixings/{id}/samples')).toBe(404)
})

test('docs/operations/openapi.json is what a node serves, and has every route of the server', async () => {
  const server = await startHttp({} as Parameters<typeof startHttp>[0], 0)
  closing.push(server)
  const served: unknown = await (await fetch(`http://127.0.0.1:${server.port}/openapi.json`)).json()
  expect(served, 'run npm run build:openapi').toEqual(JSON.parse(fileOf('docs/operations/openapi.json')))
  const routes = [
    ...fileOf('node/http/server.ts').matchAll(/server\.(get|post|put|delete|patch)(?:<\w+>)?\(\s*'([^']+)'/g),
  ]
  const { paths } = await descriptionAt(server.port)
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((one) => `${one} ${path}`),
  )
  expect(routes.map(([, method, path]) => `${method} ${path?.replace(':id', '{id}')}`).toSorted()).toEqual(
    described.toSorted(),
  )
  expect(routes.length).toBeGreaterThan(10)
})
